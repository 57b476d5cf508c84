import { MAX_IN_FLIGHT } from '../rpc/transport.ts';
import type { Again } from './acceptor.ts';
import { Heap } from './heap.ts';
import { Latency } from './latency.ts';
import { MIN_GAP_MS, type PaceOptions, RateLimit } from './pace.ts';
import type { WaiterOptions } from './waiter-options.ts';
import { skipTime, type Watched } from './watched.ts';

/** The last polls are sent this long before the deadline, and what a long response takes earlier. */
export const LAST_POLL_MARGIN_MS = 250;
/** In shortest gaps: a poll due less than this before the last round begins is left out. */
const MERGED_GAPS = 1.75;
/** The least time for the last round after a deadline that passed while the machine slept. */
const LATE_ROUND_MS = 10_000;

/** A task whose turn it is; `isLast` if it gets no further poll before the deadline, as it looks now. */
export interface Turn {
  readonly task: Watched;
  isLast: boolean;
  /** What its poll may take: one that hangs leaves the last round all turns, but it may take what responses usually take. */
  readonly timeoutMs: number;
}

/** What comes close before the last round, in ms. */
export interface RoundMargins {
  /** A poll due less than this before the last round begins is left out. */
  readonly mergeMs: number;
  /** A poll that would be left out although it is needed is sent so much before the last round. */
  readonly earlyMs: number;
}

export function roundMargins({ intervalMs }: Pick<PaceOptions, 'intervalMs'>): RoundMargins {
  const mergeMs = MERGED_GAPS * (intervalMs === 'auto' ? MIN_GAP_MS : Math.min(intervalMs, MIN_GAP_MS));
  return { mergeMs, earlyMs: mergeMs + 50 };
}

/**
 * Decides which task is polled next, and when: retries first, then whatever is due, both limited by the rate and the requests
 * in flight. Before the deadline comes the last round: one poll for each task, as late as all of them together can be sent.
 */
export class PollQueue {
  deadlineMs: number;
  readonly #retries = new Heap<Watched>();
  readonly #polls = new Heap<Watched>();
  readonly #rate: RateLimit;
  readonly #margins: RoundMargins;
  readonly #inFlight = new Set<Turn>();
  /** Requests in flight that are no polls. */
  #others = 0;
  /** Tasks that still get a poll in the last round: those queued, and those in flight whose poll is not their last. */
  #left = 0;
  #latency = new Latency();
  #isLateRound = false;

  constructor(options: Pick<WaiterOptions, 'timeoutMs' | 'maxRps' | 'intervalMs'>) {
    this.deadlineMs = options.timeoutMs;
    this.#rate = new RateLimit(options.maxRps);
    this.#margins = roundMargins(options);
  }

  /** No task is queued and none in flight. */
  get isEmpty(): boolean {
    return this.#left === 0 && this.#inFlight.size === 0;
  }

  get isFull(): boolean {
    return this.#inFlight.size + this.#others >= MAX_IN_FLIGHT;
  }

  /** Whether a task that was polled can be polled once more before the deadline. */
  hasTimeFor({ isLast }: Turn, now: number): boolean {
    return !isLast && now < this.deadlineMs - LAST_POLL_MARGIN_MS;
  }

  /**
   * Queues a task that was polled, to be polled again after `againInMs`; returns the ms until its turn, if no other task is in
   * the way. A poll that the last round would delay beyond `atMostMs` comes a little earlier instead.
   */
  add(task: Watched, now: number, { againInMs, atMostMs }: Again): number {
    const beforeRoundAt = this.#lastRoundAt() - this.#margins.earlyMs;
    const isDelayed = now + againInMs > beforeRoundAt && now + atMostMs < this.#lastRoundAt();
    task.due = isDelayed && now < beforeRoundAt ? beforeRoundAt : now + againInMs;
    this.push(task);
    // Of all tasks it was polled last, so that its turn in the last round is the last one.
    const at = this.#isInLastRound(task.due, now) ? this.#lastSendAt() : task.due;
    return Math.max(0, Math.round(at - now));
  }

  push(task: Watched): void {
    (task.failures > 0 ? this.#retries : this.#polls).push(task);
    this.#left += 1;
  }

  /** The next turn, if one may be taken `now`; {@link finish} it when the response is there. */
  take(now: number): Turn | undefined {
    if (this.isFull || this.#left === 0 || this.#rate.delay(now) > 0) return undefined;
    const due = this.#due(now);
    // A poll that leaves too little time for those behind it is the first of the last round.
    const isLast = this.#isLastRound(now, due ? this.#left + 1 : this.#left);
    // Requests that hang leave no turn for others: in the last round those about tasks that failed before come behind.
    const task = isLast ? (this.#polls.pop() ?? this.#retries.pop()) : due?.pop();
    if (!task) return undefined;
    this.#rate.take(now);
    task.polls += 1;
    if (isLast) this.#left -= 1;
    const endsAt = isLast || this.#isInLastRound(now, now) ? this.deadlineMs : this.#lastRoundAt();
    const leftMs = Math.max(endsAt - now, Math.min(this.#latency.longMs, this.deadlineMs - now));
    // A request that hangs ends a little earlier, so that the failure is known.
    const turn = { task, isLast, timeoutMs: leftMs - Math.min(100, Math.ceil(leftMs / 10)) };
    this.#inFlight.add(turn);
    return turn;
  }

  /** Ends a turn, with what the response took, if there was one: the last round is planned with that, and not with what hung. */
  finish(turn: Turn, latencyMs: number | undefined): void {
    this.#inFlight.delete(turn);
    if (!turn.isLast) this.#left -= 1;
    if (latencyMs !== undefined) this.#latency.add(latencyMs);
  }

  /** Takes a turn for a request that is no poll, if there is one: the ms that it may take, or 0. The last round has all turns to itself. */
  takeOther(now: number): number {
    if (this.untilOther(now) > 0) return 0;
    this.#rate.take(now);
    this.#others += 1;
    return (this.#left > 0 ? this.#lastRoundAt() : this.deadlineMs) - now;
  }

  finishOther(): void {
    this.#others -= 1;
  }

  /** Milliseconds until {@link takeOther}; Infinity where that depends on the requests in flight, or on the end of the wait. */
  untilOther(now: number): number {
    const isLate = this.#left > 0 && now >= this.#lastRoundAt() - this.#margins.earlyMs;
    return isLate || this.isFull ? Number.POSITIVE_INFINITY : this.#rate.delay(now);
  }

  /** Forgets every task: the wait is over. */
  clear(): void {
    this.#left = 0;
  }

  /**
   * After the last round, whose last response took `latencyMs`: queues the tasks that go on for one more, where the last one came
   * much too early, since a response took far longer than usual, as the first does where connecting is slow. False where it did not.
   */
  addRound(tasks: readonly Watched[], now: number, latencyMs: number): boolean {
    const waiting = tasks.filter(({ outcome }) => outcome === null);
    this.#latency = new Latency();
    this.#latency.add(latencyMs);
    if (this.#isLateRound || waiting.length === 0 || now + this.#margins.earlyMs > this.#lastRoundAt(waiting.length))
      return false;
    for (const task of waiting) {
      task.due = now + this.#margins.earlyMs;
      this.push(task);
    }
    return true;
  }

  /** Milliseconds until the next turn of any task; Infinity if none is queued. */
  untilNext(now: number): number {
    const heads = [this.#retries.peek(), this.#polls.peek()].filter((task) => task !== undefined);
    const next = Math.min(...heads.map((task) => this.#turnAt(task, now)));
    return Math.max(next - now, this.#rate.delay(now));
  }

  /** Milliseconds until the last round begins; 0 from then on. */
  untilLastRound(now: number): number {
    return this.#isLastRound(now) ? 0 : this.#lastRoundAt() - now;
  }

  /** Makes every queued task due `now`. Time in which nothing could be sent does not count against an error budget, also of those in flight. */
  pollAll(now: number, pausedMs = 0): void {
    const shift = (task: Watched) => skipTime(task, pausedMs);
    this.#polls.setDue(now, () => {});
    this.#retries.setDue(now, shift);
    for (const { task } of this.#inFlight) shift(task);
    if (now < this.deadlineMs) return;
    this.#isLateRound = true;
    // What was in flight may be lost.
    for (const turn of this.#inFlight) {
      if (turn.isLast) this.#left += 1;
      turn.isLast = false;
    }
    const roundMs = Math.max(this.#rate.delay(now, this.#left), this.#batchesMs()) + this.#latency.longMs;
    this.deadlineMs = now + Math.max(LATE_ROUND_MS, roundMs + LAST_POLL_MARGIN_MS);
  }

  // --- the last round ---

  #isLastRound(now: number, polls = this.#left): boolean {
    return (
      this.#isLateRound || now + Math.max(this.#rate.delay(now, polls), this.#batchesMs(polls)) >= this.#lastSendAt()
    );
  }

  /** When the last round begins, if it has not. By then the rate has been at rest for long enough. */
  #lastRoundAt(polls = this.#left): number {
    return Math.ceil(this.#lastSendAt() - Math.max(this.#rate.restedDelay(polls), this.#batchesMs(polls)));
  }

  /** When the very last poll is sent, so that its response comes just before the deadline. */
  #lastSendAt(): number {
    return this.deadlineMs - this.#latency.longMs - LAST_POLL_MARGIN_MS;
  }

  /** How long the requests in flight take until the last ones can be sent. */
  #batchesMs(polls = this.#left): number {
    return Math.max(0, Math.ceil(polls / MAX_IN_FLIGHT) - 1) * this.#latency.meanMs;
  }

  // --- turns ---

  #due(now: number): Heap<Watched> | undefined {
    return [this.#retries, this.#polls].find((heap) => {
      const task = heap.peek();
      return task && this.#turnAt(task, now) <= now;
    });
  }

  #turnAt({ due, polls }: Watched, now: number): number {
    // A first poll is sent at once: nothing is known of the task.
    if (polls === 0 || !this.#isInLastRound(due, now)) return Math.max(due, now);
    return this.#isLastRound(now) ? now : Math.max(now, this.#lastRoundAt());
  }

  /** A poll due at `due` is left to the last round, since that comes soon after it or before it. */
  #isInLastRound(due: number, now: number): boolean {
    return this.#isLastRound(now) || Math.max(due, now) > this.#lastRoundAt() - this.#margins.mergeMs;
  }
}
