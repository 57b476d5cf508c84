import type { Style } from '../io/style.ts';
import type { Messages } from '../locales/en.ts';
import type { TaskRow } from './document.ts';

/** One aligned row per task: id, state, raw status, request id (for an error, its code and then the request id). */
export function statusTable(tasks: readonly TaskRow[], style: Style, messages: Messages): string {
  const idWidth = Math.max(...tasks.map((task) => task.id.length));
  const words = tasks.map((task) => messages.states[task.state]);
  const statuses = tasks.map((task) => (task.error ? task.error.code : String(task.status ?? '-')));
  const statusWidth = Math.max(...statuses.map((status) => status.length));
  const wordWidth = Math.max(...words.map(displayWidth));
  return tasks
    .map((task, index) => {
      const word = words[index]!;
      const state = style.state(task.state, word) + ' '.repeat(wordWidth - displayWidth(word));
      return `${task.id.padEnd(idWidth)}  ${state}  ${statuses[index]!.padEnd(statusWidth)}  ${style.dim(task.requestId ?? '-')}\n`;
    })
    .join('');
}

/** `id`, `state`, `status`, tab-separated: made for `while read`. The words are never translated; an error has no status. */
export function statusTsv(tasks: readonly TaskRow[]): string {
  return tasks.map((task) => `${task.id}\t${task.state}\t${task.status ?? ''}\n`).join('');
}

/** Columns a text takes on a terminal: CJK and other wide characters take two. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const c of text)
    width += /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/.test(c)
      ? 2
      : 1;
  return width;
}
