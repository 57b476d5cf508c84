import type { TaskEnd } from '../outcome.ts';
import type { Failure } from '../rpc/response.ts';
import type { TaskId, TaskState } from '../task.ts';

/** What the waiter knows of a task. Times are ms since the wait began. One small object per task: there may be 100,000. */
export interface Watched {
  readonly id: TaskId;
  /** When it is asked about next. */
  due: number;
  /** Null until the first answer. */
  state: TaskState | null;
  status: number | null;
  /** Null while it is watched. */
  outcome: TaskEnd | null;
  /** When its state was first seen as it is: the age counts from here. */
  changedAt: number;
  /** When the last question that was answered "not final" was sent. */
  lookedAt: number;
  /** When it was given its outcome. */
  endedAt: number | null;
  polls: number;
  /** Consecutive failures, and when they began. */
  failures: number;
  failingSince: number;
  /** The next poll is the one planned just before the deadline. */
  isLastPoll: boolean;
  requestId: string | null;
  /** The longest it can have been finished unnoticed, in ms: since the question before the last was sent. Null if not final. */
  lagMaxMs: number | null;
  /** The last failure, until an answer comes. */
  failure: Failure | null;
}

export function newTask(id: TaskId): Watched {
  return {
    id,
    due: 0,
    state: null,
    status: null,
    outcome: null,
    changedAt: 0,
    lookedAt: 0,
    endedAt: null,
    polls: 0,
    failures: 0,
    failingSince: 0,
    isLastPoll: false,
    requestId: null,
    lagMaxMs: null,
    failure: null,
  };
}
