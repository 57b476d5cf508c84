import { usageError } from '../errors.ts';
import { shortened } from '../text/safe-text.ts';
import type { ResponseInfo } from './rpc/response.ts';

/** The service's id of a task: an int64 as a decimal string, from argv to wire to output (a number would round it above 2^53). */
export type TaskId = string & { readonly brand: 'TaskId' };

/** The words for the service's integers 0 to 3, in that order; `unknown` for any other, which is not final. */
export const TASK_STATES = ['submitting', 'running', 'succeeded', 'failed', 'unknown'] as const;
export type TaskState = (typeof TASK_STATES)[number];

/** What the service said of a task: the state as its integer. */
export interface TaskStatus extends ResponseInfo {
  readonly status: number;
}

/** What the service said of a task whose result was requested. */
export interface TaskResult extends TaskStatus {
  readonly result: ResultDetails;
}

/** What is known of how a task ended; null for what the service did not send. */
export interface ResultDetails {
  /** Of a task that failed. */
  readonly reason: FailureReason | null;
  /** Where the result is. Signed: whoever has it can read the result, so it is a secret. */
  readonly url: string | null;
  /** Until when the URL can be used, RFC 3339. */
  readonly urlExpiresAt: string | null;
  readonly analysisSeconds: number | null;
  readonly videoName: string | null;
  /** May be a signed URL, so it is a secret too. */
  readonly videoUrl: string | null;
  readonly applicationId: string | null;
}

/** Why a task failed, in the service's words: the fields ErrorName, ErrorCode, ErrorMessage and ErrorReason. Safe to show. */
export interface FailureReason {
  readonly name: string | null;
  readonly code: string | null;
  readonly message: string | null;
  readonly detail: string | null;
}

const MAX_TASK_ID = 2n ** 63n - 1n;

/** A TaskId from text: 1 to 2^63−1, decimal digits only, no leading zero. Throws a usage error. */
export function parseTaskId(text: string): TaskId {
  if (!/^[1-9]\d{0,18}$/.test(text) || BigInt(text) > MAX_TASK_ID) {
    const isList = /^\d+([\s,;，、]+\d+)+[\s,;，、]*$/.test(text);
    throw usageError((m) => m.usage.badTaskId(shortened(text)), isList ? (m) => m.usage.taskIdsApart : undefined);
  }
  return text as TaskId;
}

export function isTaskState(word: string): word is TaskState {
  return TASK_STATES.some((state) => state === word);
}

/** The word for the service's integer. */
export function taskState(status: number): TaskState {
  return TASK_STATES[status] ?? 'unknown';
}

/** Succeeded and failed do not change any more. */
export function isFinal(state: TaskState): state is 'succeeded' | 'failed' {
  return state === 'succeeded' || state === 'failed';
}
