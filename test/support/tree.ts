import type { Command } from 'commander';
import { createProgram } from '../../src/cli.ts';
import type { CommandDeps } from '../../src/deps.ts';

/** The whole command tree, in the language of the deps. */
export function commandTree(deps: CommandDeps): Promise<Command> {
  return createProgram({ wants: () => true, isShortHelp: false }, deps, () => {});
}
