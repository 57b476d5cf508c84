import { usageError } from '../../errors.ts';
import { parseDuration } from '../../text/duration.ts';
import { choice, kebab, wholeNumber } from '../config/settings.ts';
import type { TaskId } from '../task.ts';
import type { WaiterOptions } from './waiter-options.ts';

/** The flags that have a value however they are given: what it is if they are not, as text on the command line. */
export const WATCH_DEFAULTS = {
  /** One deadline for all tasks. */
  timeout: '30m',
  /** Between two polls of a task; `auto` is the square root of its age. */
  interval: 'auto',
  maxInterval: '30s',
  errorBudget: '5m',
  notFoundGrace: '10s',
  queueTimeout: 'none',
  stallTimeout: 'none',
  /** Requests per second over all tasks, or `none`. */
  maxRps: '10',
  timeoutExitCode: '124',
  until: 'ended',
  heartbeat: 'auto',
} as const;

/** The flags that say how to wait: texts as on the command line. */
export type WatchFlags = { readonly [Name in keyof typeof WATCH_DEFAULTS]: string } & {
  readonly all?: true;
  readonly any?: true;
  /** As many successes as end the wait. */
  readonly count?: string;
  readonly failFast?: true;
  /** Requests the result of every task that has ended, or of none; if neither is given, of those that failed. */
  readonly results?: true;
  readonly noResults?: true;
};

/** How an error names the flag or the option that it is about. */
export type NameOf = (option: keyof WatchFlags) => string;

/** Flags as the waiter knows them. Throws a usage error for values and pairs that make no sense, and for no task. */
export function waiterOptions(ids: readonly TaskId[], options: WatchFlags, nameOf: NameOf = flagName): WaiterOptions {
  if (ids.length === 0) throw usageError((m) => m.usage.noTaskIds());
  return { ...parseWatchFlags(options, nameOf), ids, need: tasksNeeded(ids.length, options, nameOf) };
}

/** What flags say whatever the tasks are, so that they can be checked before ids are read. Throws the same usage errors. */
export function parseWatchFlags(options: WatchFlags, nameOf: NameOf = flagName): Omit<WaiterOptions, 'ids' | 'need'> {
  tasksNeeded(Number.MAX_SAFE_INTEGER, options, nameOf);
  const [interval, timeout] = [nameOf('interval'), nameOf('timeout')];
  const durationOf = (name: DurationFlag) => parseDuration(options[name], nameOf(name));
  const timeoutMs = durationOf('timeout');
  const intervalMs = options.interval === 'auto' ? 'auto' : durationOf('interval');
  if (intervalMs === Number.POSITIVE_INFINITY) throw usageError((m) => m.watch.noInterval(interval));
  if (intervalMs !== 'auto' && intervalMs > timeoutMs) {
    throw usageError((m) => m.watch.intervalAboveTimeout(interval, timeout));
  }
  return {
    mode: watchMode(options),
    until: choice('ended', 'running')(options.until, nameOf('until')),
    failFast: options.failFast === true,
    timeoutMs,
    intervalMs,
    maxIntervalMs: durationOf('maxInterval'),
    errorBudgetMs: durationOf('errorBudget'),
    notFoundGraceMs: durationOf('notFoundGrace'),
    queueTimeoutMs: durationOf('queueTimeout'),
    stallTimeoutMs: durationOf('stallTimeout'),
    maxRps:
      options.maxRps === 'none' ? Number.POSITIVE_INFINITY : wholeNumber(1, 100_000)(options.maxRps, nameOf('maxRps')),
    heartbeatMs: options.heartbeat === 'auto' ? 'auto' : durationOf('heartbeat'),
    results: wantedResults(options, nameOf),
    timeoutExitCode: wholeNumber(0, 124)(options.timeoutExitCode, nameOf('timeoutExitCode')),
  };
}

/** The condition that the flags name. */
function watchMode({ any, count }: WatchFlags): 'all' | 'any' | 'count' {
  if (any) return 'any';
  return count === undefined ? 'all' : 'count';
}

/** The flags that name the service and how to call it. */
const PLACE = [
  ...(['profile', 'region', 'endpoint', 'caFile', 'format', 'signature', 'method'] as const),
  ...(['requestTimeout', 'simulate'] as const),
];
type Place = Partial<Record<(typeof PLACE)[number], string>>;

/** The flags that resume a wait for `left` of its tasks after `succeeded` have: those that were given, and the time limit. */
export function resumeFlags(options: WatchFlags & Place, succeeded: number, left: number): string[] {
  const { timeout, count, any, failFast, results, noResults } = options;
  const names = Object.keys(WATCH_DEFAULTS) as (keyof typeof WATCH_DEFAULTS)[];
  const given = [
    ...PLACE.map((name) => [name, options[name]] as const),
    ['timeout', timeout] as const,
    ...names.filter((name) => options[name] !== WATCH_DEFAULTS[name]).map((name) => [name, options[name]] as const),
    [
      'count',
      count === undefined ? undefined : String(Math.min(left, Math.max(1, Number(count) - succeeded))),
    ] as const,
  ];
  return [
    ...[...new Map(given)].flatMap(([name, value]) => (value === undefined ? [] : [flagName(name), value])),
    ...(any ? ['--any'] : []),
    ...(failFast ? ['--fail-fast'] : []),
    ...(results ? ['--results'] : []),
    ...(noResults ? ['--no-results'] : []),
  ];
}

// --- internal ---

type DurationFlag = Exclude<keyof typeof WATCH_DEFAULTS, 'maxRps' | 'timeoutExitCode' | 'until'>;

function flagName(option: string): string {
  return `--${kebab(option)}`;
}

function wantedResults({ results, noResults }: WatchFlags, nameOf: NameOf): WaiterOptions['results'] {
  if (results && noResults) throw usageError((m) => m.watch.conflict(nameOf('results'), nameOf('noResults')));
  if (noResults) return 'none';
  return results ? 'all' : 'failed';
}

function tasksNeeded(tasks: number, { all, any, count }: WatchFlags, nameOf: NameOf): number {
  const given = [all && 'all', any && 'any', count !== undefined && 'count'] as const;
  const [one, other] = given.filter((option) => typeof option === 'string');
  if (one && other) throw usageError((m) => m.watch.conflict(nameOf(one), nameOf(other)));
  if (any) return 1;
  if (count === undefined) return tasks;
  const needed = wholeNumber(1, 1_000_000)(count, nameOf('count'));
  if (needed > tasks) throw usageError((m) => m.watch.countAboveTasks(nameOf('count'), count, tasks));
  return needed;
}
