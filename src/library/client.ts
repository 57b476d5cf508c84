import { randomUUID } from 'node:crypto';
import {
  type CallOptions,
  type Client,
  createClient as createCoreClient,
  type TaskReply,
  type TaskResultReply,
} from '../core/client.ts';
import { resolveSettings, serviceSettings } from '../core/config/settings.ts';
import { serviceOrigin } from '../core/origin.ts';
import type { FailureClass } from '../core/rpc/error-codes.ts';
import type { AccessKey } from '../core/rpc/signature.ts';
import type { Transport } from '../core/rpc/transport.ts';
import { parseTaskId, type TaskId } from '../core/task.ts';
import type { PollOptions } from '../core/wait/waiter-options.ts';
import { boundedTransport, fetchTransport } from '../io/net/fetch-transport.ts';
import { systemClock } from '../io/system-clock.ts';
import { createRedactor, type Redactor } from '../text/redactor.ts';
import { checkAccessKey, findKey } from './key.ts';
import { checkNames, checkText, type Duration, durationText, expected } from './options.ts';
import { forManyCalls, isSignal } from './signal.ts';

/** With the same defaults and the same checks as on the command line. */
export interface ClientOptions {
  /** The key to sign with, or a function that finds it; called with `true` when the service refuses the one it gave before. */
  readonly accessKey: AccessKey | ((renew: boolean) => Promise<AccessKey>);
  /** Default `cn-beijing`, the only documented one. */
  readonly region?: string;
  /** Host or `http(s)://host[:port]`; default that of the region. */
  readonly endpoint?: string;
  /** Response format; default `json`. */
  readonly format?: 'json' | 'xml';
  /** Default `v1`. */
  readonly signature?: 'v1' | 'acs3';
  /** Default `get`. */
  readonly method?: 'get' | 'post';
  /** Timeout of one request; default 10 s. */
  readonly requestTimeout?: Duration;
  /** Sends the requests instead of undici: a function like `fetch`, or a {@link Transport}. How TLS is verified is then up to it. */
  readonly transport?: Transport | typeof fetch;
}

/** Limits of a call about a task by a wait, and where it counts what it sends. */
export interface TaskCallOptions extends PollOptions {
  readonly retries: 0;
}

/**
 * What a wait needs of a client: that of {@link createClient}, or anything else that knows the state of tasks. What it throws ends
 * the wait, and `watchTasks` and `waitForTasks` throw it again.
 */
export interface TaskClient {
  /** Polls a task once: retries are up to the wait. A state and a failure are both values. */
  getTaskStatus(taskId: string, options: TaskCallOptions): Promise<StatusReply>;
  /** Why a task failed, or where its result is. Without it a wait requests no results. */
  getTaskResult?(taskId: string, options: TaskCallOptions): Promise<TaskResultReply>;
  /** Throws for what is no task ID; without it any text that is not empty is one. */
  checkTaskId?(taskId: string): void;
  /** Drops the connections that are idle: after a laptop's sleep they are dead. */
  renewConnections?(): void;
  /** How far the service's clock is ahead of ours, in ms. */
  clockOffsetMs?(): number;
  /** Where the tasks are, for the `start` event and the command that resumes the wait; without it there is no such command. */
  readonly origin?: string;
  readonly region?: string;
}

/** What came of one poll. A failure without a class has that of its code and HTTP status, as if MultimediaAI had sent it. */
export type StatusReply =
  | {
      readonly ok: true;
      readonly result: {
        /** 0 submitting, 1 running, 2 succeeded, 3 failed; any other integer is not final. */
        readonly status: number;
        readonly requestId?: string | null;
        /** How long the server asks to wait before the next request. */
        readonly serverDelayMs?: number | undefined;
      };
    }
  | {
      readonly ok: false;
      readonly failure: {
        readonly code: string;
        readonly message: string;
        readonly http?: number | null;
        /** `transient` and `throttle` are retried, `notFound` for a while; `auth`, `permission` and `account` end the wait. */
        readonly class?: FailureClass;
        readonly requestId?: string | null;
        readonly serverDelayMs?: number | undefined;
      };
    };

/** The client of MultimediaAI. It keeps what it learned: connections, the clock's offset, what was sent. */
export interface ServiceClient extends Required<TaskClient>, Pick<Client, 'traffic'> {
  /**
   * Checks one task, and again up to `retries` times (default 3) while the failure is transient. A state and a failure are both
   * values; throws {@link MmaiError} for what is no task ID, and what `accessKey` throws.
   */
  getTaskStatus(taskId: string, options?: CallOptions): Promise<TaskReply>;
  /** The same for why a task failed, or where its result is. */
  getTaskResult(taskId: string, options?: CallOptions): Promise<TaskResultReply>;
  /** Drops the connections that are still being opened. Idle ones end by themselves and keep no process alive. */
  close(): void;
}

/** A client of the service. Throws {@link MmaiError} for an option that makes no sense. */
export function createClient(options: ClientOptions): ServiceClient {
  const { accessKey, transport: given, requestTimeout, ...texts } = checkNames(options, OPTIONS);
  if (typeof accessKey !== 'function') checkAccessKey(accessKey);
  for (const [name, value] of Object.entries(texts)) if (value !== undefined) checkText(value, name);
  const span = requestTimeout === undefined ? {} : { requestTimeout: durationText(requestTimeout, 'requestTimeout') };
  const { values } = resolveSettings({ ...texts, ...span }, {}, undefined, (name) => name);
  const redactor = createRedactor();
  const transport = chooseTransport(given, redactor);
  const origin = serviceOrigin(values);
  const client = createCoreClient({
    ...values,
    origin,
    transport,
    clock: systemClock,
    random: Math.random,
    nonce: randomUUID,
    redactor,
    debug() {},
    credentials: async (renew, until = Number.POSITIVE_INFINITY, signal) =>
      typeof accessKey === 'function'
        ? findKey(async () => accessKey(renew), { until, signal })
        : checkAccessKey(accessKey),
    requestTimeoutMs: values.requestTimeout,
  });
  return {
    origin,
    region: values.region,
    traffic: client.traffic,
    clockOffsetMs: client.clockOffsetMs,
    checkTaskId: parseTaskId,
    getTaskStatus: async (taskId, call) => client.getTaskStatus(checkedId(taskId), checkedCall(call)),
    getTaskResult: async (taskId, call) => client.getTaskResult(checkedId(taskId), checkedCall(call)),
    renewConnections: () => transport.renew(),
    close: () => transport.close(),
  };
}

// --- internal ---

const OPTIONS: readonly (keyof ClientOptions)[] = [
  'accessKey',
  'transport',
  ...serviceSettings.filter((name) => name !== 'caFile'),
];

const CALL_OPTIONS: readonly (keyof CallOptions)[] = [
  'retries',
  'timeoutMs',
  'signal',
  'traffic',
  'keepsBody',
  'onSend',
];

/** Throws an {@link MmaiError} for a name or a type that is wrong. */
function checkedCall(call: CallOptions = {}): CallOptions {
  const { retries = 3, timeoutMs = 0, signal } = checkNames(call, CALL_OPTIONS);
  for (const [name, value] of Object.entries({ retries, timeoutMs })) {
    if (typeof value !== 'number' || !(value >= 0)) throw expected(name, 'amount', value);
  }
  if (signal !== undefined && !isSignal(signal)) throw expected('signal', 'signal', signal);
  return { ...call, retries, ...(signal && { signal: forManyCalls(signal) }) };
}

/** A number may have been rounded to the ID of another task. */
function checkedId(taskId: unknown): TaskId {
  return parseTaskId(checkText(taskId, 'taskId'));
}

function chooseTransport(given: ClientOptions['transport'], redactor: Redactor): Transport {
  if (given === undefined) return lazyTransport(redactor);
  if (typeof given === 'function') return fetchTransport(given);
  const isWhole = [given?.send, given?.renew, given?.close].every((method) => typeof method === 'function');
  if (!isWhole) throw expected('transport', 'transport', given);
  return boundedTransport(given);
}

/** The built-in transport, loaded with the first request. */
function lazyTransport(redactor: Redactor): Transport {
  let made: Promise<Transport> | undefined;
  const make = async () =>
    (await import('../io/net/transport.ts')).createTransport({
      caFile: undefined,
      env: process.env,
      now: systemClock.monotonic,
      redactor,
    });
  return {
    async send(request) {
      made ??= make();
      return (await made).send(request);
    },
    // Where it could not be made, `send` has rejected.
    renew() {
      made?.then((transport) => transport.renew()).catch(() => {});
    },
    close() {
      made?.then((transport) => transport.close()).catch(() => {});
    },
  };
}
