/** What `mmai explain` says, besides the error codes, whose explanations are `codesEn`. */
export const explainEn = {
  kinds: { status: 'status', exitCode: 'exit code', errorCode: 'error code' },
  groups: { statuses: 'Statuses', exitCodes: 'Exit codes', errorCodes: 'Error codes' },
  retried: 'asked again by mmai: ',
  countsAs: 'treated as: ',
  exitsWith: 'exit code: ',
  retries: {
    backoff: 'yes, after a growing delay: status up to --retries times, watch within --error-budget',
    once: 'at once, after correcting clock, nonce or credentials; watch again within --error-budget',
    throttle: 'yes, less and less often: status up to --retries times, watch until its deadline',
    notFound: 'status: no; watch: yes, within --not-found-grace',
    never: 'no, it would be refused again',
  },
  statuses: {
    submitting: { meaning: 'the task is submitted and not started yet', hint: 'wait for it with "mmai watch ID"' },
    running: { meaning: 'the task is being worked on', hint: 'wait for it with "mmai watch ID"' },
    succeeded: { meaning: 'the task has ended well', hint: 'nothing more to do; a final status does not change' },
    failed: {
      meaning: 'the task has ended badly; GetTaskStatus does not say why',
      hint: 'see the result of the operation that submitted it, then submit a new task: this one will not go on',
    },
    unknown: {
      meaning:
        'a status that the documents do not name; it counts as not finished. With an error beside it: no status was told',
      hint: 'look for a newer mmai; "mmai status ID --raw" shows what the service said',
    },
  },
  exitHints: {
    0: 'with "status --exit-status" it means more: every task has succeeded',
    1: 'the rows and the json document say which one',
    2: 'correct the command line, the variable or the setting that the error names',
    3: 'the error names the code; "mmai config list --show-origin" says which AccessKey is used',
    4: 'try again later, with more --retries, or for watch a longer --error-budget; --debug tells each step',
    5: 'check the id, and that --region and --profile are those of its submission',
    8: 'ask again later, or wait with "mmai watch"',
    70: 'run again with --debug, and report what it says',
    124: 'the tasks go on on the server: run the command that resumes the wait, or give a longer --timeout',
    129: 'the terminal or connection was closed: start it again, under tmux or setsid for instance',
    130: 'the tasks go on on the server: run the command that resumes the wait',
    141: 'whatever read the output ended first, as "head" does; usually nothing is wrong',
    143: 'somebody or something asked mmai to end: look at the time limit of the job',
  },
  unknownTopic: (topic: string) => `nothing is known about "${topic}"`,
  unknownTopicHint: (nearest: string | undefined) =>
    nearest === undefined ? '"mmai explain" lists every topic' : `did you mean "mmai explain ${nearest}"?`,
  more: (topic: string) => `more: mmai explain ${topic}`,
};
