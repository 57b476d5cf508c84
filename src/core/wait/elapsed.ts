import type { Clock } from '../clock.ts';

/** Time since its making that counts a laptop's sleep, which the monotonic clock leaves out. */
export class Elapsed {
  readonly #clock: Clock;
  readonly #start: number;
  #wallAhead: number;
  #skippedMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#start = clock.monotonic();
    this.#wallAhead = clock.now() - this.#start;
  }

  /** Whole milliseconds. */
  ms(): number {
    return Math.round(this.#clock.monotonic() - this.#start + this.#skippedMs);
  }

  /**
   * By how many ms the wall clock left the monotonic one since the last jump, if by more than `slackMs`; 0 otherwise. Forward
   * the machine slept, and the time slept counts; back somebody set the clock, and no time is taken back.
   */
  jumpMs(slackMs: number): number {
    const ahead = this.#clock.now() - this.#clock.monotonic();
    const jump = ahead - this.#wallAhead;
    if (Math.abs(jump) <= slackMs) return 0;
    this.#wallAhead = ahead;
    this.#skippedMs += Math.max(0, jump);
    return jump;
  }
}
