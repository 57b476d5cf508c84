import type { Clock } from '../clock.ts';
import type { HttpResponse } from './transport.ts';

/** A clock further off than this is not believed: it would be a broken proxy's. In ms. */
const MAX_OFFSET_MS = 24 * 3_600_000;

/** The server's clock by its Date header, in ms since the epoch; undefined without one, or of a cached answer, whose Date is old. */
export function serverTime({ date, age }: HttpResponse['headers']): number | undefined {
  const time = Date.parse(date ?? '');
  return Number.isNaN(time) || age ? undefined : time;
}

/** The service's clock as far as it is known: ours, and what has to be added to it, learned from the service's answers. */
export class ServiceClock {
  /** In ms. */
  offsetMs = 0;
  readonly #clock: Clock;
  readonly #debug: (line: string) => void;

  constructor(clock: Clock, debug: (line: string) => void) {
    this.#clock = clock;
    this.#debug = debug;
  }

  /** Milliseconds since the epoch. */
  now(): number {
    return this.#clock.now() + this.offsetMs;
  }

  /** Learns from an answer's {@link serverTime}; false where it told none, or one more than a day off. */
  learn(time: number | undefined): boolean {
    if (time === undefined) return false;
    const offsetMs = time - this.#clock.now();
    if (Math.abs(offsetMs) > MAX_OFFSET_MS) {
      this.#debug(`clock offset of ${offsetMs} ms not believed`);
      return false;
    }
    this.offsetMs = offsetMs;
    this.#debug(`clock offset learned: ${offsetMs} ms`);
    return true;
  }
}
