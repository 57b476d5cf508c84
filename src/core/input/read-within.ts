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
  /** Called after each stop of this process, with how long it was at most, in ms. */
  onStop?(ms: number): void;
}

/** The longest wait for the next piece where no deadline says otherwise, in ms: a program may have left the pipe open. */
export const IDLE_MS = 60_000;

/** Gives the text of standard input to `take`, piece by piece; false where a limit came before its end. A signal ends the reading, too. */
export async function readWithin(
  { stdin, signal, clock }: InputSource,
  take: (text: string) => void,
  limits: InputLimits,
): Promise<boolean> {
  const stop = new AbortController();
  const time = new ReadingTime(clock, limits, stop.signal);
  const watching = watchTime(time, limits, stop);
  const chunks = async function* () {
    for await (const chunk of stdin.chunks(AbortSignal.any([signal, stop.signal]))) {
      time.arrived();
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

// --- internal ---

const NOTICE_MS = 2000;
/** Turns of the event loop that are left for reading what arrived before a limit: timers come before pipes. */
const LAST_TURNS = 10;
/** How often to check whether this process was stopped, in ms. */
const TICK_MS = 1000;
/** A sleep that takes so much longer tells of a stop, perhaps of the program that writes, too. In ms. */
const MAX_LATE_MS = 1000;
/** The time left after a stop over a limit, in ms: for a list that is there, or that the other program still writes. */
const AFTER_STOP_MS = 10_000;

/** What is left of the limits of reading. */
class ReadingTime {
  hasArrived = false;
  wasStopped = false;
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  readonly #limits: InputLimits;
  readonly #startedAt: number;
  #arrivedAt: number;
  /** After a stop over a limit: until when. */
  #extendedTo: number | undefined;

  constructor(clock: Clock, limits: InputLimits, signal: AbortSignal) {
    this.#clock = clock;
    this.#signal = signal;
    this.#limits = limits;
    this.#startedAt = clock.monotonic();
    this.#arrivedAt = this.#startedAt;
  }

  arrived(): void {
    this.hasArrived = true;
    this.#arrivedAt = this.#clock.monotonic();
  }

  leftMs(): number {
    return Math.max(this.#endsAt(), this.#extendedTo ?? 0) - this.#clock.monotonic();
  }

  /** A stop over a limit gives more time once; later ones are added to that. */
  async sleep(ms: number): Promise<void> {
    const wakeAt = this.#clock.monotonic() + ms;
    await this.#clock.sleep(ms, this.#signal);
    const now = this.#clock.monotonic();
    const lateMs = now - wakeAt;
    if (lateMs <= MAX_LATE_MS) return;
    this.wasStopped = true;
    this.#limits.onStop?.(lateMs + ms);
    if (this.#extendedTo !== undefined) this.#extendedTo += lateMs;
    else if (now >= this.#endsAt()) this.#extendedTo = now + AFTER_STOP_MS;
  }

  #endsAt(): number {
    const { totalMs, idleMs } = this.#limits;
    return Math.min(this.#startedAt + totalMs, this.#arrivedAt + idleMs);
  }
}

/** Aborts `stop` when no time is left. */
async function watchTime(time: ReadingTime, { onWait }: InputLimits, stop: AbortController): Promise<void> {
  do {
    time.wasStopped = false;
    await time.sleep(Math.max(0, Math.min(NOTICE_MS, time.leftMs())));
  } while (time.wasStopped && !time.hasArrived && !stop.signal.aborted);
  if (!time.hasArrived && !stop.signal.aborted && time.leftMs() > 0) onWait();
  for (let turns = 0; !stop.signal.aborted; ) {
    const leftMs = time.leftMs();
    turns = leftMs > 0 ? 0 : turns + 1;
    if (turns > LAST_TURNS) return stop.abort('timeout');
    await time.sleep(Math.max(0, Math.min(leftMs, TICK_MS)));
  }
}
