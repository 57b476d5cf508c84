import type { Command } from 'commander';
import { createProgram } from '../../src/cli.ts';
import type { Context } from '../../src/context.ts';

/** The whole command tree, in the language of the context. */
export function commandTree(context: Context): Promise<Command> {
  return createProgram(
    () => true,
    context,
    () => {},
  );
}
