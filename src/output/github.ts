import type { Messages } from '../locales/en/messages.ts';
import { visible } from '../text/safe-text.ts';
import type { WatchDocument, WatchedRow } from './watch-document.ts';

/** More annotations of a kind than this a step does not show. */
const MAX_ANNOTATIONS = 10;
/** A step summary may hold 1 MiB; a thousand rows are far below it. */
const MAX_ROWS = 1000;

/** An `::error` command for each task that failed or is not known to have succeeded, for GitHub Actions to show on the run. */
export function annotations({ tasks }: WatchDocument, messages: Messages): string {
  return tasks
    .filter((task) => task.outcome !== 'succeeded' && task.outcome !== 'pending')
    .slice(0, MAX_ANNOTATIONS)
    .map((task) => `::error title=${property(messages.watch.annotation(task.id))}::${data(reason(task, messages))}\n`)
    .join('');
}

/** The table for `$GITHUB_STEP_SUMMARY`, in Markdown. */
export function stepSummary({ tasks, summary }: WatchDocument, verdict: string, messages: Messages): string {
  const { columns } = messages.watch;
  const rows = tasks.slice(0, MAX_ROWS).map((task) => [task.id, reason(task, messages), task.requestId ?? '']);
  const lines = [columns, columns.map(() => '---'), ...rows].map((cells) => `| ${cells.map(cell).join(' | ')} |`);
  const rest = tasks.length > MAX_ROWS ? [`… +${tasks.length - MAX_ROWS}`] : [];
  return `### mmai watch: ${cell(verdict)} (${summary.exitCode})\n\n${[...lines, ...rest].join('\n')}\n\n`;
}

/** Lines for `$GITHUB_OUTPUT`: what later steps may ask for. */
export function stepOutputs({ summary }: WatchDocument): string {
  const { exitCode, outcome, counts, stillRunning } = summary;
  const values = {
    'exit-code': exitCode,
    outcome,
    succeeded: counts.succeeded,
    failed: counts.failed,
    'still-running': stillRunning.join(' '),
  };
  return Object.entries(values)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}

// --- internal ---

function reason({ outcome, state, error }: WatchedRow, { states, watch, labelled }: Messages): string {
  const end = outcome in watch.ends ? watch.ends[outcome as keyof typeof watch.ends] : states[state];
  return error ? labelled(end, `${error.code}${error.message && `: ${error.message}`}`) : end;
}

/** The text of a workflow command, on one line; a property of it ends at a colon or comma too. */
function data(text: string): string {
  return visible(text).replace(/%/g, '%25');
}

function property(text: string): string {
  return data(text).replace(/:/g, '%3A').replace(/,/g, '%2C');
}

function cell(text: string): string {
  return visible(text).replace(/[\\|`<>[\]]/g, '\\$&');
}
