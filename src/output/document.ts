import type { TaskReply } from '../core/client.ts';
import type { Traffic } from '../core/rpc/call.ts';
import type { Failure } from '../core/rpc/response.ts';
import { type TaskId, type TaskState, taskState } from '../core/task.ts';
import type { Messages } from '../locales/en/messages.ts';

/** An error as every machine format tells it (specification §5). */
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

/** The one json document of `status`. */
export interface StatusDocument {
  readonly tasks: readonly TaskRow[];
  readonly summary: Traffic & {
    readonly exitCode: number;
    readonly counts: Readonly<Record<TaskState | 'error', number>>;
  };
}

export function taskRow(id: TaskId, reply: TaskReply, messages: Messages): TaskRow {
  if (reply.ok) {
    const { status, requestId } = reply.answer;
    return { id, state: taskState(status), status, requestId };
  }
  const error = errorObject(reply.failure, messages);
  return { id, state: 'unknown', status: null, requestId: error.requestId, error };
}

export function errorObject(failure: Failure, messages: Messages): ErrorObject {
  const { code, http, message, requestId, topic } = failure;
  return { code, http, message, hint: topic ? messages.codes[topic].hint : null, requestId, class: failure.class };
}

export function statusDocument(tasks: readonly TaskRow[], traffic: Traffic, exitCode: number): StatusDocument {
  const counts = { submitting: 0, running: 0, succeeded: 0, failed: 0, unknown: 0, error: 0 };
  for (const task of tasks) counts[task.error ? 'error' : task.state] += 1;
  return { tasks, summary: { exitCode, counts, ...traffic } };
}
