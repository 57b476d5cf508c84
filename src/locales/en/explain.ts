/** What `mmai explain` says, besides the error codes, whose explanations are `codesEn`. */
export const explainEn = {
  kinds: { status: 'status', exitCode: 'exit code', errorCode: 'error code', guide: 'guide' },
  groups: { status: 'Statuses', exitCode: 'Exit codes', errorCode: 'Error codes', guide: 'Guides' },
  retried: 'retried by mmai: ',
  countsAs: 'treated as: ',
  exitsWith: 'exit code: ',
  retries: {
    backoff: 'yes, with increasing delays, up to --retries times; watch: within --error-budget',
    once: 'yes, once immediately with the clock or nonce corrected, then with increasing delays, up to --retries times; watch: within --error-budget',
    throttle: 'yes, with increasing delays, up to --retries times; watch: until --timeout (exit code 124)',
    notFound: 'no; watch: yes, within --not-found-grace',
    auth: 'once immediately, if mmai now finds another AccessKey',
    ifSeen: 'no; watch: yes, within --error-budget, for a task whose status it has received before',
    never: 'no, it would fail again',
  },
  statuses: {
    submitting: { meaning: 'the task was submitted and has not started yet', hint: 'wait for it with "mmai watch ID"' },
    running: { meaning: 'the task is being processed', hint: 'wait for it with "mmai watch ID"' },
    succeeded: {
      meaning: 'the task finished successfully',
      hint: 'get the result with "mmai result ID": a final status does not change',
    },
    failed: {
      meaning: 'the task failed',
      hint: '"mmai result ID" says why; correct that and submit a new task: this one will not continue',
    },
    unknown: {
      meaning: 'a status that is not documented, treated as not finished; with an error, no status was received',
      hint: 'check for a newer version of mmai; "mmai status ID --raw" shows the response; the number after a reason, as in Download fail (1000), is no status: "mmai result ID" shows all that the service says',
    },
  },
  guides: {
    agents: {
      meaning:
        'an AI agent, or a job whose steps may not run for long, waits in turns: "mmai watch ID --timeout 50s --json" ends within 50s, with exit code 124 if tasks are still running and none has failed',
      hint: 'on 124, run the command in summary.resume, which is also printed to standard error, and check the exit code again; any other exit code is the result',
    },
  },
  exitHints: {
    0: 'to find out how a task ended, use "status --exit-status" or "watch"',
    1: 'the output names the tasks that failed; "mmai result ID" says why',
    2: 'correct the command line, the variable or the setting that the error names; nothing was sent, unless --query does not fit the document',
    3: 'the error names the code; "mmai config list --show-origin" shows which AccessKey is used',
    4: 'try again later, with more --retries or, for watch, a longer --error-budget; --debug shows each step',
    5: 'check the task ID, and use the --region and --profile that the task was submitted with',
    8: 'check again later, or wait with "mmai watch"',
    70: 'run it again with --debug, and report the output',
    74: 'the output is incomplete: free disk space (ENOSPC, EDQUOT) or raise the file size limit (EFBIG), then run it again',
    124: 'unfinished tasks keep running on the server: run the printed command to keep waiting, or use a longer --timeout',
    129: 'the terminal or connection was closed: run it again, for example in tmux',
    130: 'unfinished tasks keep running on the server: run the printed command to keep waiting',
    141: 'the reader of the output exited first, as "head" does; this is usually fine',
    143: 'something told mmai to stop: check the timeout of the job',
  },
  unknownTopic: (topic: string) => `unknown topic "${topic}"`,
  unknownTopicHint: (nearest: string | undefined) =>
    nearest === undefined ? 'run "mmai explain" to list all topics' : `did you mean "mmai explain ${nearest}"?`,
  more: (topic: string) => `details: mmai explain ${topic}`,
};
