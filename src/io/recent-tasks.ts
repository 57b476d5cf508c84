import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isTaskState, parseTaskId, type TaskId, type TaskState } from '../core/task.ts';
import { actAsOwner, followLinks, makeDirectory } from './directories.ts';
import { readTextSync } from './files.ts';
import { retryWhileBusy } from './while-busy.ts';

/** As many tasks as are offered again; a menu with more is no help. */
export const RECENT_LIMIT = 20;

/** A task that was checked before. */
export interface RecentTask {
  readonly id: TaskId;
  /** The state last seen; null where the file does not say. */
  readonly state: TaskState | null;
}

/** The tasks that the service last knew, newest first, kept on this machine to be offered again. Never throws. */
export interface RecentTasks {
  read(): readonly RecentTask[];
  /** Puts `tasks` in front. */
  remember(tasks: readonly RecentTask[]): void;
}

/**
 * The file `recent-tasks`, for its owner only: a line for each task, its ID and state, or the ID alone. What cannot be read or
 * written is no reason to fail a command.
 */
export function createRecentTasks(directory: string, unique: () => string): RecentTasks {
  const path = join(directory, 'recent-tasks');
  const read = (): RecentTask[] => {
    try {
      return (readTextSync(path) ?? '').split('\n', RECENT_LIMIT).flatMap(parseLine);
    } catch {
      return [];
    }
  };
  return {
    read,
    remember(tasks) {
      try {
        const restore = actAsOwner(followLinks(directory));
        try {
          makeDirectory(directory);
          replace(path, unique(), withRecent(read(), tasks));
        } finally {
          restore();
        }
      } catch {
        // Fewer tasks are offered then, no more.
      }
    },
  };
}

// --- internal ---

/** Renamed into place: of two writers at once one wins, and no reader sees half an ID, which would be another task's. */
function replace(path: string, suffix: string, tasks: readonly RecentTask[]): void {
  const staged = `${path}.${suffix}`;
  const lines = tasks.map(({ id, state }) => `${id}${state ? ` ${state}` : ''}\n`);
  try {
    writeFileSync(staged, lines.join(''), { mode: 0o600, flag: 'wx' });
    retryWhileBusy(() => renameSync(staged, path));
  } catch (error) {
    rmSync(staged, { force: true });
    throw error;
  }
}

/** `tasks` in front of `known`, each once, no more than {@link RECENT_LIMIT}. */
function withRecent(known: readonly RecentTask[], tasks: readonly RecentTask[]): RecentTask[] {
  const ids = new Set(tasks.map(({ id }) => id));
  return [...tasks, ...known.filter(({ id }) => !ids.has(id))].slice(0, RECENT_LIMIT);
}

/** The task of a line; none for a line that is not ours. */
function parseLine(line: string): RecentTask[] {
  const [id = '', state = ''] = line.split(' ');
  try {
    return [{ id: parseTaskId(id), state: isTaskState(state) ? state : null }];
  } catch {
    return [];
  }
}
