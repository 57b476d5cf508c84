import type { Clock } from '../clock.ts';

/**
 * Rings after a while, or sooner. A sleep under way that ends in time is kept: a wait that each answer wakes would otherwise
 * begin a sleep for every poll, a tenth of what a poll costs.
 */
export class Alarm {
  readonly #clock: Clock;
  readonly #ring: () => void;
  #sleep: { readonly until: number; readonly cancel: AbortController } | undefined;

  constructor(clock: Clock, ring: () => void) {
    this.#clock = clock;
    this.#ring = ring;
  }

  /** Rings once, `ms` from now at the latest. */
  within(ms: number): void {
    const until = this.#clock.monotonic() + ms;
    if (this.#sleep && this.#sleep.until <= until) return;
    this.cancel();
    const sleep = { until, cancel: new AbortController() };
    this.#sleep = sleep;
    void this.#clock.sleep(ms, sleep.cancel.signal).then(() => {
      if (this.#sleep !== sleep) return;
      this.#sleep = undefined;
      this.#ring();
    });
  }

  cancel(): void {
    this.#sleep?.cancel.abort();
    this.#sleep = undefined;
  }
}
