import type { WatchFlags } from '../core/wait/flags.ts';
import { type MmaiError, usageError } from '../errors.ts';
import type { Messages } from '../locales/en/messages.ts';
import { exactDuration } from '../text/duration.ts';
import { nearest } from '../text/nearest.ts';
import { shortened } from '../text/safe-text.ts';
import { isSignal } from './signal.ts';

/** A span: milliseconds, or a text with its unit. Infinity and `none` are no limit. */
export type Duration =
  | number
  | `${number}${Unit}`
  | `${number}h${number}m`
  | `${number}${'' | `h${number}`}m${number}s`
  | 'none';
type Unit = 'ms' | 's' | 'm' | 'h';

/** How to wait, with the defaults of `mmai watch`. */
export interface WaitOptions {
  /** One deadline for all tasks; default 30 minutes. */
  readonly timeout?: Duration;
  /** Between two polls of a task; `auto` (default) is the square root of its age in seconds. */
  readonly interval?: Duration | 'auto';
  /** The longest time between two polls with `auto`; default 30 s. */
  readonly maxInterval?: Duration;
  /** How long consecutive transient errors of a task are tolerated; default 5 minutes. */
  readonly errorBudget?: Duration;
  /** How long a task may be not found, as one just submitted may be; default 10 s. */
  readonly notFoundGrace?: Duration;
  /** How long a task may be submitting, and how long it may show no change; default no limit. */
  readonly queueTimeout?: Duration;
  readonly stallTimeout?: Duration;
  /** Requests per second over all tasks; default 10, Infinity for no limit. */
  readonly maxRps?: number;
  /** What is waited for: that tasks end (default), or that they leave the queue. */
  readonly until?: 'ended' | 'running';
  /** Until every task has ended (default), until one has succeeded, or until so many have. One of the three. */
  readonly all?: boolean;
  readonly any?: boolean;
  readonly count?: number;
  /** Ends at the first task that does not succeed. */
  readonly failFast?: boolean;
  /** Requests the result of every task that has ended (`true`), or of none (`false`); by default of those that failed. */
  readonly results?: boolean;
  /** How often a `heartbeat` event comes; default `auto`, `none` for never. */
  readonly heartbeat?: Duration | 'auto';
  /** The exit code that the summary has after a timeout; default 124. */
  readonly timeoutExitCode?: number;
  /** Ends the wait: exit code 130. */
  readonly signal?: AbortSignal;
}

/**
 * The options as the flags of `mmai watch`. Throws an {@link MmaiError} for a name or a type that is wrong; values are checked
 * with the flags.
 */
export function watchFlags(options: WaitOptions): Partial<WatchFlags> {
  const names: readonly (keyof WaitOptions)[] = [...OPTIONS, 'signal'];
  const { signal, ...others } = checkNames(options, names);
  if (signal !== undefined && !isSignal(signal)) throw expected('signal', 'signal', signal);
  const flags = Object.entries(others)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => TEXTS[name as Exclude<keyof WaitOptions, 'signal'>](value, name));
  return Object.assign({}, ...flags);
}

/** The options, whose names must be among these. Throws an {@link MmaiError}. */
export function checkNames<Options extends object>(options: Options, names: readonly string[]): Options {
  if (typeof options !== 'object' || options === null) throw expected('options', 'object', options);
  const unknown = Object.keys(options).find((name) => !names.includes(name));
  if (unknown !== undefined) {
    const near = nearest(unknown, names);
    throw usageError(
      (m) => m.library.unknownOption(shortened(unknown)),
      near ? (m) => m.library.suggestion(near) : undefined,
    );
  }
  return options;
}

/** A span as text: in the largest unit that has no fraction. A bare number as text is seconds to mmai and may be meant as milliseconds. */
export function durationText(value: unknown, option: string): string {
  if (typeof value === 'string' && !/^[\d.]*$/.test(value)) return value;
  if (typeof value !== 'number' || !(value > 0)) throw expected(option, 'duration', value);
  return exactDuration(Math.ceil(value));
}

export function checkText(value: unknown, option: string): string {
  if (typeof value !== 'string') throw expected(option, 'text', value);
  return value;
}

/** The error of an option that is no such thing. It shows no value: it may be a secret. */
export function expected(option: string, kind: keyof Messages['library']['kinds'], value: unknown): MmaiError {
  const isPlain = value === null || typeof value === 'number' || typeof value === 'boolean';
  return usageError((m) => m.library.expected(option, m.library.kinds[kind], isPlain ? String(value) : typeof value));
}

// --- internal ---

type ToFlag = (value: unknown, option: string) => Partial<WatchFlags>;

/** An option for every flag that says how to wait; `--no-results` is `results: false`. */
type Option = Exclude<keyof WatchFlags, 'noResults'>;

/** Each option as the flag that it is on the command line. */
const TEXTS: Readonly<Record<Option, ToFlag>> = {
  timeout: duration,
  interval: duration,
  maxInterval: duration,
  errorBudget: duration,
  notFoundGrace: duration,
  queueTimeout: duration,
  stallTimeout: duration,
  heartbeat: duration,
  maxRps: number,
  count: number,
  timeoutExitCode: number,
  all: boolean,
  any: boolean,
  failFast: boolean,
  until: (value, option) => ({ [option]: checkText(value, option) }),
  results: (value, option) => (boolean(value, option).results ? { results: true } : { noResults: true }),
};

const OPTIONS = Object.keys(TEXTS) as Option[];

function duration(value: unknown, option: string): Partial<WatchFlags> {
  return { [option]: durationText(value, option) };
}

function number(value: unknown, option: string): Partial<WatchFlags> {
  if (typeof value !== 'number') throw expected(option, 'number', value);
  return { [option]: value === Number.POSITIVE_INFINITY ? 'none' : String(value) };
}

function boolean(value: unknown, option: string): Partial<WatchFlags> {
  if (typeof value !== 'boolean') throw expected(option, 'boolean', value);
  return value ? { [option]: true } : {};
}
