import type { TaskReply, TaskResultReply } from '../core/client.ts';
import { within } from '../core/clock.ts';
import { serviceOrigin } from '../core/origin.ts';
import { classify, RETRY_RULES } from '../core/rpc/error-codes.ts';
import { type Failed, networkFailure } from '../core/rpc/response.ts';
import type { TaskId } from '../core/task.ts';
import type { EndEvent } from '../core/wait/events.ts';
import { resumeFlags, WATCH_DEFAULTS, type WatchFlags, waiterOptions } from '../core/wait/flags.ts';
import { Waiter } from '../core/wait/waiter.ts';
import type { PollOptions, WaiterOptions } from '../core/wait/waiter-options.ts';
import { timeoutError } from '../io/net/network-errors.ts';
import { systemClock } from '../io/system-clock.ts';
import { en } from '../locales/en/messages.ts';
import { type WatchDocument, type WatchedRow, watchDocument } from '../output/watch-document.ts';
import { eventStamp, startEvent, versionEvent, type WatchEvent, watchEvent } from '../output/watch-events.ts';
import { MAX_TIMER_MS } from '../text/duration.ts';
import type { StatusReply, TaskCallOptions, TaskClient } from './client.ts';
import { checkText, expected, type WaitOptions, watchFlags } from './options.ts';
import { forManyCalls } from './signal.ts';

/** The json document of `mmai watch`: each task, and how the wait ended. */
export interface WaitDocument extends Omit<WatchDocument, 'tasks'> {
  readonly tasks: readonly WatchedRow[];
}

/**
 * Waits for tasks and yields the events of `mmai watch --output ndjson`, the summary last, with the exit code that the command would
 * have (130 when `signal` aborts). Throws {@link MmaiError} at the call for an ID or an option that makes no sense; the iterator
 * throws what the client throws, `accessKey` for instance.
 */
export function watchTasks(
  client: TaskClient,
  taskIds: readonly string[],
  options: WaitOptions = {},
): AsyncGenerator<WatchEvent, void> {
  const plan = planWait(client, taskIds, options);
  let waiter: Waiter | undefined;
  const events = eventsOf(plan, () => {
    waiter = startWaiter(plan);
    return waiter;
  });
  // As a generator has them, they would wait for the next event while a reader does, for minutes: as a stream that is destroyed.
  const { return: end, throw: fail } = events;
  const stop = () => {
    waiter?.stop();
    return events;
  };
  return Object.assign(events, {
    return: (value: undefined) => end.call(stop(), value),
    throw: (error: unknown) => fail.call(stop(), error),
  });
}

/** Waits for tasks; resolves with the document of the wait, however the tasks ended. Rejects where {@link watchTasks} throws. */
export async function waitForTasks(
  client: TaskClient,
  taskIds: readonly string[],
  options: WaitOptions = {},
): Promise<WaitDocument> {
  const plan = planWait(client, taskIds, options);
  for await (const event of startWaiter(plan).events()) {
    if (event.type !== 'end') continue;
    if (event.error) throw event.error;
    const { tasks, summary, ...error } = documentOf(event, plan);
    return { tasks: [...tasks], ...error, summary: { ...summary } };
  }
  throw new Error('a wait without an end');
}

// --- internal ---

/** A wait whose options are checked. */
interface Plan {
  readonly client: TaskClient;
  readonly flags: WatchFlags;
  readonly options: WaiterOptions;
  readonly signal: AbortSignal;
}

function planWait(client: TaskClient, taskIds: readonly string[], options: WaitOptions): Plan {
  if (typeof client?.getTaskStatus !== 'function') throw expected('client', 'client', client);
  const flags = { ...WATCH_DEFAULTS, ...watchFlags(options) };
  if (!Array.isArray(taskIds)) throw expected('taskIds', 'taskIds', taskIds);
  for (const [index, id] of taskIds.entries()) {
    if (typeof id !== 'string' || id === '') throw expected(`taskIds[${index}]`, 'taskId', id);
    client.checkTaskId?.(id);
  }
  const ids = [...new Set(taskIds)] as TaskId[];
  const nameOf = (option: keyof WatchFlags) => (option === 'noResults' ? 'results' : option);
  const { signal = new AbortController().signal } = options;
  return { client, flags, options: waiterOptions(ids, flags, nameOf), signal: forManyCalls(signal) };
}

function startWaiter({ client, options, signal }: Plan): Waiter {
  return new Waiter(options, {
    clock: systemClock,
    random: Math.random,
    signal,
    poll: async (id, limits) =>
      wholeReply(await sent('getTaskStatus', limits, (options) => client.getTaskStatus(id, options))),
    result:
      client.getTaskResult &&
      (async (id, limits) =>
        checkedResult(await sent('getTaskResult', limits, (options) => client.getTaskResult!(id, options)))),
    debug() {},
    renewConnections: () => client.renewConnections?.(),
  });
}

/** The events of a wait whose last round comes in time, however long the reader is busy with each. */
async function* eventsOf(plan: Plan, start: () => Waiter): AsyncGenerator<WatchEvent, void> {
  const waiter = start();
  for await (const event of stampedEvents(waiter, plan)) {
    let read = () => {};
    void waiter.holdFor(
      new Promise<void>((resolve) => {
        read = resolve;
      }),
    );
    yield event;
    read();
  }
}

async function* stampedEvents(waiter: Waiter, plan: Plan): AsyncGenerator<WatchEvent, void> {
  const { origin = '', region = '' } = plan.client;
  const stamp = eventStamp(waiter, systemClock);
  yield stamp(versionEvent(process.pid));
  yield stamp(startEvent(plan.options, { endpoint: origin, region, profile: '' }, systemClock));
  for await (const event of waiter.events()) {
    if (event.type === 'end') {
      yield stamp({ type: 'summary', ...documentOf(event, plan).summary });
      if (event.error) throw event.error;
    } else {
      const unstamped = watchEvent(event, en);
      if (unstamped) yield stamp(unstamped);
    }
  }
}

function documentOf(end: EndEvent, { client, flags }: Plan): WatchDocument {
  const { origin, region } = client;
  const isUsual = region !== undefined && origin === serviceOrigin({ region });
  const place = { ...(region && { region }), ...(origin && !isUsual && { endpoint: origin }) };
  const resume = (succeeded: number, left: number) => resumeFlags({ ...flags, ...place }, succeeded, left);
  const { summary, ...rest } = watchDocument(end, client.clockOffsetMs?.() ?? 0, resume, en);
  // The command knows the tasks of MultimediaAI only.
  return { ...rest, summary: origin === undefined ? { ...summary, resume: null } : summary };
}

/** A reply with everything that the wait reads of one. */
function wholeReply(reply: StatusReply): TaskReply {
  checkPart('getTaskStatus', reply?.ok ? reply.result : reply?.failure);
  const serverDelayMs = wholeDelay(reply.ok ? reply.result.serverDelayMs : reply.failure.serverDelayMs);
  if (reply.ok) {
    const { status } = reply.result;
    // Any other value would be waited for to the deadline.
    if (!Number.isInteger(status)) throw expected('getTaskStatus: status', 'integer', status);
    return { ok: true, result: { requestId: null, http: 200, ...reply.result, serverDelayMs } };
  }
  const { failure } = reply;
  const { code, http = null, class: given } = failure;
  const known = classify(checkText(code, 'getTaskStatus: code'), http ?? 0);
  // A code may have a rule of its own.
  const meaning = !given || given === known.class ? known : { ...known, class: given, retry: RETRY_RULES[given] };
  const unknown = { requestId: null, recommend: null, serverTime: undefined };
  return { ok: false, failure: { ...unknown, ...failure, serverDelayMs, http, ...meaning } };
}

/** The reply, if it is one; throws otherwise, and the wait goes on without results. */
function checkedResult(reply: TaskResultReply): TaskResultReply {
  checkPart('getTaskResult', reply?.ok ? reply.result?.result : reply?.failure);
  return reply;
}

function checkPart(name: keyof TaskClient, part: unknown): void {
  if (typeof part !== 'object' || part === null) throw expected(name, 'object', part);
}

/** No hint but a positive number: `Number` of a header that is not there is NaN, and a task due then would never be polled. */
function wholeDelay(ms: number | undefined): number | undefined {
  return typeof ms === 'number' && ms > 0 ? ms : undefined;
}

/** How long after its time limit a call that does not heed it ends, in ms. */
const GRACE_MS = 50;

/**
 * What a client's call resolves with, or a failure at its limits, which the client may not heed: eight calls that hang would keep the
 * wait from all tasks. A wait ends with errors only: whatever else is thrown becomes one.
 */
async function sent<Reply>(
  name: keyof TaskClient,
  limits: PollOptions,
  call: (options: TaskCallOptions) => Promise<Reply>,
): Promise<Reply | Failed> {
  // As every timer can hold it: `AbortSignal.timeout` throws for a fraction and for Infinity.
  const timeoutMs = Math.min(Math.ceil(limits.timeoutMs), MAX_TIMER_MS);
  const signal = forManyCalls(limits.signal);
  const timeout = () => timeoutError(() => name, timeoutMs);
  const late = (): Failed => ({ ok: false, failure: networkFailure(timeout(), String) });
  try {
    const work = call({ ...limits, timeoutMs, signal, retries: 0 });
    return await within<Reply | Failed>(systemClock, { ms: timeoutMs + GRACE_MS, signal }, work, late);
  } catch (thrown) {
    // As most clients do for a call that was given up: the wait may go on, after a sleep.
    if (signal.aborted) return late();
    throw thrown instanceof Error ? thrown : new Error(String(thrown));
  }
}
