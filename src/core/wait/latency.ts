import { MAX_IN_FLIGHT } from '../rpc/transport.ts';

/** How many of the latest responses the mean counts, and how many its deviation, which has to follow a change sooner. */
const MEAN_OF = 64;
const DEVIATION_OF = 16;
/** A response that takes longer than the mean and this many mean deviations is rare. */
const DEVIATIONS = 3;

/** How long responses take, in ms: moving averages, recent responses weighing most. 0 before the first. */
export class Latency {
  /** The mean, which tells how many requests the service serves in a time. */
  meanMs = 0;
  #deviationMs = 0;
  #count = 0;
  #isFirst = true;

  add(ms: number): void {
    // The first ones waited for their connections and for credentials: those after them are no deviation.
    if (this.#isFirst && this.#count === MAX_IN_FLIGHT) {
      this.#isFirst = false;
      this.#count = 0;
      this.#deviationMs = 0;
    }
    const error = ms - this.meanMs;
    this.#count += 1;
    this.meanMs += error / Math.min(this.#count, MEAN_OF);
    // The first response is no deviation.
    if (this.#count > 1) {
      this.#deviationMs += (Math.abs(error) - this.#deviationMs) / Math.min(this.#count - 1, DEVIATION_OF);
    }
  }

  /** What almost every response takes at most. */
  get longMs(): number {
    return this.meanMs + DEVIATIONS * this.#deviationMs;
  }
}
