import type { Clock } from '../clock.ts';

/** A sleep is noticed within this time. */
export const TICK_MS = 1000;
/** After a pause, for reading the responses that came in it, in ms. */
export const ARRIVED_MS = 100;
/** The boot-time clock may have a resolution of a second, so that less than this is no sleep. */
const MIN_SLEEP_MS = 2000;
/** A timer that is later than this tells of a pause: the process was stopped, or the machine slept. */
export const MAX_LATE_MS = 5000;
/** The same for the timer of the deadline: the polls before it were not sent in time, or not responded to. */
const MAX_LATE_AT_DEADLINE_MS = 1000;

/** By how much the two other clocks are ahead of the monotonic one. */
interface Ahead {
  readonly bootMs: number;
  readonly wallMs: number;
}

/**
 * Time since construction that counts a laptop's sleep, which the monotonic clock may leave out and the two others do not: the
 * wall clock, which anybody may set, and the boot-time clock, which a container may get from a file system of its own (lxcfs) and,
 * when that ends, from the host. A sleep is what both agree on.
 */
export class Elapsed {
  readonly #clock: Clock;
  readonly #start: number;
  #ahead: Ahead;
  #sleptMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#start = clock.monotonic();
    this.#ahead = this.#readAhead();
  }

  /** Whole milliseconds. */
  ms(): number {
    return Math.round(this.#clock.monotonic() - this.#start + this.#sleptMs);
  }

  /**
   * For how long the machine slept or the process was stopped since the last call, in ms; `lateMs` is how late a timer is. The
   * boot-time clock is read from a file: only where the wall clock may tell of a sleep, or was set back, which would hide one.
   */
  takePausedMs(lateMs: number, isPastDeadline: boolean): number {
    const isLate = lateMs > (isPastDeadline ? MAX_LATE_AT_DEADLINE_MS : MAX_LATE_MS);
    const isSuspected = Math.abs(this.#wallAhead() - this.#ahead.wallMs) >= MIN_SLEEP_MS;
    const sleptMs = isSuspected || isLate ? this.#takeSleep() : 0;
    return Math.round(sleptMs + (isLate ? lateMs : 0));
  }

  #takeSleep(): number {
    const before = this.#ahead;
    this.#ahead = this.#readAhead();
    const sleptMs = Math.min(this.#ahead.bootMs - before.bootMs, this.#ahead.wallMs - before.wallMs);
    if (sleptMs < MIN_SLEEP_MS) return 0;
    this.#sleptMs += sleptMs;
    return sleptMs;
  }

  #readAhead(): Ahead {
    return { bootMs: this.#clock.sinceBoot() - this.#clock.monotonic(), wallMs: this.#wallAhead() };
  }

  #wallAhead(): number {
    return this.#clock.now() - this.#clock.monotonic();
  }
}
