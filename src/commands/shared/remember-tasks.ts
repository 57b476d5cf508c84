import { isSwitchedOn } from '../../core/config/settings.ts';
import type { TaskId } from '../../core/task.ts';
import type { CommandDeps } from '../../deps.ts';

/**
 * Keeps ids for completion, at a terminal only: a script's ids are nobody's typing. Give it those that the service knew.
 * Nothing is kept of a simulation, or with MMAI_NO_RECENT.
 */
export async function rememberTasks(
  ids: readonly TaskId[],
  { simulate }: { readonly simulate?: string },
  { env, stderr, recentTasks }: Pick<CommandDeps, 'env' | 'stderr' | 'recentTasks'>,
): Promise<void> {
  if (ids.length === 0 || simulate !== undefined || isSwitchedOn(env.MMAI_NO_RECENT) || !stderr.isTerminal) return;
  (await recentTasks()).remember(ids);
}
