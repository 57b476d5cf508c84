import { MmaiError, usageError } from '../errors.ts';
import { parseTaskId, type TaskId } from './task.ts';

interface Sources {
  readonly stdin: { readonly isTerminal: boolean; text(): Promise<string> };
  readonly signal: AbortSignal;
}

/** The ids on the command line, then those on standard input: for `-`, or with no id while something is piped in. Each id once. Throws a usage error. */
export async function readTaskIds(words: readonly string[], { stdin, signal }: Sources): Promise<TaskId[]> {
  const isPiped = words.includes('-') || (words.length === 0 && !stdin.isTerminal);
  const named = words.filter((word) => word !== '-').map(parseTaskId);
  const text = isPiped ? await stdin.text() : '';
  // What was read until then may be half of the ids.
  if (signal.aborted) throw new MmaiError(signal.reason as number, (m) => m.usage.stoppedReading());
  const ids = [...new Set([...named, ...taskIdsFromText(text)])];
  if (ids.length === 0) throw usageError((m) => m.usage.noTaskIds());
  return ids;
}

/**
 * Ids from standard input: one per line; blank lines and `# comments` allowed, and NDJSON objects with an `id` (objects without
 * one are passed over, so that `mmai watch -o ndjson` can be piped in). Throws a usage error with the line's number.
 */
export function taskIdsFromText(text: string): TaskId[] {
  return text
    .replace(/^\ufeff/, '')
    .split('\n')
    .flatMap((line, index) => {
      const word = line.replace(/(^|\s)#.*/, '').trim();
      const value = word.startsWith('{') ? idOfObject(word) : word;
      return value === '' ? [] : [onLine(index + 1, value)];
    });
}

/** The object's id as text. A number past 2^53 was rounded by JSON already, so it is refused as what it has become. */
function idOfObject(json: string): string {
  try {
    const { id = '' } = JSON.parse(json);
    return typeof id === 'number' && !Number.isSafeInteger(id) ? json : String(id);
  } catch {
    return json;
  }
}

function onLine(line: number, value: string): TaskId {
  try {
    return parseTaskId(value);
  } catch (error) {
    if (!(error instanceof MmaiError)) throw error;
    throw usageError((m) => m.usage.badTaskIdOnLine(line, value));
  }
}
