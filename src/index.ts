/** mmai for programs: the same core as the command, typed. Nothing is read, opened or sent on import. */
import { randomUUID } from 'node:crypto';
import process from 'node:process';
import {
  type CallOptions,
  type Client,
  createClient as createCoreClient,
  type TaskReply,
  type TaskResultReply,
} from './core/client.ts';
import { resolveSettings, serviceOrigin } from './core/config/settings.ts';
import { type ApiCall, type SignedRequest, signedRequest } from './core/rpc/request.ts';
import type { AccessKey } from './core/rpc/signature.ts';
import type { Transport } from './core/rpc/transport.ts';
import { parseTaskId } from './core/task.ts';
import { resumeFlags, WATCH_DEFAULTS, type WatchFlags, waiterOptions } from './core/wait/flags.ts';
import { Waiter } from './core/wait/waiter.ts';
import { ExitCode } from './errors.ts';
import { fetchTransport } from './io/net/fetch-transport.ts';
import { en } from './locales/en/messages.ts';
import { watchDocument } from './output/watch-document.ts';
import { eventStamp, startEvent, versionEvent, type WatchEvent, watchEvent } from './output/watch-events.ts';
import { systemClock } from './system.ts';
import { createRedactor, type Redactor } from './text/redactor.ts';

export type { CallOptions, Client, TaskReply, TaskResultReply } from './core/client.ts';
export type { Traffic } from './core/rpc/call.ts';
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
export type { WatchFlags } from './core/wait/flags.ts';
export { ExitCode, MmaiError } from './errors.ts';
export type { WatchSummary } from './output/watch-document.ts';
export type { WatchEvent } from './output/watch-events.ts';

/** The settings are texts as on the command line, with the same defaults and the same checks. */
export interface ClientOptions {
  /** The key to sign with, or a function that finds it; called with `true` when the service refuses the one it gave before. */
  readonly accessKey: AccessKey | ((renew: boolean) => Promise<AccessKey>);
  /** Default `cn-beijing`, the only documented one. */
  readonly region?: string;
  /** Host or `http(s)://host[:port]`; default that of the region. */
  readonly endpoint?: string;
  /** Wire format: `json` (default) or `xml`. */
  readonly format?: string;
  /** `v1` (default) or `acs3`. */
  readonly signature?: string;
  /** `get` (default) or `post`. */
  readonly method?: string;
  /** Time limit of one request, a duration like `500ms` or `10s` (default). */
  readonly requestTimeout?: string;
  /** Sends the requests instead of undici: a function like `fetch`, or a {@link Transport}. */
  readonly transport?: Transport | typeof fetch;
}

/** Asks about tasks, and remembers what it learned on the way: connections, the clock's offset, what was sent. */
export interface TaskClient extends Pick<Client, 'traffic' | 'clockOffsetMs'> {
  /** `http(s)://host[:port]` and region that are asked. */
  readonly origin: string;
  readonly region: string;
  /**
   * Asks about one task, and again up to `retries` times (default 3) while the failure is transient. An answer and a failure are
   * both values; throws {@link MmaiError} for what is no task id, and what `accessKey` throws.
   */
  getTaskStatus(taskId: string, options?: CallOptions): Promise<TaskReply>;
  /** The same for why a task failed, or where its result is. */
  getTaskResult(taskId: string, options?: CallOptions): Promise<TaskResultReply>;
  /** Drops the connections that are idle: after a laptop's sleep they are dead. */
  renewConnections(): void;
  /** Gives up the connections that are still being opened. Idle ones end by themselves and keep nothing alive. */
  close(): void;
}

/** A client of the service. Throws {@link MmaiError} for a setting that makes no sense. */
export function createClient({ accessKey, transport: given, ...flags }: ClientOptions): TaskClient {
  const { values } = resolveSettings(flags, {}, undefined);
  const redactor = createRedactor();
  const transport = typeof given === 'object' ? given : given ? fetchTransport(given) : lazyTransport(redactor);
  const [origin, region] = [serviceOrigin(values), values.region];
  const client = createCoreClient({
    ...{ origin, region, format: values.format, signature: values.signature, method: values.method },
    ...{ transport, clock: systemClock, random: Math.random, nonce: randomUUID },
    redactor,
    credentials: typeof accessKey === 'function' ? accessKey : async () => accessKey,
    requestTimeoutMs: values.requestTimeout,
    debug: undefined,
  });
  const getTaskStatus: TaskClient['getTaskStatus'] = async (taskId, options) =>
    client.getTaskStatus(parseTaskId(taskId), { retries: 3, ...options });
  const getTaskResult: TaskClient['getTaskResult'] = async (taskId, options) =>
    client.getTaskResult(parseTaskId(taskId), { retries: 3, ...options });
  const [renewConnections, close] = [() => transport.renew(), () => transport.close()];
  const { traffic, clockOffsetMs } = client;
  return { origin, region, traffic, clockOffsetMs, getTaskStatus, getTaskResult, renewConnections, close };
}

/** The flags of `mmai watch` that say how to wait, as texts or `true`, with their defaults; and a signal that ends the wait. */
export interface WatchTasksOptions extends Partial<WatchFlags> {
  readonly signal?: AbortSignal;
}

/**
 * Waits for tasks and yields the events of `mmai watch --output ndjson`, the summary last, with the exit code the command would
 * have (130 when `signal` aborts). Throws {@link MmaiError} for an id or a flag that makes no sense, and what `accessKey` throws.
 */
export async function* watchTasks(
  client: TaskClient,
  taskIds: readonly string[],
  { signal, ...given }: WatchTasksOptions = {},
): AsyncGenerator<WatchEvent, void> {
  const flags = { ...WATCH_DEFAULTS, ...given };
  const plan = waiterOptions([...new Set(taskIds.map(parseTaskId))], flags);
  const waiter = new Waiter(plan, {
    ...{ clock: systemClock, random: Math.random, signal: signal ?? new AbortController().signal },
    poll: (id, options) => client.getTaskStatus(id, { ...options, retries: 0 }),
    result: (id, options) => client.getTaskResult(id, { ...options, retries: 0 }),
    renewConnections: client.renewConnections,
    interruptCode: () => ExitCode.interrupted,
  });
  const stamp = eventStamp(waiter, systemClock);
  yield stamp(versionEvent(process.pid));
  const { origin: endpoint, region } = client;
  yield stamp(startEvent(plan, { endpoint, region, profile: '' }, systemClock));
  for await (const event of waiter.events()) {
    if (event.type === 'end') {
      const resume = (succeeded: number, left: number) => resumeFlags(flags, succeeded, left);
      yield stamp({ type: 'summary', ...watchDocument(event, client.clockOffsetMs(), resume, en).summary });
      if (event.error) throw event.error;
    } else {
      const unstamped = watchEvent(event, en);
      if (unstamped) yield stamp(unstamped);
    }
  }
}

/** The signed request of any RPC-style call, ready to be sent once and within 15 minutes: the nonce and the time are fresh. */
export function signRpc(call: ApiCall, accessKey: AccessKey): Omit<SignedRequest, 'secrets' | 'signedTexts'> {
  const {
    secrets: _,
    signedTexts: __,
    ...request
  } = signedRequest(call, accessKey, {
    now: systemClock.now(),
    nonce: randomUUID(),
  });
  return request;
}

// --- internal ---

/** The built-in transport, loaded with the first request. */
function lazyTransport(redactor: Redactor): Transport {
  let made: Promise<Transport> | undefined;
  const make = async () =>
    (await import('./io/net/transport.ts')).createTransport({
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
    renew() {
      void made?.then((transport) => transport.renew());
    },
    close() {
      void made?.then((transport) => transport.close());
    },
  };
}
