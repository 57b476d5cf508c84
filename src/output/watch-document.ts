import type { Client } from '../core/client.ts';
import type { EndEvent, TaskEnd, TaskView, WaiterEvent } from '../core/events.ts';
import type { TaskId } from '../core/task.ts';
import { outcomeOf } from '../core/watched.ts';
import type { Messages } from '../locales/en.ts';
import { errorObject, type TaskRow } from './document.ts';

export interface WatchSummary {
  readonly outcome: EndEvent['why'];
  readonly exitCode: number;
  readonly counts: Readonly<Record<'succeeded' | 'failed' | 'pending' | 'notFound' | 'unanswered', number>>;
  readonly stillRunning: readonly TaskId[];
  /** The command that resumes the wait, as argv; null when nothing runs any more. */
  readonly resume: readonly string[] | null;
  readonly elapsedMs: number;
  readonly requests: number;
  readonly retries: number;
  readonly throttles: number;
  readonly bytes: number;
  readonly clockOffsetMs: number;
}

/** A task in the document of a wait: that of `status`, and what waiting adds. */
export interface WatchedRow extends TaskRow {
  readonly outcome: TaskEnd | 'pending';
  readonly polls: number;
  readonly lagMaxMs: number | null;
}

export interface WatchDocument {
  readonly tasks: readonly WatchedRow[];
  readonly summary: WatchSummary;
}

/** The one json document of a wait, on every way out of it. */
export function watchDocument(
  end: EndEvent,
  client: Client,
  resumeFlags: readonly string[],
  messages: Messages,
): WatchDocument {
  const counts = { succeeded: 0, failed: 0, pending: 0, notFound: 0, unanswered: 0 };
  for (const task of end.tasks) counts[outcomeOf(task)] += 1;
  const stillRunning = end.tasks.filter((task) => outcomeOf(task) === 'pending').map((task) => task.id);
  const resume = stillRunning.length > 0 ? ['mmai', 'watch', ...stillRunning, ...resumeFlags] : null;
  const { why: outcome, exitCode, elapsedMs } = end;
  const clockOffsetMs = client.clockOffsetMs();
  const summary = { outcome, exitCode, counts, stillRunning, resume, elapsedMs, ...client.traffic, clockOffsetMs };
  return { tasks: end.tasks.map((task) => taskRow(task, messages)), summary };
}

/** An event as a line of ndjson, without its envelope; undefined for what concerns only ourselves. */
export function eventObject(event: Exclude<WaiterEvent, EndEvent>, messages: Messages): object | undefined {
  if (event.type === 'wake') return undefined;
  if (!('failure' in event) || !event.failure) return event;
  const { failure, ...rest } = event;
  return { ...rest, error: errorObject(failure, messages) };
}

function taskRow(
  { id, state, status, outcome, requestId, polls, lagMaxMs, failure }: TaskView,
  messages: Messages,
): WatchedRow {
  const task = {
    id,
    state: state ?? 'unknown',
    status,
    outcome: outcome ?? 'pending',
    requestId,
    polls,
    lagMaxMs,
  } as const;
  return failure ? { ...task, error: errorObject(failure, messages) } : task;
}
