import { usageError } from '../errors.ts';
import { shortened } from '../text/safe-text.ts';
import type { ResponseInfo } from './rpc/response.ts';

/** The service's id of a task: an int64 as a decimal string, from argv to wire to output (a number would round it above 2^53). */
export type TaskId = string & { readonly brand: 'TaskId' };

/** The words for the service's integers 0 to 3; `unknown` for any other, which is not final. */
export type TaskState = 'submitting' | 'running' | 'succeeded' | 'failed' | 'unknown';

/** What the service said of a task: the state as its integer. */
export interface TaskStatus extends ResponseInfo {
  readonly status: number;
}

const STATES: readonly TaskState[] = ['submitting', 'running', 'succeeded', 'failed'];
const MAX_TASK_ID = 2n ** 63n - 1n;

/** A TaskId from text: 1 to 2^63−1, decimal digits only, no leading zero. Throws a usage error. */
export function parseTaskId(text: string): TaskId {
  if (!/^[1-9]\d{0,18}$/.test(text) || BigInt(text) > MAX_TASK_ID)
    throw usageError((m) => m.usage.badTaskId(shortened(text)));
  return text as TaskId;
}

/** The word for the service's integer. Any integer outside 0–3 is `unknown`, which is never final. */
export function taskState(status: number): TaskState {
  return STATES[status] ?? 'unknown';
}

/** Succeeded and failed do not change any more. */
export function isFinal(state: TaskState): state is 'succeeded' | 'failed' {
  return state === 'succeeded' || state === 'failed';
}
