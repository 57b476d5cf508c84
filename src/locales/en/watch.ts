import { fileProblem } from './files.ts';

/** What `mmai watch` says, and its reports. */
export const watchEn = {
  noEffect: (one: string, other: string) => `${one} has no effect without ${other}`,
  intervalAboveTimeout: (interval: string, timeout: string) => `${interval} must not be longer than ${timeout}`,
  shortMaxInterval: (maxInterval: string, interval: string) =>
    `${maxInterval} must be at least 1s; use ${interval} for a shorter time between checks`,
  shortHeartbeat: (heartbeat: string) => `${heartbeat} must be at least 1s`,
  countAboveTasks: (what: string, count: string, tasks: number) =>
    `${what} ${count}: there ${tasks === 1 ? 'is only 1 task' : `are only ${tasks} tasks`}`,
  retry: (id: string, code: string, delay: string) => `${id} ${code}, retrying in ${delay}`,
  heartbeat: (states: readonly string[], done: number, total: number, next: string) =>
    `still waiting: ${states.join(', ')}; ${done} of ${total} done; ${next}`,
  progress: (done: number, total: number) => `${done}/${total} done`,
  elapsed: (elapsed: string, limit: string | undefined) => (limit ? `${elapsed} of ${limit}` : elapsed),
  keys: 'press r to check now',
  unseen: 'not checked yet',
  noInterval: (what: string) => `${what}: expected a duration or auto`,
  noCommand: '--exec: the command is empty',
  noTerminal: '--progress tty: standard error is not a terminal',
  hookEnds: {
    exited: (id: string, exitCode: string) => `the --exec command for task ${id} exited with code ${exitCode}`,
    notStarted: (id: string, code: string) => `the --exec command for task ${id} could not be started (${code})`,
    killed: (id: string, _: string) => `the --exec command for task ${id} was killed by a signal`,
    timeout: (id: string, limit: string) =>
      `the --exec command for task ${id} did not finish within ${limit} (--exec-timeout) and was stopped`,
  },
  waitingForHooks: (ids: readonly string[], more: number) =>
    `waiting for the --exec command of ${ids.length + more === 1 ? 'task' : 'tasks'} ${ids.join(', ')}${more > 0 ? ` and ${more} more` : ''}`,
  moreHooksFailed: (n: number) => `${n} more --exec ${n === 1 ? 'command' : 'commands'} failed`,
  moreFailed: (n: number) => `${n} more ${n === 1 ? 'task' : 'tasks'} did not succeed`,
  notAFile: '--junit: expected the path of a file; standard output is for the results, standard error for messages',
  annotation: (id: string) => `mmai task ${id}`,
  columns: ['task', 'result', 'request ID'],
  unwritable: (path: string, code: string) => `cannot write ${path}: ${fileProblem(code)}`,
  nextCheck: (delay: string | undefined) => (delay ? `next check in ${delay}` : 'checking now'),
  leftOut: (lines: number) => `lines left out, since standard error was not read: ${lines}`,
  wake: (span: string) => `asleep or suspended for ${span}; checking all tasks now`,
  ends: {
    notFound: 'not found',
    unanswered: 'no usable response',
    queueTimeout: 'still submitting after --queue-timeout',
    stallTimeout: 'no change within --stall-timeout',
  },
  whys: {
    met: 'done',
    ended: 'all tasks ended',
    leftQueue: 'all tasks left the queue',
    givenUp: 'gave up waiting',
    failFast: 'stopped by --fail-fast',
    outOfReach: 'the condition can no longer be met',
    denied: 'access denied',
    deadline: 'timed out',
    interrupted: 'interrupted',
    error: 'stopped by an error',
  },
  outcomes: {
    succeeded: 'succeeded',
    failed: 'failed',
    running: 'running',
    notChecked: 'not checked',
    pending: 'not finished',
    notFound: 'not found',
    unanswered: 'unknown',
  },
  verdict: (why: string, elapsed: string, counts: readonly string[]) => `${why} after ${elapsed}: ${counts.join(', ')}`,
  /** What comes before `resume…` if a task was seen that had not ended. */
  goesOn: 'unfinished tasks keep running on the server; ',
  /** The command stands on the next line, as it is in any locale: it is for the user's shell. */
  resume: 'to keep waiting, run:',
  resumeSame: 'to keep waiting, run the same command again',
  resumeLonger: 'to check all tasks, run the same command with a longer --timeout or a higher --max-rps',
  tooFew: (tasks: number) =>
    `${tasks} ${tasks === 1 ? 'task' : 'tasks'} would never be checked: raise --timeout or --max-rps`,
  thenEvery: (gap: string) => `then every ${gap}`,
  plan: (polls: number, tasks: number, within: string, lag: string) =>
    `${tasks === 1 ? '1 task' : `${tasks} tasks`}, ${polls} ${polls === 1 ? 'check' : 'checks'}${tasks === 1 ? '' : ' each'} in ${within}; completion is noticed at most ${lag} late`,
  /** Where the rate does not allow as many checks of each task. */
  planAtMost: (polls: number, tasks: number, within: string, lag: string) =>
    `${tasks} tasks, at most ${polls} ${polls === 1 ? 'check' : 'checks'} in ${within}; completion is noticed at most ${lag} late`,
};
