import { isUnfinished } from '../core/outcome.ts';
import type { Messages } from '../locales/en/messages.ts';
import { visible } from '../text/safe-text.ts';
import { endText } from './ends.ts';
import { errorText, listTasks, more } from './failures.ts';
import { reasonOf } from './results.ts';
import { MAX_NAMED, verdictLine } from './verdict.ts';
import { isTroubled, shownOutcome, type WatchDocument, type WatchedRow } from './watch-document.ts';

/** GitHub shows no more annotations of a kind in a step. */
const MAX_ANNOTATIONS = 10;
/** A step summary above 1 MiB is refused whole; the rest is for what other commands of the step add. In bytes. */
export const MAX_SUMMARY = 1_000_000;
const MAX_ROWS = 1000;

/** An `::error` command for each task that did not succeed, and a `::warning` for a deadline: GitHub Actions shows them on the run. */
export function annotations(document: WatchDocument, messages: Messages): string {
  const { annotation, moreFailed } = messages.watch;
  const troubled = [...document.tasks].filter((task) => isTroubled(task, document));
  const shown = troubled.slice(0, MAX_ANNOTATIONS);
  const errors = shown.map((task) => command('error', annotation(task.id), reason(task, messages)));
  const hidden = troubled.length - shown.length;
  // Another error would not be shown.
  const rest = hidden > 0 ? [command('warning', TITLE, moreFailed(hidden))] : [];
  const deadline = document.summary.outcome === 'deadline' ? [command('warning', TITLE, late(document, messages))] : [];
  return [...errors, ...rest, ...deadline].join('');
}

/**
 * The table for `$GITHUB_STEP_SUMMARY`, in Markdown: what went wrong first, as many rows as `maxBytes` hold. Empty if there is
 * none for a table.
 */
export function stepSummary(document: WatchDocument, messages: Messages, maxBytes: number): string {
  const { columns } = messages.watch;
  const heading = `### mmai watch: ${cell(verdictLine(document, messages))}${messages.aside(`${messages.explain.kinds.exitCode} ${document.summary.exitCode}`)}\n\n`;
  const header = row(columns) + row(columns.map(() => '---'));
  let left = maxBytes - Buffer.byteLength(heading + header) - 100;
  if (left < 0) return '';
  const rows: string[] = [];
  const ranked = [...document.tasks].sort((one, other) => rank(one, document) - rank(other, document));
  for (const task of ranked.slice(0, MAX_ROWS)) {
    const line = row([task.id, reason(task, messages), task.requestId ?? '']);
    left -= Buffer.byteLength(line);
    if (left < 0) break;
    rows.push(line);
  }
  const hidden = ranked.length - rows.length;
  return `${heading}${header}${rows.join('')}${hidden > 0 ? `\n${more(hidden, messages)}\n` : ''}\n`;
}

/** Lines for `$GITHUB_OUTPUT`, for later steps; none if nothing was sent. */
export function stepOutputs({ summary }: WatchDocument): string {
  const { exitCode, outcome, counts, stillRunning, notChecked, requests } = summary;
  if (requests === 0) return '';
  const values = {
    'exit-code': exitCode,
    outcome,
    succeeded: counts.succeeded,
    failed: counts.failed,
    'still-running': stillRunning.join(' '),
    'not-checked': notChecked.join(' '),
  };
  return Object.entries(values)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}

// --- internal ---

const TITLE = 'mmai watch';

function rank(task: WatchedRow, document: WatchDocument): number {
  if (isTroubled(task, document)) return 0;
  return isUnfinished(task.outcome) ? 1 : 2;
}

function reason({ outcome, state, status, error, result }: WatchedRow, messages: Messages): string {
  const { states, watch, labelled } = messages;
  const text = error ? errorText(error, messages) : reasonOf(result);
  if (isUnfinished(outcome)) return text ?? (status === null ? watch.unseen : states[state]);
  const end = endText(outcome, messages) ?? states[state];
  return text ? labelled(end, text) : end;
}

/** How long was waited, and for which tasks in vain. */
function late(document: WatchDocument, messages: Messages): string {
  const unfinished = [...document.tasks].filter(({ outcome }) => isUnfinished(outcome));
  const named = (['pending', 'unanswered', 'notChecked'] as const).flatMap((kind) => {
    const ids = unfinished.filter((task) => shownOutcome(task) === kind).map(({ id }) => id);
    return ids.length > 0
      ? [messages.labelled(messages.watch.outcomes[kind], listTasks(ids, MAX_NAMED, messages))]
      : [];
  });
  return messages.joined([verdictLine(document, messages), ...named]);
}

function row(cells: readonly string[]): string {
  return `| ${cells.map(cell).join(' | ')} |\n`;
}

function command(kind: 'error' | 'warning', title: string, text: string): string {
  return `::${kind} title=${property(title)}::${data(text)}\n`;
}

/** The text of a workflow command, on one line; a property of it ends at a colon or comma too. */
function data(text: string): string {
  return visible(text).replace(/%/g, '%25');
}

function property(text: string): string {
  return data(text).replace(/:/g, '%3A').replace(/,/g, '%2C');
}

/** A text that Markdown shows as it is: nothing in it is markup, an entity or a formula. Stars that stand for a secret are such, too. */
function cell(text: string): string {
  return visible(text).replace(/[\\|`<>[\]&*_~$]/g, '\\$&');
}
