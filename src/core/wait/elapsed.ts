import type { Clock } from '../clock.ts';

/** The boot-time clock may have a resolution of a second, so that less than this is no sleep. */
const MIN_SLEEP_MS = 2000;

/**
 * Time since construction that counts a laptop's sleep, which the monotonic clock may leave out and the boot-time clock does
 * not. The wall clock, which anybody may set, is not looked at.
 */
export class Elapsed {
  readonly #clock: Clock;
  readonly #start: number;
  #bootAheadMs: number;
  #sleptMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#start = clock.monotonic();
    this.#bootAheadMs = clock.sinceBoot() - this.#start;
  }

  /** Whole milliseconds. */
  ms(): number {
    return Math.round(this.#clock.monotonic() - this.#start + this.#sleptMs);
  }

  /** Counts what the machine slept since the last call, in ms, and returns it. */
  addSleep(): number {
    const aheadMs = this.#clock.sinceBoot() - this.#clock.monotonic();
    const sleptMs = aheadMs - this.#bootAheadMs;
    this.#bootAheadMs = aheadMs;
    if (sleptMs < MIN_SLEEP_MS) return 0;
    this.#sleptMs += sleptMs;
    return sleptMs;
  }
}
