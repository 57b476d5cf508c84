import type { Command } from 'commander';
import { FILES, SCRIPTS, SHELLS } from '../completion/scripts.ts';
import type { Context } from '../context.ts';
import { choice } from '../core/settings.ts';
import { ExitCode } from '../errors.ts';

export function addCompletionCommand(program: Command, context: Context, done: (exitCode: number) => void): void {
  const { help } = context.messages;
  program
    .command('completion')
    .description(help.commands.completion)
    .argument(`<${SHELLS.join('|')}>`, help.arguments.shell)
    .option('--lang <zh|en>', help.flags.lang)
    .action(async (shell: string) => done(printScript(shell, context)));
}

/** What the scripts call at each tab: hidden, since nobody types it. */
export function addCompleteCommand(program: Command, context: Context, done: (exitCode: number) => void): void {
  program
    .command('complete [words...]', { hidden: true })
    .option('--word <word>', '', '')
    .action(async (words: string[], { word }: { word: string }) => {
      context.stdout.write(await candidateLines(program, words, word, context));
      done(ExitCode.ok);
    });
}

// --- internal ---

function printScript(shell: string, { stdout }: Context): number {
  stdout.write(SCRIPTS[choice(...SHELLS)(shell, 'completion')]);
  return ExitCode.ok;
}

async function candidateLines(program: Command, words: string[], word: string, context: Context): Promise<string> {
  const { complete } = await import('../completion/candidates.ts');
  const found = await complete(program, words, word, {
    // A config file that cannot be read is told by the command that needs it, not by a tab.
    profiles: async () => Object.keys((await context.store()).read().profiles).sort(),
    configKeys: async () => (await import('./config.ts')).CONFIG_KEYS,
    topics: async () => (await import('../core/explain.ts')).allTopics(),
    recentTasks: async () => (await context.recentTasks()).read(),
  }).catch(() => []);
  if (found === 'files') return `${FILES}\n`;
  return found.map(({ value, description }) => `${value}\t${description}\n`).join('');
}
