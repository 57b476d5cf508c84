import type { TaskReply } from '../core/client.ts';
import { ownError } from '../core/outcome.ts';
import type { Traffic } from '../core/rpc/call.ts';
import type { Failure } from '../core/rpc/response.ts';
import { type TaskId, type TaskState, taskState } from '../core/task.ts';
import { exitCodeOf, MmaiError } from '../errors.ts';
import type { Messages } from '../locales/en/messages.ts';
import { visible } from '../text/safe-text.ts';
import { hintOf } from './failures.ts';

/** An error in every machine format. */
export interface ErrorObject {
  readonly code: string;
  readonly http: number | null;
  readonly message: string;
  readonly hint: string | null;
  readonly requestId: string | null;
  readonly class: string;
}

/** One task in the json document. `state` is `unknown` and `status` null where there is an `error`. */
export interface TaskRow {
  readonly id: TaskId;
  readonly state: TaskState;
  readonly status: number | null;
  readonly requestId: string | null;
  readonly error?: ErrorObject;
}

/** The one json document of `status`, and of `result`, whose rows have more. */
export interface StatusDocument<Row extends TaskRow = TaskRow> {
  readonly tasks: readonly Row[];
  /** What stopped the whole run. */
  readonly error?: ErrorObject;
  readonly summary: Traffic & {
    readonly exitCode: number;
    readonly counts: Readonly<Record<TaskState | 'error', number>>;
  };
}

export function taskRow(id: TaskId, reply: TaskReply, messages: Messages): TaskRow {
  if (reply.ok) {
    const { status, requestId } = reply.result;
    return { id, state: taskState(status), status, requestId };
  }
  const error = errorObject(reply.failure, messages);
  return { id, state: 'unknown', status: null, requestId: error.requestId, error };
}

export function errorObject(failure: Failure, messages: Messages): ErrorObject {
  const { code, http, message, requestId } = failure;
  return { code, http, message, hint: hintOf(failure, messages), requestId, class: failure.class };
}

/** An error that concerns no single task, or a bug, in every machine format. The message is English, as a service's is. */
export function thrownObject(error: Error, messages: Messages): ErrorObject {
  const isExpected = error instanceof MmaiError;
  const { code, class: errorClass } = ownError(exitCodeOf(error));
  const hint = isExpected ? error.hint?.(messages) : messages.bugHint;
  const shown = { message: visible(error.message), hint: hint?.split('\n').map(visible).join('\n') ?? null };
  return { code, http: null, ...shown, requestId: null, class: errorClass };
}

/** `refusal` is what stopped the whole run, for it would have met every task. */
export function statusDocument<Row extends TaskRow>(
  tasks: readonly Row[],
  traffic: Traffic,
  exitCode: number,
  refusal?: ErrorObject,
): StatusDocument<Row> {
  const counts = { submitting: 0, running: 0, succeeded: 0, failed: 0, unknown: 0, error: 0 };
  for (const task of tasks) counts[task.error ? 'error' : task.state] += 1;
  return { tasks, ...(refusal && { error: refusal }), summary: { exitCode, counts, ...traffic } };
}
