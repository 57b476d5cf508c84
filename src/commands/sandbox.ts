import type { Command } from 'commander';
import { wholeNumber } from '../core/config/settings.ts';
import type { CommandDeps } from '../deps.ts';
import { ExitCode, usageError } from '../errors.ts';
import type { Messages } from '../locales/en/messages.ts';
import type { RequestRecord } from '../sandbox/server.ts';
import { parseDuration } from '../text/duration.ts';
import { shortened, visible } from '../text/safe-text.ts';
import { addCommonOptions } from './shared/options.ts';

interface SandboxCommandOptions {
  readonly port: string;
  readonly script?: string;
  readonly latency?: string;
  readonly faultRate: string;
  readonly quiet?: true;
}

/** Told in the clear: this key opens nothing but a server on this machine's loopback. */
const KEY = { accessKeyId: 'sandbox-key', accessKeySecret: 'sandbox-secret' };

export function addSandboxCommand(program: Command, deps: CommandDeps, done: (exitCode: number) => void): void {
  const { commands, flags } = deps.messages.help;
  const command = program
    .command('sandbox')
    .description(commands.sandbox)
    .option('--port <n>', flags.port, '0')
    .option('--script <script>', flags.script)
    .option('--latency <duration>', flags.latency)
    .option('--fault-rate <0..1>', flags.faultRate, '0');
  addCommonOptions(command, flags).action(async (options: SandboxCommandOptions) =>
    done(await runSandbox(options, deps)),
  );
}

/** Serves until a signal comes. stdout gets the variables that point mmai at it, in a shell's words. */
export async function runSandbox(options: SandboxCommandOptions, deps: CommandDeps): Promise<number> {
  const { startSandbox } = await import('../sandbox/server.ts');
  // "0" is "no limit" to parseDuration: here it means no latency.
  const latencyMs = parseDuration(options.latency ?? 'none', '--latency');
  const port = wholeNumber(0, 65_535)(options.port, '--port');
  const sandbox = await startSandbox({
    port,
    ...(options.script !== undefined && { script: options.script }),
    ...(latencyMs < Number.POSITIVE_INFINITY && { latencyMs }),
    accessKeys: [KEY],
    now: deps.clock.now,
    nextId: deps.nonce,
    faults: { rate: parseRate(options.faultRate), random: deps.random },
    ...(!options.quiet && { onRequest: (record) => deps.stderr.write(requestLine(record, deps.messages)) }),
  }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE' && error.code !== 'EACCES') throw error;
    throw usageError((m) => m.sandbox.portTaken(port, error.code ?? ''));
  });
  const variables = {
    MMAI_ENDPOINT: sandbox.url,
    ALIBABA_CLOUD_ACCESS_KEY_ID: KEY.accessKeyId,
    ALIBABA_CLOUD_ACCESS_KEY_SECRET: KEY.accessKeySecret,
  };
  const lines = Object.entries(variables).map(([name, value]) => `export ${name}=${value}\n`);
  // In one write, so that a reader of the first chunk has them all.
  deps.stdout.write(lines.join(''));
  if (!options.quiet) deps.stderr.write(`${deps.messages.sandbox.listening(sandbox.url)}\n`);
  if (!deps.signal.aborted) {
    await new Promise<void>((stop) => deps.signal.addEventListener('abort', () => stop(), { once: true }));
  }
  await sandbox.close();
  return ExitCode.ok;
}

/** Action, task and answer: texts are whatever a client sent. */
function requestLine({ action = '-', taskId = '-', answer }: RequestRecord, { glyphs }: Messages): string {
  const shown = [action, taskId, glyphs.arrow, String(answer)].map((word) => visible(shortened(word)));
  return `${shown.join(' ')}\n`;
}

function parseRate(text: string): number {
  const rate = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (!(rate <= 1)) throw usageError((m) => m.sandbox.badRate(text));
  return rate;
}
