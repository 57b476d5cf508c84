import type { Command } from 'commander';
import type { Candidate } from '../completion/candidates.ts';
import { FILES, SCRIPTS, SHELLS } from '../completion/scripts.ts';
import { choice, settingUsage } from '../core/config/settings.ts';
import type { CommandDeps } from '../deps.ts';
import { ExitCode } from '../errors.ts';
import { visible } from '../text/safe-text.ts';

export function addCompletionCommand(program: Command, deps: CommandDeps, done: (exitCode: number) => void): void {
  const { help } = deps.messages;
  program
    .command('completion')
    .description(help.commands.completion)
    .argument(`<${SHELLS.join('|')}>`, help.arguments.shell)
    .option(settingUsage('language'), help.flags.lang)
    .action(async (shell: string) => done(printScript(shell, deps)));
}

/** What the scripts call at each tab: hidden, since it is not typed. */
export function addCompleteCommand(program: Command, deps: CommandDeps, done: (exitCode: number) => void): void {
  program
    .command('complete [words...]', { hidden: true })
    .option('--word <word>', '', '')
    .action(async (words: string[], { word }: { word: string }) => {
      deps.stdout.write(await candidateLines(program, words, word, deps));
      done(ExitCode.ok);
    });
}

// --- internal ---

function printScript(shell: string, { stdout }: CommandDeps): number {
  stdout.write(SCRIPTS[choice(...SHELLS)(shell, 'completion')]);
  return ExitCode.ok;
}

async function candidateLines(program: Command, words: string[], word: string, deps: CommandDeps): Promise<string> {
  const { complete } = await import('../completion/candidates.ts');
  const found = await complete(program, words, word, {
    // A config file that cannot be read is reported by the command that needs it, not by a tab.
    profiles: async () => plain(Object.keys((await deps.store()).read().profiles).sort()),
    configKeys: async () => plain((await import('./config/keys.ts')).CONFIG_KEYS),
    topics: async () => plain((await import('../core/explanations.ts')).allTopics()),
    recentTasks: () => recentCandidates(deps),
  }).catch(() => []);
  if (found === 'files') return `${FILES}\n`;
  // One value a line: a value with a line break would be two, and one with characters that reverse text would look like another.
  const safe = found.filter(({ value }) => visible(value) === value);
  return safe.map(({ value, description }) => `${value}\t${description}\n`).join('');
}

function plain(values: readonly string[]): Candidate[] {
  return values.map((value) => ({ value, description: '' }));
}

/** The recent task IDs with their states, newest first; before them `@last` with the ID that it stands for. */
async function recentCandidates(deps: CommandDeps): Promise<Candidate[]> {
  const { LAST, readRecentTasks } = await import('./shared/task-ids.ts');
  const tasks = await readRecentTasks(deps);
  const { states } = deps.messages;
  const listed = tasks.map(({ id, state }) => ({ value: id, description: state ? states[state] : '' }));
  return tasks[0] ? [{ value: LAST, description: tasks[0].id }, ...listed] : [];
}
