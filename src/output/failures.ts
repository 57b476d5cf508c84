import type { Failure } from '../core/rpc/response.ts';
import type { TaskId } from '../core/task.ts';
import type { Messages } from '../locales/en/messages.ts';

/** A question about a task that was not answered. */
export interface TaskFailure {
  readonly id: TaskId;
  readonly failure: Failure;
}

/** Says what went wrong with which tasks, once for each kind of failure: what it means, what to do next, the request id, where to read more. */
export function describeFailures(failures: readonly TaskFailure[], messages: Messages): string {
  const groups = new Map<string, { failure: Failure; ids: TaskId[] }>();
  for (const { id, failure } of failures) {
    const key = `${failure.code} ${failure.message}`;
    const group = groups.get(key);
    if (group) group.ids.push(id);
    else groups.set(key, { failure, ids: [id] });
  }
  return [...groups.values()].map(({ failure, ids }) => describe(failure, ids, messages)).join('');
}

/** What came, in the words it came in: `ResourceNotFound (HTTP 404): The requested resource does not exist.` */
export function saying({ code, http, message }: Failure): string {
  return `${code}${http === null ? '' : ` (HTTP ${http})`}${message && `: ${message}`}`;
}

function describe(failure: Failure, ids: readonly TaskId[], messages: Messages): string {
  const { code, topic, requestId, recommend } = failure;
  const tasks =
    messages.tasks(ids.slice(0, 3)) + (ids.length > 3 ? ` ${messages.glyphs.ellipsis} (${ids.length})` : '');
  const explanation = topic && messages.codes[topic];
  const lines = [
    `${messages.error}${messages.labelled(tasks, saying(failure))}`,
    explanation && `  ${explanation.meaning}`,
    explanation && `  ${messages.hint}${explanation.hint}`,
    !explanation && recommend && `  ${messages.hint}${recommend}`,
    requestId && `  ${messages.requestId}${requestId}`,
    explanation && `  ${messages.explain.more(code)}`,
  ];
  return lines
    .filter(Boolean)
    .map((line) => `${line}\n`)
    .join('');
}
