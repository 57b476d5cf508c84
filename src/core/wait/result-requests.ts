import type { TaskResultReply } from '../client.ts';
import type { TaskEnd } from '../outcome.ts';
import type { Traffic } from '../rpc/call.ts';
import type { Failure } from '../rpc/response.ts';
import type { ResultDetails, TaskId, TaskResult } from '../task.ts';
import { hintMs, resultEvent } from './acceptor.ts';
import { MAX_LATE_MS, TICK_MS } from './elapsed.ts';
import type { ResultEvent } from './events.ts';
import { Heap } from './heap.ts';
import type { PollQueue } from './poll-queue.ts';
import type { PollOptions, WaiterDeps, WaiterOptions } from './waiter-options.ts';
import type { Watched } from './watched.ts';

/** The longest that one request may take, that an event waits, and that a wait goes on after its end, in ms. */
const RESULT_TIMEOUT_MS = 5000;
/** Between a transient failure and the one retry, in ms. */
const RETRY_MS = 500;

/** A request that is to be sent. */
interface ResultRequest {
  /** In ms since the wait began. */
  due: number;
  readonly order: number;
  readonly task: Watched;
  readonly isRetry: boolean;
}

/**
 * The results of tasks that have ended. The event of such a task waits for its result, a few seconds at most; nothing that comes
 * of the request changes the outcome, and a failure shows in `debug` only.
 */
export class ResultRequests {
  /** Those that came. */
  readonly found = new Map<TaskId, ResultDetails>();
  readonly #wanted: WaiterOptions['results'];
  readonly #deps: Pick<WaiterDeps, 'result' | 'keptOf' | 'debug'>;
  readonly #queue: PollQueue;
  readonly #traffic: Traffic;
  readonly #elapsedMs: () => number;
  /** With no event it says that a turn is free again. */
  readonly #emit: (...events: ResultEvent[]) => void;
  readonly #cancel = new AbortController();
  /** Tasks whose result is still to come. */
  readonly #open = new Set<Watched>();
  readonly #waiting = new Heap<ResultRequest>();
  /** Those whose event waits for the result, by the time of their end. */
  readonly #held = new Set<Watched>();
  #isRefused = false;

  constructor(
    wanted: WaiterOptions['results'],
    deps: Pick<WaiterDeps, 'result' | 'keptOf' | 'debug'>,
    queue: PollQueue,
    traffic: Traffic,
    elapsedMs: () => number,
    emit: (...events: ResultEvent[]) => void,
  ) {
    this.#wanted = wanted;
    this.#deps = deps;
    this.#queue = queue;
    this.#traffic = traffic;
    this.#elapsedMs = elapsedMs;
    this.#emit = emit;
  }

  /** A task has ended: its event comes at once, or with its result. */
  ended(task: Watched, outcome: TaskEnd): void {
    if (!this.#isWanted(outcome)) return this.#emitEvent(task);
    this.#open.add(task);
    this.#held.add(task);
    this.#waiting.push({ due: task.endedAt!, order: task.order, task, isRetry: false });
  }

  /** Sends the next request at `now`, in ms since the start of the wait, if there is one and the queue has a turn for it. */
  startNext(now: number): boolean {
    this.#releaseOverdue(now);
    const limitMs = (this.#waiting.peek()?.due ?? Number.POSITIVE_INFINITY) <= now ? this.#queue.takeOther(now) : 0;
    if (limitMs === 0) return false;
    const timeoutMs = Math.min(limitMs, RESULT_TIMEOUT_MS);
    void this.#request(this.#waiting.pop()!, { timeoutMs, signal: this.#cancel.signal, traffic: this.#traffic });
    return true;
  }

  /** Milliseconds until the next request can be sent; Infinity where that is not a matter of time. */
  untilNext(now: number): number {
    const { due = Number.POSITIVE_INFINITY } = this.#waiting.peek() ?? {};
    return Math.max(due - now, this.#queue.untilOther(now));
  }

  /**
   * The wait is over, its outcome decided: the results that are still to come have a few seconds, but none past the deadline.
   * A pause takes nothing of that. `sleepUpTo` sleeps for a tick at most. Every event is out when this resolves.
   */
  async finish(sleepUpTo: (ms: number) => Promise<void>, signal: AbortSignal): Promise<void> {
    this.#queue.stopPolling();
    let until = Math.min(this.#queue.deadlineMs, this.#elapsedMs() + RESULT_TIMEOUT_MS);
    for (let now = this.#elapsedMs(); this.#open.size > 0 && now < until && !signal.aborted; now = this.#elapsedMs()) {
      while (this.startNext(now));
      await sleepUpTo(Math.min(until - now, this.untilNext(now)));
      const lateMs = this.#elapsedMs() - now - TICK_MS;
      if (lateMs <= MAX_LATE_MS) continue;
      until += lateMs;
      this.#queue.addPause(lateMs);
    }
    this.cancel();
  }

  /** Ends every request that is open; the events of their tasks go out without details. */
  cancel(): void {
    this.#waiting.clear();
    for (const task of this.#open) this.#close(task);
    this.#cancel.abort();
  }

  // --- internal ---

  #isWanted(outcome: TaskEnd): boolean {
    if (!this.#deps.result || this.#isRefused || this.#wanted === 'none') return false;
    return outcome === 'failed' || (outcome === 'succeeded' && this.#wanted === 'all');
  }

  async #request({ task, isRetry }: ResultRequest, options: PollOptions): Promise<void> {
    let reply: TaskResultReply | undefined;
    try {
      reply = await this.#deps.result!(task.id, options);
    } catch (error) {
      // Credentials that cannot be had: polls need them too, and say so.
      this.#deps.debug(`task ${task.id}: no result: ${error instanceof Error ? error.message : error}`);
    }
    this.#queue.finishOther();
    // A poll may have waited for this turn.
    this.#emit();
    if (!this.#open.has(task)) return;
    if (reply?.ok) this.#keep(task, reply.result);
    else if (!reply || isRefusal(reply.failure)) this.#refuse();
    else if (reply.failure.retry !== 'never' && !isRetry && !this.#isRefused) return this.#retry(task, reply.failure);
    this.#close(task);
  }

  #keep({ id, status }: Watched, found: TaskResult): void {
    this.found.set(id, found.result);
    if (found.status === status) return;
    this.#deps.debug(`task ${id}: status ${status} was seen, its result says ${found.status}; the outcome stays`);
  }

  #refuse(): void {
    this.#isRefused = true;
    this.#deps.debug('results are refused: not requested again in this run');
    for (let next = this.#waiting.pop(); next; next = this.#waiting.pop()) this.#close(next.task);
  }

  #retry(task: Watched, failure: Failure): void {
    const due = this.#elapsedMs() + Math.max(RETRY_MS, hintMs(failure));
    this.#waiting.push({ due, order: task.order, task, isRetry: true });
  }

  /** Polls may leave no turn for requests for long: the events do not wait for that. */
  #releaseOverdue(now: number): void {
    for (const task of this.#held) {
      if (task.endedAt! + RESULT_TIMEOUT_MS > now) return;
      this.#held.delete(task);
      this.#emitEvent(task);
    }
  }

  #close(task: Watched): void {
    this.#open.delete(task);
    if (this.#held.delete(task)) this.#emitEvent(task);
    const found = this.found.get(task.id);
    const { keptOf } = this.#deps;
    if (found && keptOf) this.found.set(task.id, keptOf(found));
  }

  #emitEvent(task: Watched): void {
    this.#emit({ ...resultEvent(task, task.outcome!, task.endedAt!), result: this.found.get(task.id) });
  }
}

// --- internal ---

/** Another task's result would be refused too. */
function isRefusal({ retry, class: failureClass }: Failure): boolean {
  return retry === 'never' && failureClass !== 'notFound';
}
