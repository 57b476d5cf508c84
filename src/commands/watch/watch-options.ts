import type { Command } from 'commander';
import { WATCH_DEFAULTS, type WatchFlags } from '../../core/wait/flags.ts';
import type { Messages } from '../../locales/en/messages.ts';
import type { ServiceOptions } from '../shared/options.ts';

/** What commander gives for the flags of `watch`. */
export interface WatchOptions extends ServiceOptions, WatchFlags {
  readonly progress: string;
  readonly exec?: string;
  readonly execTimeout: string;
  readonly annotations: string;
  readonly junit?: string;
  readonly notify?: true;
}

/** The flags of `watch` (specification §1). */
export function addWatchOptions(command: Command, { help: { flags, headings } }: Messages): Command {
  const defaults = WATCH_DEFAULTS;
  const noResults = command.createOption('--no-results', flags.noResults);
  // A flag of its own, since the last of two that contradict each other would win.
  noResults.negate = false;
  return command
    .optionsGroup(headings.waiting)
    .option('--timeout <duration>', flags.timeout, defaults.timeout)
    .option('--all', flags.all)
    .option('--any', flags.any)
    .option('--count <n>', flags.count)
    .option('--fail-fast', flags.failFast)
    .option('--until <ended|running>', flags.until, defaults.until)
    .option('-i, --interval <duration|auto>', flags.interval, defaults.interval)
    .option('--max-interval <duration>', flags.maxInterval, defaults.maxInterval)
    .option('--max-rps <n|none>', flags.maxRps, defaults.maxRps)
    .option('--error-budget <duration>', flags.errorBudget, defaults.errorBudget)
    .option('--not-found-grace <duration>', flags.notFoundGrace, defaults.notFoundGrace)
    .option('--queue-timeout <duration>', flags.queueTimeout, defaults.queueTimeout)
    .option('--stall-timeout <duration>', flags.stallTimeout, defaults.stallTimeout)
    .option('--timeout-exit-code <n>', flags.timeoutExitCode, defaults.timeoutExitCode)
    .optionsGroup(headings.telling)
    .option('--progress <auto|tty|plain|none>', flags.progress, 'auto')
    .option('--heartbeat <duration|auto|none>', flags.heartbeat, defaults.heartbeat)
    .option('--results', flags.results)
    .addOption(noResults)
    .option('--exec <command>', flags.exec)
    .option('--exec-timeout <duration>', flags.execTimeout, '1m')
    .option('--annotations <auto|github|none>', flags.annotations, 'auto')
    .option('--junit <file>', flags.junit)
    .option('--notify', flags.notify);
}
