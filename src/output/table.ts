import type { Style } from '../io/terminal/style.ts';
import type { Messages } from '../locales/en/messages.ts';
import { alignedRow, widen } from '../text/width.ts';
import type { TaskRow } from './document.ts';

/** One aligned row per task: id, state, raw status, request id (for an error, its code and then the request id). */
export function statusTable(tasks: Iterable<TaskRow>, style: Style, messages: Messages): Iterable<string> {
  const cells = ({ error, status, requestId }: TaskRow) => [
    error?.code ?? String(status ?? '-'),
    style.dim(requestId ?? '-'),
  ];
  return taskTable(tasks, cells, style, messages);
}

/** One aligned row per task: its ID, its state in its colour, and what `cells` says of it. Each is made twice, and none is kept. */
export function* taskTable<Row extends TaskRow>(
  tasks: Iterable<Row>,
  cells: (task: Row) => readonly string[],
  style: Style,
  messages: Messages,
): Iterable<string> {
  const cellsOf = (task: Row) => [task.id, stateWord(task, messages), ...cells(task)];
  const widths: number[] = [];
  for (const task of tasks) widen(widths, cellsOf(task));
  for (const task of tasks) {
    const [id, word, ...others] = alignedRow(cellsOf(task), widths);
    const painted = task.error && task.status === null ? style.error(word!) : style.state(task.state, word!);
    yield `${[id, painted, ...others].join('  ').trimEnd()}\n`;
  }
}

/** `id`, `state`, `status`, tab-separated: made for `while read`. The words are never translated; an error has no status. */
export function* tsvLines(tasks: Iterable<TaskRow>): Iterable<string> {
  for (const { id, state, status } of tasks) yield `${id}\t${state}\t${status ?? ''}\n`;
}

// --- internal ---

/** Machines read `unknown` where there is no status, a person would take that for a status of the service. */
function stateWord({ state, status, error }: TaskRow, { noState, states, watch }: Messages): string {
  if (status !== null) return states[state];
  return error ? noState : watch.unseen;
}
