import { checkEn } from './check.ts';
import { codesEn } from './codes.ts';
import { configEn } from './config.ts';
import { credentialsEn } from './credentials.ts';
import { explainEn } from './explain.ts';
import { helpEn } from './help.ts';
import { libraryEn } from './library.ts';
import { networkEn } from './network.ts';
import { usageEn } from './usage.ts';
import { watchEn } from './watch.ts';

/** Every sentence a person reads, in English. `zh/messages.ts` has the same type, so a missing translation does not compile. */
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
  usage: usageEn,
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
    noFields: '--json takes no fields: choose them with --query, as in --query "tasks[].[id, state]"',
    noListing: 'the service cannot list tasks; at a terminal, "mmai status" offers those checked recently',
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
    leftOut: (lines: number) => `requests left out, since standard error was not read: ${lines}`,
    listening: (url: string) => `sandbox listening on ${url}; press Ctrl-C to stop`,
  },
  config: configEn,
  watch: watchEn,
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
