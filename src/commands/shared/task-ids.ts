import { type ReadingLimits, readTaskIds } from '../../core/ids.ts';
import type { TaskId } from '../../core/task.ts';
import type { CommandDeps } from '../../deps.ts';

/** How long a command without a deadline waits for the next piece of standard input. */
const IDLE: Pick<ReadingLimits, 'idleMs' | 'name'> = { idleMs: 60_000, name: '1m' };

/** The task ids of a command, see {@link readTaskIds}. Says where input is read that nobody may know of, unless `isQuiet`. */
export function commandTaskIds(
  words: readonly string[],
  isQuiet: boolean,
  deps: CommandDeps,
  limits: Partial<ReadingLimits> = IDLE,
): Promise<TaskId[]> {
  const onWait = () => {
    if (!isQuiet) deps.stderr.write(`${deps.messages.usage.readingInput()}\n`);
  };
  return readTaskIds(words, deps, { totalMs: Number.POSITIVE_INFINITY, ...IDLE, onWait, ...limits });
}
