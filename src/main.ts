import { run } from './cli.ts';
import { ExitCode, endCode } from './errors.ts';
import { end } from './io/signals.ts';
import { systemDeps } from './system.ts';
import { visible } from './text/safe-text.ts';
import { isSwitchedOn } from './text/switched-on.ts';

/** One process, from its arguments (without node and script) to its exit code, which is set; the function it resolves with ends it. */
export async function main(argv: readonly string[]): Promise<() => void> {
  process.on('uncaughtException', reportBug);
  // What Node ends with where nothing is left to wait for before the run has ended.
  process.exitCode = ExitCode.bug;
  const deps = systemDeps();
  const exitCode = await run(argv, deps);
  await deps.stderr.flush();
  // What Node's threads have just finished counts as under way until this turn of the loop is over.
  await new Promise(setImmediate);
  const final = endCode(exitCode, deps.signal);
  process.exitCode = final;
  return () => end(final);
}

// --- internal ---

/** An uncaught error is a bug of ours, and must not end with Node's own 1, which says that a task failed. */
function reportBug({ name, message, stack = '', code, syscall }: NodeJS.ErrnoException): void {
  // What readline throws in a prompt whose terminal is gone, sooner than the hang-up comes.
  if (code === 'EIO' && (syscall === 'read' || syscall === 'setRawMode')) return end(ExitCode.hangup);
  const isDebug = process.argv.includes('--debug') || isSwitchedOn(process.env.MMAI_DEBUG);
  const lines = [`mmai: ${name}: ${message}`, ...(isDebug ? stack.split('\n') : [])];
  process.stderr.write(`${lines.map(visible).join('\n')}\n`);
  end(ExitCode.bug);
}
