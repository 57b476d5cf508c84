import type { TaskResultReply } from '../client.ts';
import type { TaskEnd } from '../outcome.ts';
import type { Traffic } from '../rpc/call.ts';
import type { Failure } from '../rpc/response.ts';
import type { ResultDetails, TaskId, TaskResult } from '../task.ts';
import { hintMs, resultEvent } from './acceptor.ts';
import type { ResultEvent } from './events.ts';
import type { PollQueue } from './poll-queue.ts';
import type { PollOptions, WaiterDeps, WaiterOptions } from './waiter-options.ts';
import type { Watched } from './watched.ts';

/** The longest that one request may take, that an event waits, and that a wait goes on after its end, in ms. */
const RESULT_TIMEOUT_MS = 5000;
/** Between a transient failure and the one retry, in ms. */
const RETRY_MS = 500;

/**
 * The results of tasks that have ended. The event of such a task waits for its result, a few seconds at most; nothing that comes
 * of the request changes the outcome, and a failure shows in `debug` only.
 */
export class ResultRequests {
  /** Those that came. */
  readonly found = new Map<TaskId, ResultDetails>();
  readonly #wanted: WaiterOptions['results'];
  readonly #deps: Pick<WaiterDeps, 'clock' | 'result' | 'keptOf' | 'debug'>;
  readonly #queue: PollQueue;
  readonly #traffic: Traffic;
  /** With no event it says that a turn is free again. */
  readonly #emit: (...events: ResultEvent[]) => void;
  readonly #cancel = new AbortController();
  /** Tasks whose result is still to come. */
  readonly #open = new Set<Watched>();
  /** Those of them whose request is to be sent. */
  readonly #waiting: Watched[] = [];
  /** Those whose event waits for the result, by the time of their end. */
  readonly #held = new Set<Watched>();
  readonly #retried = new Set<Watched>();
  /** Ends of retries' delays, each with a signal of its own: of more than ten listeners on the same one Node warns. */
  readonly #delays = new Set<AbortController>();
  #isRefused = false;

  constructor(
    wanted: WaiterOptions['results'],
    deps: Pick<WaiterDeps, 'clock' | 'result' | 'keptOf' | 'debug'>,
    queue: PollQueue,
    traffic: Traffic,
    emit: (...events: ResultEvent[]) => void,
  ) {
    this.#wanted = wanted;
    this.#deps = deps;
    this.#queue = queue;
    this.#traffic = traffic;
    this.#emit = emit;
  }

  /** A task has ended: its event comes at once, or with its result. */
  ended(task: Watched, outcome: TaskEnd): void {
    if (!this.#isWanted(outcome)) return this.#emitEvent(task);
    this.#open.add(task);
    this.#held.add(task);
    this.#waiting.push(task);
  }

  /** Sends the next request at `now`, in ms since the start of the wait, if there is one and the queue has a turn for it. */
  startNext(now: number): boolean {
    this.#releaseOverdue(now);
    const limitMs = this.#waiting.length > 0 ? this.#queue.takeOther(now) : 0;
    if (limitMs === 0) return false;
    const timeoutMs = Math.min(limitMs, RESULT_TIMEOUT_MS);
    void this.#request(this.#waiting.shift()!, { timeoutMs, signal: this.#cancel.signal, traffic: this.#traffic });
    return true;
  }

  /** Milliseconds until the next request can be sent; Infinity where that is not a matter of time. */
  untilNext(now: number): number {
    return this.#waiting.length > 0 ? this.#queue.untilOther(now) : Number.POSITIVE_INFINITY;
  }

  /**
   * The wait is over, its outcome decided: the results that are still to come have a few seconds, but none past the deadline.
   * Every event is out when this resolves.
   */
  async finish(wait: { elapsedMs(): number }, rest: (ms: number) => Promise<void>, signal: AbortSignal): Promise<void> {
    this.#queue.clear();
    const until = Math.min(this.#queue.deadlineMs, wait.elapsedMs() + RESULT_TIMEOUT_MS);
    for (let now = wait.elapsedMs(); this.#open.size > 0 && now < until && !signal.aborted; now = wait.elapsedMs()) {
      while (this.startNext(now));
      await rest(Math.min(until - now, this.untilNext(now)));
    }
    this.cancel();
  }

  /** Ends every request that is open; the events of their tasks go out without details. */
  cancel(): void {
    this.#waiting.length = 0;
    for (const task of this.#open) this.#close(task);
    for (const delay of this.#delays) delay.abort('canceled');
    this.#cancel.abort();
  }

  // --- internal ---

  #isWanted(outcome: TaskEnd): boolean {
    if (!this.#deps.result || this.#isRefused || this.#wanted === 'none') return false;
    return outcome === 'failed' || (outcome === 'succeeded' && this.#wanted === 'all');
  }

  async #request(task: Watched, options: PollOptions): Promise<void> {
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
    else if (reply.failure.retry !== 'never' && !this.#retried.has(task)) return this.#retry(task, reply.failure);
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
    for (const task of this.#waiting.splice(0)) this.#close(task);
  }

  async #retry(task: Watched, failure: Failure): Promise<void> {
    this.#retried.add(task);
    const delay = new AbortController();
    this.#delays.add(delay);
    await this.#deps.clock.sleep(Math.max(RETRY_MS, hintMs(failure)), delay.signal);
    this.#delays.delete(delay);
    if (!this.#open.has(task)) return;
    if (this.#isRefused) this.#close(task);
    else this.#waiting.push(task);
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
