import type { Style } from '../io/terminal/style.ts';
import type { Messages } from '../locales/en/messages.ts';
import { padded, widest } from '../text/width.ts';
import type { TaskRow } from './document.ts';

/** One aligned row per task: id, state, raw status, request id (for an error, its code and then the request id). */
export function statusTable(tasks: readonly TaskRow[], style: Style, messages: Messages): string {
  const idWidth = widest(tasks.map((task) => task.id));
  const words = tasks.map((task) => (hasNoState(task) ? messages.noState : messages.states[task.state]));
  const statuses = tasks.map((task) => (task.error ? task.error.code : String(task.status ?? '-')));
  const statusWidth = widest(statuses);
  const wordWidth = widest(words);
  return tasks
    .map((task, index) => {
      const word = padded(words[index]!, wordWidth);
      const state = hasNoState(task) ? style.error(word) : style.state(task.state, word);
      return `${task.id.padEnd(idWidth)}  ${state}  ${statuses[index]!.padEnd(statusWidth)}  ${style.dim(task.requestId ?? '-')}\n`;
    })
    .join('');
}

/** `id`, `state`, `status`, tab-separated: made for `while read`. The words are never translated; an error has no status. */
export function* tsvLines(tasks: Iterable<TaskRow>): Iterable<string> {
  for (const { id, state, status } of tasks) yield `${id}\t${state}\t${status ?? ''}\n`;
}

/** Machines read `unknown` for it, a person would take that for a status of the service. */
function hasNoState({ error, status }: TaskRow): boolean {
  return error !== undefined && status === null;
}
