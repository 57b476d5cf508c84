import type { EndEvent } from '../core/wait/events.ts';
import type { Messages } from '../locales/en/messages.ts';
import { formatDuration } from '../text/duration.ts';
import { describeFailures, type TaskFailure } from './failures.ts';
import type { WatchDocument } from './watch-document.ts';

/** More ids than this are not worth a line: the same command resumes the wait as well. */
const MAX_RESUMED = 20;

/** How a wait ended, in a line: `done after 1m32s: 2 succeeded`. */
export function verdictLine({ summary }: WatchDocument, { watch }: Messages): string {
  const told = Object.entries(summary.counts)
    .filter(([, n]) => n > 0)
    .map(([name, n]) => `${n} ${watch.counts[name as keyof typeof watch.counts]}`);
  const { pending, notFound, unanswered } = summary.counts;
  const isGivenUp = summary.outcome === 'ended' && pending + notFound + unanswered > 0;
  return watch.verdict(watch.whys[isGivenUp ? 'givenUp' : summary.outcome], formatDuration(summary.elapsedMs), told);
}

/** The last words of a wait: what went wrong, how it ended; with tasks still running, that they go on, and how to resume. */
export function verdict(end: EndEvent, document: WatchDocument, messages: Messages): string {
  // Of a wait that ended before its tasks did, a failure that still lasts may be the reason.
  const isCutShort = end.why === 'deadline' || end.why === 'interrupted';
  const failures = end.tasks.flatMap(({ id, failure, outcome }): TaskFailure[] =>
    failure && (outcome || isCutShort || failure === end.failure) ? [{ id, failure }] : [],
  );
  return `${describeFailures(failures, messages)}${verdictLine(document, messages)}\n${resumeLine(document, messages)}`;
}

/** A word as a POSIX shell takes it, to be pasted. */
function shellQuoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

function resumeLine({ summary }: WatchDocument, { watch }: Messages): string {
  const { resume, stillRunning, outcome } = summary;
  if (!resume || outcome === 'met' || outcome === 'denied') return '';
  return `${stillRunning.length > MAX_RESUMED ? watch.resumeSame() : watch.resume(resume.map(shellQuoted).join(' '))}\n`;
}
