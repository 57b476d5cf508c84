import { listen, unlisten } from './abort-listeners.ts';

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

/** When work that may take longer is no longer waited for. */
interface Limits {
  /** Infinity means no limit. */
  readonly ms: number;
  readonly signal?: AbortSignal | undefined;
}

/** What `work` resolves or rejects with; where a limit comes first, what `late` returns or throws. No timer outlasts it. */
export async function within<T>(
  clock: Pick<Clock, 'sleep'>,
  { ms, signal }: Limits,
  work: Promise<T>,
  late: () => T,
): Promise<T> {
  if (ms === Number.POSITIVE_INFINITY && !signal) return work;
  const ended = new AbortController();
  const end = () => ended.abort('ended');
  let isDone = false;
  if (signal) listen(signal, end);
  if (signal?.aborted) end();
  try {
    return await Promise.race([work, clock.sleep(ms, ended.signal).then(() => (isDone ? work : late()))]);
  } finally {
    isDone = true;
    if (signal) unlisten(signal, end);
    end();
  }
}
