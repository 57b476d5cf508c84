import type { Messages } from '../locales/en/messages.ts';
import { visible } from '../text/safe-text.ts';
import { endText } from './ends.ts';
import { errorText } from './failures.ts';
import { reasonOf } from './results.ts';
import { isTroubled, type WatchDocument, type WatchedRow } from './watch-document.ts';

/**
 * A JUnit report, so that a CI shows each task as a test: failed is a failure, without a response an error, still running
 * skipped. The elements are those that Jenkins, GitLab and GitHub's reporters have in common.
 */
export function junitReport(document: WatchDocument, messages: Messages): string {
  const { summary } = document;
  const tasks = [...document.tasks];
  const verdicts = tasks.map((task) => verdictOf(task, document));
  const count = (verdict: Verdict) => verdicts.filter((one) => one === verdict).length;
  const counts = `tests="${tasks.length}" failures="${count('failure')}" errors="${count('error')}"`;
  const attributes = `name="mmai watch" ${counts}`;
  const time = `time="${seconds(summary.elapsedMs)}"`;
  return `<?xml version="1.0" encoding="UTF-8"?>
<testsuites ${attributes} ${time}>
  <testsuite ${attributes} skipped="${count('skipped')}" ${time}>
${tasks.map((task, index) => testCase(task, verdicts[index]!, messages)).join('\n')}
  </testsuite>
</testsuites>
`;
}

// --- internal ---

type Verdict = 'passed' | 'failure' | 'error' | 'skipped';

function verdictOf(task: WatchedRow, document: WatchDocument): Verdict {
  if (task.outcome === 'succeeded' || task.outcome === 'running') return 'passed';
  if (task.outcome === 'failed') return 'failure';
  return task.error && isTroubled(task, document) ? 'error' : 'skipped';
}

function testCase(task: WatchedRow, verdict: Verdict, messages: Messages): string {
  const start = `    <testcase classname="mmai.watch" name="${task.id}" time="${seconds(task.durationMs)}"`;
  const element = elementOf(task, verdict, messages);
  return element === '' ? `${start}/>` : `${start}>\n      ${element}\n    </testcase>`;
}

function elementOf(task: WatchedRow, verdict: Verdict, messages: Messages): string {
  const { states, watch, labelled } = messages;
  const { outcome, state, error } = task;
  const reason = reasonOf(task.result);
  const ended = reason === undefined ? states[state] : labelled(states[state], reason);
  const text = escaped(error ? errorText(error, messages) : ended);
  switch (verdict) {
    case 'passed':
      return '';
    case 'failure':
      return `<failure message="${text}"/>`;
    case 'error':
      return `<error type="${escaped(error?.code ?? outcome)}" message="${text}"/>`;
    case 'skipped': {
      const why = endText(outcome, messages) ?? watch.outcomes[outcome === 'notChecked' ? outcome : 'pending'];
      return `<skipped message="${escaped(why)}"/>`;
    }
  }
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}

function escaped(text: string): string {
  return visible(text).replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');
}
