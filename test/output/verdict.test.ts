import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TaskEnd, WaitEnd } from '../../src/core/outcome.ts';
import type { Failure } from '../../src/core/rpc/response.ts';
import { parseTaskId, type TaskId } from '../../src/core/task.ts';
import type { EndEvent } from '../../src/core/wait/events.ts';
import { Watched } from '../../src/core/wait/watched.ts';
import { plainStyle } from '../../src/io/terminal/style.ts';
import { en, type Messages } from '../../src/locales/en/messages.ts';
import { zh } from '../../src/locales/zh/messages.ts';
import { statusDocument, taskRow } from '../../src/output/document.ts';
import { describeFailures } from '../../src/output/failures.ts';
import { statusCount, verdict } from '../../src/output/verdict.ts';
import { watchDocument } from '../../src/output/watch-document.ts';
import { classifyFailure } from '../support/failure.ts';

const NO_DETAILS = {
  ...{ url: null, urlExpiresAt: null, analysisSeconds: null },
  ...{ videoName: null, videoUrl: null, applicationId: null },
};
const traffic = { requests: 9, retries: 1, throttles: 0, bytes: 99 };
const ids = (count: number) => Array.from({ length: count }, (_, index) => parseTaskId(String(index + 1)));
const failureOf = (code: string, message: string): Failure => ({ ...classifyFailure(code), message });

describe('failures of many tasks', () => {
  const describeAll = (codeOf: (n: number) => string, messageOf: (n: number) => string, messages: Messages = en) =>
    describeFailures(
      ids(3000).map((id, n) => ({ id, failure: failureOf(codeOf(n), messageOf(n)) })),
      messages,
    );

  it('with differing messages are told by code: three messages, then how many', () => {
    const lines = describeAll(
      () => 'InternalError',
      (n) => `message ${n}`,
    ).split('\n');
    assert.deepEqual(lines.slice(0, 4), [
      'error: tasks 1, 2, 3 … (3000): InternalError (HTTP 500): message 0',
      '  2: InternalError (HTTP 500): message 1',
      '  3: InternalError (HTTP 500): message 2',
      '  … and 2997 more',
    ]);
    assert.ok(lines.length < 10);
    assert.match(
      describeAll(() => 'InternalError', String, zh),
      /另有 2997 个/,
    );
  });

  it('with as many codes are told for ten codes, then how many', () => {
    const text = describeAll(
      (n) => `Code${n}`,
      () => 'x',
    );
    assert.equal(text.match(/^error: task /gm)?.length, 10);
    assert.match(text, /\nerror: … and 2990 more\n$/);
  });

  it('with one code and two meanings are told by meaning', () => {
    const neverSeen = failureOf('ResourceNotFound', 'x');
    const gone = { ...neverSeen, topic: 'taskGone' as const };
    const failures = ids(3).map((id, n) => ({ id, failure: n === 1 ? gone : neverSeen }));
    const text = describeFailures(failures, en);
    assert.match(text, new RegExp(`^error: tasks 1, 3: .*\\n {2}${en.codes.taskNotFound.meaning}`));
    assert.match(text, new RegExp(`^error: task 2: .*\\n {2}${en.codes.taskGone.meaning}`, 'm'));
  });

  it('that a server wants to be left alone for longer than a retry waits say for how long', () => {
    const [id] = ids(1) as [TaskId];
    const hintAfter = (serverDelayMs: number) =>
      /hint: (.*)/.exec(
        describeFailures([{ id, failure: { ...failureOf('InternalError', 'x'), serverDelayMs } }], en),
      )![1];
    assert.equal(hintAfter(60_000), hintAfter(0));
    assert.match(hintAfter(120_000)!, /^try again in 2m: the server asks/);
  });

  it('with one message are told once', () => {
    const text = describeAll(
      () => 'InternalError',
      () => 'x',
    );
    assert.equal(text.match(/InternalError/g)?.length, 2);
    assert.doesNotMatch(text, /more\n/);
  });
});

describe('the verdict', () => {
  const watched = (index: number, values: Partial<Watched>): Watched => ({
    ...new Watched(parseTaskId(String(index + 1))),
    polls: 1,
    ...values,
  });
  /** How the tasks ended; null for one that runs. */
  const verdictOf = (why: WaitEnd, ends: readonly (TaskEnd | null)[], messages: Messages = en) =>
    verdictOn(
      why,
      ends.map((outcome, index) => {
        if (outcome === null) return watched(index, { outcome, state: 'running', status: 1 });
        const isFinal = outcome === 'succeeded' || outcome === 'failed';
        return watched(index, { outcome, state: isFinal ? outcome : null });
      }),
      messages,
    );
  function verdictOn(why: WaitEnd, tasks: readonly Watched[], messages: Messages = en) {
    const end: EndEvent = { type: 'end', why, exitCode: 1, elapsedMs: 2000, tasks, traffic };
    const document = watchDocument(end, 0, () => [], messages);
    return verdict(end, document, plainStyle, messages, 'linux').split('\n');
  }

  it('names the tasks that did not succeed, by kind', () => {
    const ends = ['succeeded', 'failed', 'notFound', 'unanswered', 'failed', 'stallTimeout'] as const;
    assert.deepEqual(verdictOf('ended', ends).slice(1, 5), [
      '  failed: 2, 5',
      '  not found: 3',
      '  unknown: 4',
      `  ${en.watch.ends.stallTimeout}: 6`,
    ]);
  });

  it('names ten of a kind at most, and how many more there are', () => {
    const ends = Array.from({ length: 300 }, (_, n) => (n % 20 === 0 ? 'failed' : 'succeeded') as TaskEnd);
    assert.equal(verdictOf('ended', ends)[1], '  failed: 1, 21, 41, 61, 81, 101, 121, 141, 161, 181 … and 5 more');
    assert.match(verdictOf('ended', ends, zh)[1]!, /^ {2}失败：1、21、.*181 … 另有 5 个$/);
  });

  it('calls the state of tasks unknown where the service refused to tell it', () => {
    assert.match(verdictOf('denied', [null, null, 'succeeded'])[0]!, /after 2s: 1 succeeded, 2 unknown$/);
    assert.equal(verdictOf('denied', [null], zh)[0], '请求被拒绝（凭证或权限），用时 2s：1 个状态未知');
    // The same command would be refused again.
    assert.deepEqual(verdictOf('denied', [null]).slice(1), ['']);
  });

  it('explains no failure that did not end the wait for its task, where the condition was met', () => {
    const failing = watched(1, { state: 'running', status: 1, failure: failureOf('InternalError', 'x'), failures: 1 });
    const lines = verdictOn('met', [watched(0, { outcome: 'succeeded', state: 'succeeded' }), failing]);
    assert.match(lines[0]!, /^done after 2s/);
  });

  it('tells ten reasons of failure at most, and names the other tasks without theirs', () => {
    const tasks = ids(12).map((_, index) => watched(index, { outcome: 'failed', state: 'failed', status: 3 }));
    const reasonOf = (name: string) => ({ name, code: null, message: null, detail: null });
    const results = new Map(
      tasks.map(({ id }) => [id, { ...NO_DETAILS, reason: reasonOf(`reason of ${id}`) }] as const),
    );
    const end: EndEvent = { type: 'end', why: 'ended', exitCode: 1, elapsedMs: 2000, tasks, traffic, results };
    const lines = verdict(
      end,
      watchDocument(end, 0, () => [], en),
      plainStyle,
      en,
      'linux',
    ).split('\n');
    assert.deepEqual(lines.slice(10), ['  failed: 10: reason of 10', '  failed: 11, 12', '']);
  });

  it('of --until running says that the queue was left, unless every task has ended', () => {
    assert.match(
      verdictOf('ended', ['running', 'failed'])[0]!,
      /^all tasks left the queue after 2s: 1 failed, 1 running$/,
    );
    assert.match(verdictOf('ended', ['running', 'failed'], zh)[0]!, /^所有任务均已开始执行或已结束，/);
    assert.match(verdictOf('ended', ['succeeded', 'failed'])[0]!, /^all tasks ended after 2s/);
  });

  it('leaves the tasks that still run to the command that resumes the wait, if that names them', () => {
    assert.match(verdictOf('deadline', ['succeeded', null])[2]!, /mmai watch 2/);
    assert.match(verdictOf('deadline', Array(30).fill(null))[1]!, /^ {2}not finished: 1, .*10 … and 20 more$/);
  });

  it('of more than 20 tasks left advises the same command only where that would get further', () => {
    const left = Array.from({ length: 30 }, (_, index) => watched(index + 1, {}));
    const tasks = [watched(0, { outcome: 'failed', state: 'failed', status: 3 }), ...left];
    const advice = (why: WaitEnd) => verdictOn(why, tasks).slice(3, -1);
    assert.deepEqual(advice('deadline'), [en.watch.resumeLonger]);
    assert.deepEqual(advice('interrupted'), [en.watch.resumeSame]);
    assert.deepEqual([advice('failFast'), advice('outOfReach')], [[], []]);
  });

  it('calls no task unfinished, and says of none that it goes on, that was never seen', () => {
    const failing = { failure: failureOf('ResourceNotFound', 'x'), failures: 2 };
    const lines = verdictOn('deadline', [watched(0, failing), watched(1, {})]).slice(-6, -1);
    assert.deepEqual(lines, [
      'timed out after 2s: 1 not checked, 1 unknown',
      '  unknown: 1',
      '  not checked: 2',
      en.watch.resume,
      '  mmai watch 2 1',
    ]);
    assert.deepEqual(verdictOn('met', [watched(0, { outcome: 'succeeded', state: 'succeeded' }), watched(1, {})]), [
      'done after 2s: 1 succeeded, 1 not checked',
      '  not checked: 2',
      '',
    ]);
  });

  it('of one task names none', () => assert.deepEqual(verdictOf('ended', ['failed']).slice(1), ['']));
});

describe('the count of status', () => {
  const countOf = (statuses: readonly (number | Failure)[], messages: Messages = en) => {
    const rows = statuses.map((status, index) => {
      const id = String(index + 1) as TaskId;
      const answer = { requestId: null, http: 200, body: new Uint8Array() };
      const reply =
        typeof status === 'number'
          ? ({ ok: true, result: { ...answer, status } } as const)
          : ({ ok: false, failure: status } as const);
      return taskRow(id, reply, messages);
    });
    return statusCount(statusDocument(rows, traffic, 0), messages);
  };

  it('says how many tasks are in which state, and names those that failed or have none', () => {
    const statuses = [2, 3, 1, 2, failureOf('ResourceNotFound', ''), 9];
    assert.equal(
      countOf(statuses),
      '6 tasks: 1 running, 2 succeeded, 1 failed, 1 unknown, 1 error\n  failed: 2\n  error: 5\n',
    );
    assert.match(countOf(statuses, zh), /^共 6 个任务：1 个执行中，2 个执行成功，/);
  });

  it('is not there for one task', () => assert.equal(countOf([3]), ''));
});
