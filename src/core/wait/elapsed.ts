import type { Clock } from '../clock.ts';

/** A sleep is noticed within this time. */
export const TICK_MS = 1000;
/** After a pause, for reading the responses that came in it, in ms. */
export const ARRIVED_MS = 100;
/** The boot-time clock may have a resolution of a second, so that less than this is no sleep. */
const MIN_SLEEP_MS = 2000;
/** A timer that is later than this tells of a pause: the process was stopped, or the machine slept. */
const MAX_LATE_MS = 5000;

/**
 * Time since construction that counts a laptop's sleep, which the monotonic clock may leave out and the boot-time clock does
 * not. The wall clock, which anybody may set, is not looked at.
 */
export class Elapsed {
  readonly #clock: Clock;
  readonly #start: number;
  #bootAheadMs: number;
  #sleptMs = 0;
  #nextTickMs = TICK_MS;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#start = clock.monotonic();
    this.#bootAheadMs = clock.sinceBoot() - this.#start;
  }

  /** Whole milliseconds. */
  ms(): number {
    return Math.round(this.#clock.monotonic() - this.#start + this.#sleptMs);
  }

  /**
   * For how long the machine slept or the process was stopped since the last call, in ms; `lateMs` is how late a timer is. The
   * boot-time clock is read from a file: once in {@link TICK_MS}, or where a sleep `isSuspected`.
   */
  takePausedMs(lateMs: number, isSuspected: boolean): number {
    const isLate = lateMs > MAX_LATE_MS;
    const isTick = isSuspected || this.ms() >= this.#nextTickMs;
    const sleptMs = isTick || isLate ? this.#takeSleep() : 0;
    if (isTick) this.#nextTickMs = this.ms() + TICK_MS;
    return Math.round(sleptMs + (isLate ? lateMs : 0));
  }

  #takeSleep(): number {
    const aheadMs = this.#clock.sinceBoot() - this.#clock.monotonic();
    const sleptMs = aheadMs - this.#bootAheadMs;
    this.#bootAheadMs = aheadMs;
    if (sleptMs < MIN_SLEEP_MS) return 0;
    this.#sleptMs += sleptMs;
    return sleptMs;
  }
}
