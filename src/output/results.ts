import type { Reply } from '../core/rpc/response.ts';
import { type FailureReason, isFinal, type ResultDetails, type TaskId, type TaskResult } from '../core/task.ts';
import type { Style } from '../io/terminal/style.ts';
import type { Messages } from '../locales/en/messages.ts';
import { formatDuration } from '../text/duration.ts';
import { visible } from '../text/safe-text.ts';
import { type TaskRow, taskRow } from './document.ts';
import { taskTable } from './table.ts';

/** The row of `status`, and the result of a task that has ended. */
export interface ResultRow extends TaskRow {
  readonly result?: ResultDetails;
}

export function resultRow(id: TaskId, reply: Reply<TaskResult>, messages: Messages): ResultRow {
  const row = taskRow(id, reply, messages);
  return reply.ok && isFinal(row.state) ? { ...row, result: reply.result.result } : row;
}

/** One aligned row per task: id, state, how long the analysis took, and where the result is or why the task failed. */
export function resultTable(tasks: Iterable<ResultRow>, style: Style, messages: Messages): Iterable<string> {
  const cells = ({ error, result }: ResultRow) => [spanOf(result), error?.code ?? reasonOrUrl(result)];
  return taskTable(tasks, cells, style, messages);
}

/** `id`, `state`, and where the result is or why the task failed, tab-separated. The words are never translated. */
export function* resultLines(tasks: Iterable<ResultRow>): Iterable<string> {
  for (const task of tasks) yield `${task.id}\t${task.state}\t${reasonOrUrl(task.result)}\n`;
}

/** Why a task failed, or the URL of its result; for standard output only. */
export function reasonOrUrl(result: ResultDetails | undefined): string {
  return reasonOf(result) ?? (result?.url ? visible(result.url) : '');
}

/** What {@link reasonOrUrl} needs of a result. */
export function withoutOtherUrls(result: ResultDetails): ResultDetails {
  return { ...result, url: result.reason ? null : result.url, videoUrl: null };
}

export function withoutUrls(result: ResultDetails): ResultDetails {
  return { ...result, url: null, videoUrl: null };
}

/** Why a task failed, in a line; undefined where that is not known. */
export function reasonOf(result: ResultDetails | undefined): string | undefined {
  return result?.reason ? reasonText(result.reason) : undefined;
}

// --- internal ---

/** `Download fail (1000)`, and what message and detail add to the name. */
function reasonText({ name, code, message, detail }: FailureReason): string {
  const [first, ...others] = new Set([name, message, detail].filter((text) => text !== null));
  if (first === undefined) return code ?? '';
  const start = code === null ? first : `${first} (${code})`;
  return [start, ...others].join(': ');
}

function spanOf(result: ResultDetails | undefined): string {
  const seconds = result?.analysisSeconds ?? null;
  return seconds === null ? '' : formatDuration(seconds * 1000);
}
