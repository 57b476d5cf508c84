import type { ResponseInfo } from '../rpc/response.ts';
import { integerField, type ResponseFields } from '../rpc/response-fields.ts';
import type { TaskStatus } from '../task.ts';
import { taskOperation } from './task-operation.ts';

/** GetTaskStatus: the state of a task. */
export const getTaskStatus = taskOperation('GetTaskStatus', parseTaskStatus, ({ status }) => `status ${status}`);

/** An object written out, one for every poll: those made by spreading are left to V8's slow collection. */
export function parseTaskStatus(
  fields: ResponseFields,
  { requestId, http, serverDelayMs, body }: ResponseInfo,
): TaskStatus | undefined {
  const status = integerField(fields, 'status');
  return status === undefined ? undefined : { status, requestId, http, serverDelayMs, body };
}
