import type { TaskId } from './task.ts';

/** As many ids as are offered again; a shell's menu with more is no help. */
export const RECENT_LIMIT = 20;

/** The ids of the tasks that the service last knew, newest first, kept on this machine for completion only. Never throws. */
export interface RecentTasks {
  read(): readonly TaskId[];
  /** Puts `ids` in front. */
  remember(ids: readonly TaskId[]): void;
}

/** `ids` in front of `known`, each once, no more than {@link RECENT_LIMIT}. */
export function withRecent(known: readonly TaskId[], ids: readonly TaskId[]): TaskId[] {
  return [...new Set([...ids, ...known])].slice(0, RECENT_LIMIT);
}
