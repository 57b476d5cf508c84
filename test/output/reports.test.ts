import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import type { Failure } from '../../src/core/rpc/response.ts';
import { parseTaskId } from '../../src/core/task.ts';
import type { EndEvent } from '../../src/core/wait/events.ts';
import { Watched } from '../../src/core/wait/watched.ts';
import { MmaiError } from '../../src/errors.ts';
import { en, type Messages } from '../../src/locales/en/messages.ts';
import { zh } from '../../src/locales/zh/messages.ts';
import { annotations, stepOutputs, stepSummary } from '../../src/output/github.ts';
import { junitReport } from '../../src/output/junit.ts';
import { verdictLine } from '../../src/output/verdict.ts';
import { type WatchDocument, watchDocument } from '../../src/output/watch-document.ts';
import { classifyFailure } from '../support/failure.ts';

const hostile = 'bad\r\n::error::forged%0A <b>"x"</b> | ]]> \u001b[31m\u0000';

function documentOf(tasks: readonly Partial<Watched>[], how: Partial<EndEvent> = {}, requests = 9) {
  const watched = tasks.map((values, index) => ({ ...new Watched(parseTaskId(String(index + 1))), ...values }));
  const traffic = { requests, retries: 1, throttles: 0, bytes: 99 };
  const end: EndEvent = { type: 'end', why: 'ended', exitCode: 1, elapsedMs: 92_000, tasks: watched, traffic, ...how };
  return watchDocument(end, 0, () => [], en);
}

const junit = (document: WatchDocument, messages: Messages = en) => [...junitReport(document, messages)].join('');

const ROOM = 1_000_000;
const succeeded = { state: 'succeeded', status: 2, outcome: 'succeeded', endedAt: 61_500 } as const;
const failed = { state: 'failed', status: 3, outcome: 'failed', endedAt: 1000 } as const;
const running = { state: 'running', status: 1, polls: 1 } as const;
const unanswered = {
  outcome: 'unanswered',
  failure: { ...classifyFailure('InternalError'), message: hostile },
} as const;
const mixed = documentOf([succeeded, failed, unanswered, running]);
const forbidden: Failure = { ...classifyFailure('Forbidden.RAM'), message: 'not allowed' };
const denied = documentOf([{ ...running, failure: forbidden }, running, {}], {
  why: 'denied',
  exitCode: 3,
  failure: forbidden,
});
const noCredentials = documentOf(
  [{}, {}],
  { why: 'denied', exitCode: 3, error: new MmaiError(3, () => 'no credentials found') },
  0,
);
const late = documentOf([succeeded, running, {}], { why: 'deadline', exitCode: 124 });

describe('the document of a wait that an error ended', () => {
  it('has the error of the service in the summary, beside the tasks, on the task that was refused and on those never seen', () => {
    assert.equal(denied.summary.error?.code, 'Forbidden.RAM');
    assert.equal(denied.error, denied.summary.error);
    assert.deepEqual(
      [...denied.tasks].map(({ error }) => error?.message),
      ['not allowed', undefined, 'not allowed'],
    );
  });
  it('has an error of mmai’s own, in the same form', () => {
    const { code, http, message, requestId, class: kind } = noCredentials.summary.error!;
    assert.deepEqual(
      [code, http, message, requestId, kind],
      ['Mmai.Credentials', null, 'no credentials found', null, 'auth'],
    );
    assert.equal([...noCredentials.tasks][1]?.error?.code, 'Mmai.Credentials');
  });
  it('counts as still running only what was seen, and resumes all', () => {
    assert.deepEqual(denied.summary.stillRunning, ['1', '2']);
    assert.deepEqual(noCredentials.summary.stillRunning, []);
    assert.deepEqual(denied.summary.resume, ['mmai', 'watch', '3', '1', '2']);
  });
  it('counts as still running what --until running waited for, and resumes none of it', () => {
    const { summary } = documentOf([{ ...running, outcome: 'running', endedAt: 1000 }, failed]);
    assert.deepEqual([summary.stillRunning, summary.resume], [['1'], null]);
  });
  it('leaves tasks that had ended as they were', () => {
    const { tasks } = documentOf([succeeded, failed, {}], { why: 'denied', exitCode: 3, failure: forbidden });
    assert.deepEqual(
      [...tasks].map(({ error }) => error?.code),
      [undefined, undefined, 'Forbidden.RAM'],
    );
  });
});

describe('GitHub Actions', () => {
  it('gets an error annotation for each task that did not succeed, none for one that runs on', () => {
    const lines = annotations(mixed, en).trimEnd().split('\n');
    assert.equal(lines.length, 2);
    assert.equal(lines[0], '::error title=mmai task 2::failed');
    assert.match(lines[1]!, /^::error title=mmai task 3::.*InternalError: bad/);
  });
  it('gets the reason of a refusal, also of one that came before any request', () => {
    assert.equal(
      annotations(denied, en).match(/^::error title=mmai task \d::Forbidden\.RAM: not allowed$/gm)?.length,
      2,
    );
    assert.equal(annotations(noCredentials, en).match(/^::error .*no credentials found$/gm)?.length, 2);
  });
  it('gets a warning for a deadline, which names what still runs, and what was not checked', () =>
    assert.equal(
      annotations(late, en),
      `::warning title=mmai watch::${verdictLine(late, en)}; ${en.watch.outcomes.pending}: 2; ${en.watch.outcomes.notChecked}: 3\n`,
    ));
  it('gets no error for a task that was seen and goes on, though its last check before the deadline failed', () => {
    const failure = classifyFailure('Network.Timeout');
    const seen = { ...running, failure };
    const document = documentOf([seen, { failure }], { why: 'deadline', exitCode: 124 });
    assert.deepEqual(annotations(document, en).match(/^::error title=mmai task \d/gm), ['::error title=mmai task 2']);
    assert.match(junit(document), /errors="1"[\s\S]*name="1"[^>]*>\s*<skipped /);
  });
  it('gets at most ten errors, then how many more, and no command forged by what the service says', () => {
    const many = annotations(documentOf(Array(30).fill(unanswered)), en);
    assert.equal(many.match(/^::error /gm)?.length, 10);
    assert.match(many, /\n::warning title=mmai watch::20 more tasks did not succeed\n$/);
    assert.equal(many.trimEnd().split('\n').length, 11);
    assert.doesNotMatch(many, /[\r\u001b\u0000]/);
  });
  it('gets a table for the step summary, what went wrong first', () => {
    const table = stepSummary(mixed, en, ROOM).split('\n');
    assert.deepEqual(table.slice(0, 5), [
      `### mmai watch: ${verdictLine(mixed, en)} (exit code 1)`,
      '',
      `| ${en.watch.columns.join(' | ')} |`,
      '| --- | --- | --- |',
      '| 2 | failed |  |',
    ]);
    assert.match(table[5]!, /^\| 3 \| .*InternalError/);
    assert.doesNotMatch(table[5]!, /<b>|\r|\u001b/);
    assert.deepEqual(table.slice(6, 8), ['| 4 | running |  |', '| 1 | succeeded |  |']);
  });
  it('gets what the service says as text, not as Markdown', () => {
    const message = '********a******** *b* __c__ ~~d~~ $e$ &lt;f&gt; `g` <h> [i](j) k|l \\m';
    const summary = stepSummary(documentOf([{ ...unanswered, failure: { ...unanswered.failure, message } }]), en, ROOM);
    const escaped = message.replace(/[*_~$&<>`[\]|\\]/g, '\\$&');
    assert.ok(summary.includes(escaped), summary);
  });
  it('gets a table of at most a thousand rows that stays within the room there is, then how many more', () => {
    const large = stepSummary(documentOf(Array(1500).fill(failed)), en, ROOM);
    assert.match(large, /\n… and 500 more\n/);
    const long = { ...unanswered, failure: { ...unanswered.failure, message: '\u0000'.repeat(500) } };
    for (const room of [1_000_000, 100_000, 5000, 400]) {
      const summary = stepSummary(documentOf([...Array(900).fill(succeeded), ...Array(1000).fill(long)]), en, room);
      assert.ok(Buffer.byteLength(summary) <= room, `${Buffer.byteLength(summary)} in ${room}`);
      assert.match(summary, /\n… and \d+ more\n/);
      assert.doesNotMatch(summary, /succeeded +\|/);
    }
    assert.equal(stepSummary(mixed, en, 100), '');
  });
  it('gets the outcome as outputs, a line each; none if nothing was sent', () => {
    const ended = 'exit-code=1\noutcome=ended\nsucceeded=1\nfailed=1\n';
    assert.equal(stepOutputs(mixed), `${ended}still-running=4\nnot-checked=\n`);
    assert.match(stepOutputs(late), /^still-running=2\nnot-checked=3\n$/m);
    assert.equal(stepOutputs(noCredentials), '');
  });
});

describe('the JUnit report', () => {
  const xml = junit(mixed);
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
  it('of a refused run is not green: each task that the error concerns is an error, with the reason', () => {
    for (const [document, reason] of [
      [denied, 'Forbidden.RAM: not allowed'],
      [noCredentials, 'Mmai.Credentials: no credentials found'],
    ] as const) {
      const { testsuites } = new XMLParser({ ignoreAttributes: false, attributeNamePrefix: '' }).parse(junit(document));
      const { errors, skipped, testcase } = testsuites.testsuite;
      const refused = testcase.filter((one: object) => 'error' in one);
      assert.deepEqual([Number(errors), Number(errors) + Number(skipped)], [2, [...document.tasks].length]);
      assert.deepEqual(
        refused.map(({ error }: { error: { message: string } }) => error.message),
        [reason, reason],
      );
    }
  });
  it('says of a task that still runs that it is not finished, in words that stand alone', () => {
    assert.match(junit(late), /<skipped message="not finished"\/>/);
    assert.match(junit(late, zh), /<skipped message="尚未结束"\/>/);
  });
  it('has no command of a CI’s runner in it', () => {
    const failure = { ...classifyFailure('InternalError'), message: '##vso[task.complete]' };
    assert.doesNotMatch(junit(documentOf([{ outcome: 'unanswered', failure }])), /##\w*\[/);
  });
});
