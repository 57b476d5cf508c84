import { MAX_SERVER_DELAY_MS } from '../core/rpc/call.ts';
import type { Failure } from '../core/rpc/response.ts';
import type { TaskId } from '../core/task.ts';
import type { Messages } from '../locales/en/messages.ts';
import { formatDuration } from '../text/duration.ts';

/** A task whose request failed. */
export interface TaskFailure {
  readonly id: TaskId;
  readonly failure: Failure;
}

/** Codes, and messages of one code, beyond these are counted only: one outage met by many tasks must not fill the log. */
const MAX_CODES = 10;
const MAX_MESSAGES = 3;
const MAX_IDS = 3;

/** What went wrong with which tasks, once for each code and meaning: what it means, what to do next, the request id, where to read more. */
export function describeFailures(failures: readonly TaskFailure[], messages: Messages): string {
  // A code may mean more than one thing: a task that is not found never was there, or no longer is.
  const groups = grouped(failures, ({ code, topic }) => `${code} ${topic}`);
  const described = groups.slice(0, MAX_CODES).map((group) => describe(group, messages));
  const rest = groups.slice(MAX_CODES).flat().length;
  return described.join('') + (rest > 0 ? `${messages.error}${more(rest, messages)}\n` : '');
}

/** `ResourceNotFound (HTTP 404): The requested resource does not exist.`: the service's own words, ours in the user's language. */
export function failureText({ code, http, message, text }: Failure, messages: Messages): string {
  const words = text?.(messages) ?? message;
  const title = http === null ? code : code + messages.aside(`HTTP ${http}`);
  return words ? messages.labelled(title, words) : title;
}

/** The code and message of a row's error, which are those of the document. */
export function errorText(
  { code, message }: { readonly code: string; readonly message: string },
  messages: Messages,
): string {
  return message ? messages.labelled(code, message) : code;
}

/** `1, 2, 3, … and 6 more`. */
export function listTasks(ids: readonly TaskId[], limit: number, messages: Messages): string {
  const named = messages.listed(ids.slice(0, limit));
  return ids.length > limit ? `${named} ${more(ids.length - limit, messages)}` : named;
}

/** `… and 6 more`. */
export function more(n: number, { glyphs, andMore }: Messages): string {
  return `${glyphs.ellipsis} ${andMore(n)}`;
}

/** What to do next; the service's own page where mmai does not know the code, null where there is none. */
export function hintOf({ topic, recommend, serverDelayMs = 0 }: Failure, messages: Messages): string | null {
  if (serverDelayMs > MAX_SERVER_DELAY_MS) return messages.serverDelay(formatDuration(serverDelayMs));
  return topic ? messages.codes[topic].hint : recommend;
}

// --- internal ---

/** The failures that have the key in common, in the order in which each key came first. */
function grouped(failures: readonly TaskFailure[], keyOf: (failure: Failure) => string): TaskFailure[][] {
  const groups = new Map<string, TaskFailure[]>();
  for (const one of failures) {
    const key = keyOf(one.failure);
    const group = groups.get(key);
    if (group) group.push(one);
    else groups.set(key, [one]);
  }
  return [...groups.values()];
}

function describe(group: readonly TaskFailure[], messages: Messages): string {
  const distinct = grouped(group, ({ message }) => message).map((same) => same[0]!);
  const [first, ...others] = distinct as [TaskFailure, ...TaskFailure[]];
  const { code, topic, requestId } = first.failure;
  const tasks = messages.tasks(
    group.slice(0, MAX_IDS).map(({ id }) => id),
    group.length,
  );
  const explanation = topic && messages.codes[topic];
  const hint = hintOf(first.failure, messages);
  const shown = others
    .slice(0, MAX_MESSAGES - 1)
    .map(({ id, failure }) => messages.labelled(id, failureText(failure, messages)));
  const lines = [
    `${messages.error}${messages.labelled(tasks, failureText(first.failure, messages))}`,
    ...shown.map((line) => `  ${line}`),
    others.length > shown.length && `  ${more(others.length - shown.length, messages)}`,
    explanation && `  ${explanation.meaning}`,
    hint && `  ${messages.hint}${hint}`,
    requestId && `  ${messages.requestId}${requestId}`,
    // It is typed into a shell: a service may call its error anything.
    explanation && /^[\w.-]+$/.test(code) && `  ${messages.explain.more(code)}`,
  ];
  return lines
    .filter(Boolean)
    .map((line) => `${line}\n`)
    .join('');
}
