import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Environment } from '../core/config/settings.ts';
import { parseTaskId, type TaskId } from '../core/task.ts';

/** As many ids as are offered again; a shell's menu with more is no help. */
export const RECENT_LIMIT = 20;

/** The ids of the tasks that the service last knew, newest first, kept on this machine for completion only. Never throws. */
export interface RecentTasks {
  read(): readonly TaskId[];
  /** Puts `ids` in front. */
  remember(ids: readonly TaskId[]): void;
}

/** Where state goes that may be lost: `mmai` in XDG_STATE_HOME, on Windows in %LOCALAPPDATA%, else in ~/.local/state. */
export function stateDirectory(env: Environment, platform: string, home: string): string {
  if (env.XDG_STATE_HOME) return join(env.XDG_STATE_HOME, 'mmai');
  if (platform === 'win32' && env.LOCALAPPDATA) return join(env.LOCALAPPDATA, 'mmai');
  return join(home, '.local', 'state', 'mmai');
}

/** The file `recent-tasks`, an id a line, for its owner only. What cannot be read or written is no reason to fail a command. */
export function createRecentTasks(directory: string, unique: () => string): RecentTasks {
  const path = join(directory, 'recent-tasks');
  const read = (): TaskId[] => {
    try {
      return readFileSync(path, 'utf8').split('\n').flatMap(validId);
    } catch {
      return [];
    }
  };
  return {
    read,
    remember(ids) {
      try {
        mkdirSync(directory, { recursive: true, mode: 0o700 });
        // Written aside and renamed: of two at once one wins, and no reader sees half an id, which would be another task's.
        const aside = `${path}.${unique()}`;
        writeFileSync(aside, `${withRecent(read(), ids).join('\n')}\n`, { mode: 0o600 });
        renameSync(aside, path);
      } catch {
        // Completion then offers fewer ids, no more.
      }
    },
  };
}

// --- internal ---

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
