import { type Outcome, TOO_SLOW } from '../core/outcome.ts';
import type { TaskId } from '../core/task.ts';
import type { EndEvent } from '../core/wait/events.ts';
import { ExitCode } from '../errors.ts';
import type { Style } from '../io/terminal/style.ts';
import type { Messages } from '../locales/en/messages.ts';
import { formatDuration } from '../text/duration.ts';
import { visible } from '../text/safe-text.ts';
import { shellQuoted } from '../text/shell-quoted.ts';
import type { StatusDocument } from './document.ts';
import { describeFailures, listTasks, type TaskFailure } from './failures.ts';
import { reasonOf } from './results.ts';
import { rowOutcome, shownOutcome, type WatchDocument, type WatchedRow } from './watch-document.ts';

/** More ids than this are not worth a line: the same command resumes the wait as well. */
const MAX_RESUMED = 20;
/** The most tasks of a kind that are named. */
export const MAX_NAMED = 10;

/** How a wait ended, in a line: `done after 1m32s: 2 succeeded`. */
export function verdictLine({ summary }: WatchDocument, { watch, counted }: Messages): string {
  const { running, pending, notFound, unanswered } = summary.counts;
  // A task that was never seen, or may not be checked, may have ended long ago.
  const goingOn = summary.outcome === 'denied' ? 0 : Math.max(0, summary.stillRunning.length - running);
  const shown = { pending: goingOn, unanswered: unanswered + pending - goingOn };
  const counts = Object.entries({ ...summary.counts, ...shown })
    .filter(([, n]) => n > 0)
    .map(([name, n]) => counted(n, watch.outcomes[name as Outcome]));
  const isGivenUp = summary.outcome === 'ended' && pending + notFound + unanswered > 0;
  // Only `--until running` leaves tasks running without a reason to end early.
  const end = summary.outcome === 'ended' && running > 0 ? 'leftQueue' : summary.outcome;
  return watch.verdict(watch.whys[isGivenUp ? 'givenUp' : end], formatDuration(summary.elapsedMs), counts);
}

/**
 * What a wait prints at its end: what went wrong, how it ended and for which tasks; that the others go on, and how to resume, for
 * the shells of `platform`.
 */
export function verdict(
  end: EndEvent,
  document: WatchDocument,
  style: Style,
  messages: Messages,
  platform: string,
): string {
  // Of a wait that ended before its tasks did, a failure that still lasts may be the reason.
  const isCutShort = end.why === 'deadline' || end.why === 'interrupted';
  const failures = end.tasks.flatMap(({ id, failure, outcome }): TaskFailure[] =>
    failure && (outcome || isCutShort || failure === end.failure) ? [{ id, failure }] : [],
  );
  const unmet = isCutShort ? 'unknown' : 'failed';
  const state = end.exitCode === ExitCode.ok ? 'succeeded' : unmet;
  const line = `${style.state(state, verdictLine(document, messages))}\n`;
  return (
    describeFailures(failures, messages) +
    line +
    namedTasks(end, document, messages) +
    resumeLine(document, messages, platform)
  );
}

/** How the tasks of `status` stand: `5 tasks: 3 succeeded, 2 failed`, and which of them failed or have no state; nothing for one task. */
export function statusCount({ tasks, summary }: StatusDocument, messages: Messages): string {
  if (tasks.length < 2) return '';
  const word = (name: keyof typeof summary.counts) => (name === 'error' ? messages.noState : messages.states[name]);
  const counts = (Object.keys(summary.counts) as (keyof typeof summary.counts)[])
    .filter((name) => summary.counts[name] > 0)
    .map((name) => messages.counted(summary.counts[name], word(name)));
  const failed = tasks.filter(({ state }) => state === 'failed').map(({ id }) => id);
  const errors = tasks.filter(({ error }) => error).map(({ id }) => id);
  const named = kindLine(word('failed'), failed, messages) + kindLine(word('error'), errors, messages);
  return `${messages.taskCounts(tasks.length, counts)}\n${named}`;
}

// --- internal ---

/** A line for each kind of task that did not succeed: `  failed: 51, 151`. A resume command names those that still run. */
function namedTasks(end: EndEvent, { summary }: WatchDocument, messages: Messages): string {
  const { tasks } = end;
  const failed = failedLines(end, messages);
  // A single task is named with its reason only.
  if (tasks.length < 2) return end.results?.size ? failed : '';
  const { outcomes, ends } = messages.watch;
  const shown = (task: (typeof tasks)[number]) => shownOutcome({ outcome: rowOutcome(task), status: task.status });
  const idsOf = (outcome: WatchedRow['outcome']) => tasks.filter((task) => shown(task) === outcome).map(({ id }) => id);
  const isResumed = summary.resume !== null && resumedCount(summary) <= MAX_RESUMED;
  return [
    failed,
    kindLine(outcomes.notFound, idsOf('notFound'), messages),
    kindLine(outcomes.unanswered, idsOf('unanswered'), messages),
    ...TOO_SLOW.map((end) => kindLine(ends[end], idsOf(end), messages)),
    isResumed ? '' : kindLine(outcomes.pending, idsOf('pending'), messages),
    kindLine(outcomes.notChecked, idsOf('notChecked'), messages),
  ].join('');
}

/** A line for each reason, and one for the tasks without: `  failed: 51, 151: Download fail (1000)`. */
function failedLines({ tasks, results }: EndEvent, messages: Messages): string {
  const byReason = new Map<string, TaskId[]>();
  for (const { id, outcome } of tasks) {
    if (outcome !== 'failed') continue;
    const known = reasonOf(results?.get(id)) ?? '';
    const reason = byReason.size < MAX_NAMED || byReason.has(known) ? known : '';
    const ids = byReason.get(reason);
    if (ids) ids.push(id);
    else byReason.set(reason, [id]);
  }
  const { labelled, watch } = messages;
  return [...byReason]
    .map(([reason, ids]) => {
      const named = listTasks(ids, MAX_NAMED, messages);
      return `  ${labelled(watch.outcomes.failed, reason ? labelled(named, reason) : named)}\n`;
    })
    .join('');
}

function kindLine(kind: string, ids: readonly TaskId[], messages: Messages): string {
  return ids.length === 0 ? '' : `  ${messages.labelled(kind, listTasks(ids, MAX_NAMED, messages))}\n`;
}

function resumedCount({ counts }: WatchDocument['summary']): number {
  return counts.pending + counts.notChecked;
}

function resumeLine({ summary }: WatchDocument, { watch }: Messages, platform: string): string {
  const { resume, outcome } = summary;
  if (!resume || outcome === 'met' || outcome === 'denied') return '';
  const goesOn = summary.stillRunning.length > 0 ? watch.goesOn : '';
  if (resumedCount(summary) > MAX_RESUMED) {
    // The same command would stop at the same tasks again.
    if (outcome === 'failFast' || outcome === 'outOfReach') return '';
    // It would check the same tasks again, and no others.
    const isTooShort = outcome === 'deadline' && summary.counts.notChecked > 0;
    return `${goesOn}${isTooShort ? watch.resumeLonger : watch.resumeSame}\n`;
  }
  return `${goesOn}${watch.resume}\n  ${resume.map((word) => shellQuoted(visible(word), platform)).join(' ')}\n`;
}
