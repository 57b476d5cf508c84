import { Command } from 'commander';
import { addConfigCommand } from '../../src/commands/config.ts';
import { type FakeDeps, scripted, terminal } from './deps.ts';

export const SECRET = 'abcd-not-for-the-eyes-wxyz';

export async function config(
  words: string,
  deps: FakeDeps,
  done: (exitCode: number) => void = () => {},
): Promise<void> {
  const program = new Command('mmai').exitOverride();
  addConfigCommand(program, deps, done);
  await program.parseAsync(['config', ...words.split(' ')], { from: 'user' });
}

/** A person at a terminal who gives these answers. */
export function person(...answers: string[]) {
  const prompts = scripted(...answers);
  return { asked: prompts.asked, refused: prompts.refused, stdin: terminal, prompts: async () => prompts };
}

export const profilesOf = async (deps: FakeDeps) => (await deps.store()).read().profiles;

export const save = async (deps: FakeDeps, values: Record<string, string>) =>
  (await deps.store()).update(({ profiles }) => void Object.assign(profiles, { default: values }));
