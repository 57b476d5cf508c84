import { ExitCode } from '../errors.ts';
import { backoffMs } from './backoff.ts';
import { failureExitCode } from './client.ts';
import type { EndEvent, TaskEnd, TaskView, WaitEnd, WaiterEvent } from './events.ts';
import { Heap } from './heap.ts';
import { gapMs, nextHeartbeatMs, type PaceOptions, RateLimit, Throttle } from './pace.ts';
import type { Clock } from './ports.ts';
import type { Answer, Failure, Reply } from './response.ts';
import { foldOutcomes, isFinal, type TaskId, taskState } from './task.ts';
import { newTask, outcomeOf, viewOf, type Watched } from './watched.ts';

/** Spans in ms; Infinity means no limit. */
export interface WaiterOptions extends PaceOptions {
  readonly ids: readonly TaskId[];
  /** The condition: as many tasks as this succeeded. */
  readonly need: number;
  readonly failFast: boolean;
  /** One deadline for all tasks, from the start. */
  readonly timeoutMs: number;
  /** Consecutive transient errors of a task are borne for so long. */
  readonly errorBudgetMs: number;
  /** A task not found is asked for again for so long: one just submitted may not be visible yet. */
  readonly notFoundGraceMs: number;
  /** The longest a task may be submitting, and the longest it may show no change. */
  readonly queueTimeoutMs: number;
  readonly stallTimeoutMs: number;
  /** Requests per second over all tasks. */
  readonly maxRps: number;
  readonly heartbeatMs: number | 'auto';
  /** The exit code of a deadline (124 unless the user says otherwise). */
  readonly timeoutExitCode: number;
}

export interface WaiterWorld {
  readonly clock: Clock;
  readonly random: () => number;
  readonly ask: (id: TaskId, options: { timeoutMs: number; signal: AbortSignal }) => Promise<Reply>;
  /** Ends the wait; the reason is the exit code. */
  readonly signal: AbortSignal;
}

const IN_FLIGHT = 8;
/** The wall clock is looked at this often, so that waking from sleep is noticed within a second. */
const TICK_MS = 1000;
/** The last poll leaves so long before the deadline, besides the usual latency; a poll due shortly before it is merged into it. */
const LAST_POLL_MARGIN_MS = 250;
const LAST_POLL_MERGE_MS = 1750;
/** A server's hint is obeyed up to here; beyond, it is taken for a mistake. */
const MAX_HINT_MS = 600_000;
const JUMP_SLACK_MS = 5000;

/**
 * Polls many tasks until the condition is met: one heap of due times, one timer, a few requests in flight. `events` must be
 * read to its end, which is always one `end` event.
 */
export class Waiter {
  readonly #options: WaiterOptions;
  readonly #world: WaiterWorld;
  readonly #tasks: Watched[];
  readonly #due = new Heap<Watched>((task) => task.due);
  readonly #throttle = new Throttle();
  readonly #rate: RateLimit;
  readonly #queue: WaiterEvent[] = [];
  readonly #requests = new AbortController();
  readonly #startMonotonic: number;
  #skippedMs = 0;
  #wallAhead: number;
  #inFlight = 0;
  #latencyMs = 0;
  #lastGapMs = TICK_MS;
  /** Tasks whose last poll before the deadline is behind them. */
  #parked = 0;
  #done = 0;
  #succeeded = 0;
  #failed = 0;
  #nextBeat: number;
  #end: { why: WaitEnd; failure?: Failure } | undefined;
  #broken: { error: unknown } | undefined;
  #wake: () => void = () => {};

  constructor(options: WaiterOptions, world: WaiterWorld) {
    this.#options = options;
    this.#world = world;
    this.#rate = new RateLimit(options.maxRps);
    this.#startMonotonic = world.clock.monotonic();
    this.#wallAhead = world.clock.now() - this.#startMonotonic;
    this.#nextBeat = nextHeartbeatMs(0, options.heartbeatMs);
    this.#tasks = options.ids.map(newTask);
    for (const task of this.#tasks) this.#due.push(task);
  }

  /** Asks about every waiting task now. */
  checkNow(): void {
    const now = this.#elapsed();
    this.#due.forEach((task) => {
      task.due = now;
    });
    this.#wake();
  }

  /** Whole milliseconds since the start, the time slept through included. */
  elapsedMs(): number {
    return this.#elapsed();
  }

  /** Every task as it stands, and how long until the next poll, in ms. */
  view(): { elapsedMs: number; nextPollMs: number; tasks: TaskView[] } {
    const now = this.#elapsed();
    return { elapsedMs: now, nextPollMs: this.#nextPollMs(now), tasks: this.#tasks.map((task) => viewOf(task, now)) };
  }

  async *events(): AsyncGenerator<WaiterEvent, void> {
    const { signal } = this.#world;
    const stop = () => this.#wake();
    signal.addEventListener('abort', stop);
    try {
      while (!this.#end) {
        this.#launchDue();
        yield* this.#queue.splice(0);
        if (!this.#end) await this.#pause();
        if (this.#broken) throw this.#broken.error;
        this.#look();
      }
      yield* this.#queue.splice(0);
      yield this.#endEvent(this.#end);
    } finally {
      signal.removeEventListener('abort', stop);
      // Whoever stops reading, or a hanging request at the end: nothing of ours goes on.
      this.#requests.abort();
    }
  }

  // --- time ---

  /** Whole milliseconds since the start, the time slept through included. */
  #elapsed(): number {
    return Math.round(this.#world.clock.monotonic() - this.#startMonotonic + this.#skippedMs);
  }

  /** Sleeps until something is due or {@link #wake} is called. */
  async #pause(): Promise<void> {
    const now = this.#elapsed();
    const untilPoll = this.#inFlight < IN_FLIGHT ? this.#nextPollMs(now) : TICK_MS;
    const wake = new AbortController();
    this.#wake = () => wake.abort();
    if (this.#queue.length > 0 || this.#world.signal.aborted) return;
    await this.#world.clock.sleep(Math.min(untilPoll, TICK_MS, this.#nextBeat - now), wake.signal);
  }

  #nextPollMs(now: number): number {
    const next = this.#due.peek();
    return next ? Math.max(0, next.due - now, this.#rate.delay(now)) : TICK_MS;
  }

  /** What the passing of time alone brings: a stop, a clock jump, a deadline, a heartbeat. */
  #look(): void {
    if (this.#end) return;
    if (this.#world.signal.aborted) {
      this.#end = { why: 'interrupted' };
      return;
    }
    this.#noticeJump();
    const now = this.#elapsed();
    if (now >= this.#nextBeat) {
      const { length } = this.#tasks;
      const done = this.#done;
      this.#queue.push({
        type: 'heartbeat',
        pending: length - done,
        done,
        failed: this.#failed,
        nextPollMs: this.#nextPollMs(now),
      });
      this.#nextBeat = nextHeartbeatMs(now, this.#options.heartbeatMs);
    }
    if (now >= this.#options.timeoutMs) this.#end = { why: 'deadline' };
  }

  /** The wall clock left the monotonic one behind: the machine slept (that time counts), or somebody set the clock. */
  #noticeJump(): void {
    const { clock } = this.#world;
    const ahead = clock.now() - clock.monotonic();
    const jumpMs = ahead - this.#wallAhead;
    if (Math.abs(jumpMs) <= 2 * this.#lastGapMs + JUMP_SLACK_MS) return;
    this.#wallAhead = ahead;
    this.#skippedMs += Math.max(0, jumpMs);
    this.#queue.push({ type: 'wake', jumpMs });
    this.checkNow();
  }

  // --- asking ---

  #launchDue(): void {
    const now = this.#elapsed();
    while (!this.#end && this.#inFlight < IN_FLIGHT) {
      const next = this.#due.peek();
      if (!next || next.due > now || this.#rate.delay(now) > 0) return;
      this.#due.pop();
      this.#rate.take(now);
      this.#inFlight += 1;
      void this.#poll(next, now);
    }
  }

  async #poll(task: Watched, sentAt: number): Promise<void> {
    const timeoutMs = this.#options.timeoutMs - sentAt;
    try {
      const reply = await this.#world.ask(task.id, { timeoutMs, signal: this.#requests.signal });
      if (!this.#end) this.#take(task, reply, sentAt);
    } catch (error) {
      this.#broken = { error };
    }
    this.#inFlight -= 1;
    this.#wake();
  }

  #take(task: Watched, reply: Reply, sentAt: number): void {
    const now = this.#elapsed();
    // The usual latency, recent requests weighing most: the last poll is planned with it.
    this.#latencyMs += (now - sentAt - this.#latencyMs) / (task.polls === 0 ? 2 : 5);
    task.polls += 1;
    if (reply.ok) this.#answered(task, reply.answer, sentAt, now);
    else this.#unanswered(task, reply.failure, now);
    if (this.#parked + this.#done === this.#tasks.length) this.#end ??= { why: 'deadline' };
  }

  #answered(task: Watched, { status, requestId }: Answer, sentAt: number, now: number): void {
    this.#throttle.clean();
    task.failures = 0;
    task.failure = null;
    task.requestId = requestId;
    const state = taskState(status);
    if (status !== task.status) {
      const { state: prev, polls } = task;
      this.#queue.push({
        type: 'state',
        id: task.id,
        state,
        status,
        prev,
        ageMs: now,
        prevMs: now - task.changedAt,
        polls,
        requestId,
      });
      Object.assign(task, { state, status, changedAt: now });
    }
    if (isFinal(state)) {
      task.lagMaxMs = now - task.lookedAt;
      return this.#finish(task, state as TaskEnd, now);
    }
    task.lookedAt = sentAt;
    const limit = this.#taskLimit(task);
    if (now >= limit.at) return this.#finish(task, limit.end, now);
    const gap = gapMs(now - task.changedAt, this.#options, this.#world.random) * this.#throttle.factor;
    this.#schedule(task, now, Math.min(gap, limit.at - now));
  }

  #unanswered(task: Watched, failure: Failure, now: number): void {
    if (failureExitCode(failure) === ExitCode.denied) {
      task.failure = failure;
      this.#end = { why: 'denied', failure };
      return;
    }
    if (failure.class === 'throttle') this.#throttle.throttled();
    if (task.failures === 0) task.failingSince = now;
    task.failures += 1;
    task.failure = failure;
    const left = this.#budgetMs(failure) - (now - task.failingSince);
    if (left <= 0) return this.#finish(task, failure.class === 'notFound' ? 'notFound' : 'unanswered', now);
    const hint = Math.min(failure.serverDelayMs ?? 0, MAX_HINT_MS);
    const backoff = Math.max(TICK_MS, backoffMs(task.failures, this.#world.random) * this.#throttle.factor);
    // The budget's end is asked once more, so that a late recovery is not missed by a long delay.
    const delayMs = Math.max(Math.min(backoff, left), hint);
    const budgetLeftMs = left === Number.POSITIVE_INFINITY ? null : left;
    this.#queue.push({ type: 'retry', id: task.id, failure, attempt: task.failures, delayMs, budgetLeftMs });
    this.#schedule(task, now, delayMs);
  }

  /** How long this failure is borne, in ms. A throttling service works, so throttling ends at the deadline only. */
  #budgetMs(failure: Failure): number {
    if (failure.class === 'throttle') return Number.POSITIVE_INFINITY;
    if (failure.class === 'notFound') return this.#options.notFoundGraceMs;
    return failure.retry === 'backoff' ? this.#options.errorBudgetMs : 0;
  }

  #taskLimit(task: Watched): { at: number; end: TaskEnd } {
    const stallAt = task.changedAt + this.#options.stallTimeoutMs;
    const queueAt = task.state === 'submitting' ? this.#options.queueTimeoutMs : Number.POSITIVE_INFINITY;
    return queueAt <= stallAt ? { at: queueAt, end: 'queueTimeout' } : { at: stallAt, end: 'stallTimeout' };
  }

  /** The next poll of a task, the last one planned to be answered just before the deadline. */
  #schedule(task: Watched, now: number, gap: number): void {
    const lastAt = this.#options.timeoutMs - this.#latencyMs - LAST_POLL_MARGIN_MS;
    if (task.isLastPoll || lastAt <= now) {
      this.#parked += 1;
      return;
    }
    this.#lastGapMs = gap;
    task.isLastPoll = now + gap > lastAt - LAST_POLL_MERGE_MS;
    task.due = task.isLastPoll ? lastAt : now + gap;
    this.#due.push(task);
  }

  // --- ending ---

  #finish(task: Watched, outcome: TaskEnd, now: number): void {
    const { id, state, status, lagMaxMs, polls, requestId, failure } = task;
    task.outcome = outcome;
    this.#done += 1;
    if (outcome === 'succeeded') this.#succeeded += 1;
    else this.#failed += 1;
    const result = {
      id,
      outcome,
      state: state ?? 'unknown',
      status,
      durationMs: now,
      lagMaxMs,
      polls,
      requestId,
    } as const;
    this.#queue.push({ type: 'result', ...result, ...(failure && { failure }) });
    if (this.#succeeded >= this.#options.need) this.#end = { why: 'met' };
    else if (this.#options.failFast && outcome !== 'succeeded') this.#end = { why: 'failFast' };
    else if (this.#done === this.#tasks.length) this.#end = { why: 'ended' };
  }

  #endEvent(end: { why: WaitEnd; failure?: Failure }): EndEvent {
    const { elapsedMs, tasks } = this.view();
    return { type: 'end', ...end, exitCode: this.#exitCode(end.why), elapsedMs, tasks };
  }

  #exitCode(why: WaitEnd): number {
    if (why === 'met') return ExitCode.ok;
    if (why === 'denied') return ExitCode.denied;
    if (why === 'interrupted') return this.#world.signal.reason as number;
    return foldOutcomes(this.#tasks.map(outcomeOf), this.#options.timeoutExitCode);
  }
}
