import { checkEn } from './check.ts';
import { codesEn } from './codes.ts';
import { configEn } from './config.ts';
import { credentialsEn } from './credentials.ts';
import { explainEn } from './explain.ts';
import { fileProblem } from './files.ts';
import { helpEn } from './help.ts';
import { networkEn } from './network.ts';

/** Every sentence a person reads, in English. `zh.ts` has the same type, so a missing translation does not compile. */
export const en = {
  help: helpEn,
  codes: codesEn,
  explain: explainEn,
  check: checkEn,
  network: networkEn,
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
    ...{ submitting: '○', running: '●', succeeded: '✔', failed: '✖', unknown: '?', unseen: '·' },
    ...{ arrow: '→', separator: '·', ellipsis: '…' },
    spinner: 'dots' as 'dots' | 'line',
  },
  noState: 'error',
  usage: {
    badTaskId: (value: string) => `"${value}" is not a task id: give a decimal number from 1 to 9223372036854775807`,
    badTaskIdOnLine: (line: number, value: string) =>
      `line ${line} of standard input: "${value}" is not a task id: give a decimal number from 1 to 9223372036854775807`,
    noIdInObject: (line: number, places: readonly string[]) =>
      `line ${line} of standard input: no task ID in this JSON object; it is looked for in ${places.join(', ')}`,
    badJsonOnLine: (line: number, text: string) =>
      `line ${line} of standard input: ${text === '' ? 'the JSON ends early' : `invalid JSON at "${text}"`}`,
    tooManyIds: (limit: number) => `standard input has more than ${limit} task IDs`,
    inputTimeout: (count: number, limit: string) =>
      count === 0
        ? `no task ID: none came from standard input within ${limit}`
        : `standard input did not end within ${limit}; ${count} task IDs were read, nothing was sent`,
    unreadableInput: (code: string) => `cannot read standard input: ${code}`,
    inputTooLong: () => 'standard input is longer than 1 MiB',
    readingInput: () => 'no task ID on the command line: reading them from standard input',
    noTaskIds: () => 'no task id given: name at least one, or pipe ids to standard input, one per line',
    noRecentTask: (word: string) => `${word}: no recent task is known on this machine; pass a task ID`,
    chooseTask: () => 'Which task?',
    stoppedReading: () => 'stopped before all ids were read; nothing was sent',
    badDuration: (what: string, value: string) =>
      `${what}: "${value}" is not a duration: write 90, 90s, 10m, 1h30m or 500ms (at most 24 days)`,
    badChoice: (what: string, value: string, allowed: readonly string[]) =>
      `${what}: "${value}" is not one of ${allowed.join(', ')}`,
    badNumber: (what: string, value: string, min: number, max: number) =>
      `${what}: "${value}" is not a whole number from ${min} to ${max}`,
    badRegion: (what: string, value: string) =>
      `${what}: "${value}" is not a region ID: lower-case letters, digits and "-" only, such as cn-beijing`,
    badEndpoint: (what: string, value: string) =>
      `${what}: invalid endpoint "${value}": expected HOST or http(s)://HOST[:PORT] without path, query or credentials`,
    badQuery: (expression: string, why: string) => `--query: "${expression}" is not a JMESPath expression: ${why}`,
    queryQuotes: () => `a text stands in single quotes: tasks[?state=='failed'].id`,
    badProfileName: (value: string) =>
      `"${value}" is not a profile name: letters, digits and . _ @ - only, at most 64, starting with a letter or digit`,
    unreadableFile: (what: string, path: string, code: string) => `${what}: cannot read ${path}: ${fileProblem(code)}`,
    relativeDirectory: (variable: string, path: string) =>
      `${variable}: "${path}" is a relative path; an absolute one is needed`,
    noCertificates: (path: string) => `--ca-file: ${path} contains no readable PEM certificate`,
    badProxy: (variable: string) =>
      `${variable} is not a proxy address: write http://HOST:PORT or https://HOST:PORT, with USER:PASSWORD@ before the host if needed (other schemes, like socks5, are not supported)`,
    badProxyHint: () => 'percent-encode special characters of a password: @ is %40, # is %23, / is %2F',
  },
  parser: {
    formatOfResponse: () => '--format is the format of the response; for JSON on standard output use -o json',
    unknownOption: (flag: string) => `there is no option "${flag}"`,
    unknownCommand: (name: string) => `there is no command "${name}"`,
    missingArgument: (name: string) => `the argument ${name} is missing`,
    missingValue: (flags: string) => `${flags} needs a value`,
    excessArguments: (expected: number, given: number) =>
      `too many arguments: ${given} given, at most ${expected} expected`,
    helpCommands: (command: string) => `run "${command} --help" to list the commands`,
    helpOptions: (command: string) => `run "${command} --help" to list the options`,
    exitStatus: () => 'watch needs no such option: its exit code always tells the outcome',
    suggestion: (names: string) => `did you mean ${names}?`,
  },
  credentials: credentialsEn,
  exitCodes: {
    0: 'done: status or result got an answer for every task; watch met its condition',
    1: 'a task failed',
    2: 'usage or configuration error; nothing was sent',
    3: 'credentials missing, wrong or refused; service not activated; no balance',
    4: 'the service or the network gave no useful answer: state unknown',
    5: 'task not found',
    8: 'status --exit-status, result: not finished yet',
    70: 'a bug in mmai',
    74: 'output could not be written',
    124: 'watch: deadline reached with tasks still running',
    129: 'stopped by a hang-up (SIGHUP)',
    130: 'stopped by Ctrl-C (SIGINT)',
    141: 'standard output was closed',
    143: 'stopped by SIGTERM',
  },
  plainHttp: (origin: string) => `${origin} is not encrypted: anyone who listens can read and replay the requests`,
  alwaysVerified: (variable: string) => `${variable}=0 has no effect on mmai: it always verifies certificates`,
  clockOff: (offset: string, isAhead: boolean) =>
    `the clock here is ${offset} ${isAhead ? 'ahead of' : 'behind'} the clock of the service; mmai corrects for it in this run`,
  /** While a slow `status` is under way. */
  checking: (done: number, total: number, elapsed: string, retries: number) =>
    [
      total === 1 ? 'checking' : `${done}/${total} checked`,
      elapsed,
      ...(retries > 0 ? [`${retries} ${retries === 1 ? 'retry' : 'retries'}`] : []),
    ].join(' · '),
  unknownStatus: (id: string, status: number) =>
    `task ${id} has status ${status}, which this version of mmai does not know; it counts as not finished`,
  sandbox: {
    badStep: (step: string) =>
      `script step "${step}": write a status (0, 1, 2, 3 or any integer; 3(Download fail) fails with that reason) or one of 500, throttle, throttle(2s), 404, reset, hang, garbage, html, expired, forbidden, slow(2s); then, if you like, xN (N polls) or :30s (a time)`,
    badRate: (value: string) => `--fault-rate: "${value}" is not a number from 0 to 1`,
    portTaken: (port: number, why: string) => `--port: cannot listen on ${port}: ${why}`,
    listening: (url: string) => `sandbox listening on ${url}; Ctrl-C stops it`,
  },
  config: configEn,
  watch: {
    conflict: (one: string, other: string) => `${one} and ${other} cannot be given together`,
    countAboveTasks: (count: string, tasks: number) =>
      `--count ${count}: there ${tasks === 1 ? 'is only 1 task' : `are only ${tasks} tasks`}`,
    intervalAboveTimeout: () => '--interval is longer than --timeout',
    retry: (id: string, code: string, delay: string) => `${id} ${code}, asking again in ${delay}`,
    heartbeat: (states: readonly string[], done: number, total: number, next: string) =>
      `still waiting: ${states.join(', ')}; ${done} of ${total} done; next check in ${next}`,
    progress: (done: number, total: number) => `${done}/${total} done`,
    elapsed: (elapsed: string, limit: string | undefined) => (limit ? `${elapsed} of ${limit}` : elapsed),
    keys: () => 'press r to check now',
    unseen: 'not checked yet',
    noInterval: () => '--interval: give a duration, or auto',
    noCommand: () => '--exec: give a command',
    noTerminal: () => '--progress tty: standard error is not a terminal',
    hookEnds: {
      exited: (id: string, exitCode: string) => `the --exec command for task ${id} ended with exit code ${exitCode}`,
      notStarted: (id: string, code: string) => `the --exec command for task ${id} could not be started (${code})`,
      killed: (id: string, _: string) => `the --exec command for task ${id} was killed by a signal`,
      timeout: (id: string, limit: string) =>
        `the --exec command for task ${id} did not end within ${limit} (--exec-timeout) and was stopped`,
    },
    waitingForHooks: (ids: readonly string[], more: number) =>
      `waiting for the --exec command of task ${ids.join(', ')}${more > 0 ? ` and ${more} more` : ''}`,
    moreFailed: (n: number) => `${n} more ${n === 1 ? 'task' : 'tasks'} did not succeed`,
    notAFile: () => '--junit: give the path of a file; standard output is for the answer',
    annotation: (id: string) => `mmai task ${id}`,
    columns: ['task', 'result', 'request id'],
    unwritable: (path: string, why: string) => `cannot write ${path}: ${why}`,
    nextCheck: (delay: string) => `next check in ${delay}`,
    wake: (span: string) => `asleep or stopped for ${span}; checking every task now`,
    ends: {
      notFound: 'was not found',
      unanswered: 'got no useful answer',
      queueTimeout: 'was still submitting after --queue-timeout',
      stallTimeout: 'did not change within --stall-timeout',
    },
    whys: {
      met: 'done',
      ended: 'every task has ended',
      givenUp: 'nothing is left to wait for',
      failFast: 'stopped at the first task that did not succeed',
      outOfReach: 'the condition is out of reach',
      denied: 'refused',
      deadline: 'timed out',
      interrupted: 'stopped',
      error: 'ended by an error',
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
    resume: (command: string) => `unfinished tasks keep running on the server; to keep waiting, run:\n  ${command}`,
    resumeSame: () => 'unfinished tasks keep running on the server; to keep waiting, run the same command again',
    tooFew: (tasks: number) =>
      `${tasks} ${tasks === 1 ? 'task is' : 'tasks are'} never checked: raise --timeout or --max-rps`,
    thenEvery: (gap: string) => `then every ${gap}`,
    plan: (polls: number, tasks: number, within: string, lag: string) =>
      `${tasks} ${tasks === 1 ? 'task' : 'tasks'}, ${polls} polls each within ${within}; an end is noticed at most ${lag} late`,
  },
  outputFailed: (code: string) => `standard output could not be written: ${code}`,
  bug: (message: string) => `this is a bug in mmai: ${message}`,
  bugHint: () => 'run again with --debug for the details, and please report them',
  /** What is added to a text; the blank before it belongs to the language. */
  aside: (text: string) => ` (${text})`,
  /** `total` tasks, of which `ids` are named. */
  tasks: (ids: readonly string[], total: number) =>
    `task ${ids.join(', ')}${total > ids.length ? ` … (${total})` : ''}`,
  counted: (n: number, word: string) => `${n} ${word}`,
  taskCounts: (total: number, counts: readonly string[]) => `${total} tasks: ${counts.join(', ')}`,
  andMore: (n: number) => `and ${n} more`,
  labelled: (label: string, text: string) => `${label}: ${text}`,
  joined: (sentences: readonly string[]) => sentences.join('; '),
  listed: (words: readonly string[]) => words.join(', '),
  dryRun: {
    curl: () => 'Signs and sends with curl and openssl; the key comes from the environment.',
    alwaysJson: () => 'The SDK core always asks for JSON.',
  },
  requestId: 'request id: ',
};

export type Messages = typeof en;
export type Language = 'en' | 'zh';
