import { run } from './cli.ts';
import { leave, systemContext } from './context.ts';
import { visible } from './core/text.ts';
import { ExitCode } from './errors.ts';

/** One process, from its arguments (without node and script) to its exit code or signal. */
export async function main(argv: readonly string[]): Promise<void> {
  process.on('uncaughtException', reportBug);
  const system = systemContext();
  await leave(await run(argv, system), system);
}

/** What nobody caught is a bug of ours, and must not end with Node's own 1, which says that a task failed. */
function reportBug({ name, message, stack = '' }: Error): void {
  const lines = [`mmai: ${name}: ${message}`, ...(process.env.MMAI_DEBUG ? stack.split('\n') : [])];
  process.stderr.write(`${lines.map(visible).join('\n')}\n`);
  process.exit(ExitCode.bug);
}
