import { isSuccess } from '../core/outcome.ts';
import type { Messages } from '../locales/en/messages.ts';
import { visible } from '../text/safe-text.ts';
import { endText } from './ends.ts';
import { errorText } from './failures.ts';
import { reasonOf } from './results.ts';
import { isTroubled, type WatchDocument, type WatchedRow } from './watch-document.ts';

/**
 * A JUnit report in pieces, so that a CI shows each task as a test: failed is a failure, without a response an error, still
 * running skipped. The elements are those that Jenkins, GitLab and GitHub's reporters have in common.
 */
export function* junitReport(document: WatchDocument, messages: Messages): Iterable<string> {
  const counts = { passed: 0, failure: 0, error: 0, skipped: 0 };
  for (const task of document.tasks) counts[verdictOf(task, document)] += 1;
  const { passed, failure, error, skipped } = counts;
  const attributes = `name="mmai watch" tests="${passed + failure + error + skipped}" failures="${failure}" errors="${error}"`;
  const time = `time="${seconds(document.summary.elapsedMs)}"`;
  yield `<?xml version="1.0" encoding="UTF-8"?>
<testsuites ${attributes} ${time}>
  <testsuite ${attributes} skipped="${skipped}" ${time}>
`;
  for (const task of document.tasks) yield testCase(task, verdictOf(task, document), messages);
  yield '  </testsuite>\n</testsuites>\n';
}

// --- internal ---

type Verdict = 'passed' | 'failure' | 'error' | 'skipped';

function verdictOf(task: WatchedRow, document: WatchDocument): Verdict {
  if (isSuccess(task.outcome)) return 'passed';
  if (task.outcome === 'failed') return 'failure';
  return task.error && isTroubled(task, document) ? 'error' : 'skipped';
}

function testCase(task: WatchedRow, verdict: Verdict, messages: Messages): string {
  const start = `    <testcase classname="mmai.watch" name="${task.id}" time="${seconds(task.durationMs)}"`;
  const element = elementOf(task, verdict, messages);
  return element === '' ? `${start}/>\n` : `${start}>\n      ${element}\n    </testcase>\n`;
}

function elementOf(task: WatchedRow, verdict: Verdict, messages: Messages): string {
  if (verdict === 'passed') return '';
  const { states, watch, labelled } = messages;
  const { outcome, state, error } = task;
  const reason = reasonOf(task.result);
  const ended = reason === undefined ? states[state] : labelled(states[state], reason);
  const text = escaped(error ? errorText(error, messages) : ended);
  switch (verdict) {
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
