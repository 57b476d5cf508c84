import { abortCode, MmaiError, usageError } from '../errors.ts';
import { type InputLimits, type InputSource, readWithin } from './input/read-within.ts';
import { TaskIdParser } from './input/task-id-parser.ts';
import { parseTaskId, type TaskId } from './task.ts';

interface IdSource extends InputSource {
  readonly stdin: InputSource['stdin'] & { readonly isTerminal: boolean };
}

/** How long reading may take; `idleMs` does not count at a terminal, where a person types, nor `onWait` where "-" was written. */
export interface ReadingLimits extends InputLimits {
  /** The limit as messages name it: `--timeout 3s`, `1m`. */
  readonly name: string;
}

/**
 * The ids on the command line, then those on standard input: for `-`, or with no id while something is piped in. Each id once.
 * Throws a usage error, also where standard input does not end within its limits: an incomplete list is refused.
 */
export async function readTaskIds(
  words: readonly string[],
  source: IdSource,
  limits: ReadingLimits,
): Promise<TaskId[]> {
  const { stdin, signal } = source;
  const isNamed = words.includes('-');
  const ids = new Set(words.filter((word) => word !== '-').map(parseTaskId));
  if (isNamed || (words.length === 0 && !stdin.isTerminal)) {
    const parser = new TaskIdParser();
    const idleMs = stdin.isTerminal ? Number.POSITIVE_INFINITY : limits.idleMs;
    const onWait = isNamed ? () => {} : limits.onWait;
    const isInTime = await readWithin(source, (text) => parser.push(text), { ...limits, idleMs, onWait });
    // What was read until then may be an incomplete list.
    if (signal.aborted) throw new MmaiError(abortCode(signal), (m) => m.usage.stoppedReading);
    if (!isInTime) throw usageError((m) => m.usage.inputTimeout(parser.ids.size, limits.name));
    parser.end();
    for (const id of parser.ids) ids.add(id);
  }
  if (ids.size === 0) throw usageError((m) => m.usage.noTaskIds);
  return [...ids];
}
