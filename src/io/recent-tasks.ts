import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isTaskState, parseTaskId, type TaskId, type TaskState } from '../core/task.ts';
import { giveAsRoot, makeDirectory, ownerOf } from './directories.ts';
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
      return (readTextSync(path) ?? '').split('\n').flatMap(parseLine);
    } catch {
      return [];
    }
  };
  return {
    read,
    remember(tasks) {
      // Renamed into place: of two writers at once one wins, and no reader sees half an ID, which would be another task's.
      const staged = `${path}.${unique()}`;
      try {
        makeDirectory(directory);
        const lines = withRecent(read(), tasks).map(({ id, state }) => `${id}${state ? ` ${state}` : ''}\n`);
        writeFileSync(staged, lines.join(''), { mode: 0o600, flag: 'wx' });
      } catch {
        // Fewer tasks are offered then, no more.
        return;
      }
      replace(staged, path);
    },
  };
}

// --- internal ---

function replace(staged: string, path: string): void {
  try {
    giveAsRoot(staged, ownerOf(dirname(path)));
    retryWhileBusy(() => renameSync(staged, path));
  } catch {
    rmSync(staged, { force: true });
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
