import type { Command } from 'commander';
import { parseDuration } from '../../core/duration.ts';
import { wholeNumber } from '../../core/settings.ts';
import type { TaskId } from '../../core/task.ts';
import type { WaiterOptions } from '../../core/wait/waiter.ts';
import { usageError } from '../../errors.ts';
import type { Messages } from '../../locales/en.ts';
import type { ServiceOptions } from '../options.ts';

/** The flags that say how to wait: texts as on the command line. */
export interface WatchFlags {
  /** One deadline for all tasks. */
  readonly timeout: string;
  /** Between two polls of a task; `auto` is the square root of its age. */
  readonly interval: string;
  readonly maxInterval: string;
  readonly all?: true;
  readonly any?: true;
  /** As many successes as end the wait. */
  readonly count?: string;
  readonly failFast?: true;
  readonly errorBudget: string;
  readonly notFoundGrace: string;
  readonly queueTimeout: string;
  readonly stallTimeout: string;
  /** Requests per second over all tasks, or `none`. */
  readonly maxRps: string;
  readonly timeoutExitCode: string;
  readonly heartbeat: string;
}

export const WATCH_DEFAULTS = {
  timeout: '30m',
  interval: 'auto',
  maxInterval: '30s',
  errorBudget: '5m',
  notFoundGrace: '10s',
  queueTimeout: 'none',
  stallTimeout: 'none',
  maxRps: '10',
  timeoutExitCode: '124',
  heartbeat: 'auto',
} as const satisfies WatchFlags;

/** What commander gives for the flags of `watch`. */
export interface WatchOptions extends ServiceOptions, WatchFlags {
  readonly progress: string;
  readonly exec?: string;
  readonly annotations: string;
  readonly junit?: string;
  readonly notify?: true;
}

/** The flags of `watch` (specification §1). */
export function addWatchOptions(command: Command, { help: { flags, headings } }: Messages): Command {
  const defaults = WATCH_DEFAULTS;
  return command
    .optionsGroup(headings.waiting)
    .option('--timeout <duration>', flags.timeout, defaults.timeout)
    .option('--all', flags.all)
    .option('--any', flags.any)
    .option('--count <n>', flags.count)
    .option('--fail-fast', flags.failFast)
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
    .option('--exec <command>', flags.exec)
    .option('--annotations <auto|github|none>', flags.annotations, 'auto')
    .option('--junit <file>', flags.junit)
    .option('--notify', flags.notify);
}

/** Flags as the waiter knows them. Throws a usage error for values and pairs that make no sense. */
export function waiterOptions(ids: readonly TaskId[], options: WatchFlags): WaiterOptions {
  const timeoutMs = parseDuration(options.timeout, '--timeout');
  const intervalMs = options.interval === 'auto' ? 'auto' : parseDuration(options.interval, '--interval');
  if (intervalMs === Number.POSITIVE_INFINITY) throw usageError((m) => m.watch.noInterval());
  if (intervalMs !== 'auto' && intervalMs > timeoutMs) throw usageError((m) => m.watch.intervalAboveTimeout());
  return {
    ids,
    need: tasksNeeded(ids, options),
    failFast: options.failFast === true,
    timeoutMs,
    intervalMs,
    maxIntervalMs: parseDuration(options.maxInterval, '--max-interval'),
    errorBudgetMs: parseDuration(options.errorBudget, '--error-budget'),
    notFoundGraceMs: parseDuration(options.notFoundGrace, '--not-found-grace'),
    queueTimeoutMs: parseDuration(options.queueTimeout, '--queue-timeout'),
    stallTimeoutMs: parseDuration(options.stallTimeout, '--stall-timeout'),
    maxRps: options.maxRps === 'none' ? Number.POSITIVE_INFINITY : wholeNumber(1, 100_000)(options.maxRps, '--max-rps'),
    heartbeatMs: options.heartbeat === 'auto' ? 'auto' : parseDuration(options.heartbeat, '--heartbeat'),
    timeoutExitCode: wholeNumber(0, 124)(options.timeoutExitCode, '--timeout-exit-code'),
  };
}

export function watchMode({ any, count }: WatchFlags): 'all' | 'any' | 'count' {
  if (any) return 'any';
  return count === undefined ? 'all' : 'count';
}

/** The flags that resume a wait of which so many tasks have succeeded. */
export function resumeFlags(options: WatchFlags & ServiceOptions, succeeded: number): string[] {
  const { profile, region, endpoint, simulate, timeout, count, any, failFast } = options;
  const left = count === undefined ? undefined : String(Math.max(1, Number(count) - succeeded));
  const given = Object.entries({ profile, region, endpoint, simulate, timeout, count: left });
  return [
    ...given.flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, value])),
    ...(any ? ['--any'] : []),
    ...(failFast ? ['--fail-fast'] : []),
  ];
}

/** Throws a usage error if the value is none of the words allowed. */
export function oneOf<Word extends string>(flag: string, value: string, ...allowed: Word[]): Word {
  const word = allowed.find((one) => one === value);
  if (!word) throw usageError((m) => m.usage.badChoice(flag, value, allowed.join(', ')));
  return word;
}

function tasksNeeded(ids: readonly TaskId[], { all, any, count }: WatchFlags): number {
  const given = [all && '--all', any && '--any', count !== undefined && '--count'].filter(
    (flag) => flag !== false && flag,
  );
  const [one, other] = given as string[];
  if (one && other) throw usageError((m) => m.watch.conflict(one, other));
  if (any) return 1;
  return count === undefined ? ids.length : wholeNumber(1, ids.length)(count, '--count');
}
