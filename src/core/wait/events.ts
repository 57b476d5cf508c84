import type { TaskEnd, WaitEnd } from '../outcome.ts';
import type { Traffic } from '../rpc/call.ts';
import type { Failure } from '../rpc/response.ts';
import type { ResultDetails, TaskId, TaskState } from '../task.ts';
import type { WaitingStates, Watched } from './watched.ts';

/** What the waiter emits. It knows nothing of rendering; the envelope (time, number) is added on the way out. */
export type WaiterEvent = ProgressEvent | EndEvent;

/** What it emits while the wait goes on. */
export type ProgressEvent = StateEvent | RetryEvent | HeartbeatEvent | ResultEvent | WakeEvent;

/** A task was seen in another state than before (`prev` null at first sight). */
export interface StateEvent {
  readonly type: 'state';
  readonly id: TaskId;
  readonly state: TaskState;
  readonly status: number;
  readonly prev: TaskState | null;
  /** How long it has been watched, in ms. */
  readonly ageMs: number;
  /** How long it was in the state before, in ms. */
  readonly prevMs: number;
  readonly polls: number;
  readonly requestId: string | null;
  /** Until it is polled again, in ms; null when it is not. */
  readonly nextPollMs: number | null;
}

/** A poll failed and is retried. */
export interface RetryEvent {
  readonly type: 'retry';
  readonly id: TaskId;
  readonly failure: Failure;
  readonly attempt: number;
  readonly delayMs: number;
  /** What is left of the error budget, or of the grace for a task not found; null where none is used up (throttling). */
  readonly budgetLeftMs: number | null;
}

/** The wait goes on: how many tasks are still watched, have ended, and ended without success. */
export interface HeartbeatEvent {
  readonly type: 'heartbeat';
  readonly pending: number;
  readonly done: number;
  readonly failed: number;
  /** How many of those still watched are in each state. */
  readonly states: WaitingStates;
  /** Until the next poll of any task, in ms; 0 while none is queued, since all are under way. */
  readonly nextPollMs: number;
}

/** A task has ended, or is given up. */
export interface ResultEvent {
  readonly type: 'result';
  readonly id: TaskId;
  readonly outcome: TaskEnd;
  readonly state: TaskState;
  readonly status: number | null;
  readonly durationMs: number;
  /** As {@link Watched.lagMaxMs}. */
  readonly lagMaxMs: number | null;
  readonly polls: number;
  readonly requestId: string | null;
  readonly failure?: Failure | undefined;
  /** Where it was requested, and came. */
  readonly result?: ResultDetails | undefined;
}

/** The machine slept, or the process was stopped, for so long, in ms; every task is polled at once. */
interface WakeEvent {
  readonly type: 'wake';
  readonly pausedMs: number;
}

/** The wait is over. */
export interface EndEvent {
  readonly type: 'end';
  readonly why: WaitEnd;
  readonly exitCode: number;
  readonly elapsedMs: number;
  readonly tasks: readonly Readonly<Watched>[];
  /** Those that were requested, and came. */
  readonly results?: ReadonlyMap<TaskId, ResultDetails>;
  readonly traffic: Readonly<Traffic>;
  /** With `denied`: the response of the service. */
  readonly failure?: Failure;
  /** With `denied` and `error`: what ended the wait besides a response, credentials that could not be had for instance. */
  readonly error?: Error;
}
