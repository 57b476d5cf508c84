import type { TaskReply } from '../client.ts';
import type { Clock } from '../clock.ts';
import { endOutcome, type TaskEnd, waitExitCode } from '../outcome.ts';
import { MAX_IN_FLIGHT } from '../rpc/transport.ts';
import type { TaskId } from '../task.ts';
import { type AcceptorRules, accept, resultEvent } from './acceptor.ts';
import { Alarm } from './alarm.ts';
import { Elapsed } from './elapsed.ts';
import type { EndEvent, WaiterEvent } from './events.ts';
import { Heap } from './heap.ts';
import { LAST_POLL_MARGIN_MS, LAST_POLL_MERGE_MS, nextHeartbeatMs, RateLimit, Throttle } from './pace.ts';
import { newTask, type Watched } from './watched.ts';

/** Spans in ms; Infinity means no limit. */
export interface WaiterOptions extends AcceptorRules {
  readonly ids: readonly TaskId[];
  /** The condition: as many tasks as this succeeded. */
  readonly need: number;
  readonly failFast: boolean;
  /** One deadline for all tasks, from the start. */
  readonly timeoutMs: number;
  /** Requests per second over all tasks. */
  readonly maxRps: number;
  readonly heartbeatMs: number | 'auto';
  /** The exit code of a deadline (124 unless the user says otherwise). */
  readonly timeoutExitCode: number;
}

/** What the waiter reaches the world through. */
export interface WaiterDeps {
  readonly clock: Clock;
  readonly random: () => number;
  readonly ask: (id: TaskId, options: { timeoutMs: number; signal: AbortSignal }) => Promise<TaskReply>;
  /** Ends the wait; the reason is the exit code. */
  readonly signal: AbortSignal;
}

/** The wall clock is looked at this often, so that waking from sleep is noticed within a second. */
const TICK_MS = 1000;
const JUMP_SLACK_MS = 5000;
const WAKE_GRACE_MS = 10_000;

/**
 * Polls many tasks until the condition is met: one heap of due times, one timer, a few requests in flight. `events` must be
 * read to its end, which is always one `end` event.
 */
export class Waiter {
  readonly tasks: readonly Watched[];
  /** How many tasks are watched no longer, and how many of them did not succeed. */
  done = 0;
  failed = 0;
  readonly #options: WaiterOptions;
  readonly #world: WaiterDeps;
  readonly #due = new Heap<Watched>();
  readonly #throttle = new Throttle();
  readonly #rate: RateLimit;
  readonly #queue: WaiterEvent[] = [];
  readonly #requests = new AbortController();
  readonly #elapsed: Elapsed;
  readonly #alarm: Alarm;
  #deadlineMs: number;
  #inFlight = 0;
  #latencyMs = 0;
  #lastGapMs = TICK_MS;
  /** Tasks whose last poll before the deadline is behind them. */
  #parked = 0;
  #succeeded = 0;
  #nextBeat: number;
  #end: Pick<EndEvent, 'why' | 'failure'> | undefined;
  #broken: { error: unknown } | undefined;
  #wake: () => void = () => {};

  constructor(options: WaiterOptions, world: WaiterDeps) {
    this.#options = options;
    this.#world = world;
    this.#deadlineMs = options.timeoutMs;
    this.#rate = new RateLimit(options.maxRps);
    this.#elapsed = new Elapsed(world.clock);
    this.#alarm = new Alarm(world.clock, () => this.#wake());
    this.#nextBeat = nextHeartbeatMs(0, options.heartbeatMs);
    this.tasks = options.ids.map(newTask);
    for (const task of this.tasks) this.#due.push(task);
  }

  /** Asks about every waiting task now. */
  checkNow(): void {
    const now = this.elapsedMs();
    this.#due.forEach((task) => {
      task.due = now;
      // Asked too early to be the last poll before the deadline, which is planned anew.
      task.isLastPoll = false;
    });
    this.#wake();
  }

  /** Whole milliseconds since the start, the time slept through included. */
  elapsedMs(): number {
    return this.#elapsed.ms();
  }

  /** Until the next poll of any task, in ms. */
  nextPollMs(): number {
    const now = this.elapsedMs();
    const next = this.#due.peek();
    return next ? Math.max(0, next.due - now, this.#rate.delay(now)) : TICK_MS;
  }

  async *events(): AsyncGenerator<WaiterEvent, void> {
    const { signal } = this.#world;
    const stop = () => this.#wake();
    signal.addEventListener('abort', stop);
    try {
      while (!this.#end) {
        this.#launchDue();
        for (const event of this.#queue.splice(0)) yield event;
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
      this.#alarm.cancel();
    }
  }

  // --- time ---

  /** Rests until something is due or {@link #wake} is called. */
  async #pause(): Promise<void> {
    const now = this.elapsedMs();
    const untilPoll = this.#inFlight < MAX_IN_FLIGHT ? this.nextPollMs() : TICK_MS;
    const woken = new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    if (this.#queue.length > 0 || this.#world.signal.aborted) return;
    this.#alarm.within(Math.min(untilPoll, TICK_MS, this.#nextBeat - now, this.#deadlineMs - now));
    await woken;
  }

  /** What the passing of time alone brings: a stop, a clock jump, a deadline, a heartbeat. */
  #look(): void {
    if (this.#world.signal.aborted) this.#end ??= { why: 'interrupted' };
    if (this.#end) return;
    this.#noticeJump();
    const now = this.elapsedMs();
    if (now >= this.#deadlineMs) this.#end = { why: 'deadline' };
    else if (now >= this.#nextBeat) this.#beat(now);
  }

  #beat(now: number): void {
    const { done, failed } = this;
    const pending = this.tasks.length - done;
    this.#queue.push({ type: 'heartbeat', pending, done, failed, nextPollMs: this.nextPollMs() });
    this.#nextBeat = nextHeartbeatMs(now, this.#options.heartbeatMs);
  }

  /** After a laptop's sleep, or when somebody set the clock, every task is asked about at once. */
  #noticeJump(): void {
    const jumpMs = this.#elapsed.jumpMs(2 * this.#lastGapMs + JUMP_SLACK_MS);
    if (jumpMs === 0) return;
    this.#queue.push({ type: 'wake', jumpMs });
    this.checkNow();
    if (this.elapsedMs() < this.#deadlineMs) return;
    // Slept past the deadline: the tasks may have ended meanwhile, so each gets its last poll now.
    this.#deadlineMs = this.elapsedMs() + WAKE_GRACE_MS;
    this.#due.forEach((task) => {
      task.isLastPoll = true;
    });
  }

  // --- asking ---

  #launchDue(): void {
    const now = this.elapsedMs();
    while (!this.#end && this.#inFlight < MAX_IN_FLIGHT) {
      const next = this.#due.peek();
      if (!next || next.due > now || this.#rate.delay(now) > 0) return;
      this.#due.pop();
      this.#rate.take(now);
      this.#inFlight += 1;
      void this.#poll(next, now);
    }
  }

  async #poll(task: Watched, sentAt: number): Promise<void> {
    const leftMs = this.#deadlineMs - sentAt;
    // A request that hangs ends a little before the deadline, so that the wait can still say what it died of.
    const timeoutMs = leftMs === Number.POSITIVE_INFINITY ? leftMs : leftMs - Math.min(100, Math.ceil(leftMs / 10));
    try {
      const reply = await this.#world.ask(task.id, { timeoutMs, signal: this.#requests.signal });
      if (!this.#end) this.#take(task, reply, sentAt);
    } catch (error) {
      this.#broken = { error };
    }
    this.#inFlight -= 1;
    this.#wake();
  }

  #take(task: Watched, reply: TaskReply, sentAt: number): void {
    const now = this.elapsedMs();
    // The usual latency, recent requests weighing most: the last poll is planned with it.
    this.#latencyMs += (now - sentAt - this.#latencyMs) / (task.polls === 0 ? 2 : 5);
    const world = { rules: this.#options, throttle: this.#throttle, random: this.#world.random };
    const { event, next } = accept(task, reply, { sentAt, now }, world);
    const nextPollMs = 'againInMs' in next ? this.#schedule(task, now, next.againInMs) : null;
    if (event?.type === 'state') event.nextPollMs = nextPollMs;
    // A failure of the last poll is not asked about again.
    const isTold = event && !(event.type === 'retry' && nextPollMs === null);
    if (isTold) this.#queue.push(event);
    if ('end' in next) this.#finish(task, next.end, now);
    if ('denied' in next) this.#end = { why: 'denied', failure: next.denied };
    if (this.#parked + this.done === this.tasks.length) this.#end ??= { why: 'deadline' };
  }

  /** Plans the next poll, the last one to be answered just before the deadline; ms until then, null after the last. */
  #schedule(task: Watched, now: number, gap: number): number | null {
    const lastAt = this.#deadlineMs - this.#latencyMs - LAST_POLL_MARGIN_MS;
    if (task.isLastPoll || lastAt <= now) {
      this.#parked += 1;
      return null;
    }
    this.#lastGapMs = gap;
    task.isLastPoll = now + gap > lastAt - LAST_POLL_MERGE_MS;
    task.due = task.isLastPoll ? lastAt : now + gap;
    this.#due.push(task);
    return task.due - now;
  }

  // --- ending ---

  #finish(task: Watched, outcome: TaskEnd, now: number): void {
    task.outcome = outcome;
    task.endedAt = now;
    this.done += 1;
    if (outcome === 'succeeded') this.#succeeded += 1;
    else this.failed += 1;
    this.#queue.push(resultEvent(task, outcome, now));
    if (this.#succeeded >= this.#options.need) this.#end = { why: 'met' };
    else if (this.#options.failFast && outcome !== 'succeeded') this.#end = { why: 'failFast' };
    else if (this.done === this.tasks.length) this.#end = { why: 'ended' };
  }

  #endEvent(end: Pick<EndEvent, 'why' | 'failure'>): EndEvent {
    const { tasks } = this;
    const outcomes = tasks.map(({ outcome }) => endOutcome(outcome));
    const interruptCode = this.#world.signal.reason as number;
    const exitCode = waitExitCode(end.why, outcomes, this.#options.timeoutExitCode, interruptCode);
    return { type: 'end', ...end, exitCode, elapsedMs: this.elapsedMs(), tasks };
  }
}
