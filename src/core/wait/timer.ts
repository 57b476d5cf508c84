import type { Clock } from '../clock.ts';

/** A timer that is overdue for longer is kept from running, in ms. */
const MAX_OVERDUE_MS = 50;

/**
 * A timer that can be moved earlier. A sleep under way that ends in time is kept: a wait that each response wakes would
 * otherwise begin a sleep for every poll, a tenth of what a poll costs.
 */
export class Timer {
  readonly #clock: Clock;
  readonly #onFire: () => void;
  #sleep: { readonly until: number; readonly cancel: AbortController } | undefined;
  #firedLateMs = 0;

  constructor(clock: Clock, onFire: () => void) {
    this.#clock = clock;
    this.#onFire = onFire;
  }

  /** Fires once, `ms` from now at the latest. */
  fireWithin(ms: number): void {
    const until = this.#clock.monotonic() + ms;
    if (this.#sleep && this.#sleep.until <= until) return;
    this.cancel();
    const sleep = { until, cancel: new AbortController() };
    this.#sleep = sleep;
    void this.#clock.sleep(ms, sleep.cancel.signal).then(() => {
      if (this.#sleep !== sleep) return;
      this.#firedLateMs = this.#overdueMs();
      this.#sleep = undefined;
      this.#onFire();
    });
  }

  /** How late it is, in ms, if it has not fired yet; how late it fired, if that was not taken before. */
  takeLateMs(): number {
    const lateMs = Math.max(this.#overdueMs(), this.#firedLateMs);
    this.#firedLateMs = 0;
    return lateMs;
  }

  /**
   * Lets timers run and responses come, the program's too, where this one is overdue or was late: work that is never waited for, as
   * of a client without I/O, keeps them from it, and after a stop of the process timers come before responses.
   */
  async catchUp(): Promise<void> {
    if (Math.max(this.#overdueMs(), this.#firedLateMs) > MAX_OVERDUE_MS) await this.#clock.sleep(0);
  }

  cancel(): void {
    // With a reason: Node makes an error with a stack for an abort that has none.
    this.#sleep?.cancel.abort('canceled');
    this.#sleep = undefined;
  }

  #overdueMs(): number {
    return this.#sleep ? Math.max(0, this.#clock.monotonic() - this.#sleep.until) : 0;
  }
}
