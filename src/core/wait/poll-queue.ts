import { MAX_IN_FLIGHT } from '../rpc/transport.ts';
import type { NextPoll } from './acceptor.ts';
import { MAX_LATE_MS } from './elapsed.ts';
import { Heap } from './heap.ts';
import { LastRound } from './last-round.ts';
import { RateLimit } from './pace.ts';
import { Turn } from './turn.ts';
import type { WaiterOptions } from './waiter-options.ts';
import { skipTime, type Watched } from './watched.ts';

/** More retries, or requests that are no polls, at once would, where they hang, keep polls from their turns. */
const MAX_OTHERS = MAX_IN_FLIGHT / 2;

/**
 * Decides which task is polled next, and when: retries first, then whatever is due, both limited by the rate and the requests
 * in flight. Before the deadline comes the last round: one poll for each task, as late as all of them together can be sent.
 */
export class PollQueue {
  readonly #retries = new Heap<Watched>();
  readonly #polls = new Heap<Watched>();
  readonly #rate: RateLimit;
  readonly #round: LastRound;
  readonly #inFlight = new Set<Turn>();
  /** Requests in flight that are no polls. */
  #others = 0;
  /** Tasks that go on, after their last poll, or when that could not be sent; due since then. */
  #polled: Watched[] = [];
  #isRoundOrdered = false;
  #wasRetry = false;
  /** The deadline passed in a pause. */
  #isOverslept = false;

  constructor(options: Pick<WaiterOptions, 'timeoutMs' | 'maxRps' | 'intervalMs'>) {
    this.#rate = new RateLimit(options.maxRps);
    this.#round = new LastRound(options, this.#rate);
  }

  /** In ms since the start; later once the machine slept past it. */
  get deadlineMs(): number {
    return this.#round.deadlineMs;
  }

  /** The deadline has passed, and no pause has moved it. */
  isLate(now: number): boolean {
    return now >= this.deadlineMs && !this.#isOverslept;
  }

  /** No task is queued and none in flight. */
  get isEmpty(): boolean {
    return this.#round.polls === 0 && this.#inFlight.size === 0;
  }

  get isFull(): boolean {
    return this.#inFlight.size + this.#others >= MAX_IN_FLIGHT;
  }

  /**
   * Queues a task that was polled, to be polled again after `againInMs`; returns the ms until its turn, if no other task is in
   * the way, or null after its last poll. A poll that the last round would delay beyond `atMostMs` comes a little earlier instead.
   * After a pause it comes at once, since the response may be from before that.
   */
  add({ task, isLast, isPaused }: Turn, now: number, again: NextPoll): number | null {
    if (isLast || !this.#round.isOpen(now)) {
      // From now on it waits, should there be one more poll.
      task.due = now;
      this.#polled.push(task);
      return null;
    }
    const { againInMs, atMostMs } = isPaused ? { againInMs: 0, atMostMs: 0 } : again;
    const { earlyMs, apartMs } = this.#round.margins;
    const roundAt = this.#round.beginsAt();
    const beforeRoundAt = roundAt - earlyMs;
    const isDelayed = now + againInMs > beforeRoundAt && now + atMostMs < roundAt;
    task.due = isDelayed && now < beforeRoundAt - apartMs ? beforeRoundAt : now + againInMs;
    this.push(task);
    // Which turn it gets in the last round is not known yet: at the latest this one.
    const at = this.#round.includes(task.due, now) ? this.#round.lastSendAt() : task.due;
    return Math.max(Math.round(at - now), Math.ceil(this.#rate.delay(now)));
  }

  push(task: Watched): void {
    (task.failures > 0 ? this.#retries : this.#polls).push(task);
    this.#round.polls += 1;
  }

  /** The next turn, if one may be taken `now`; {@link finish} it when the response is there. */
  take(now: number): Turn | undefined {
    if (this.isFull || this.#round.polls === 0 || this.#rate.delay(now) > 0) return undefined;
    const due = this.#due(now);
    // A poll that leaves too little time for those behind it is the first of the last round.
    const isLast = this.#round.hasBegun(now, this.#round.polls + (due ? 1 : 0));
    if (isLast) this.#orderRound(now);
    // Requests that hang leave no turn for others: in the last round those about tasks that failed before come behind.
    const task = isLast ? (this.#polls.pop() ?? this.#retries.pop()) : due?.pop();
    if (!task) return undefined;
    this.#rate.take(now);
    this.#wasRetry = task.failures > 0;
    task.polls += 1;
    if (isLast) task.due = this.#round.send(task.due, now);
    const turn = new Turn(task, now, isLast, this.#round.timeoutMs(now, isLast));
    this.#inFlight.add(turn);
    return turn;
  }

  /** Ends a turn, with what the response took, if there was one: the last round is planned with that, and not with what hung. */
  finish(turn: Turn, latencyMs: number | undefined): void {
    this.#inFlight.delete(turn);
    if (!turn.isLast) this.#round.polls -= 1;
    if (latencyMs !== undefined && !turn.isPaused) this.#round.learn(latencyMs);
  }

  /** Takes a turn for a request that is no poll, if there is one: the ms that it may take, or 0. The last round has all turns to itself. */
  takeOther(now: number): number {
    if (this.untilOther(now) > 0) return 0;
    this.#rate.take(now);
    this.#others += 1;
    return (this.#round.polls > 0 ? this.#round.beginsAt() : this.deadlineMs) - now;
  }

  finishOther(): void {
    this.#others -= 1;
  }

  /** Milliseconds until {@link takeOther}; Infinity where that depends on the requests in flight, or on the end of the wait. */
  untilOther(now: number): number {
    const isLate = now >= this.#round.beginsAt() - this.#round.margins.earlyMs;
    const isPollNext = this.#round.polls > 0 && (isLate || this.#others >= MAX_OTHERS);
    return isPollNext || this.isFull || now >= this.deadlineMs ? Number.POSITIVE_INFINITY : this.#rate.delay(now);
  }

  /** No further polls: the wait is over, and requests that are no polls have every turn. */
  stopPolling(): void {
    this.#round.polls = 0;
  }

  /**
   * Queues one more poll of tasks that had their last one much too early, and says whether any task is still to be polled. A last poll
   * is too early when it was planned by responses that took far longer, as the first do where connecting or finding credentials is
   * slow. After a pause those are the ones whose poll failed, since a network takes a while to come back.
   */
  replan(now: number, latencyMs: number): boolean {
    const { isEmpty } = this;
    const { isLate } = this.#round;
    if (isLate && !isEmpty) return true;
    const waiting = isLate ? this.#polled.filter(({ failures }) => failures > 0) : this.#polled;
    if (isEmpty) this.#round.planAnew(latencyMs);
    if (waiting.length === 0 || !this.#round.canRepeat(now, this.#round.polls + waiting.length)) return !isEmpty;
    this.#polled = [];
    this.#isRoundOrdered = false;
    this.#round.putOff();
    const due = now + this.#round.margins.earlyMs;
    for (const task of waiting) {
      skipTime(task, due - task.due);
      task.due = due;
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
    return this.#round.hasBegun(now) ? 0 : this.#round.beginsAt() - now;
  }

  /**
   * Queues a task whose poll was lost in a pause, or never sent: no failure of it, and what it waited for its turn still counts against
   * no budget.
   */
  pollAgain({ task, sentAt, isLast, isPaused }: Turn, now: number, isUnsent = false): void {
    if (isUnsent) task.polls -= 1;
    else task.due += now - sentAt;
    if (isLast && !isPaused) this.#polled.push(task);
    else this.push(task);
  }

  /**
   * Makes every queued task due `now`, but for those that wait for their turn already: that time counts against none. `pausedMs`, which
   * was skipped already, is no part of it.
   */
  pollAll(now: number, pausedMs = 0): void {
    for (const heap of [this.#polls, this.#retries]) heap.reschedule(({ due }) => Math.min(due + pausedMs, now));
  }

  /**
   * After a pause, in which nothing could be sent, so that it counts against no task: all that wait are due `now`. Where it took the
   * time before the deadline, each has one more poll; after a short one only those not sent yet, or in flight, which may be lost. This
   * moves the deadline once; later pauses are added to it, and again each task has one more poll.
   */
  wake(tasks: readonly Watched[], now: number, pausedMs: number): void {
    for (const task of tasks) skipTime(task, pausedMs);
    const waiting = tasks.filter(({ outcome }) => outcome === null).length;
    const isFirst = !this.#isOverslept && this.#round.isOverslept(now, pausedMs, waiting);
    if (this.#isOverslept) this.addPause(pausedMs);
    this.#isOverslept ||= isFirst;
    if (this.#isOverslept && pausedMs > MAX_LATE_MS) for (const task of this.#polled.splice(0)) this.push(task);
    for (const turn of this.#inFlight) {
      turn.isPaused = true;
      if (!this.#isOverslept || !turn.isLast) continue;
      turn.isLast = false;
      this.#round.polls += 1;
    }
    this.pollAll(now, pausedMs);
    if (isFirst) this.#round.beginLate(now);
  }

  /** Moves the deadline. */
  addPause(ms: number): void {
    this.#round.addPause(ms);
  }

  // --- turns ---

  /** The last round goes in the order given, as the first polls did: tasks that began one after another end so, too. */
  #orderRound(now: number): void {
    if (this.#isRoundOrdered || !this.#polls.peek()?.polls) return;
    this.#polls.reschedule(() => now);
    this.#isRoundOrdered = true;
  }

  /** Retries take turns with other polls, and half of those in flight at most: trouble with some tasks does not hold up the others. */
  #due(now: number): Heap<Watched> | undefined {
    const due = [this.#retries, this.#polls].filter((heap) => {
      const task = heap.peek();
      return task && this.#turnAt(task, now) <= now;
    });
    const retried = [...this.#inFlight].filter(({ task }) => task.failures > 0);
    return this.#wasRetry || retried.length >= MAX_OTHERS ? due.at(-1) : due[0];
  }

  #turnAt({ due, polls }: Watched, now: number): number {
    // A first poll is sent at once: nothing is known of the task.
    if (polls === 0 || !this.#round.includes(due, now)) return Math.max(due, now);
    return this.#round.hasBegun(now) ? now : Math.max(now, this.#round.beginsAt());
  }
}
