import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { parseDuration } from '../core/duration.ts';
import { wholeNumber } from '../core/settings.ts';
import { ExitCode, usageError } from '../errors.ts';
import { addCommonOptions } from './options.ts';

interface SandboxCommandOptions {
  readonly port: string;
  readonly script?: string;
  readonly latency?: string;
  readonly faultRate: string;
  readonly quiet?: true;
}

/** Told in the clear: this key opens nothing but a server on this machine's loopback. */
const KEY = { accessKeyId: 'sandbox-key', accessKeySecret: 'sandbox-secret' };

export function addSandboxCommand(program: Command, context: Context, done: (exitCode: number) => void): void {
  const { commands, flags } = context.messages.help;
  const command = program
    .command('sandbox')
    .description(commands.sandbox)
    .option('--port <n>', flags.port, '0')
    .option('--script <script>', flags.script)
    .option('--latency <duration>', flags.latency)
    .option('--fault-rate <0..1>', flags.faultRate, '0');
  addCommonOptions(command, flags).action(async (options: SandboxCommandOptions) =>
    done(await runSandbox(options, context)),
  );
}

/** Serves until a signal comes. stdout gets the variables that point mmai at it, in a shell's words. */
export async function runSandbox(options: SandboxCommandOptions, context: Context): Promise<number> {
  const { startSandbox } = await import('../sandbox/server.ts');
  // "0" is "no limit" to parseDuration: here it means no latency.
  const latencyMs = parseDuration(options.latency ?? 'none', '--latency');
  const port = wholeNumber(0, 65_535)(options.port, '--port');
  const sandbox = await startSandbox({
    port,
    ...(options.script !== undefined && { script: options.script }),
    ...(latencyMs < Number.POSITIVE_INFINITY && { latencyMs }),
    accessKeys: [KEY],
    now: context.clock.now,
    nextId: context.nonce,
    faults: { rate: parseRate(options.faultRate), random: context.random },
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
  context.stdout.write(lines.join(''));
  if (!options.quiet) context.stderr.write(`${context.messages.sandbox.listening(sandbox.url)}\n`);
  if (!context.signal.aborted) {
    await new Promise<void>((stop) => context.signal.addEventListener('abort', () => stop(), { once: true }));
  }
  await sandbox.close();
  return ExitCode.ok;
}

function parseRate(text: string): number {
  const rate = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (!(rate <= 1)) throw usageError((m) => m.sandbox.badRate(text));
  return rate;
}
