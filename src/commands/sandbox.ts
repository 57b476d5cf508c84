import type { Command } from 'commander';
import { wholeNumber } from '../core/config/settings.ts';
import { KEY_VARIABLES } from '../core/credentials/environment.ts';
import type { CommandDeps } from '../deps.ts';
import { ExitCode, MmaiError, usageError } from '../errors.ts';
import type { Messages } from '../locales/en/messages.ts';
import type { RequestRecord, Sandbox } from '../sandbox/server.ts';
import { parseDuration } from '../text/duration.ts';
import { shortened, visible } from '../text/safe-text.ts';
import { createLog } from './shared/log.ts';
import { addCommonOptions } from './shared/options.ts';

interface SandboxCommandOptions {
  readonly port: string;
  readonly script?: string;
  readonly latency?: string;
  readonly faultRate: string;
  readonly quiet?: true;
}

/** What a shell ends with for a command that is not found, or cannot be executed. */
const NOT_FOUND = 127;
const NOT_EXECUTABLE = 126;

/** Printed in the clear: this key opens nothing but a server on this machine's loopback. */
const KEY = { accessKeyId: 'sandbox-key', accessKeySecret: 'sandbox-secret' };

export function addSandboxCommand(program: Command, deps: CommandDeps, done: (exitCode: number) => void): void {
  const { help } = deps.messages;
  const { flags } = help;
  const command = program
    .command('sandbox')
    .description(help.commands.sandbox)
    .usage('[options] [-- command...]')
    .argument('[command...]', help.arguments.command)
    .option('--port <n>', flags.port, '0')
    .option('--script <script>', flags.script)
    .option('--latency <duration>', flags.latency)
    .option('--fault-rate <0..1>', flags.faultRate, '0');
  addCommonOptions(command, flags).action(async (words: string[], options: SandboxCommandOptions) => {
    // Without the "--", flags of the command would be taken for ours.
    const given = program.args.includes('--') ? program.args.slice(program.args.indexOf('--') + 1) : [];
    if (words.length > given.length) {
      throw usageError((m) => m.sandbox.noDashes(shortened(words[0]!)));
    }
    done(await runSandbox(words, options, deps));
  });
}

/** Serves until a signal comes, or while a command runs that gets the variables that point mmai at the sandbox. */
export async function runSandbox(
  command: readonly string[],
  options: SandboxCommandOptions,
  deps: CommandDeps,
): Promise<number> {
  const sandbox = await start(options, command.length > 0, deps);
  const variables = {
    MMAI_ENDPOINT: sandbox.url,
    ALIBABA_CLOUD_ACCESS_KEY_ID: KEY.accessKeyId,
    ALIBABA_CLOUD_ACCESS_KEY_SECRET: KEY.accessKeySecret,
  };
  try {
    if (command.length > 0) return await runCommand(command, variables, deps);
    // In one write, so that a reader of the first chunk has them all.
    deps.stdout.write(assignments(variables, deps));
    if (!options.quiet) deps.stderr.write(`${deps.messages.sandbox.listening(sandbox.url)}\n`);
    if (!deps.signal.aborted) {
      await new Promise<void>((stop) => deps.signal.addEventListener('abort', () => stop(), { once: true }));
    }
    return ExitCode.ok;
  } finally {
    await sandbox.close();
  }
}

// --- internal ---

/** The sandbox that the flags describe. Its requests are reported on stderr, but not into the output of a command. */
async function start(options: SandboxCommandOptions, hasCommand: boolean, deps: CommandDeps): Promise<Sandbox> {
  const { startSandbox } = await import('../sandbox/server.ts');
  // "0" is "no limit" to parseDuration: here it means no latency.
  const latencyMs = parseDuration(options.latency ?? 'none', '--latency');
  const port = wholeNumber(0, 65_535)(options.port, '--port');
  const log = hasCommand ? deps.debug : createLog(deps.stderr, deps.messages.sandbox.leftOut);
  const report = (record: RequestRecord) => log(requestLine(record, deps.messages));
  return startSandbox({
    port,
    script: options.script,
    latencyMs: latencyMs === Number.POSITIVE_INFINITY ? 0 : latencyMs,
    accessKeys: [KEY],
    now: deps.clock.now,
    monotonic: deps.clock.monotonic,
    nextId: deps.nonce,
    faults: { rate: parseRate(options.faultRate), random: deps.random },
    onRequest: options.quiet ? undefined : report,
  });
}

/** Runs the command with the variables in its environment, and without those that would outrank them; its exit code. */
async function runCommand(
  words: readonly string[],
  variables: Readonly<Record<string, string>>,
  deps: CommandDeps,
): Promise<number> {
  // Windows takes the name of a variable in any case.
  const nameOf = (variable: string) => (deps.platform === 'win32' ? variable.toUpperCase() : variable);
  const replaced = ['MMAI_PROFILE', 'MMAI_ENDPOINT', ...KEY_VARIABLES];
  const others = Object.entries(deps.env).filter(([variable]) => !replaced.includes(nameOf(variable)));
  const end = await deps.runProgram(words, { ...Object.fromEntries(others), ...variables });
  if ('exitCode' in end) return end.exitCode;
  const exitCode = end.notStarted === 'ENOENT' ? NOT_FOUND : NOT_EXECUTABLE;
  throw new MmaiError(exitCode, (m) => m.sandbox.notStarted(shortened(words[0]!), end.notStarted));
}

/**
 * The variables as commands for the user's shell, and none for those that would outrank them or go with another key: PowerShell on
 * Windows, unless a shell of the POSIX kind says that it runs there.
 */
function assignments(variables: Readonly<Record<string, string>>, { env, platform }: CommandDeps): string {
  const isPowerShell = platform === 'win32' && !env.MSYSTEM && !env.SHELL;
  const others = ['MMAI_PROFILE', 'ALIBABA_CLOUD_SECURITY_TOKEN'].filter((name) => env[name]);
  return [...Object.entries(variables), ...others.map((name) => [name, ''] as const)]
    .map(([name, value]) => (isPowerShell ? `$env:${name} = '${value}'\n` : `export ${name}=${value}\n`))
    .join('');
}

/** Action, task and answer: texts are whatever a client sent. */
function requestLine({ action = '-', taskId = '-', answer }: RequestRecord, { glyphs }: Messages): string {
  const shown = [action, taskId, glyphs.arrow, String(answer)].map((word) => visible(shortened(word)));
  return shown.join(' ');
}

function parseRate(text: string): number {
  const rate = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (!(rate <= 1)) throw usageError((m) => m.sandbox.badRate(shortened(text)));
  return rate;
}
