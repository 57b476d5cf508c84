import { abortCode, MmaiError, usageError } from '../errors.ts';
import type { Clock } from './clock.ts';
import { decodeText } from './input/decode.ts';
import { TaskIdParser } from './input/task-id-parser.ts';
import { parseTaskId, type TaskId } from './task.ts';

interface IdSources {
  readonly stdin: { readonly isTerminal: boolean; chunks(stop: AbortSignal): AsyncIterable<Uint8Array> };
  readonly signal: AbortSignal;
  readonly clock: Clock;
}

/** How long standard input may take. */
export interface ReadingLimits {
  /** From now to its end, in ms. */
  readonly totalMs: number;
  /** Without anything coming, in ms; not for a terminal, where a person types. */
  readonly idleMs: number;
  /** The limit as messages name it: `--timeout 3s`, `1m`. */
  readonly name: string;
  /** Called once where nothing has come for {@link NOTICE_MS} and "-" was not written: the user may not know that input is read. */
  onWait(): void;
}

/**
 * The ids on the command line, then those on standard input: for `-`, or with no id while something is piped in. Each id once.
 * Throws a usage error, also where standard input does not end within its limits: half of the ids are none.
 */
export async function readTaskIds(
  words: readonly string[],
  { stdin, signal, clock }: IdSources,
  limits: ReadingLimits,
): Promise<TaskId[]> {
  const isNamed = words.includes('-');
  const ids = new Set(words.filter((word) => word !== '-').map(parseTaskId));
  if (isNamed || (words.length === 0 && !stdin.isTerminal)) {
    const parser = new TaskIdParser();
    const stop = new AbortController();
    const chunks = stdin.chunks(AbortSignal.any([signal, stop.signal]));
    const idleMs = stdin.isTerminal ? Number.POSITIVE_INFINITY : limits.idleMs;
    const onWait = isNamed ? () => {} : limits.onWait;
    const isInTime = await readWithin(chunks, parser, { ...limits, idleMs, onWait }, clock, stop);
    // What was read until then may be half of the ids.
    if (signal.aborted) throw new MmaiError(abortCode(signal), (m) => m.usage.stoppedReading());
    if (!isInTime) throw usageError((m) => m.usage.inputTimeout(parser.ids.size, limits.name));
    for (const id of parser.ids) ids.add(id);
  }
  if (ids.size === 0) throw usageError((m) => m.usage.noTaskIds());
  return [...ids];
}

// --- internal ---

const NOTICE_MS = 2000;

/** Reads all chunks into the parser; false, and `stop` aborted, where a limit comes first. */
async function readWithin(
  chunks: AsyncIterable<Uint8Array>,
  parser: TaskIdParser,
  { totalMs, idleMs, onWait }: ReadingLimits,
  clock: Clock,
  stop: AbortController,
): Promise<boolean> {
  const start = clock.monotonic();
  let lastArrival = start;
  const isLate = () => clock.monotonic() - start >= totalMs || clock.monotonic() - lastArrival >= idleMs;
  const watchClock = async () => {
    await clock.sleep(Math.min(NOTICE_MS, totalMs, idleMs), stop.signal);
    if (lastArrival === start && !stop.signal.aborted && !isLate()) onWait();
    while (!stop.signal.aborted) {
      const now = clock.monotonic();
      const left = Math.min(start + totalMs - now, lastArrival + idleMs - now);
      if (left <= 0) return stop.abort('timeout');
      await clock.sleep(Math.min(left, MAX_SLEEP_MS), stop.signal);
    }
  };
  const watching = watchClock();
  try {
    for await (const text of decodeText(noting(chunks, () => (lastArrival = clock.monotonic())))) parser.push(text);
    if (!stop.signal.aborted) parser.end();
    return !stop.signal.aborted;
  } finally {
    stop.abort('done');
    await watching;
  }
}

/** A timer of Node's holds 24 days. */
const MAX_SLEEP_MS = 86_400_000;

async function* noting<T>(values: AsyncIterable<T>, note: () => void): AsyncGenerator<T> {
  for await (const value of values) {
    note();
    yield value;
  }
}
