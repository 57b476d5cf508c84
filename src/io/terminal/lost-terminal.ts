import { closeSync, fstatSync, type Stats, statSync } from 'node:fs';

/** Whether a standard stream is a terminal, even one that is gone, or another device; false for /dev/null, which has no other end. */
export function isTerminalOrGone(stat: Stats): boolean {
  return stat.isCharacterDevice() && stat.rdev !== statSync('/dev/null', { throwIfNoEntry: false })?.rdev;
}

/**
 * A terminal that is gone refuses modes and reading, which Node emits as errors of standard input: the hang-up, or what is
 * written, tells of it.
 */
export function outliveTerminal(stdin: NodeJS.ReadStream): void {
  stdin.off('error', ignore).on('error', ignore);
}

/** To be called before the process ends: where a terminal that it began with is gone, Node 20 would abort, and end it with 134. */
export function closeLostTerminals(): void {
  for (const descriptor of [0, 1, 2]) {
    try {
      if (!isTerminalOrGone(fstatSync(descriptor))) continue;
      const { isatty } = process.getBuiltinModule('node:tty');
      if (!isatty(descriptor)) closeSync(descriptor);
    } catch {
      // It is closed already.
    }
  }
}

// --- internal ---

function ignore(): void {}
