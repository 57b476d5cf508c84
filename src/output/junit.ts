import type { Messages } from '../locales/en/messages.ts';
import type { WatchDocument, WatchedRow } from './watch-document.ts';

/**
 * A JUnit report, so that a CI shows each task as a test: failed is a failure, without an answer an error, still running
 * skipped. The elements are those that Jenkins, GitLab and GitHub's reporters have in common.
 */
export function junitReport({ tasks, summary }: WatchDocument, messages: Messages): string {
  const { counts, elapsedMs } = summary;
  const errors = counts.notFound + counts.unanswered;
  const attributes = `name="mmai watch" tests="${tasks.length}" failures="${counts.failed}" errors="${errors}"`;
  const skipped = `skipped="${counts.pending}" time="${seconds(elapsedMs)}"`;
  return `<?xml version="1.0" encoding="UTF-8"?>
<testsuites ${attributes} time="${seconds(elapsedMs)}">
  <testsuite ${attributes} ${skipped}>
${tasks.map((task) => testCase(task, messages)).join('\n')}
  </testsuite>
</testsuites>
`;
}

// --- internal ---

function testCase(task: WatchedRow, { states, watch }: Messages): string {
  const { id, outcome, state, durationMs, error } = task;
  const start = `    <testcase classname="mmai.watch" name="${id}" time="${seconds(durationMs)}"`;
  if (outcome === 'succeeded') return `${start}/>`;
  const text = error ? `${error.code}: ${error.message}` : states[state];
  if (outcome === 'failed') return `${start}>\n      <failure message="${escaped(text)}"/>\n    </testcase>`;
  if (outcome === 'notFound' || outcome === 'unanswered') {
    return `${start}>\n      <error type="${escaped(outcome)}" message="${escaped(text)}"/>\n    </testcase>`;
  }
  const why = outcome === 'pending' ? watch.outcomes.pending : watch.ends[outcome];
  return `${start}>\n      <skipped message="${escaped(why)}"/>\n    </testcase>`;
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}

/** XML 1.0 knows no control characters at all, so those become a replacement character. */
function escaped(text: string): string {
  return text
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;')
    .replace(/[\u0000-\u001f\u007f-\u009f\ufffe\uffff]/g, '\ufffd');
}
