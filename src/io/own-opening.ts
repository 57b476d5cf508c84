import { closeSync, constants, fstatSync, openSync } from 'node:fs';

/**
 * Runs `use` with another opening of a pipe or terminal that is open: Node makes the one that a program inherits blocking,
 * which is ours as well. With the descriptor itself where it is neither, or there is no way to open it again, as on macOS.
 */
export function withOwnOpening<T>(descriptor: number, use: (descriptor: number) => T): T {
  const own = openAgain(descriptor);
  try {
    return use(own ?? descriptor);
  } finally {
    if (own !== undefined) closeOpening(own);
  }
}

/** Closes what {@link openAgain} opened. */
export function closeOpening(descriptor: number): void {
  closeSync(descriptor);
}

/** Another opening of a pipe or a terminal, which does not block; undefined where there is none, as of a pipe whose reader is gone. */
export function openAgain(descriptor: number): number | undefined {
  try {
    // There, anyone may make such a path.
    if (process.platform === 'win32') return undefined;
    const stat = fstatSync(descriptor);
    const isTerminal = stat.isCharacterDevice() && process.getBuiltinModule('node:tty').isatty(descriptor);
    if (!stat.isFIFO() && !isTerminal) return undefined;
    const how = isTerminal ? constants.O_RDWR | constants.O_NOCTTY : constants.O_WRONLY;
    return openSync(`/proc/self/fd/${descriptor}`, how | constants.O_NONBLOCK);
  } catch {
    return undefined;
  }
}
