import { MAX_TIMER_MS } from '../../text/duration.ts';
import type { Clock } from '../clock.ts';
import { decodeText } from './decode.ts';

/** What is read, and what ends the reading early. */
export interface InputSource {
  readonly stdin: { chunks(stop: AbortSignal): AsyncIterable<Uint8Array> };
  readonly signal: AbortSignal;
  readonly clock: Clock;
}

/** How long standard input may take. */
export interface InputLimits {
  /** From now to its end, in ms. */
  readonly totalMs: number;
  /** Without anything coming, in ms. */
  readonly idleMs: number;
  /** Called once where nothing has come for {@link NOTICE_MS}: the user may not know that input is read. */
  onWait(): void;
}

/** The longest wait for the next piece where no deadline says otherwise, in ms: a program may have left the pipe open. */
export const IDLE_MS = 60_000;

const NOTICE_MS = 2000;
/** In so many turns of the event loop what arrived before a limit is read: timers come before pipes, after a stop of the process, too. */
const LAST_TURNS = 10;

/** Gives the text of standard input to `take`, piece by piece; false where a limit came before its end. A signal ends the reading, too. */
export async function readWithin(
  { stdin, signal, clock }: InputSource,
  take: (text: string) => void,
  { totalMs, idleMs, onWait }: InputLimits,
): Promise<boolean> {
  const stop = new AbortController();
  const start = clock.monotonic();
  let lastArrival: number | undefined;
  const leftMs = () => Math.min(start + totalMs, (lastArrival ?? start) + idleMs) - clock.monotonic();
  const watchClock = async () => {
    await clock.sleep(Math.min(NOTICE_MS, totalMs, idleMs), stop.signal);
    if (lastArrival === undefined && !stop.signal.aborted && leftMs() > 0) onWait();
    for (let turns = 0; !stop.signal.aborted; ) {
      const left = leftMs();
      turns = left > 0 ? 0 : turns + 1;
      if (turns > LAST_TURNS) return stop.abort('timeout');
      await clock.sleep(Math.max(0, Math.min(left, MAX_TIMER_MS)), stop.signal);
    }
  };
  const watching = watchClock();
  const chunks = async function* () {
    for await (const chunk of stdin.chunks(AbortSignal.any([signal, stop.signal]))) {
      lastArrival = clock.monotonic();
      yield chunk;
    }
  };
  try {
    for await (const text of decodeText(chunks())) take(text);
    return !stop.signal.aborted;
  } finally {
    stop.abort('done');
    await watching;
  }
}
