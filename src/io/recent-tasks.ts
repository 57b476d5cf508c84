import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseTaskId, type TaskId } from '../core/task.ts';
import { giveAsRoot, makeDirectory, ownerOf } from './directories.ts';
import { readTextSync } from './files.ts';

/** As many ids as are offered again; a shell's menu with more is no help. */
export const RECENT_LIMIT = 20;

/** The ids of the tasks that the service last knew, newest first, kept on this machine for completion only. Never throws. */
export interface RecentTasks {
  read(): readonly TaskId[];
  /** Puts `ids` in front. */
  remember(ids: readonly TaskId[]): void;
}

/** The file `recent-tasks`, an id a line, for its owner only. What cannot be read or written is no reason to fail a command. */
export function createRecentTasks(directory: string, unique: () => string): RecentTasks {
  const path = join(directory, 'recent-tasks');
  const read = (): TaskId[] => {
    try {
      return (readTextSync(path) ?? '').split('\n').flatMap(validId);
    } catch {
      return [];
    }
  };
  return {
    read,
    remember(ids) {
      // Renamed into place: of two writers at once one wins, and no reader sees half an id, which would be another task's.
      const staged = `${path}.${unique()}`;
      try {
        makeDirectory(directory);
        const text = `${withRecent(read(), ids).join('\n')}\n`;
        writeFileSync(staged, text, { mode: 0o600, flag: 'wx' });
      } catch {
        // Completion then offers fewer ids, no more.
        return;
      }
      replace(staged, path);
    },
  };
}

// --- internal ---

function replace(staged: string, path: string): void {
  try {
    const owner = ownerOf(dirname(path));
    if (owner) giveAsRoot(staged, owner);
    renameSync(staged, path);
  } catch {
    rmSync(staged, { force: true });
  }
}

/** `ids` in front of `known`, each once, no more than {@link RECENT_LIMIT}. */
function withRecent(known: readonly TaskId[], ids: readonly TaskId[]): TaskId[] {
  return [...new Set([...ids, ...known])].slice(0, RECENT_LIMIT);
}

function validId(line: string): TaskId[] {
  try {
    return [parseTaskId(line)];
  } catch {
    return [];
  }
}
