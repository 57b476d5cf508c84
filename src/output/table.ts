import type { Style } from '../io/terminal/style.ts';
import type { Messages } from '../locales/en/messages.ts';
import { padded, widest } from '../text/width.ts';
import type { TaskRow } from './document.ts';

/** One aligned row per task: id, state, raw status, request id (for an error, its code and then the request id). */
export function statusTable(tasks: readonly TaskRow[], style: Style, messages: Messages): string {
  const idWidth = widest(tasks.map((task) => task.id));
  const states = stateColumn(tasks, style, messages);
  const statuses = tasks.map((task) => (task.error ? task.error.code : String(task.status ?? '-')));
  const statusWidth = widest(statuses);
  return tasks
    .map(({ id, requestId }, index) => {
      const status = statuses[index]!.padEnd(statusWidth);
      return `${id.padEnd(idWidth)}  ${states[index]}  ${status}  ${style.dim(requestId ?? '-')}\n`;
    })
    .join('');
}

/** The word for the state of each task, in its colour, all equally wide. */
export function stateColumn(tasks: readonly TaskRow[], style: Style, messages: Messages): string[] {
  const words = tasks.map((task) => (hasNoState(task) ? messages.noState : messages.states[task.state]));
  const width = widest(words);
  return tasks.map((task, index) => {
    const word = padded(words[index]!, width);
    return hasNoState(task) ? style.error(word) : style.state(task.state, word);
  });
}

/** `id`, `state`, `status`, tab-separated: made for `while read`. The words are never translated; an error has no status. */
export function* tsvLines(tasks: Iterable<TaskRow>): Iterable<string> {
  for (const { id, state, status } of tasks) yield `${id}\t${state}\t${status ?? ''}\n`;
}

/** Machines read `unknown` for it, a person would take that for a status of the service. */
function hasNoState({ error, status }: TaskRow): boolean {
  return error !== undefined && status === null;
}
