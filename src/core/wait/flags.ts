import { conflict, usageError } from '../../errors.ts';
import { parseDuration } from '../../text/duration.ts';
import { choice, kebab, serviceSettings, wholeNumber } from '../config/settings.ts';
import type { TaskId } from '../task.ts';
import { MIN_GAP_MS } from './pace.ts';
import type { WaiterOptions } from './waiter-options.ts';

/** Lines more often than this, in ms, would hide the others. */
const MIN_HEARTBEAT_MS = 1000;

/** A flag of a wait that has a value. */
export interface ValueFlag<Value> {
  readonly short?: string;
  /** As help shows it, and completion offers it. */
  readonly placeholder: string;
  /** The value, as text, of a flag that is not given. */
  readonly fallback: string;
  /** Text to value; throws a usage error that names the flag. */
  readonly parse: (text: string, what: string) => Value;
}

/** Every flag of a wait that has a value, in the order of the help. */
export const VALUE_FLAGS = {
  /** One deadline for all tasks. */
  timeout: flag('<duration>', '30m', parseDuration),
  until: flag('<ended|running>', 'ended', choice('ended', 'running')),
  /** Between two polls of a task; `auto` is the square root of its age. */
  interval: { short: '-i', ...flag('<duration|auto>', 'auto', parseDurationOrAuto) },
  maxInterval: flag('<duration>', '30s', parseDuration),
  /** Requests per second over all tasks. */
  maxRps: flag('<n|none>', '10', parseRate),
  errorBudget: flag('<duration>', '5m', parseDuration),
  notFoundGrace: flag('<duration>', '10s', parseDuration),
  queueTimeout: flag('<duration>', 'none', parseDuration),
  stallTimeout: flag('<duration>', 'none', parseDuration),
  timeoutExitCode: flag('<n>', '124', wholeNumber(0, 124)),
  heartbeat: flag('<duration|auto|none>', 'auto', parseHeartbeat),
} satisfies Record<string, ValueFlag<unknown>>;

type Name = keyof typeof VALUE_FLAGS;
type Values = { readonly [N in Name]: ReturnType<(typeof VALUE_FLAGS)[N]['parse']> };

/** The text of each of them that is not given. */
export const WATCH_DEFAULTS = Object.fromEntries(
  Object.entries(VALUE_FLAGS).map(([name, { fallback }]) => [name, fallback]),
) as { readonly [N in Name]: string };

/** The flags that say how to wait: texts as on the command line. */
export type WatchFlags = { readonly [N in Name]: string } & {
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
type NameOf = (option: keyof WatchFlags) => string;

/** Flags as the waiter knows them. Throws a usage error for values and pairs that make no sense, and for no task. */
export function waiterOptions(ids: readonly TaskId[], options: WatchFlags, nameOf: NameOf = flagName): WaiterOptions {
  if (ids.length === 0) throw usageError((m) => m.usage.noTaskIds);
  return { ...parseWatchFlags(options, nameOf), ids, need: tasksNeeded(ids.length, options, nameOf) };
}

/** What flags say whatever the tasks are, so that they can be checked before ids are read. Throws the same usage errors. */
export function parseWatchFlags(options: WatchFlags, nameOf: NameOf = flagName): Omit<WaiterOptions, 'ids' | 'need'> {
  tasksNeeded(Number.MAX_SAFE_INTEGER, options, nameOf);
  const { timeout, interval, ...values } = parseValues(options, nameOf);
  if (interval === Number.POSITIVE_INFINITY) throw usageError((m) => m.watch.noInterval(nameOf('interval')));
  if (values.maxInterval < MIN_GAP_MS) {
    throw usageError((m) => m.watch.shortMaxInterval(nameOf('maxInterval'), nameOf('interval')));
  }
  if (interval !== 'auto' && options.maxInterval !== WATCH_DEFAULTS.maxInterval) {
    throw conflict(nameOf('interval'), nameOf('maxInterval'));
  }
  if (interval !== 'auto' && interval > timeout) {
    throw usageError((m) => m.watch.intervalAboveTimeout(nameOf('interval'), nameOf('timeout')));
  }
  return {
    mode: watchMode(options),
    until: values.until,
    failFast: options.failFast === true,
    timeoutMs: timeout,
    intervalMs: interval,
    maxIntervalMs: values.maxInterval,
    errorBudgetMs: values.errorBudget,
    notFoundGraceMs: values.notFoundGrace,
    queueTimeoutMs: values.queueTimeout,
    stallTimeoutMs: values.stallTimeout,
    maxRps: values.maxRps,
    heartbeatMs: values.heartbeat,
    results: wantedResults(options, nameOf),
    timeoutExitCode: values.timeoutExitCode,
  };
}

/** The flags that name the service and how to call it. */
const PLACE = ['profile', ...serviceSettings, 'simulate'] as const;
type Place = Partial<Record<(typeof PLACE)[number], string>>;

/** The flags that resume a wait for `left` of its tasks after `succeeded` have: those that were given, and the timeout. */
export function resumeFlags(options: WatchFlags & Place, succeeded: number, left: number): string[] {
  const { count } = options;
  const resumed = { ...options, count: count && String(Math.min(left, Math.max(1, Number(count) - succeeded))) };
  const changed = (Object.keys(VALUE_FLAGS) as Name[]).filter((name) => options[name] !== WATCH_DEFAULTS[name]);
  const values = new Set([...PLACE, 'timeout', ...changed, 'count'] as const);
  const switches = ['any', 'failFast', 'results', 'noResults'] as const;
  return [
    ...[...values].flatMap((name) => (resumed[name] === undefined ? [] : [flagName(name), resumed[name]])),
    ...switches.filter((name) => options[name]).map(flagName),
  ];
}

// --- internal ---

function watchMode({ any, count }: WatchFlags): 'all' | 'any' | 'count' {
  if (any) return 'any';
  return count === undefined ? 'all' : 'count';
}

function flag<Value>(
  placeholder: string,
  fallback: string,
  parse: (text: string, what: string) => Value,
): ValueFlag<Value> {
  return { placeholder, fallback, parse };
}

function parseDurationOrAuto(text: string, what: string): number | 'auto' {
  return text === 'auto' ? 'auto' : parseDuration(text, what);
}

function parseHeartbeat(text: string, what: string): number | 'auto' {
  const heartbeat = parseDurationOrAuto(text, what);
  if (heartbeat !== 'auto' && heartbeat < MIN_HEARTBEAT_MS) throw usageError((m) => m.watch.shortHeartbeat(what));
  return heartbeat;
}

function parseRate(text: string, what: string): number {
  return text === 'none' ? Number.POSITIVE_INFINITY : wholeNumber(1, 100_000)(text, what);
}

function parseValues(options: WatchFlags, nameOf: NameOf): Values {
  const entries = Object.entries(VALUE_FLAGS) as [Name, ValueFlag<unknown>][];
  return Object.fromEntries(entries.map(([name, { parse }]) => [name, parse(options[name], nameOf(name))])) as Values;
}

function flagName(option: string): string {
  return `--${kebab(option)}`;
}

function wantedResults({ results, noResults }: WatchFlags, nameOf: NameOf): WaiterOptions['results'] {
  if (results && noResults) throw conflict(nameOf('results'), nameOf('noResults'));
  if (noResults) return 'none';
  return results ? 'all' : 'failed';
}

function tasksNeeded(tasks: number, { all, any, count }: WatchFlags, nameOf: NameOf): number {
  const given = [all && 'all', any && 'any', count !== undefined && 'count'] as const;
  const [one, other] = given.filter((option) => typeof option === 'string');
  if (one && other) throw conflict(nameOf(one), nameOf(other));
  if (any) return 1;
  if (count === undefined) return tasks;
  const needed = wholeNumber(1, 1_000_000)(count, nameOf('count'));
  if (needed > tasks) throw usageError((m) => m.watch.countAboveTasks(nameOf('count'), count, tasks));
  return needed;
}
