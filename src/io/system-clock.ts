import { uptime } from 'node:os';
import type { Clock } from '../core/clock.ts';
import { MAX_TIMER_MS } from '../text/duration.ts';

export const systemClock: Clock = {
  now: Date.now,
  monotonic: () => {
    // Not performance.now: loading its module takes as long as sending a request.
    const [seconds, nanoseconds] = process.hrtime();
    return seconds * 1000 + nanoseconds / 1e6;
  },
  sinceBoot: () => uptime() * 1000,
  // Not node:timers/promises: its sleep with a signal takes half as much again.
  sleep(ms, signal) {
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      const timer = setTimeout(wake, Math.min(Math.max(0, ms), MAX_TIMER_MS));
      signal?.addEventListener('abort', wake);
      if (signal?.aborted) wake();
    });
  },
};
