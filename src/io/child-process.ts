import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { lstatSync } from 'node:fs';
import { windowsCommand } from './windows-command.ts';

/**
 * A process, or why there is none: Node throws some of the system's errors (ENOTDIR, ELOOP, E2BIG) and emits the others. On Windows
 * it would look for the file in the working directory first, which may be anybody's.
 */
export function start(
  file: string,
  args: readonly string[],
  options: SpawnOptions,
): ChildProcess | { readonly code: string } {
  const isWindows = process.platform === 'win32' && !options.shell;
  const found = isWindows ? windowsCommand(file, args, process.env, isThere) : { file, args };
  if (!found) return { code: 'ENOENT' };
  const { isVerbatim = false } = found;
  try {
    return spawn(found.file, found.args, { ...options, windowsVerbatimArguments: isVerbatim });
  } catch (error) {
    return { code: codeOf(error as Error) };
  }
}

/** The system's code; Node's own are for what no system would take, such as a zero byte. */
export function codeOf({ code = 'EINVAL' }: NodeJS.ErrnoException): string {
  return code.startsWith('ERR_') ? 'EINVAL' : code;
}

/**
 * Sends a signal to a process that has not ended; false if it is another user's by now, as what sudo runs. Not by its own method,
 * which emits that as an error of the process.
 */
export function kill({ pid, exitCode, signalCode }: ChildProcess, signal: NodeJS.Signals): boolean {
  if (pid === undefined || exitCode !== null || signalCode !== null) return true;
  try {
    process.kill(pid, signal);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'EPERM';
  }
}

// --- internal ---

/** Not existsSync: it follows the alias of an app from Microsoft's store, such as python.exe, which Windows starts but does not open. */
function isThere(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false;
  }
}
