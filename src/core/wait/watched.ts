import { ExitCode } from '../../errors.ts';
import type { Failure } from '../rpc/response.ts';
import { foldOutcomes, type Outcome, type TaskId, type TaskState } from '../task.ts';

/** Why the wait is over. */
export type WaitEnd = 'met' | 'ended' | 'failFast' | 'denied' | 'deadline' | 'interrupted';

/** Why a task is watched no longer. The timeouts are those of one task: `--queue-timeout` and `--stall-timeout`. */
export type TaskEnd = Exclude<Outcome, 'pending'> | 'queueTimeout' | 'stallTimeout';

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

/** What became of the task, for the exit code. */
export function taskOutcome({ outcome }: Pick<Watched, 'outcome'>): Outcome {
  return outcome === null || outcome === 'queueTimeout' || outcome === 'stallTimeout' ? 'pending' : outcome;
}

/** The exit code of a wait that ended like this: `timeoutCode` where tasks are still pending, `interruptCode` of a signal. */
export function waitExitCode(
  why: WaitEnd,
  tasks: readonly Readonly<Watched>[],
  timeoutCode: number,
  interruptCode: number,
): number {
  if (why === 'met') return ExitCode.ok;
  if (why === 'denied') return ExitCode.denied;
  return why === 'interrupted' ? interruptCode : foldOutcomes(tasks.map(taskOutcome), timeoutCode);
}
