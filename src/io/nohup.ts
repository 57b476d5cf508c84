import { existsSync, fstatSync } from 'node:fs';
import type { Environment } from '../core/config/settings.ts';
import { isTerminalOrGone } from './terminal/lost-terminal.ts';

/**
 * Whether the user started this process with nohup, so that a hang-up must not end it. nohup ignores the signal, but Node resets
 * what it inherits. bash and zsh name the command in `_`; where the shell does not, nothing is at the other end of the standard
 * streams: no terminal, though it may be gone when the signal comes, and no program behind a pipe.
 */
export function isNohup({ _: command = '' }: Environment): boolean {
  return NAMED.test(command) || [0, 1, 2].every(isFileOrNull);
}

/** The program to start others with that must outlive a hang-up with us, of which Node lets them die; undefined where there is none. */
export function nohupProgram(env: Environment): string | undefined {
  if (!isNohup(env)) return undefined;
  return [env._ ?? '', '/usr/bin/nohup'].find((path) => NAMED.test(path) && existsSync(path));
}

// --- internal ---

const NAMED = /(^|\/)nohup$/;

function isFileOrNull(descriptor: number): boolean {
  try {
    const stat = fstatSync(descriptor);
    return stat.isFile() || (stat.isCharacterDevice() && !isTerminalOrGone(stat));
  } catch {
    return true;
  }
}
