/** Reads the time and sleeps. */
export interface Clock {
  /** Wall-clock time in ms since the epoch; anybody may set it. */
  now(): number;
  /** Milliseconds that only ever grow, from an arbitrary start; may stand still while the machine sleeps. */
  monotonic(): number;
  /** Milliseconds since the machine was started, its sleep included; may have a resolution of a second. */
  sinceBoot(): number;
  /** Resolves after `ms` (24 days at most), or at once when `signal` aborts (check `signal.aborted` after). Never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}
