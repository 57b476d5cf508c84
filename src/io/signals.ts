import { SIGNAL_CODES, signalOf } from '../errors.ts';
import { exitNow } from './exit-now.ts';
import { isNohup } from './nohup.ts';
import { restoreBlocking } from './output-stream.ts';
import type { RedirectSignals } from './program.ts';
import { closeLostTerminals } from './terminal/lost-terminal.ts';

/** Aborts at the first signal, with the exit code as its reason; a second signal kills at once. */
export function handleSignals(controller: AbortController): RedirectSignals {
  let redirected: ((name: NodeJS.Signals) => void) | undefined;
  const onSignal = (name: keyof typeof SIGNAL_CODES) => {
    if (redirected) return redirected(name);
    if (!controller.signal.aborted) return abort(controller, SIGNAL_CODES[name]);
    // Our listener stays until here: ora's would kill the process at the first signal if it were the only one.
    end(SIGNAL_CODES[name]);
  };
  for (const name of ['SIGINT', 'SIGBREAK', 'SIGTERM'] as const) process.on(name, onSignal);
  process.on('SIGHUP', (name) => {
    if (!isNohup(process.env)) onSignal(name as 'SIGHUP');
  });
  // A limit on the size of files (`ulimit -f`) then gives an error to the one who writes, and does not kill the run.
  process.on('SIGXFSZ', () => {});
  // The listeners stay the same: a signal that arrives while Node exchanges them is lost.
  return (take) => {
    redirected = take;
  };
}

/** Ends the run early. Whatever still blocks it after {@link GRACE_MS}, a reader that does not read for one, is left behind. */
export function abort(controller: AbortController, exitCode: number): void {
  if (controller.signal.aborted) return;
  setTimeout(() => end(exitCode), GRACE_MS).unref();
  controller.abort(exitCode);
}

/**
 * Ends the process now: with the signal that the exit code stands for, so that a shell's loop stops too, or with the code. On
 * Windows it is always the code: a process that sends itself a signal ends there with 1, which says that a task failed. Not by
 * returning: nothing that is still open keeps the process, and the heap is not tidied up before, 5 % of a start-up.
 */
export function end(exitCode: number): void {
  // Where a lookup that hangs delays the exit, a signal kills at once.
  for (const name of Object.keys(SIGNAL_CODES)) process.removeAllListeners(name);
  const name = signalOf(exitCode);
  if (name) restoreBlocking();
  closeLostTerminals();
  // Of the first process of a container the system ignores signals that it sends itself.
  if (!name || process.platform === 'win32' || process.pid === 1) exitNow(exitCode);
  process.kill(process.pid, name);
}

// --- internal ---

/** How long a run may still take after a signal: to print what it knows, to close, to drain its output. In ms. */
const GRACE_MS = 1500;
