import { ChildProcess } from 'node:child_process';
import { constants } from 'node:os';
import { isatty } from 'node:tty';
import type { Environment } from '../core/config/settings.ts';
import { codeOf, kill, start } from './child-process.ts';
import { nohupProgram } from './nohup.ts';

/**
 * How a program ended: its exit code, or 128 and the number of the signal that killed it; or the system's code for why it could
 * not be started.
 */
export type ProgramEnd = { readonly exitCode: number } | { readonly notStarted: string };

/** Sends the signals that end this process to a function instead; without one they end it again. */
export type RedirectSignals = (take: ((name: NodeJS.Signals) => void) | undefined) => void;

/**
 * Runs a program in place of this process: with our standard streams and `env` as its whole environment. Signals that would end this
 * process go to the program, which decides what they mean; one that this user may not send it ends the waiting. Never rejects.
 */
export function runProgram(
  words: readonly string[],
  env: Environment,
  redirectSignals: RedirectSignals,
): Promise<ProgramEnd> {
  // A terminal sends the signals of its keys to the program as well, for which a second one may mean something else. It may send
  // its hang-up to this process alone.
  const isAtTerminal = [0, 1, 2].some((descriptor) => isatty(descriptor));
  // At a terminal nohup would take the output away, and what begins with a dash is a flag to it.
  const isPlain = isAtTerminal || process.platform === 'win32' || words[0]?.startsWith('-');
  const nohup = isPlain ? undefined : nohupProgram(process.env);
  const [file = '', ...args] = nohup ? [nohup, ...words] : words;
  const child = start(file, args, { stdio: 'inherit', env: { ...env } });
  if (!(child instanceof ChildProcess)) return Promise.resolve({ notStarted: child.code });
  return new Promise((resolve) => {
    const end = (how: ProgramEnd) => {
      redirectSignals(undefined);
      resolve(how);
    };
    redirectSignals((name) => {
      const isMeant = name === 'SIGTERM' || name === 'SIGHUP' || !isAtTerminal;
      // One that cannot be passed on ends us alone.
      if (isMeant && !kill(child, name)) end({ exitCode: 128 + constants.signals[name] });
    });
    child.on('error', (error) => end({ notStarted: codeOf(error) }));
    child.on('exit', (code, signal) => end({ exitCode: signal ? 128 + constants.signals[signal] : code! }));
  });
}
