import type { Style } from '../io/terminal/style.ts';
import type { Messages } from '../locales/en/messages.ts';
import { formatDuration } from '../text/duration.ts';
import { endText } from './ends.ts';
import { reasonOrUrl } from './results.ts';
import { taskTable } from './table.ts';
import type { WatchedRow } from './watch-document.ts';

/** One aligned row per task of a wait: id, state, how long it took, and what else there is to say of it. */
export function watchTable(tasks: Iterable<WatchedRow>, style: Style, messages: Messages): Iterable<string> {
  const cells = (task: WatchedRow) => [formatDuration(task.durationMs), remark(task, messages)];
  return taskTable(tasks, cells, style, messages);
}

// --- internal ---

/**
 * The code of an error, why the task failed or where its result is, the raw status where its word says nothing, why a task is
 * watched no longer.
 */
function remark({ state, status, error, outcome, result }: WatchedRow, messages: Messages): string {
  if (error) return error.code;
  if (result) return reasonOrUrl(result);
  return endText(outcome, messages) ?? (state === 'unknown' && status !== null ? String(status) : '');
}
