import { ChildProcess } from 'node:child_process';
import { isatty } from 'node:tty';
import type { Environment } from '../core/config/settings.ts';
import type { CommandEnd, CommandLimits } from '../core/credentials/provider.ts';
import { abortCode, signalOf } from '../errors.ts';
import { codeOf, kill, start } from './child-process.ts';
import { splitCommandLine } from './command-line.ts';
import { withOwnOpening } from './own-opening.ts';
import { userEnvironment } from './resolver-limits.ts';
import { afterRunning } from './running-timer.ts';

/** Credentials are some hundred bytes; a command that prints more than this is stopped. In bytes. */
const MAX_OUTPUT = 1024 * 1024;

/** For what a command wrote before it ended, where it left its standard output open, in ms. */
const DRAIN_MS = 200;

/**
 * Runs a command line without a shell, with our environment; where it is interactive, with our standard input and standard error
 * too. What it writes to standard error otherwise is thrown away, since commands print secrets there too. At the time limit, or
 * on the signal, it is killed, with all that it started where we are at no terminal, and not waited for. Never rejects.
 */
export function runCommand(
  commandLine: string,
  { timeoutMs, signal, isInteractive }: CommandLimits,
  platform: string,
): Promise<CommandEnd> {
  const [file, ...args] = splitCommandLine(commandLine, platform === 'win32') ?? [];
  if (!file) return Promise.resolve({ how: 'notStarted', code: 'EINVAL' });
  if (signal.aborted) return Promise.resolve({ how: 'stopped' });
  // At a terminal a process group of its own would cost it the terminal.
  const detached = platform !== 'win32' && ![0, 1, 2].some((descriptor) => isatty(descriptor));
  const options = { detached, windowsHide: true, env: userEnvironment() };
  const child = isInteractive
    ? withOwnOpening(2, (output) => start(file, args, { ...options, stdio: ['inherit', 'pipe', output] }))
    : start(file, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  if (!(child instanceof ChildProcess)) return Promise.resolve({ how: 'notStarted', code: child.code });
  return endOf(child, detached, { timeoutMs, signal });
}

/** How a command of `--exec` ended; `notStarted` has the system's code, such as E2BIG. */
export type HookEnd =
  | { readonly how: 'exited'; readonly exitCode: number }
  | { readonly how: 'notStarted'; readonly code: string }
  | { readonly how: 'killed' | 'timeout' | 'stopped' };

/** What a command may still do after SIGTERM, in ms. */
const KILL_MS = 1000;

/**
 * Runs a command in the user's shell with `env` added to the environment and `input` on its standard input; its output goes to
 * our stderr. At the time limit it is ended with all that it started; a signal that ends us is passed on, and nothing waits.
 * Never rejects.
 */
export function runHook(
  command: string,
  env: Environment,
  input: string,
  { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<HookEnd> {
  // A process group of its own, so that a limit ends the programs that the shell runs; on Windows that is a console window.
  const detached = process.platform !== 'win32';
  const options = { shell: true, detached, windowsHide: true, env: { ...userEnvironment(), ...env } };
  const child = withOwnOpening(2, (output) => start(command, [], { ...options, stdio: ['pipe', output, output] }));
  if (!(child instanceof ChildProcess)) return Promise.resolve({ how: 'notStarted', code: child.code });
  // A command that does not read its input closes it: no error of ours.
  child.stdin?.on('error', () => {}).end(input);
  return hookEndOf(child, timeoutMs, signal);
}

// --- internal ---

/** Resolves when a command of `--exec` has ended, or was left behind. */
function hookEndOf(child: ChildProcess, timeoutMs: number, signal: AbortSignal): Promise<HookEnd> {
  return new Promise((resolve) => {
    let cancelLimit = () => {};
    let isLate = false;
    const end = (how: HookEnd) => {
      cancelLimit();
      signal.removeEventListener('abort', stop);
      resolve(how);
    };
    const detach = (name: NodeJS.Signals, how: HookEnd) => {
      killTree(child, name);
      child.unref();
      end(how);
    };
    const stop = () => detach(signalOf(abortCode(signal)) ?? 'SIGTERM', { how: 'stopped' });
    const expire = () => {
      isLate = true;
      killTree(child, 'SIGTERM');
      const killing = setTimeout(() => detach('SIGKILL', { how: 'timeout' }), KILL_MS);
      cancelLimit = () => clearTimeout(killing);
    };
    cancelLimit = atLimit(child, timeoutMs, expire);
    signal.addEventListener('abort', stop);
    child.on('error', (error) => end({ how: 'notStarted', code: codeOf(error) }));
    child.on('exit', (exitCode) => {
      if (!isLate) end(exitCode === null ? { how: 'killed' } : { how: 'exited', exitCode });
      // What the shell started may have ignored the request to end: then it is killed.
      else if (!killTree(child, 0)) end({ how: 'timeout' });
    });
  });
}

/** Resolves when a command has ended, with what it wrote, or was killed. */
function endOf(
  child: ChildProcess,
  isGroup: boolean,
  { timeoutMs, signal }: Pick<CommandLimits, 'timeoutMs' | 'signal'>,
): Promise<CommandEnd> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    let wroteError = false;
    const end = (how: CommandEnd) => {
      cancelLimit();
      signal.removeEventListener('abort', stop);
      // What a command that has ended leaves in the background is meant to stay.
      if (how.how !== 'exited' && isGroup) killTree(child, 'SIGKILL');
      else kill(child, 'SIGKILL');
      // A grandchild may hold the pipes open; it is not waited for.
      child.stdout?.destroy();
      child.stderr?.destroy();
      child.unref();
      resolve({ ...how, ...(wroteError && { wroteError }) });
    };
    const stop = () => end({ how: 'stopped' });
    const cancelLimit = atLimit(child, timeoutMs, () => end({ how: 'timeout' }));
    signal.addEventListener('abort', stop, { once: true });
    child.stderr?.on('data', () => {
      wroteError = true;
    });
    child.stdout?.on('data', (chunk: Buffer) => {
      size += chunk.byteLength;
      chunks.push(chunk);
      if (size > MAX_OUTPUT) end({ how: 'tooLong' });
    });
    child.on('error', (error) => end({ how: 'notStarted', code: codeOf(error) }));
    const exited = (exitCode: number | null) =>
      end({ how: 'exited', exitCode, stdout: Buffer.concat(chunks).toString('utf8') });
    child.on('close', exited);
    // An agent that it leaves in the background holds the pipe. After the pause what is in the pipe is read, and then it counts.
    child.on('exit', (exitCode) => setTimeout(() => setImmediate(exited, exitCode), DRAIN_MS).unref());
  });
}

/** Calls back after `ms`, unless the child has ended; returns what cancels that. */
function atLimit(child: ChildProcess, ms: number, expire: () => void): () => void {
  return afterRunning(ms, () => {
    if (child.exitCode === null && child.signalCode === null) expire();
  });
}

/** Sends a signal to a process and all that it started, 0 for none; false where nothing is left of them. */
function killTree(child: ChildProcess, signal: NodeJS.Signals | 0): boolean {
  if (child.pid === undefined) return false;
  if (process.platform === 'win32') {
    if (signal === 0) return false;
    const killer = start('taskkill', ['/pid', String(child.pid), '/T', '/F'], { stdio: 'ignore', windowsHide: true });
    if (killer instanceof ChildProcess) killer.on('error', () => {});
    return true;
  }
  try {
    process.kill(-child.pid, signal);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
