import { fstatSync } from 'node:fs';
import type { Environment } from '../../core/config/settings.ts';
import { isTerminalOrGone } from './lost-terminal.ts';

/**
 * Whether the user started this process with nohup, so that a hang-up must not end it. nohup ignores the signal, but Node resets
 * what it inherits. bash and zsh name the command in `_`; where the shell does not, nothing is at the other end of the standard
 * streams: no terminal, though it may be gone when the signal comes, and no program behind a pipe.
 */
export function isNohup(env: Environment): boolean {
  return namedNohup(env) !== undefined || [0, 1, 2].every(isFileOrNull);
}

/** The nohup that the shell names as the command that it started; what we start in turn may be started with it. */
export function namedNohup({ _: command = '' }: Environment): string | undefined {
  return /(^|\/)nohup$/.test(command) ? command : undefined;
}

// --- internal ---

function isFileOrNull(descriptor: number): boolean {
  try {
    const stat = fstatSync(descriptor);
    return stat.isFile() || (stat.isCharacterDevice() && !isTerminalOrGone(stat));
  } catch {
    return true;
  }
}
