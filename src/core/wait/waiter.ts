import { exitCodeOf } from '../../errors.ts';
import type { TaskReply } from '../client.ts';
import { errorEnd, isSuccess, type TaskEnd } from '../outcome.ts';
import { noTraffic, type Traffic } from '../rpc/call.ts';
import { type Acceptance, accept } from './acceptor.ts';
import { ARRIVED_MS, Elapsed, TICK_MS } from './elapsed.ts';
import { type Ending, endEvent, endOf } from './ending.ts';
import type { ResultEvent, WaiterEvent } from './events.ts';
import { nextHeartbeatMs, Throttle } from './pace.ts';
import { PollQueue } from './poll-queue.ts';
import { ResultRequests } from './result-requests.ts';
import { Timer } from './timer.ts';
import type { Turn } from './turn.ts';
import type { WaiterDeps, WaiterOptions } from './waiter-options.ts';
import { countStates, Watched } from './watched.ts';

/**
 * Polls many tasks until the condition is met: one queue of due times, one timer, a few requests in flight. `events` must be
 * read to its end, which is always one `end` event.
 */
export class Waiter {
  readonly tasks: readonly Watched[];
  /** One deadline for all tasks, from the start, in ms; Infinity for none. */
  readonly timeoutMs: number;
  /** How many tasks are watched no longer, and how many of them did not get to what is waited for. */
  done = 0;
  failed = 0;
  readonly results: ResultRequests;
  readonly #options: WaiterOptions;
  readonly #deps: WaiterDeps;
  readonly #queue: PollQueue;
  readonly #throttle = new Throttle();
  readonly #traffic: Traffic = noTraffic();
  readonly #events: WaiterEvent[] = [];
  #requests = new AbortController();
  /** Polls and results take turns, so that neither waits for all of the other. */
  #isResultNext = false;
  readonly #elapsed: Elapsed;
  readonly #timer: Timer;
  #nextBeatMs: number;
  #end: Ending | undefined;
  #resume: () => void = () => {};

  constructor(options: WaiterOptions, deps: WaiterDeps) {
    this.#options = options;
    this.timeoutMs = options.timeoutMs;
    this.#deps = deps;
    this.#queue = new PollQueue(options);
    this.#elapsed = new Elapsed(deps.clock);
    this.#timer = new Timer(deps.clock, () => {
      // Always set, so that a stop of the process is noticed whenever it comes.
      if (!this.#end) this.#timer.fireWithin(TICK_MS);
      this.#resume();
    });
    this.#nextBeatMs = nextHeartbeatMs(0, options.heartbeatMs);
    const emit = (...events: ResultEvent[]) => {
      this.#events.push(...events);
      this.#resume();
    };
    this.results = new ResultRequests(options.results, deps, this.#queue, this.#traffic, () => this.elapsedMs(), emit);
    this.tasks = options.ids.map((id, order) => new Watched(id, order));
    for (const task of this.tasks) this.#queue.push(task);
    if (options.pausedMs !== undefined) this.#queue.wake(this.tasks, 0, options.pausedMs);
  }

  /** Polls every waiting task now. */
  checkNow(): void {
    this.#queue.pollAll(this.elapsedMs());
    this.#resume();
  }

  /** Whole milliseconds since the start, the time slept included. */
  elapsedMs(): number {
    return this.#elapsed.ms();
  }

  /** Until the next poll of any task, in ms; 0 while none is queued, since all are under way. */
  nextPollMs(): number {
    const ms = this.#queue.untilNext(this.elapsedMs());
    return Number.isFinite(ms) ? Math.round(ms) : 0;
  }

  async *events(): AsyncGenerator<WaiterEvent, void> {
    const { signal } = this.#deps;
    const onAbort = () => this.#resume();
    signal.addEventListener('abort', onAbort);
    this.#timer.fireWithin(TICK_MS);
    try {
      while (!this.#end) {
        this.#startRequests();
        yield* this.#events.splice(0);
        if (!this.#end && this.#events.length === 0 && !signal.aborted) await this.#sleepUpTo(this.#untilDue());
        this.#onTime();
      }
      yield* this.#events.splice(0);
      const elapsedMs = this.elapsedMs();
      this.#requests.abort();
      await this.results.finish((ms) => this.#sleepUpTo(ms), signal);
      yield* this.#events.splice(0);
      const known = { elapsedMs, tasks: this.tasks, results: this.results.found, traffic: this.#traffic };
      yield endEvent(this.#end, known, this.#options.timeoutExitCode);
    } finally {
      signal.removeEventListener('abort', onAbort);
      this.stop();
    }
  }

  /** Nothing goes on after the end, or when the reader stops early, before the first event too: no hanging request, no timer. */
  stop(): void {
    this.#end ??= { why: 'interrupted' };
    this.#requests.abort();
    this.results.cancel();
    this.#timer.cancel();
    this.#resume();
  }

  /** For a reader that is busy: resolves when `isReady` does, or at the end. Meanwhile nothing is polled but the last round. */
  async holdFor(isReady: Promise<unknown>): Promise<void> {
    let isHeld = true;
    void isReady.then(() => {
      isHeld = false;
      this.#resume();
    });
    while (isHeld && !this.#end) {
      const leftMs = this.#queue.untilLastRound(this.elapsedMs());
      if (leftMs <= 0) this.#startRequests();
      await this.#sleepUpTo(leftMs > 0 ? leftMs : this.#untilDue());
      if (isHeld) this.#onTime();
    }
  }

  // --- time ---

  /** Sleeps for `ms`, a tick at most, or until {@link #resume} is called. */
  async #sleepUpTo(ms: number): Promise<void> {
    this.#timer.fireWithin(Math.min(ms, TICK_MS));
    await new Promise<void>((resolve) => {
      this.#resume = resolve;
    });
    await this.#timer.catchUp();
  }

  #untilDue(): number {
    const now = this.elapsedMs();
    const untilPoll = this.#queue.isFull ? TICK_MS : this.#queue.untilNext(now);
    return Math.min(untilPoll, this.results.untilNext(now), this.#nextBeatMs - now, this.#queue.deadlineMs - now);
  }

  /** What the passing of time alone brings: an interruption, a waking, the deadline, a heartbeat. */
  #onTime(): void {
    if (this.#deps.signal.aborted) this.#end ??= { why: 'interrupted' };
    if (this.#end) return;
    this.#noticeWaking();
    const now = this.elapsedMs();
    if (now >= this.#queue.deadlineMs) this.#endAtDeadline();
    else if (now >= this.#nextBeatMs) this.#beat(now);
  }

  /** Unless that passed in a sleep that was not noticed yet. */
  #endAtDeadline(): void {
    this.#noticeWaking();
    if (this.#queue.isEmpty || this.elapsedMs() >= this.#queue.deadlineMs) this.#end ??= { why: 'deadline' };
  }

  #beat(now: number): void {
    const { done, failed, tasks } = this;
    const [pending, states, nextPollMs] = [tasks.length - done, countStates(tasks), this.nextPollMs()];
    this.#events.push({ type: 'heartbeat', pending, done, failed, states, nextPollMs });
    this.#nextBeatMs = nextHeartbeatMs(now, this.#options.heartbeatMs);
  }

  /** After a sleep or a stop every task is polled at once. */
  #noticeWaking(): void {
    const pausedMs = this.#elapsed.takePausedMs(this.#timer.takeLateMs(), this.#queue.isLate(this.elapsedMs()));
    if (pausedMs === 0) return;
    // It may be overdue still, and would be late once more.
    this.#timer.cancel();
    this.#events.push({ type: 'wake', pausedMs });
    // Nothing comes over a connection that broke meanwhile: a request in flight would keep its turn until its time limit.
    const lost = this.#requests;
    this.#requests = new AbortController();
    void this.#deps.clock.sleep(ARRIVED_MS).then(() => lost.abort());
    this.#deps.renewConnections();
    this.#queue.wake(this.tasks, this.elapsedMs(), pausedMs);
  }

  // --- polling ---

  #startRequests(): void {
    while (!this.#end && !this.#deps.signal.aborted) {
      const now = this.elapsedMs();
      if (this.#isResultNext && this.results.startNext(now)) this.#isResultNext = false;
      else {
        const turn = this.#queue.take(now);
        if (turn) void this.#poll(turn);
        else if (!this.results.startNext(now)) return;
        this.#isResultNext = turn !== undefined;
      }
    }
  }

  async #poll(turn: Turn): Promise<void> {
    try {
      const onSend = () => turn.sent(this.elapsedMs());
      const options = { timeoutMs: turn.timeoutMs, signal: this.#requests.signal, traffic: this.#traffic, onSend };
      const reply = await this.#deps.poll(turn.task.id, options);
      // A pause is noticed before what came of the request, however late the timer is.
      if (!this.#end) this.#noticeWaking();
      this.#queue.finish(turn, reply.ok || reply.failure.http !== null ? this.elapsedMs() - turn.startedAt : undefined);
      const isLost = !reply.ok && (turn.isPaused || reply.failure.isUnsent);
      if (!this.#end && isLost) this.#queue.pollAgain(turn, this.elapsedMs(), reply.failure.isUnsent);
      else if (!this.#end) this.#accept(turn, reply);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      // Credentials that cannot be had, or a bug: the wait ends like every other, with a document.
      this.#end ??= { why: errorEnd(exitCodeOf(error)), error };
    }
    this.#resume();
  }

  #accept(turn: Turn, reply: TaskReply): void {
    const { task, startedAt, sentAt } = turn;
    const now = this.elapsedMs();
    const context = { rules: this.#options, throttle: this.#throttle, random: this.#deps.random };
    const { event, next } = accept(task, reply, { sentAt, now }, context);
    const nextPollMs = 'againInMs' in next ? this.#queue.add(turn, now, next) : null;
    if (event) this.#emit(event, nextPollMs);
    if ('end' in next) this.#finish(task, next.end, now);
    if ('denied' in next) this.#end = { why: 'denied', failure: next.denied };
    if (!this.#end && !this.#queue.replan(now, now - startedAt)) this.#endAtDeadline();
  }

  /** `nextPollMs` is null after the last poll. */
  #emit(event: NonNullable<Acceptance['event']>, nextPollMs: number | null): void {
    if (event.type === 'state') this.#events.push(Object.assign(event, { nextPollMs }));
    else if (nextPollMs !== null) {
      this.#traffic.retries += 1;
      this.#events.push(Object.assign(event, { delayMs: nextPollMs }));
    }
  }

  #finish(task: Watched, outcome: TaskEnd, now: number): void {
    Object.assign(task, { outcome, endedAt: now });
    this.done += 1;
    if (!isSuccess(outcome)) this.failed += 1;
    this.results.ended(task, outcome);
    this.#end = endOf(this.#options, this, isSuccess(outcome));
  }
}
