/** What `mmai explain` says, besides the error codes, whose explanations are `codesEn`. */
export const explainEn = {
  kinds: { status: 'status', exitCode: 'exit code', errorCode: 'error code' },
  groups: { statuses: 'Statuses', exitCodes: 'Exit codes', errorCodes: 'Error codes' },
  retried: 'retried by mmai: ',
  countsAs: 'treated as: ',
  exitsWith: 'exit code: ',
  retries: {
    backoff: 'yes, after a growing delay: status up to --retries times, watch within --error-budget',
    once: 'yes, once and immediately, with clock, nonce or credentials corrected; watch then within --error-budget',
    throttle: 'yes, less and less often: status up to --retries times, watch until its deadline',
    notFound: 'status: no; watch: yes, within --not-found-grace',
    never: 'no, it would be refused again',
  },
  statuses: {
    submitting: { meaning: 'the task is submitted and has not started yet', hint: 'wait for it with "mmai watch ID"' },
    running: { meaning: 'the task is being processed', hint: 'wait for it with "mmai watch ID"' },
    succeeded: { meaning: 'the task finished successfully', hint: 'nothing more to do: a final status never changes' },
    failed: {
      meaning: 'the task failed; GetTaskStatus does not say why',
      hint: 'check the request that submitted it, then submit a new task: this one will not continue',
    },
    unknown: {
      meaning:
        'a status that the documentation does not list; it counts as not finished. With an error beside it: no status was received',
      hint: 'look for a newer mmai; "mmai status ID --raw" shows what the service answered',
    },
  },
  exitHints: {
    0: 'with "status --exit-status" it means more: every task has succeeded',
    1: 'the rows and the json document say which one',
    2: 'correct the command line, the variable or the setting that the error names',
    3: 'the error names the code; "mmai config list --show-origin" says which AccessKey is used',
    4: 'try again later, with more --retries, or for watch a longer --error-budget; --debug shows each step',
    5: 'check the id, and use the --region and --profile that the task was submitted with',
    8: 'ask again later, or wait with "mmai watch"',
    70: 'run again with --debug, and report what it prints',
    74: 'what was written is incomplete: free disk space (ENOSPC, EDQUOT) or raise the limit on file sizes (EFBIG), then run it again',
    124: 'unfinished tasks keep running on the server: run the command that resumes the wait, or give a longer --timeout',
    129: 'the terminal or connection was closed: start it again, for example under tmux or setsid',
    130: 'unfinished tasks keep running on the server: run the command that resumes the wait',
    141: 'whatever read the output ended first, as "head" does; usually nothing is wrong',
    143: 'something asked mmai to stop: check the time limit of the job',
  },
  unknownTopic: (topic: string) => `nothing is known about "${topic}"`,
  unknownTopicHint: (nearest: string | undefined) =>
    nearest === undefined ? '"mmai explain" lists every topic' : `did you mean "mmai explain ${nearest}"?`,
  more: (topic: string) => `more: mmai explain ${topic}`,
};
