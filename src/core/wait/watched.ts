import type { TaskEnd } from '../outcome.ts';
import type { Failure } from '../rpc/response.ts';
import type { TaskId, TaskState } from '../task.ts';

/** Tasks by their {@link waitingState}. */
export type WaitingStates = Readonly<Record<'submitting' | 'running' | 'unknown' | 'notChecked', number>>;

/** What the waiter knows of a task. Times are ms since the wait began. One small object per task: there may be 100,000. */
export class Watched {
  readonly id: TaskId;
  /** Its place in the order given. */
  readonly order: number;
  /** When it is polled next, if its turn comes. */
  due = 0;
  /** Null until the first result. */
  state: TaskState | null = null;
  status: number | null = null;
  /** Null while it is watched. */
  outcome: TaskEnd | null = null;
  /** When it was first seen. Null until the first result. */
  seenAt: number | null = null;
  /** When its state was first seen as it is: the age counts from here. */
  changedAt = 0;
  /** When the last poll that showed a state which is not final was sent. */
  seenUnfinishedAt = 0;
  /** When it was given its outcome. */
  endedAt: number | null = null;
  /** Polls that were begun, but for those that were never sent. */
  polls = 0;
  /** Consecutive failures, and how many of them were throttled. */
  failures = 0;
  throttles = 0;
  /** When the last response came, if it was throttled. */
  throttledAt: number | null = null;
  /**
   * When the errors among the last of them began, and since when the task is not found: both moved later by the time in which
   * nothing was tried.
   */
  failingSince: number | null = null;
  missingSince: number | null = null;
  requestId: string | null = null;
  /** The longest it can have been finished unnoticed, in ms: since the poll before the last was sent. Null if not final. */
  lagMaxMs: number | null = null;
  /** The last failure, until a result comes. */
  failure: Failure | null = null;

  constructor(id: TaskId, order = 0) {
    this.id = id;
    this.order = order;
  }
}

/** Time in which nothing was tried is not held against the task. */
export function skipTime(task: Watched, ms: number): void {
  if (task.failingSince !== null) task.failingSince += ms;
  if (task.missingSince !== null) task.missingSince += ms;
  if (task.throttledAt !== null) task.throttledAt += ms;
}

/** The state that a task waits in: `unknown` where every poll failed, `notChecked` before the first response. */
export function waitingState({ state, failures }: Pick<Watched, 'state' | 'failures'>): TaskState | 'notChecked' {
  return state ?? (failures > 0 ? 'unknown' : 'notChecked');
}

/** How many of the tasks that are still watched are in each state. */
export function countStates(tasks: readonly Watched[]): WaitingStates {
  const states = { submitting: 0, running: 0, unknown: 0, notChecked: 0 };
  for (const task of tasks) {
    const state = waitingState(task);
    if (task.outcome === null && state !== 'succeeded' && state !== 'failed') states[state] += 1;
  }
  return states;
}
