import { getTaskResult } from './operations/get-task-result.ts';
import { getTaskStatus } from './operations/get-task-status.ts';
import type { RequestOptions } from './operations/task-operation.ts';
import { callRpc, type FindKey, noTraffic, type RpcDeps, type Traffic } from './rpc/call.ts';
import type { Reply } from './rpc/response.ts';
import { createServiceClock } from './rpc/service-clock.ts';
import { MAX_IN_FLIGHT } from './rpc/transport.ts';
import { Turns } from './rpc/turns.ts';
import type { TaskId, TaskResult, TaskStatus } from './task.ts';

/** What a client calls the service with. */
export interface ClientOptions extends RequestOptions, RpcDeps {
  /** The longest one attempt may take, in ms. */
  readonly requestTimeoutMs: number;
  readonly credentials: FindKey;
  /** Called once, when our clock is found to be more than five minutes off; `offsetMs` is what has to be added to it. */
  readonly onClockOff?: (offsetMs: number) => void;
}

/** What came of one call about a task. */
export type TaskReply = Reply<TaskStatus>;
export type TaskResultReply = Reply<TaskResult>;

/** Limits of one call. */
export interface CallOptions {
  /** How often a transient failure is tried again; 0 if not given. */
  readonly retries?: number;
  /** How long the call may take, in ms, retries included; for ever if not given. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  /** Counts what this call sends, for callers that share a client; by default {@link Client.traffic}. */
  readonly traffic?: Traffic;
  /** The result or failure has the response's body. */
  readonly keepsBody?: boolean;
  /** Called whenever a request of this call is sent: it may have waited for other calls of the client. */
  readonly onSend?: () => void;
}

/** The service, as the commands and the library use it: a method an operation. */
export interface Client {
  /** What was sent by calls that were given no counter of their own. */
  readonly traffic: Traffic;
  /** How far the service's clock is ahead of ours, in ms, as learned. */
  clockOffsetMs(): number;
  getTaskStatus(taskId: TaskId, options?: CallOptions): Promise<TaskReply>;
  getTaskResult(taskId: TaskId, options?: CallOptions): Promise<TaskResultReply>;
}

/** A client that sends nothing until called. Its calls reject with what `credentials` throws, and with a bad proxy variable. */
export function createClient(options: ClientOptions): Client {
  const { clock, credentials, requestTimeoutMs } = options;
  const serviceClock = createServiceClock(clock, options.debug, options.onClockOff);
  const service = { ...options, serviceClock, turns: new Turns(MAX_IN_FLIGHT) };
  const traffic = noTraffic();
  const policyOf = (given: CallOptions) => ({
    retries: given.retries ?? 0,
    attemptMs: requestTimeoutMs,
    deadline: given.timeoutMs === undefined ? Number.POSITIVE_INFINITY : clock.monotonic() + given.timeoutMs,
    signal: given.signal,
    traffic: given.traffic ?? traffic,
    keepsBody: given.keepsBody,
    onSend: given.onSend,
  });
  const statusOf = getTaskStatus.calls(options, service);
  const resultOf = getTaskResult.calls(options, service);
  return {
    traffic,
    clockOffsetMs: () => serviceClock.offsetMs,
    getTaskStatus: (taskId, given = {}) => callRpc(statusOf(taskId), credentials, policyOf(given)),
    getTaskResult: (taskId, given = {}) => callRpc(resultOf(taskId), credentials, policyOf(given)),
  };
}
