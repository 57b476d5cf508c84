import { isSwitchedOn } from '../../core/config/settings.ts';
import type { CommandDeps } from '../../deps.ts';
import type { RecentTask } from '../../io/recent-tasks.ts';

/**
 * Saves tasks that the service knew, to be offered again: by completion, by `@last`, and where no ID is given. Only at a terminal,
 * since the IDs of a script are not typed again; nothing of a simulation, or with MMAI_NO_RECENT.
 */
export async function rememberTasks(
  tasks: readonly RecentTask[],
  { simulate }: { readonly simulate?: string },
  { env, stderr, recentTasks }: Pick<CommandDeps, 'env' | 'stderr' | 'recentTasks'>,
): Promise<void> {
  if (tasks.length === 0 || simulate !== undefined || isSwitchedOn(env.MMAI_NO_RECENT) || !stderr.isTerminal) return;
  (await recentTasks()).remember(tasks);
}
