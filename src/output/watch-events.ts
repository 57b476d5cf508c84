import type { Clock } from '../core/clock.ts';
import type { TaskId } from '../core/task.ts';
import type { HeartbeatEvent, ProgressEvent, ResultEvent, RetryEvent, StateEvent } from '../core/wait/events.ts';
import type { Waiter } from '../core/wait/waiter.ts';
import type { WaiterOptions } from '../core/wait/waiter-options.ts';
import type { Messages } from '../locales/en/messages.ts';
import { version } from '../version.ts';
import { type ErrorObject, errorObject } from './document.ts';
import type { WatchSummary } from './watch-document.ts';

/** An event as machines read it, a line of ndjson each. `watch-events.schema.json` describes the same. */
export type WatchEvent = Envelope &
  (
    | VersionEvent
    | StartEvent
    | StateEvent
    | (Omit<RetryEvent, 'failure'> & { readonly error: ErrorObject })
    | HeartbeatEvent
    | (Omit<ResultEvent, 'failure'> & { readonly error?: ErrorObject })
    | SummaryEvent
  );

/** What every event has. */
interface Envelope {
  /** Version of the schema; within a major version fields and types are only added. */
  readonly v: '1.0';
  /** RFC 3339, UTC, with milliseconds. */
  readonly ts: string;
  /** 1 for the first event. */
  readonly seq: number;
  /** Since the start of the wait, in ms. */
  readonly elapsedMs: number;
}

/** Always the first event. */
interface VersionEvent {
  readonly type: 'version';
  readonly cli: string;
  readonly schema: '1.0';
  readonly pid: number;
}

/** Before the first request: what is waited for, how, and at which endpoint. */
interface StartEvent {
  readonly type: 'start';
  readonly ids: readonly TaskId[];
  readonly mode: 'all' | 'any' | 'count';
  /** As many tasks as this have to succeed. */
  readonly need: number;
  /** RFC 3339; null for none. */
  readonly deadline: string | null;
  readonly policy: Pick<WaiterOptions, 'intervalMs' | 'maxIntervalMs'>;
  readonly endpoint: string;
  readonly region: string;
  readonly profile: string;
}

/** Always the last event, also after a deadline or a signal. */
type SummaryEvent = { readonly type: 'summary' } & WatchSummary;

type Unstamped<Event = WatchEvent> = Event extends WatchEvent ? Omit<Event, keyof Envelope> : never;

/** Puts events into their envelope, in the order they are given. */
export function eventStamp(waiter: Pick<Waiter, 'elapsedMs'>, clock: Clock): (event: Unstamped) => WatchEvent {
  let seq = 0;
  return (event) => {
    seq += 1;
    const ts = new Date(clock.now()).toISOString();
    const elapsedMs = waiter.elapsedMs();
    // Not spread: that takes ten times as long. The span of a summary ends with the outcome, results may come after it.
    return Object.assign({ v: '1.0', type: event.type, ts, seq, elapsedMs } as const, event, { elapsedMs });
  };
}

export function versionEvent(pid: number): VersionEvent {
  return { type: 'version', cli: version, schema: '1.0', pid };
}

export function startEvent(
  { ids, mode, need, timeoutMs, intervalMs, maxIntervalMs }: WaiterOptions,
  place: Pick<StartEvent, 'endpoint' | 'region' | 'profile'>,
  clock: Clock,
): StartEvent {
  const deadline = timeoutMs === Number.POSITIVE_INFINITY ? null : new Date(clock.now() + timeoutMs).toISOString();
  return { type: 'start', ids, mode, need, deadline, policy: { intervalMs, maxIntervalMs }, ...place };
}

/** The waiter's event as machines read it; undefined for what concerns only ourselves. */
export function watchEvent(event: ProgressEvent, messages: Messages): Unstamped | undefined {
  if (event.type === 'wake') return undefined;
  if (event.type === 'retry') {
    const { failure, ...rest } = event;
    return { ...rest, error: errorObject(failure, messages) };
  }
  if (event.type !== 'result' || !event.failure) return event;
  const { failure, ...rest } = event;
  return { ...rest, error: errorObject(failure, messages) };
}
