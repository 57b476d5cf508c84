import { checkEn } from './check.ts';
import { codesEn } from './codes.ts';
import { configEn } from './config.ts';
import { credentialsEn } from './credentials.ts';
import { explainEn } from './explain.ts';
import { fileProblem } from './files.ts';
import { helpEn } from './help.ts';
import { libraryEn } from './library.ts';
import { networkEn } from './network.ts';

/** Every sentence a person reads, in English. `zh.ts` has the same type, so a missing translation does not compile. */
export const en = {
  help: helpEn,
  codes: codesEn,
  explain: explainEn,
  check: checkEn,
  network: networkEn,
  library: libraryEn,
  error: 'error: ',
  warning: 'warning: ',
  hint: 'hint: ',
  states: {
    submitting: 'submitting',
    running: 'running',
    succeeded: 'succeeded',
    failed: 'failed',
    unknown: 'unknown',
  },
  /** Characters with a meaning, which a locale without UTF-8 replaces. */
  glyphs: {
    submitting: '○',
    running: '●',
    succeeded: '✔',
    failed: '✖',
    unknown: '?',
    unseen: '·',
    arrow: '→',
    separator: '·',
    ellipsis: '…',
    spinner: 'dots' as 'dots' | 'line',
  },
  noState: 'error',
  usage: {
    badTaskId: (value: string) =>
      `"${value}" is not a valid task ID: expected an integer from 1 to 9223372036854775807`,
    taskIdsApart: 'separate task IDs with spaces, each an argument of its own; on standard input, one per line',
    badTaskIdOnLine: (line: number, value: string) =>
      `line ${line} of standard input: "${value}" is not a valid task ID: expected an integer from 1 to 9223372036854775807`,
    noIdInObject: (line: number, places: readonly string[]) =>
      `line ${line} of standard input: this JSON object has no task ID (looked for ${places.join(', ')})`,
    badJsonOnLine: (line: number, text: string) =>
      `line ${line} of standard input: ${text === '' ? 'the JSON is incomplete' : `invalid JSON near "${text}"`}`,
    tooManyIds: (limit: number) => `standard input has more than ${limit} task IDs`,
    inputTimeout: (count: number, limit: string) =>
      count === 0
        ? `no task ID arrived on standard input within ${limit}`
        : `standard input did not end within ${limit}; ${count} task ${count === 1 ? 'ID was' : 'IDs were'} read, nothing was sent`,
    unreadableInput: (code: string) => `cannot read standard input: ${code}`,
    inputTooLong: 'standard input is longer than 1 MiB',
    readingInput: 'no task ID on the command line: reading from standard input',
    noTaskIds: 'no task ID given: pass at least one, or pipe them to standard input, one per line',
    noRecentTask: (word: string) => `${word}: no recent task on this machine; pass a task ID`,
    chooseTask: 'Which task?',
    stoppedReading: 'interrupted before all task IDs were read; nothing was sent',
    badDuration: (what: string, value: string) =>
      `${what}: "${value}" is not a valid duration: use a form such as 90s, 10m, 1h30m or 500ms (at most 24 days)`,
    badChoice: (what: string, value: string, allowed: readonly string[]) =>
      `${what}: "${value}" is not one of ${allowed.join(', ')}`,
    badNumber: (what: string, value: string, min: number, max: number) =>
      `${what}: "${value}" is not an integer from ${min} to ${max}`,
    badRegion: (what: string, value: string) =>
      `${what}: "${value}" is not a valid region ID: use only lower-case letters, digits and "-", as in cn-beijing`,
    badEndpoint: (what: string, value: string) =>
      `${what}: invalid endpoint "${value}": expected HOST or http(s)://HOST[:PORT] without path, query or credentials`,
    conflict: (one: string, other: string) => `${one} and ${other} cannot be used together`,
    badQuery: (expression: string, why: string) =>
      `--query: "${expression}" is not a valid JMESPath expression: ${why}`,
    queryError: (expression: string, why: string) => `--query: "${expression}" does not fit the document: ${why}`,
    queryQuotes: `put strings in single quotes: tasks[?state=='failed'].id`,
    badProfileName: (value: string) =>
      `"${value}" is not a valid profile name: use letters, digits and . _ @ -, at most 64 characters, starting with a letter, a digit or _`,
    unreadableFile: (what: string, path: string, code: string) => `${what}: cannot read ${path}: ${fileProblem(code)}`,
    relativeDirectory: (variable: string, path: string) =>
      `${variable}: "${path}" is a relative path; it must be absolute`,
    noCertificates: (what: string, path: string) => `${what}: ${path} contains no readable PEM certificate`,
    badProxy: (variable: string) =>
      `${variable} is not a valid proxy URL: expected http(s)://[USER:PASSWORD@]HOST:PORT (other schemes, such as socks5, are not supported)`,
    badProxyHint: 'percent-encode special characters in the password: @ is %40, # is %23, / is %2F',
  },
  parser: {
    formatOfResponse: '--format is the format of the response; for JSON on standard output use -o json',
    unknownOption: (flag: string) => `unknown option "${flag}"`,
    unknownCommand: (name: string) => `unknown command "${name}"`,
    missingArgument: (name: string) => `missing argument: ${name}`,
    noValue: (flag: string) => `${flag} takes no value`,
    missingValue: (flags: string) => `${flags} requires a value`,
    excessArguments: (expected: number, given: number) =>
      `too many arguments: expected at most ${expected}, got ${given}`,
    helpCommands: (command: string) => `run "${command} --help" to list the commands`,
    helpOptions: (command: string) => `run "${command} --help" to list the options`,
    exitStatus: 'watch does not need it: its exit code always reflects the outcome',
    suggestion: (names: string) => `did you mean "${names}"?`,
  },
  credentials: credentialsEn,
  exitCodes: {
    0: 'status, result: every task was checked (with --exit-status: all succeeded); watch: the condition was met',
    1: 'a task failed, or --any or --count can no longer be met',
    2: 'usage or configuration error',
    3: 'credentials missing or rejected; permission denied; service not activated; insufficient balance',
    4: 'no usable response from the service or the network: state unknown',
    5: 'task not found',
    8: 'status --exit-status, result: not finished yet',
    70: 'a bug in mmai',
    74: 'output could not be written, for example because the disk is full',
    124: 'watch: timed out before the condition was met (--timeout-exit-code changes the code)',
    129: 'terminal hung up (SIGHUP)',
    130: 'interrupted by Ctrl-C (SIGINT)',
    141: 'standard output was closed',
    143: 'terminated (SIGTERM)',
  },
  plainHttp: (origin: string) => `${origin} is not encrypted: anyone on the network can read and replay the requests`,
  alwaysVerified: (variable: string) => `${variable}=0 has no effect on mmai: it always verifies certificates`,
  clockOff: (offset: string, isAhead: boolean) =>
    `the local clock is ${offset} ${isAhead ? 'ahead of' : 'behind'} that of the service; mmai corrects for it in this run`,
  /** While a slow `status` is under way. */
  checking: (done: number, total: number, elapsed: string, retries: number) =>
    [
      total === 1 ? 'checking' : `${done}/${total} checked`,
      elapsed,
      ...(retries > 0 ? [`${retries} ${retries === 1 ? 'retry' : 'retries'}`] : []),
    ].join(' · '),
  unknownStatus: (id: string, status: number) =>
    `task ${id} has status ${status}, unknown to this version of mmai; treated as not finished`,
  sandbox: {
    badStep: (step: string, faults: readonly string[]) =>
      `invalid script step "${step}": expected a status (0, 1, 2, 3 or any integer; 3(Download fail) fails with that reason) or one of ${faults.join(', ')} (throttle and slow also with a duration: slow(2s)), optionally followed by xN (N polls) or :30s (a duration)`,
    twoScripts: (task: string | undefined) =>
      task ? `task ${task} has two scripts` : 'two scripts without a task: write one for a single task as 123=0,1,2',
    badRate: (value: string) => `--fault-rate: "${value}" is not a number from 0 to 1`,
    cannotListen: (port: number, why: string) => `cannot listen on 127.0.0.1${port ? `:${port}` : ''}: ${why}`,
    noDashes: (word: string) => `"${word}" is not expected here: put "--" before a command to run`,
    notStarted: (name: string, code: string) =>
      code === 'ENOENT' ? `${name}: command not found` : `${name}: cannot be executed (${code})`,
    leftOut: (lines: number) => `${lines} requests left out: standard error was not read`,
    listening: (url: string) => `sandbox listening on ${url}; press Ctrl-C to stop`,
  },
  config: configEn,
  watch: {
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
    verdict: (why: string, elapsed: string, counts: readonly string[]) =>
      `${why} after ${elapsed}: ${counts.join(', ')}`,
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
  },
  outputFailed: (code: string) => `cannot write to standard output: ${code}`,
  bug: (message: string) => `this is a bug in mmai: ${message}`,
  bugHint: 'run it again with --debug for details, and please report it',
  /** What is added to a text; the blank before it belongs to the language. */
  aside: (text: string) => ` (${text})`,
  /** `total` tasks, of which `ids` are named. */
  tasks: (ids: readonly string[], total: number) =>
    `${total === 1 ? 'task' : 'tasks'} ${ids.join(', ')}${total > ids.length ? ` … (${total})` : ''}`,
  counted: (n: number, word: string) => `${n} ${word === 'error' && n !== 1 ? 'errors' : word}`,
  taskCounts: (total: number, counts: readonly string[]) => `${total} tasks: ${counts.join(', ')}`,
  serverDelay: (time: string) => `try again in ${time}: the server asks to wait so long, and no retry does`,
  andMore: (n: number) => `and ${n} more`,
  labelled: (label: string, text: string) => `${label}: ${text}`,
  joined: (sentences: readonly string[]) => sentences.join('; '),
  listed: (words: readonly string[]) => words.join(', '),
  dryRun: {
    curl: 'Signs and sends the request with curl and openssl; the AccessKey comes from the environment.',
    alwaysJson: '@alicloud/pop-core always requests JSON.',
  },
  requestId: 'request ID: ',
};

export type Messages = typeof en;
export type Language = 'en' | 'zh';
