import type { Messages } from '../locales/en/messages.ts';
import { visible } from '../text/safe-text.ts';
import type { WatchDocument, WatchedRow } from './watch-document.ts';

/**
 * A JUnit report, so that a CI shows each task as a test: failed is a failure, without a response an error, still running
 * skipped. The elements are those that Jenkins, GitLab and GitHub's reporters have in common.
 */
export function junitReport({ tasks, summary }: WatchDocument, messages: Messages): string {
  const count = (verdict: Verdict) => tasks.filter((task) => verdictOf(task) === verdict).length;
  const counts = `tests="${tasks.length}" failures="${count('failure')}" errors="${count('error')}"`;
  const attributes = `name="mmai watch" ${counts}`;
  const time = `time="${seconds(summary.elapsedMs)}"`;
  return `<?xml version="1.0" encoding="UTF-8"?>
<testsuites ${attributes} ${time}>
  <testsuite ${attributes} skipped="${count('skipped')}" ${time}>
${tasks.map((task) => testCase(task, messages)).join('\n')}
  </testsuite>
</testsuites>
`;
}

// --- internal ---

type Verdict = 'passed' | 'failure' | 'error' | 'skipped';

function verdictOf({ outcome, error }: WatchedRow): Verdict {
  if (outcome === 'succeeded') return 'passed';
  if (outcome === 'failed') return 'failure';
  return error ? 'error' : 'skipped';
}

function testCase(task: WatchedRow, messages: Messages): string {
  const start = `    <testcase classname="mmai.watch" name="${task.id}" time="${seconds(task.durationMs)}"`;
  const element = elementOf(task, messages);
  return element === '' ? `${start}/>` : `${start}>\n      ${element}\n    </testcase>`;
}

function elementOf(task: WatchedRow, { states, watch }: Messages): string {
  const { outcome, state, error } = task;
  const text = escaped(error ? `${error.code}${error.message && `: ${error.message}`}` : states[state]);
  switch (verdictOf(task)) {
    case 'passed':
      return '';
    case 'failure':
      return `<failure message="${text}"/>`;
    case 'error':
      return `<error type="${escaped(error?.code ?? outcome)}" message="${text}"/>`;
    case 'skipped': {
      const isTooSlow = outcome === 'queueTimeout' || outcome === 'stallTimeout';
      return `<skipped message="${escaped(isTooSlow ? watch.ends[outcome] : watch.outcomes.pending)}"/>`;
    }
  }
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}

function escaped(text: string): string {
  return visible(text).replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');
}
