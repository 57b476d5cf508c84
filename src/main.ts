import { run } from './cli.ts';
import { leave, systemContext } from './context.ts';

/** One process, from its arguments (without node and script) to its exit code or signal. */
export async function main(argv: readonly string[]): Promise<void> {
  const system = systemContext();
  await leave(await run(argv, system), system);
}
