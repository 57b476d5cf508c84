import type { Clock } from '../clock.ts';
import type { HttpResponse } from './transport.ts';

/** A clock further off than this is not believed: it would be a broken proxy's. In ms. */
const MAX_OFFSET_MS = 24 * 3_600_000;
/** A clock further off than this is worth a warning, in ms. */
export const WARNED_OFFSET_MS = 5 * 60_000;

/** The server's clock by its Date header, in ms since the epoch; undefined without one, or of a cached response, whose Date is old. */
export function serverTime({ date, age }: HttpResponse['headers']): number | undefined {
  const time = Date.parse(date ?? '');
  return !Number.isNaN(time) && Number(age ?? 0) === 0 ? time : undefined;
}

/** The service's clock as far as it is known: ours, and what has to be added to it, learned from the service's responses. */
export interface ServiceClock {
  /** What has to be added to our clock, in ms. */
  readonly offsetMs: number;
  /** Milliseconds since the epoch. */
  now(): number;
  /** Learns from a response's {@link serverTime}; false without one, or with one more than a day off. */
  learn(time: number | undefined): boolean;
}

/** `onFarOff` is called once, when our clock is found to be more than five minutes off. */
export function createServiceClock(
  clock: Clock,
  debug: (line: string) => void,
  onFarOff?: (offsetMs: number) => void,
): ServiceClock {
  let offsetMs = 0;
  let isWarned = false;
  return {
    get offsetMs() {
      return offsetMs;
    },
    now: () => clock.now() + offsetMs,
    learn(time) {
      if (time === undefined) return false;
      const found = time - clock.now();
      if (Math.abs(found) > MAX_OFFSET_MS) {
        debug(`clock offset of ${found} ms not believed`);
        return false;
      }
      offsetMs = found;
      debug(`clock offset learned: ${offsetMs} ms`);
      if (Math.abs(offsetMs) > WARNED_OFFSET_MS && !isWarned) {
        isWarned = true;
        onFarOff?.(offsetMs);
      }
      return true;
    },
  };
}
