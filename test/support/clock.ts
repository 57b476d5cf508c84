import type { Clock } from '../../src/core/clock.ts';

/** A clock that moves only when everybody sleeps: it then jumps to the next wake-up. No test waits for real time. */
export interface FakeClock extends Clock {
  /** The spans slept, in ms, in the order asked for. */
  readonly sleeps: number[];
  /** Moves the wall clock alone, as NTP or a person does. */
  jump(ms: number): void;
  /** Moves the boot-time clock alone, as a container sees whose lxcfs ends. */
  jumpBoot(ms: number): void;
  /** The machine sleeps: the monotonic clock stands still. */
  suspend(ms: number): void;
  /** The process is stopped: everything goes on but itself. */
  stop(ms: number): void;
}

export function fakeClock(start = Date.parse('2023-03-13T08:34:30Z')): FakeClock {
  let elapsed = 0;
  let jumped = 0;
  let bootJumped = 0;
  let slept = 0;
  const sleeps: number[] = [];
  const sleepers: { at: number; wake: () => void }[] = [];
  let isScheduled = false;
  const advance = () => {
    isScheduled = false;
    sleepers.sort((a, b) => a.at - b.at);
    const next = sleepers.shift();
    if (!next) return;
    elapsed = Math.max(elapsed, next.at);
    next.wake();
    if (sleepers.length > 0) schedule();
  };
  // setImmediate lets every microtask settle first: nobody who can still run is overtaken by time.
  const schedule = () => {
    if (!isScheduled) setImmediate(advance);
    isScheduled = true;
  };
  return {
    sleeps,
    now: () => start + elapsed + slept + jumped,
    monotonic: () => elapsed,
    sinceBoot: () => 1_000_000 + elapsed + slept + bootJumped,
    jump: (ms) => {
      jumped += ms;
    },
    jumpBoot: (ms) => {
      bootJumped += ms;
    },
    suspend: (ms) => {
      slept += ms;
    },
    stop: (ms) => {
      elapsed += ms;
    },
    sleep(ms, signal) {
      sleeps.push(ms);
      return new Promise((resolve) => {
        if (signal?.aborted) return resolve();
        const wake = () => {
          signal?.removeEventListener('abort', cancel);
          resolve();
        };
        // As Node's timers: a fraction of a millisecond, which may be too little to move the clock at all, is a whole one.
        const sleeper = { at: elapsed + (ms > 0 ? Math.max(ms, 1) : ms), wake };
        const cancel = () => {
          sleepers.splice(sleepers.indexOf(sleeper), 1);
          wake();
        };
        sleepers.push(sleeper);
        signal?.addEventListener('abort', cancel);
        schedule();
      });
    },
  };
}
