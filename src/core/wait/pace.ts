/** When to poll again: pure rules. All spans in ms. */

export interface PaceOptions {
  /** A fixed gap, or `auto`: the square root of the age. */
  readonly intervalMs: number | 'auto';
  readonly maxIntervalMs: number;
}

/** The shortest time between two polls with `auto`, in ms. */
export const MIN_GAP_MS = 1000;
/** The jitter of a gap, as a part of it: from −10 % to +10 %. */
export const JITTER = 0.2;
const MAX_FACTOR = 8;
const CLEAN_POLLS = 5;

/**
 * The gap after a poll of a task that has been in its state for `ageMs`. √age (in s) is within √2 of the best fixed interval
 * chosen in hindsight, whatever the duration; the jitter keeps watchers started together from polling in step.
 */
export function gapMs(ageMs: number, { intervalMs, maxIntervalMs }: PaceOptions, random: () => number): number {
  if (intervalMs !== 'auto') return intervalMs;
  const gap = Math.sqrt(ageMs / 1000) * 1000;
  return Math.round(Math.max(MIN_GAP_MS, Math.min(gap, maxIntervalMs)) * (1 - JITTER / 2 + JITTER * random()));
}

/** Stretches every gap while the service throttles: doubled by each throttled response up to ×8, halved by five clean ones. */
export class Throttle {
  factor = 1;
  #clean = 0;

  throttled(): void {
    this.factor = Math.min(this.factor * 2, MAX_FACTOR);
    this.#clean = 0;
  }

  clean(): void {
    this.#clean += 1;
    if (this.#clean < CLEAN_POLLS) return;
    this.factor = Math.max(this.factor / 2, 1);
    this.#clean = 0;
  }
}

/** Requests per second over all tasks, with a burst of one second's worth (a virtual-scheduling leaky bucket). */
export class RateLimit {
  readonly #spacingMs: number;
  readonly #burstMs: number;
  #next = Number.NEGATIVE_INFINITY;

  constructor(perSecond: number) {
    this.#spacingMs = 1000 / perSecond;
    this.#burstMs = 1000 - this.#spacingMs;
  }

  /** Milliseconds from `now` until the last of the next `count` requests may go out; 0 when it may now. */
  delay(now: number, count = 1): number {
    return Math.max(0, Math.max(this.#next, now) + (count - 1) * this.#spacingMs - this.#burstMs - now);
  }

  /** {@link delay} after a pause of a second. */
  restedDelay(count: number): number {
    return Math.max(0, (count - 1) * this.#spacingMs - this.#burstMs);
  }

  take(now: number): void {
    this.#next = Math.max(this.#next, now) + this.#spacingMs;
  }
}

const FIRST_BEATS_MS = [30_000, 60_000, 120_000, 240_000, 300_000];
const BEAT_MS = 300_000;

/** The heartbeat after `elapsedMs`: `auto` is 30 s, 1, 2, 4, 5 min, then every 5 min (below the 10 min of silence a CI allows). */
export function nextHeartbeatMs(elapsedMs: number, every: number | 'auto'): number {
  if (every !== 'auto') return (Math.floor(elapsedMs / every) + 1) * every;
  return FIRST_BEATS_MS.find((beat) => beat > elapsedMs) ?? (Math.floor(elapsedMs / BEAT_MS) + 1) * BEAT_MS;
}
