/** Reads the time and sleeps. */
export interface Clock {
  /** Wall-clock time in ms since the epoch; may jump. */
  now(): number;
  /** Milliseconds that only ever grow, from an arbitrary start. */
  monotonic(): number;
  /** Resolves after `ms`, or at once when `signal` aborts (check `signal.aborted` after). Never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}
