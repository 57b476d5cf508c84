import type { Style } from '../io/terminal/style.ts';
import type { Messages } from '../locales/en/messages.ts';
import { formatDuration } from '../text/duration.ts';
import { padded, widest } from '../text/width.ts';
import { endText } from './ends.ts';
import { essence } from './results.ts';
import type { WatchedRow } from './watch-document.ts';

/** One aligned row per task of a wait: id, state, how long it took, and what else there is to say of it. */
export function watchTable(tasks: readonly WatchedRow[], style: Style, messages: Messages): string {
  const cells = tasks.map((task) => ({
    task,
    id: task.id,
    word: stateWord(task, messages),
    took: formatDuration(task.durationMs),
    remark: remark(task, messages),
  }));
  const idWidth = widest(cells.map(({ id }) => id));
  const wordWidth = widest(cells.map(({ word }) => word));
  const tookWidth = widest(cells.map(({ took }) => took));
  return cells
    .map(({ task, id, word, took, remark }) => {
      const state = padded(word, wordWidth);
      const painted = task.error && task.status === null ? style.error(state) : style.state(task.state, state);
      return `${`${padded(id, idWidth)}  ${painted}  ${padded(took, tookWidth)}  ${remark}`.trimEnd()}\n`;
    })
    .join('');
}

// --- internal ---

function stateWord({ state, status, error }: WatchedRow, { noState, states, watch }: Messages): string {
  if (status !== null) return states[state];
  return error ? noState : watch.unseen;
}

/** The code of an error, why the task failed or where its result is, the raw status where its word says nothing, why a task is watched no longer. */
function remark({ state, status, error, outcome, result }: WatchedRow, messages: Messages): string {
  if (error) return error.code;
  if (result) return essence(result);
  return endText(outcome, messages) ?? (state === 'unknown' && status !== null ? String(status) : '');
}
