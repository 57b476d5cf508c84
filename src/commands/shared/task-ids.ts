import { type ReadingLimits, readTaskIds } from '../../core/ids.ts';
import { IDLE_MS } from '../../core/input/read-within.ts';
import type { TaskId } from '../../core/task.ts';
import type { CommandDeps } from '../../deps.ts';
import { usageError } from '../../errors.ts';
import type { RecentTask } from '../../io/recent-tasks.ts';
import { formatDuration } from '../../text/duration.ts';
import { isSwitchedOn } from '../../text/switched-on.ts';
import { aligned } from '../../text/width.ts';
import type { ServiceOptions } from './options.ts';
import { isDrawable } from './progress.ts';

/** How long a command without a deadline waits for the next piece of standard input. */
const IDLE: Pick<ReadingLimits, 'idleMs' | 'name'> = { idleMs: IDLE_MS, name: formatDuration(IDLE_MS) };

/** Stands for the ID that was used last. */
export const LAST = '@last';

/**
 * The task IDs of a command: those that {@link nameTasks} names and those on standard input, see {@link readTaskIds}. Says where
 * input is read from, since that may be unintended, unless `--quiet`.
 */
export async function commandTaskIds(
  words: readonly string[],
  options: Pick<ServiceOptions, 'quiet'>,
  deps: CommandDeps,
  limits: Partial<ReadingLimits> = {},
): Promise<TaskId[]> {
  const onWait = () => {
    if (!options.quiet) deps.stderr.write(`${deps.messages.usage.readingInput}\n`);
  };
  return readTaskIds(words, deps, { totalMs: Number.POSITIVE_INFINITY, ...IDLE, onWait, ...limits });
}

/**
 * The words of the command line with `@last` as the ID it stands for; where there are none and the user is at a terminal, the
 * recent task that is chosen there, if there is one. Throws a usage error for `@last` where no task is known.
 */
export async function nameTasks(words: readonly string[], deps: CommandDeps): Promise<readonly string[]> {
  if (words.includes(LAST)) {
    const [last] = await readRecentTasks(deps);
    if (!last) throw usageError((m) => m.usage.noRecentTask(LAST));
    return words.map((word) => (word === LAST ? last.id : word));
  }
  if (words.length > 0 || !deps.isInteractive() || !isDrawable(deps)) return words;
  const recent = await readRecentTasks(deps);
  return recent.length === 0 ? words : [await choose(recent, deps)];
}

/** The recent tasks, newest first; none with MMAI_NO_RECENT. */
export async function readRecentTasks(deps: CommandDeps): Promise<readonly RecentTask[]> {
  return isSwitchedOn(deps.env.MMAI_NO_RECENT) ? [] : (await deps.recentTasks()).read();
}

/**
 * Saves tasks that the service knew, to be offered again: by completion, by `@last`, and where no ID is given. Only at a terminal,
 * since the IDs of a script are not typed again; nothing of a simulation, or with MMAI_NO_RECENT.
 */
export async function rememberTasks(
  tasks: readonly RecentTask[],
  { simulate }: Pick<ServiceOptions, 'simulate'>,
  { env, stderr, recentTasks }: Pick<CommandDeps, 'env' | 'stderr' | 'recentTasks'>,
): Promise<void> {
  if (tasks.length === 0 || simulate !== undefined || isSwitchedOn(env.MMAI_NO_RECENT) || !stderr.isTerminal) return;
  (await recentTasks()).remember(tasks);
}

// --- internal ---

/** Prompts for one of the tasks. */
async function choose(tasks: readonly RecentTask[], deps: CommandDeps): Promise<TaskId> {
  const { usage, states } = deps.messages;
  const labels = aligned(tasks.map(({ id, state }) => [id, state ? states[state] : '']));
  const choices = tasks.map(({ id }, index) => ({ value: id, label: labels[index]!.join('  ').trimEnd() }));
  return (await deps.prompts()).select(usage.chooseTask, choices);
}
