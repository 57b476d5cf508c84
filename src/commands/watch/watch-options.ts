import type { Command } from 'commander';
import { kebab } from '../../core/config/settings.ts';
import { VALUE_FLAGS, type ValueFlag, type WatchFlags } from '../../core/wait/flags.ts';
import type { Messages } from '../../locales/en/messages.ts';
import type { ServiceOptions } from '../shared/options.ts';

/** What commander gives for the flags of `watch`. */
export interface WatchOptions extends ServiceOptions, WatchFlags {
  readonly progress: string;
  readonly exec?: string;
  readonly execTimeout?: string;
  readonly annotations: string;
  readonly junit?: string;
  readonly notify?: true;
}

const DISPLAY_DEFAULTS: Partial<Record<string, string>> = { progress: 'auto', annotations: 'auto' };

/** The limit of a command of `--exec` without `--exec-timeout`. */
export const EXEC_TIMEOUT = '1m';

/**
 * The flags that say what a wait prints, as they were given, for the command that resumes it. Without `--exec`, whose command may hold
 * a secret and would be in a log, and without `--junit`, whose file would lose the tasks that have ended.
 */
export function repeatedFlags(options: WatchOptions): string[] {
  const values = ['output', 'query', 'progress', 'annotations', 'color', 'lang'] as const;
  const switches = ['json', 'quiet', 'notify'] as const;
  const given = values.filter((name) => options[name] !== undefined && options[name] !== DISPLAY_DEFAULTS[name]);
  return [
    ...given.flatMap((name) => [`--${name}`, options[name]!]),
    ...switches.filter((name) => options[name]).map((name) => `--${name}`),
  ];
}

/** The flags of `watch`. */
export function addWatchOptions(command: Command, { help: { flags, headings } }: Messages): void {
  const noResults = command.createOption('--no-results', flags.noResults);
  // A flag of its own, since the last of two that contradict each other would win.
  noResults.negate = false;
  // Without a value of its own, so that one that was given is known.
  const execTimeout = command
    .createOption('--exec-timeout <duration>', flags.execTimeout)
    .default(undefined, EXEC_TIMEOUT);
  const addValue = (name: keyof typeof VALUE_FLAGS) => {
    const { short, placeholder, fallback }: ValueFlag<unknown> = VALUE_FLAGS[name];
    command.option(`${short ? `${short}, ` : ''}--${kebab(name)} ${placeholder}`, flags[name], fallback);
  };
  const { timeout: _, heartbeat: __, ...others } = VALUE_FLAGS;
  command.optionsGroup(headings.waiting);
  addValue('timeout');
  command
    .option('--all', flags.all)
    .option('--any', flags.any)
    .option('--count <n>', flags.count)
    .option('--fail-fast', flags.failFast);
  for (const name of Object.keys(others)) addValue(name as keyof typeof others);
  command
    .optionsGroup(headings.telling)
    .option('--progress <auto|tty|plain|none>', flags.progress, DISPLAY_DEFAULTS.progress);
  addValue('heartbeat');
  command
    .option('--results', flags.results)
    .addOption(noResults)
    .option('--exec <command>', flags.exec)
    .addOption(execTimeout)
    .option('--annotations <auto|github|none>', flags.annotations, DISPLAY_DEFAULTS.annotations)
    .option('--junit <file>', flags.junit)
    .option('--notify', flags.notify);
}
