import { spawn } from 'node:child_process';
import { splitCommandLine } from '../core/credentials/command-line.ts';
import type { CommandEnd, CommandLimits } from '../core/credentials/provider.ts';

/** Credentials are some hundred bytes; a command that prints more than this is stopped. In bytes. */
const MAX_OUTPUT = 1024 * 1024;

/**
 * Runs a command line without a shell, with our environment. Its standard error is thrown away, since commands print secrets
 * there too. At the time limit, or on the signal, it is killed and not waited for. Never rejects.
 */
export function runCommand(
  commandLine: string,
  { timeoutMs, signal }: CommandLimits,
  platform: string,
): Promise<CommandEnd> {
  const [file, ...args] = splitCommandLine(commandLine, platform === 'win32') ?? [];
  if (!file) return Promise.resolve({ how: 'notStarted', code: 'EINVAL' });
  if (signal.aborted) return Promise.resolve({ how: 'stopped' });
  return new Promise((resolve) => {
    const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'ignore'], windowsHide: true });
    const chunks: Buffer[] = [];
    let size = 0;
    const end = (how: CommandEnd) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      child.kill('SIGKILL');
      // A grandchild may hold the pipe open: nobody waits for it.
      child.stdout.destroy();
      child.unref();
      resolve(how);
    };
    const stop = () => end({ how: 'stopped' });
    const timer = setTimeout(() => end({ how: 'timeout' }), timeoutMs);
    signal.addEventListener('abort', stop, { once: true });
    child.stdout.on('data', (chunk: Buffer) => {
      size += chunk.byteLength;
      chunks.push(chunk);
      if (size > MAX_OUTPUT) end({ how: 'tooLong' });
    });
    child.on('error', (error: NodeJS.ErrnoException) => end({ how: 'notStarted', code: error.code ?? '' }));
    child.on('close', (exitCode) => end({ how: 'exited', exitCode, stdout: Buffer.concat(chunks).toString('utf8') }));
  });
}

/**
 * Runs a command in the user's shell with `env` added to the environment and `input` on its standard input; its output goes to
 * our stderr. Resolves with its exit code, null if a signal ended it or it could not start. On abort nothing waits for it.
 */
export function runHook(
  command: string,
  env: Readonly<Record<string, string>>,
  input: string,
  signal: AbortSignal,
): Promise<number | null> {
  const child = spawn(command, { shell: true, stdio: ['pipe', 2, 'inherit'], env: { ...process.env, ...env } });
  // A command that does not read its input closes it: no error of ours.
  child.stdin?.on('error', () => {}).end(input);
  const letGo = () => child.unref();
  signal.addEventListener('abort', letGo);
  return new Promise<number | null>((resolve) => {
    child.on('error', () => resolve(null)).on('close', (code) => resolve(code));
  }).finally(() => signal.removeEventListener('abort', letGo));
}
