import { MAX_IN_FLIGHT } from '../rpc/transport.ts';
import { Latency } from './latency.ts';
import { MIN_GAP_MS, type PaceOptions, type RateLimit } from './pace.ts';

/** The last polls are sent this long before the deadline, and what a long response takes earlier. */
export const LAST_POLL_MARGIN_MS = 250;
/** In shortest gaps: a poll due less than this before the last round begins is left out. */
const MERGED_GAPS = 1.75;
/** What is added to the last round after a sleep that left too little: requests may be lost until the network is back. */
const LATE_ROUND_MS = 10_000;

/** What comes close before the last round, in ms. */
interface RoundMargins {
  /** A poll due less than this before the last round begins is left out. */
  readonly mergeMs: number;
  /** A poll that would be left out although it is needed is sent so much before the last round. */
  readonly earlyMs: number;
  /** A poll less than this before that one stands for it: the round comes later with each response that was quicker than those before. */
  readonly apartMs: number;
}

export function roundMargins({ intervalMs }: Pick<PaceOptions, 'intervalMs'>): RoundMargins {
  const gapMs = intervalMs === 'auto' ? MIN_GAP_MS : Math.min(intervalMs, MIN_GAP_MS);
  const mergeMs = MERGED_GAPS * gapMs;
  return { mergeMs, earlyMs: mergeMs + 50, apartMs: gapMs / 4 };
}

/**
 * The last round: one poll for each task before the deadline, as late as the rate, the requests in flight and what responses take
 * allow for all of them. Times are ms since the wait began.
 */
export class LastRound {
  deadlineMs: number;
  /** Tasks that still get a poll in it: those queued, and those in flight whose poll is not their last. */
  polls = 0;
  readonly margins: RoundMargins;
  readonly #rate: RateLimit;
  #latency = new Latency();
  /** It began late, after a pause. */
  isLate = false;
  /** When its first poll was sent. */
  #beganAt: number | undefined;

  constructor(options: { readonly timeoutMs: number } & Pick<PaceOptions, 'intervalMs'>, rate: RateLimit) {
    this.deadlineMs = options.timeoutMs;
    this.margins = roundMargins(options);
    this.#rate = rate;
  }

  /** A response took `ms`. */
  learn(ms: number): void {
    this.#latency.add(ms);
  }

  /** Whether it has begun `now`, or does with so many polls. */
  hasBegun(now: number, polls = this.polls): boolean {
    return this.isLate || now + Math.max(this.#rate.delay(now, polls), this.#batchesMs(polls)) >= this.lastSendAt();
  }

  /**
   * Whether a pause until `now` took the time: it is past the deadline, or one poll for each of the tasks `waiting` fitted before the
   * pause, or those that were left of the round.
   */
  isOverslept(now: number, pausedMs: number, waiting: number): boolean {
    const tookTimeOf = (polls: number) =>
      polls > 0 && this.hasBegun(now, polls) && now - pausedMs < this.beginsAt(polls);
    return now >= this.deadlineMs || tookTimeOf(waiting) || tookTimeOf(this.polls);
  }

  /** When it begins, if it has not. By then the rate has been at rest for long enough. */
  beginsAt(polls = this.polls): number {
    return Math.ceil(this.lastSendAt() - Math.max(this.#rate.restedDelay(polls), this.#batchesMs(polls)));
  }

  /** Whether a poll due at `due` is left to it, since it comes before that or soon after. */
  includes(due: number, now: number): boolean {
    return this.hasBegun(now) || Math.max(due, now) > this.beginsAt() - this.margins.mergeMs;
  }

  /** Takes one of its polls, sent `now`; returns since when it waited for its turn: not before the round began, if it was put off to it. */
  send(due: number, now: number): number {
    this.polls -= 1;
    this.#beganAt ??= now;
    return due > this.#beganAt - this.margins.mergeMs ? Math.max(due, this.#beganAt) : due;
  }

  /** More polls are to be sent before it, so that it begins anew. */
  putOff(): void {
    this.#beganAt = undefined;
  }

  /** When its very last poll is sent, so that the response comes just before the deadline. */
  lastSendAt(): number {
    return this.deadlineMs - this.#latency.longMs - LAST_POLL_MARGIN_MS;
  }

  /** There is time for one more poll. */
  isOpen(now: number): boolean {
    return now < this.deadlineMs - LAST_POLL_MARGIN_MS;
  }

  /** What a poll may take: one that hangs leaves it all turns, but has what a long response takes. */
  timeoutMs(now: number, isLast: boolean): number {
    const endsAt = isLast || this.includes(now, now) ? this.deadlineMs : this.beginsAt();
    const leftMs = Math.max(0, endsAt - now, Math.min(this.#latency.longMs, this.deadlineMs - now));
    // A request that hangs ends a little earlier, so that the failure is known.
    return leftMs - Math.min(100, Math.ceil(leftMs / 10));
  }

  /** After its last response, which took `latencyMs`: all before may have taken longer. */
  planAnew(latencyMs: number): void {
    this.#latency = new Latency();
    this.learn(latencyMs);
    this.isLate = false;
  }

  /** Whether there is time before it, or before another one, for so many polls. */
  canRepeat(now: number, polls: number): boolean {
    return now + this.margins.earlyMs <= this.beginsAt(polls);
  }

  /** Begins it `now`, since the machine slept past the deadline or until just before it; it moves. */
  beginLate(now: number): void {
    this.isLate = true;
    this.#beganAt = undefined;
    const roundMs = Math.max(this.#rate.delay(now, this.polls), this.#batchesMs(this.polls)) + this.#latency.longMs;
    this.deadlineMs = now + LATE_ROUND_MS + roundMs + LAST_POLL_MARGIN_MS;
  }

  /** Adds a pause in it, in which nothing could be sent. */
  addPause(ms: number): void {
    this.deadlineMs += ms;
  }

  /** How long the requests in flight take until the last ones can be sent. */
  #batchesMs(polls: number): number {
    return Math.max(0, Math.ceil(polls / MAX_IN_FLIGHT) - 1) * this.#latency.meanMs;
  }
}
