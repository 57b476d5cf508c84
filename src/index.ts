/** mmai for programs: the same core as the command, typed. Nothing is read, opened or sent on import. */
import { randomUUID } from 'node:crypto';
import { type ApiCall, type SignedRequest, signedRequest } from './core/rpc/request.ts';
import type { AccessKey } from './core/rpc/signature.ts';
import { systemClock } from './io/system-clock.ts';
import { checkApiCall } from './library/api-call.ts';
import { checkAccessKey } from './library/key.ts';

export type { CallOptions, TaskReply, TaskResultReply } from './core/client.ts';
export type { Traffic } from './core/rpc/call.ts';
export type { FailureClass } from './core/rpc/error-codes.ts';
export type { ApiCall, SignedRequest } from './core/rpc/request.ts';
export type { Failure, Reply, ResponseInfo } from './core/rpc/response.ts';
export type { AccessKey } from './core/rpc/signature.ts';
export type { HttpRequest, HttpResponse, Transport } from './core/rpc/transport.ts';
export {
  type FailureReason,
  type ResultDetails,
  type TaskResult,
  type TaskState,
  type TaskStatus,
  taskState,
} from './core/task.ts';
export { ExitCode, MmaiError } from './errors.ts';
export {
  type ClientOptions,
  createClient,
  type ServiceClient,
  type StatusReply,
  type TaskCallOptions,
  type TaskClient,
} from './library/client.ts';
export type { Duration, WaitOptions } from './library/options.ts';
export { type WaitDocument, waitForTasks, watchTasks } from './library/wait.ts';
export type { WatchedRow, WatchSummary } from './output/watch-document.ts';
export type { WatchEvent } from './output/watch-events.ts';

/**
 * The signed request of any RPC-style call, ready to be sent once and within 15 minutes: the nonce and the time are fresh. Throws
 * {@link MmaiError} for what is no AccessKey, and for a part of the call that is missing or wrong.
 */
export function signRpc(call: ApiCall, accessKey: AccessKey): Omit<SignedRequest, 'secrets' | 'signedTexts'> {
  const stamp = { now: systemClock.now(), nonce: randomUUID() };
  const {
    secrets: _,
    signedTexts: __,
    ...request
  } = signedRequest(checkApiCall(call), checkAccessKey(accessKey), stamp);
  return request;
}
