import { fstatSync } from 'node:fs';
import type { Environment } from '../../core/config/settings.ts';

/**
 * Whether the user started this process with nohup, so that a hang-up must not end it. nohup ignores the signal, but Node resets
 * what it inherits. bash and zsh name the command in `_`; where the shell does not, nothing is at the other end of the standard
 * streams: no terminal, and no program behind a pipe.
 */
export function isNohup({ _: command }: Environment): boolean {
  return /(^|\/)nohup$/.test(command ?? '') || [0, 1, 2].every(isFileOrDevice);
}

function isFileOrDevice(descriptor: number): boolean {
  const { isatty } = process.getBuiltinModule('node:tty');
  try {
    const stat = fstatSync(descriptor);
    return !isatty(descriptor) && (stat.isFile() || stat.isCharacterDevice());
  } catch {
    return true;
  }
}
