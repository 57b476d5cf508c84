import type { TaskEnd, TaskView } from './events.ts';
import type { Failure } from './response.ts';
import type { Outcome, TaskId, TaskState } from './task.ts';

/** What the waiter knows of a task. Times are ms since the wait began. One small object per task: there may be 100,000. */
export interface Watched {
  readonly id: TaskId;
  due: number;
  state: TaskState | null;
  status: number | null;
  outcome: TaskEnd | null;
  /** When its state was first seen as it is: the age counts from here. */
  changedAt: number;
  /** When the last question that was answered "not final" was sent. */
  lookedAt: number;
  polls: number;
  /** Consecutive failures, and when they began. */
  failures: number;
  failingSince: number;
  isLastPoll: boolean;
  requestId: string | null;
  lagMaxMs: number | null;
  failure: Failure | null;
}

export function newTask(id: TaskId): Watched {
  return {
    ...{ id, due: 0, state: null, status: null, outcome: null, changedAt: 0, lookedAt: 0, polls: 0 },
    ...{ failures: 0, failingSince: 0, isLastPoll: false, requestId: null, lagMaxMs: null, failure: null },
  };
}

/** A task as others see it, at `now` ms since the wait began. */
export function viewOf(
  { id, state, status, outcome, changedAt, polls, requestId, lagMaxMs, failure }: Watched,
  now: number,
): TaskView {
  return { id, state, status, outcome, sinceMs: now - changedAt, polls, requestId, lagMaxMs, failure };
}

/** What became of the task, for the exit code. */
export function outcomeOf({ outcome }: Pick<Watched, 'outcome'>): Outcome {
  return outcome === null || outcome === 'queueTimeout' || outcome === 'stallTimeout' ? 'pending' : outcome;
}
