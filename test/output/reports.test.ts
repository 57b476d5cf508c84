import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { parseTaskId } from '../../src/core/task.ts';
import type { EndEvent } from '../../src/core/wait/events.ts';
import { newTask, type Watched } from '../../src/core/wait/watched.ts';
import { en } from '../../src/locales/en/messages.ts';
import { annotations, stepOutputs, stepSummary } from '../../src/output/github.ts';
import { junitReport } from '../../src/output/junit.ts';
import { watchDocument } from '../../src/output/watch-document.ts';
import { classifyFailure } from '../support/failure.ts';

const hostile = 'bad\r\n::error::forged%0A <b>"x"</b> | ]]> \u001b[31m\u0000';

function documentOf(...tasks: Partial<Watched>[]) {
  const watched = tasks.map((values, index) => ({ ...newTask(parseTaskId(String(index + 1))), ...values }));
  const end: EndEvent = { type: 'end', why: 'deadline', exitCode: 1, elapsedMs: 92_000, tasks: watched };
  const client = { traffic: { requests: 9, retries: 1, throttles: 0, bytes: 99 }, clockOffsetMs: () => 0 };
  return watchDocument(end, client, () => [], en);
}

const succeeded = { state: 'succeeded', status: 2, outcome: 'succeeded', endedAt: 61_500 } as const;
const failed = { state: 'failed', status: 3, outcome: 'failed', endedAt: 1000 } as const;
const unanswered = {
  outcome: 'unanswered',
  failure: { ...classifyFailure('InternalError'), message: hostile },
} as const;
const mixed = documentOf(succeeded, failed, unanswered, { state: 'running', status: 1 });

describe('GitHub Actions', () => {
  it('gets an error annotation for each task that did not succeed, none for one that runs on', () => {
    const lines = annotations(mixed, en).trimEnd().split('\n');
    assert.equal(lines.length, 2);
    assert.equal(lines[0], '::error title=mmai task 2::failed');
    assert.match(lines[1]!, /^::error title=mmai task 3::got no useful answer/);
  });
  it('gets at most ten, and no command forged by what the service says', () => {
    const many = annotations(documentOf(...Array(30).fill(unanswered)), en);
    assert.equal(many.match(/^::/gm)?.length, 10);
    assert.equal(many.trimEnd().split('\n').length, 10);
    assert.doesNotMatch(many, /[\r\u001b\u0000]/);
  });
  it('gets a table of at most a thousand rows for the step summary', () => {
    const table = stepSummary(mixed, 'the deadline is reached', en).split('\n');
    assert.deepEqual(table.slice(0, 5), [
      '### mmai watch: the deadline is reached (1)',
      '',
      '| task | result | request id |',
      '| --- | --- | --- |',
      '| 1 | succeeded |  |',
    ]);
    assert.doesNotMatch(table[6]!, /<b>|\r|\u001b/);
    const large = stepSummary(documentOf(...Array(1500).fill(failed)), 'x', en);
    assert.match(large, /\n… \+500\n/);
  });
  it('gets the outcome as outputs, a line each', () => {
    assert.equal(stepOutputs(mixed), 'exit-code=1\noutcome=deadline\nsucceeded=1\nfailed=1\nstill-running=4\n');
  });
});

describe('the JUnit report', () => {
  const xml = junitReport(mixed, en);
  it('is well-formed whatever the service says', () => {
    assert.equal(XMLValidator.validate(xml), true);
    assert.doesNotMatch(xml, /[\u0000-\u0009\u000b-\u001f]/);
  });
  it('shows each task as a test: passed, failure, error, skipped', () => {
    const parsed = new XMLParser({ ignoreAttributes: false, attributeNamePrefix: '' }).parse(xml).testsuites.testsuite;
    assert.deepEqual(
      [parsed.tests, parsed.failures, parsed.errors, parsed.skipped, parsed.time],
      ['4', '1', '1', '1', '92.000'],
    );
    const kinds = parsed.testcase.map(
      (one: object) => Object.keys(one).filter((key) => !/classname|name|time/.test(key))[0],
    );
    assert.deepEqual(kinds, [undefined, 'failure', 'error', 'skipped']);
    assert.equal(parsed.testcase[0].time, '61.500');
  });
});
