import assert from 'node:assert/strict';
import type { TaskReply, TaskResultReply } from '../../src/core/client.ts';
import type { Failure } from '../../src/core/rpc/response.ts';
import { parseTaskId, type ResultDetails, type TaskId } from '../../src/core/task.ts';
import type { EndEvent, WaiterEvent } from '../../src/core/wait/events.ts';
import { Waiter } from '../../src/core/wait/waiter.ts';
import type { PollOptions, WaiterDeps, WaiterOptions } from '../../src/core/wait/waiter-options.ts';
import { type FakeClock, fakeClock } from './clock.ts';
import { classifyFailure } from './failure.ts';

/** What a poll of a task gives at a second of the wait: a status, a failure or its code; or nothing until the time limit (`hang`). */
export type Life = 'hang' | ((second: number, poll: number) => number | string | Failure);

export const finishedAt =
  (second: number, status = 2): Life =>
  (now) =>
    now >= second ? status : 1;

const details: ResultDetails = {
  reason: { name: 'Download fail', code: '1000', message: null, detail: null },
  ...{ url: null, urlExpiresAt: null, analysisSeconds: null, videoName: null, videoUrl: null, applicationId: null },
};

/** A result with the reason of a failure. */
export const replied = (status = 3): TaskResultReply => ({
  ok: true,
  result: { status, requestId: 'R', http: 200, result: details },
});

/** Called at each poll, to press keys or move clocks. */
export type Meddle = (waiter: Waiter, clock: FakeClock) => void;

interface WaitOptions extends Partial<WaiterOptions>, Pick<WaiterDeps, 'keptOf'> {
  /** What a response takes, by how often the task was polled before; Infinity where it never comes. */
  readonly latencyMs?: number | ((poll: number) => number);
  /** How long a poll waits before it is sent, since other waits with the same client come first. */
  readonly unsentMs?: number;
  /** After how long a poll that hangs ends; by default with the time limit that it is given. */
  readonly requestTimeoutMs?: number;
  /** How long the server asks to wait after each status. */
  readonly hintMs?: number;
  readonly meddle?: Meddle;
  readonly random?: () => number;
  /** The response to a request for a result, which takes `latencyMs` too. */
  readonly result?: (
    id: TaskId,
    options: PollOptions,
    sleep: (ms: number) => Promise<void>,
  ) => Promise<TaskResultReply>;
}

/** Options of a wait for these ids, with the defaults of the command line. */
export function waitFor(ids: readonly TaskId[], overrides: Partial<WaiterOptions> = {}): WaiterOptions {
  return {
    ...{ ids, mode: 'all', need: ids.length, failFast: false, until: 'ended' },
    ...{ timeoutMs: 30 * 60_000, intervalMs: 'auto', maxIntervalMs: 30_000 },
    ...{ errorBudgetMs: 300_000, notFoundGraceMs: 10_000, maxRps: 10, heartbeatMs: 'auto', timeoutExitCode: 124 },
    results: 'failed',
    ...{ queueTimeoutMs: Number.POSITIVE_INFINITY, stallTimeoutMs: Number.POSITIVE_INFINITY },
    ...overrides,
  };
}

/** Runs a wait to its end on a virtual clock. */
export async function wait(lives: Record<string, Life>, options: WaitOptions = {}) {
  const {
    latencyMs: latency = 0,
    requestTimeoutMs = Number.POSITIVE_INFINITY,
    unsentMs = 0,
    hintMs,
    meddle = () => {},
    random = () => 0.5,
    result,
    keptOf,
    ...overrides
  } = options;
  const latencyMs = (poll: number) => (typeof latency === 'number' ? latency : latency(poll));
  const clock = fakeClock();
  const start = clock.monotonic();
  const ids = Object.keys(lives).map(parseTaskId);
  const asked: { id: string; at: number }[] = [];
  const polls = new Map<string, number>();
  const controller = new AbortController();
  let renewals = 0;
  const poll = async (id: TaskId, { timeoutMs, signal, traffic, onSend }: PollOptions): Promise<TaskReply> => {
    if (unsentMs > 0) await clock.sleep(unsentMs, signal);
    onSend?.();
    traffic.requests += 1;
    assert.ok(timeoutMs >= 0, `a time limit of ${timeoutMs} ms`);
    const count = polls.get(id) ?? 0;
    polls.set(id, count + 1);
    asked.push({ id, at: (clock.monotonic() - start) / 1000 });
    meddle(waiter, clock);
    const life = lives[id]!;
    const takesMs = latencyMs(count);
    if (life === 'hang' || takesMs === Number.POSITIVE_INFINITY) {
      await clock.sleep(Math.min(timeoutMs, requestTimeoutMs), signal);
      return { ok: false, failure: classifyFailure('Network.Timeout') };
    }
    if (takesMs > 0) await clock.sleep(takesMs, signal);
    if (signal.aborted) return { ok: false, failure: classifyFailure('Network.ConnectionReset') };
    const given = life((clock.monotonic() - start) / 1000, count);
    if (given === 'hang') {
      await clock.sleep(Math.min(timeoutMs, requestTimeoutMs) - latencyMs(count), signal);
      return { ok: false, failure: classifyFailure('Network.Timeout') };
    }
    if (typeof given === 'string') return { ok: false, failure: classifyFailure(given) };
    if (typeof given === 'object') return { ok: false, failure: given };
    const response = { requestId: 'R', http: 200, serverDelayMs: hintMs, body: new Uint8Array() };
    return { ok: true, result: { status: given, ...response } };
  };
  const results: { id: string; at: number }[] = [];
  const debugged: string[] = [];
  const requestResult = async (id: TaskId, options: PollOptions) => {
    results.push({ id, at: (clock.monotonic() - start) / 1000 });
    if (latency) await clock.sleep(latencyMs(0));
    return result!(id, options, (ms) => clock.sleep(ms));
  };
  const waiter = new Waiter(waitFor(ids, overrides), {
    ...{ clock, random, poll, signal: controller.signal },
    keptOf,
    debug: (line: string) => void debugged.push(line),
    ...(result && { result: requestResult }),
    renewConnections: () => {
      renewals += 1;
    },
  });
  const events: WaiterEvent[] = [];
  const emittedAt: number[] = [];
  for await (const event of waiter.events()) {
    events.push(event);
    emittedAt.push(waiter.elapsedMs());
  }
  const end = events.at(-1) as EndEvent;
  assert.equal(end.type, 'end');
  return { events, end, asked, emittedAt, results, debugged, elapsed: (clock.monotonic() - start) / 1000, renewals };
}

export const of = <T extends WaiterEvent['type']>(events: WaiterEvent[], type: T) =>
  events.filter((event): event is Extract<WaiterEvent, { type: T }> => event.type === type);

/** As many tasks as this, with ids from 1. */
export function lives(count: number, life: (index: number) => Life): Record<string, Life> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [index + 1, life(index)]));
}
