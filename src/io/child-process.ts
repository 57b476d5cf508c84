import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';

/** A process, or why there is none: Node throws some of the system's errors (ENOTDIR, ELOOP, E2BIG) and emits the others. */
export function start(
  file: string,
  args: readonly string[],
  options: SpawnOptions,
): ChildProcess | { readonly code: string } {
  try {
    return spawn(file, args, options);
  } catch (error) {
    return { code: codeOf(error as Error) };
  }
}

/** The system's code; Node's own are for what no system would take, such as a zero byte. */
export function codeOf({ code = 'EINVAL' }: NodeJS.ErrnoException): string {
  return code.startsWith('ERR_') ? 'EINVAL' : code;
}
