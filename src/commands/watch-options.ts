import type { Command } from 'commander';
import { parseDuration } from '../core/duration.ts';
import { wholeNumber } from '../core/settings.ts';
import type { TaskId } from '../core/task.ts';
import type { WaiterOptions } from '../core/waiter.ts';
import { usageError } from '../errors.ts';
import type { Messages } from '../locales/en.ts';
import type { ServiceOptions } from './options.ts';

/** What commander gives for the flags of `watch`. */
export interface WatchOptions extends ServiceOptions {
  readonly timeout: string;
  readonly interval: string;
  readonly maxInterval: string;
  readonly all?: true;
  readonly any?: true;
  readonly count?: string;
  readonly failFast?: true;
  readonly errorBudget: string;
  readonly notFoundGrace: string;
  readonly queueTimeout: string;
  readonly stallTimeout: string;
  readonly maxRps: string;
  readonly timeoutExitCode: string;
  readonly heartbeat: string;
  readonly progress: string;
  readonly exec?: string;
  readonly annotations: string;
  readonly junit?: string;
  readonly notify?: true;
}

/** The flags of `watch` (specification §1). */
export function addWatchOptions(command: Command, { help: { flags } }: Messages): Command {
  return command
    .option('--timeout <duration>', flags.timeout, '30m')
    .option('-i, --interval <duration|auto>', flags.interval, 'auto')
    .option('--max-interval <duration>', flags.maxInterval, '30s')
    .option('--all', flags.all)
    .option('--any', flags.any)
    .option('--count <n>', flags.count)
    .option('--fail-fast', flags.failFast)
    .option('--error-budget <duration>', flags.errorBudget, '5m')
    .option('--not-found-grace <duration>', flags.notFoundGrace, '10s')
    .option('--queue-timeout <duration>', flags.queueTimeout, 'none')
    .option('--stall-timeout <duration>', flags.stallTimeout, 'none')
    .option('--max-rps <n|none>', flags.maxRps, '10')
    .option('--timeout-exit-code <n>', flags.timeoutExitCode, '124')
    .option('--heartbeat <duration|auto|none>', flags.heartbeat, 'auto')
    .option('--progress <auto|tty|plain|none>', flags.progress, 'auto')
    .option('--exec <command>', flags.exec)
    .option('--annotations <auto|github|none>', flags.annotations, 'auto')
    .option('--junit <file>', flags.junit)
    .option('--notify', flags.notify);
}

/** Flags as the waiter knows them. Throws a usage error for values and pairs that make no sense. */
export function waiterOptions(ids: readonly TaskId[], options: WatchOptions): WaiterOptions {
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

/** The flags that resume a wait of which so many tasks have succeeded. */
export function resumeFlags(options: WatchOptions, succeeded: number): string[] {
  const { profile, region, endpoint, timeout, count, any, failFast } = options;
  const left = count === undefined ? undefined : String(Math.max(1, Number(count) - succeeded));
  const given = Object.entries({ profile, region, endpoint, timeout, count: left });
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

function tasksNeeded(ids: readonly TaskId[], { all, any, count }: WatchOptions): number {
  const given = [all && '--all', any && '--any', count !== undefined && '--count'].filter(
    (flag) => flag !== false && flag,
  );
  const [one, other] = given as string[];
  if (one && other) throw usageError((m) => m.watch.conflict(one, other));
  if (any) return 1;
  return count === undefined ? ids.length : wholeNumber(1, ids.length)(count, '--count');
}
