import { isSuccess, isUnfinished, type Outcome, type TaskEnd, watchedOutcome } from '../core/outcome.ts';
import type { Traffic } from '../core/rpc/call.ts';
import type { ResultDetails, TaskId } from '../core/task.ts';
import type { EndEvent } from '../core/wait/events.ts';
import type { Watched } from '../core/wait/watched.ts';
import type { Messages } from '../locales/en/messages.ts';
import { type ErrorObject, errorObject, type TaskRow, thrownObject } from './document.ts';

/** How a wait ended, and what it cost. Spans in ms. */
export interface WatchSummary extends Readonly<Traffic> {
  readonly outcome: EndEvent['why'];
  readonly exitCode: number;
  readonly counts: Readonly<Record<Outcome, number>>;
  /** Tasks that were seen, and go on. */
  readonly stillRunning: readonly TaskId[];
  /** Tasks without any response: --max-rps, or the end of the wait, came first. */
  readonly notChecked: readonly TaskId[];
  /** What ended the wait, if not its tasks, its deadline or a signal. */
  readonly error?: ErrorObject;
  /** The command that resumes the wait, as argv; null when nothing runs any more. */
  readonly resume: readonly string[] | null;
  /** Since the start of the wait. */
  readonly elapsedMs: number;
  /** How far the service's clock is ahead of ours. */
  readonly clockOffsetMs: number;
  /** For each task that ended, the longest it can have been finished unnoticed, in ms. */
  readonly lagMaxMs: Readonly<Record<TaskId, number>>;
}

/** A task in the document of a wait: that of `status`, and what waiting adds. */
export interface WatchedRow extends TaskRow {
  readonly outcome: TaskEnd | 'pending' | 'notChecked';
  readonly polls: number;
  readonly durationMs: number;
  readonly lagMaxMs: number | null;
  /** Where it was requested, and came. */
  readonly result?: ResultDetails;
}

/** The one json document of a wait. */
export interface WatchDocument {
  /** Each made when it is read, at every reading: there may be a million. */
  readonly tasks: Iterable<WatchedRow>;
  /** As in the summary. */
  readonly error?: ErrorObject;
  readonly summary: WatchSummary;
}

/** The task failed or was given up, or its state is unknown: not one that was seen and goes on. */
export function isTroubled({ outcome, status, error }: WatchedRow, { summary }: WatchDocument): boolean {
  if (isSuccess(outcome)) return false;
  if (!isUnfinished(outcome)) return true;
  const isOutOfTime = summary.outcome === 'deadline' || summary.outcome === 'interrupted';
  return error !== undefined && (status === null || !isOutOfTime);
}

/** The one json document of a wait, on every way out of it. `resumeFlags` says how the rest of the tasks is to be waited for. */
export function watchDocument(
  end: EndEvent,
  clockOffsetMs: number,
  resumeFlags: (succeeded: number, left: number) => readonly string[],
  messages: Messages,
): WatchDocument {
  const counts = countOutcomes(end);
  const cause = causeOf(end, messages);
  const tasksOf = (outcome: Outcome) => end.tasks.filter((task) => watchedOutcome(task) === outcome);
  const pending = tasksOf('pending');
  // Whether a task that was never seen is running is unknown.
  const goingOn = [...tasksOf('running'), ...pending].filter((task) => task.state !== null);
  const notChecked = tasksOf('notChecked').map(({ id }) => id);
  // Those not checked first: a wait that is too short for all of them must not leave out the same ones again.
  const resumed = [...notChecked, ...pending.map(({ id }) => id)];
  const flags = resumeFlags(counts.succeeded + counts.running, resumed.length);
  const resume = resumed.length > 0 ? ['mmai', 'watch', ...resumed, ...flags] : null;
  const summary = {
    outcome: end.why,
    exitCode: end.exitCode,
    counts,
    stillRunning: goingOn.map(({ id }) => id),
    notChecked,
    resume,
    elapsedMs: end.elapsedMs,
    ...(cause && { error: cause }),
    ...end.traffic,
    clockOffsetMs,
    // Made when it is read: 180 bytes a task that a table does not show.
    get lagMaxMs() {
      return lags(end.tasks);
    },
  };
  const tasks = {
    *[Symbol.iterator]() {
      for (const task of end.tasks) yield watchedRow(task, end, cause, messages);
    },
  };
  return { tasks, ...(cause && { error: cause }), summary };
}

/** The outcome of a task as its row has it. */
export function rowOutcome(task: Readonly<Watched>): WatchedRow['outcome'] {
  return task.outcome ?? watchedOutcome(task);
}

/** The outcome as messages have it: a task that was never seen may have ended, or may not exist. */
export function shownOutcome({ outcome, status }: Pick<WatchedRow, 'outcome' | 'status'>): WatchedRow['outcome'] {
  return outcome === 'pending' && status === null ? 'unanswered' : outcome;
}

// --- internal ---

function countOutcomes({ tasks }: EndEvent): Record<Outcome, number> {
  const counts = { succeeded: 0, failed: 0, running: 0, pending: 0, notChecked: 0, notFound: 0, unanswered: 0 };
  for (const task of tasks) counts[watchedOutcome(task)] += 1;
  return counts;
}

function causeOf({ failure, error }: EndEvent, messages: Messages): ErrorObject | undefined {
  if (failure) return errorObject(failure, messages);
  return error && thrownObject(error, messages);
}

function lags(tasks: EndEvent['tasks']): Record<TaskId, number> {
  return Object.fromEntries(tasks.flatMap(({ id, lagMaxMs }) => (lagMaxMs === null ? [] : [[id, lagMaxMs]])));
}

/** `cause` is the error that ended the wait. */
function watchedRow(
  task: Readonly<Watched>,
  { elapsedMs, error: thrown, results }: EndEvent,
  cause: ErrorObject | undefined,
  messages: Messages,
): WatchedRow {
  const { id, status, polls, lagMaxMs, failure } = task;
  const requestId = failure?.requestId ?? task.requestId;
  const state = task.state ?? 'unknown';
  const durationMs = task.endedAt ?? elapsedMs;
  const row = { id, state, status, outcome: rowOutcome(task), requestId, polls, durationMs, lagMaxMs };
  // The service refused one task and may respond for another; credentials that cannot be had concern all that were still watched.
  const isConcerned = task.outcome === null && (thrown !== undefined || task.state === null);
  const own = failure && errorObject(failure, messages);
  const error = own ?? (isConcerned ? cause : undefined);
  const result = results?.get(id);
  return error || result ? { ...row, ...(error && { error }), ...(result && { result }) } : row;
}
