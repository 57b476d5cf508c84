import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TaskResultReply } from '../../../src/core/client.ts';
import { networkFailure } from '../../../src/core/rpc/response.ts';
import { NetworkError } from '../../../src/core/rpc/transport.ts';
import { withoutUrls } from '../../../src/output/results.ts';
import { classifyFailure } from '../../support/failure.ts';
import { finishedAt, lives, of, replied, wait } from '../../support/wait.ts';

const refused = (code: string): TaskResultReply => ({ ok: false, failure: classifyFailure(code) });

describe('the result of a task', () => {
  it('that is given up at the end of the wait is no refusal, and is not requested again', async () => {
    const { end, results, debugged } = await wait(
      { 1: () => 3 },
      {
        async result(_, { signal }) {
          await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
          return { ok: false, failure: networkFailure(new NetworkError('Aborted', 'given up'), String) };
        },
      },
    );
    await new Promise(setImmediate);
    assert.deepEqual([end.exitCode, results.length, debugged], [1, 1, []]);
  });

  it('is not lost where the process is stopped while only it is waited for, the deadline in it too', async () => {
    for (const [timeoutMs, stopMs] of [
      [600_000, 20_000],
      [8000, 20_000],
      [8000, 7000],
    ] as const) {
      let stop = () => {};
      const { end, elapsed } = await wait(
        { 1: finishedAt(5, 3) },
        {
          timeoutMs,
          meddle: (_, clock) => {
            stop = () => clock.stop(stopMs);
          },
          result: async (_, __, sleep) => {
            await sleep(1000);
            stop();
            await sleep(500);
            return replied();
          },
        },
      );
      assert.deepEqual([end.exitCode, [...end.results!.keys()]], [1, ['1']], `${timeoutMs} ms, ${stopMs} ms`);
      assert.ok(elapsed < 5 + stopMs / 1000 + 6, `${elapsed} s`);
    }
  });

  it('is requested again after a stop past the deadline in which the request failed', async () => {
    let stop = () => {};
    let requests = 0;
    const { end, elapsed } = await wait(
      { 1: () => 3 },
      {
        timeoutMs: 10_000,
        meddle: (_, clock) => {
          stop = () => clock.stop(60_000);
        },
        result: async (_, __, sleep) => {
          requests += 1;
          if (requests > 1) return replied();
          stop();
          await sleep(100);
          return refused('InternalError');
        },
      },
    );
    assert.deepEqual([requests, [...end.results!.keys()]], [2, ['1']]);
    assert.ok(elapsed < 63, `${elapsed} s`);
  });

  it('is not requested again after its delay where another was refused meanwhile', async () => {
    const { results } = await wait(
      { 1: () => 3, 2: finishedAt(0.2, 3) },
      { intervalMs: 300, result: async (id) => refused(id === '1' ? 'InternalError' : 'Forbidden.RAM') },
    );
    assert.deepEqual(
      results.map(({ id }) => id),
      ['1', '2'],
    );
  });

  it('is requested when the task has failed, of no other task, and is in its event and at the end', async () => {
    const { events, end, results } = await wait(
      { 1: finishedAt(2), 2: finishedAt(3, 3), 3: () => 'ResourceNotFound' },
      { result: async () => replied() },
    );
    assert.deepEqual(
      results.map(({ id }) => id),
      ['2'],
    );
    assert.deepEqual(
      of(events, 'result').map(({ id, result }) => [id, result?.reason?.code]),
      [
        ['1', undefined],
        ['2', '1000'],
        ['3', undefined],
      ],
    );
    assert.deepEqual([...end.results!.keys()], ['2']);
    assert.equal(end.exitCode, 1);
  });

  it('is whole in its event, and at the end what the form prints of it: ten thousand URLs of 32 KiB are not for memory', async () => {
    const [reply, url] = [replied(), 'http://oss.test/1'];
    assert.ok(reply.ok);
    const found = { ...reply.result.result, url, videoUrl: url };
    const result = async () => ({ ...reply, result: { ...reply.result, result: found } });
    for (const keptOf of [undefined, withoutUrls]) {
      const { events, end } = await wait({ 1: finishedAt(2, 3) }, { keptOf, result });
      assert.deepEqual(of(events, 'result')[0]!.result, found);
      assert.deepEqual([...end.results!.values()], [keptOf ? { ...found, url: null, videoUrl: null } : found]);
    }
  });

  for (const [wanted, ids] of [
    ['all', ['1', '2']],
    ['none', []],
  ] as const) {
    it(`is requested of ${wanted} that ended`, async () => {
      const { results } = await wait(
        { 1: finishedAt(2), 2: finishedAt(3, 3), 3: () => 'ResourceNotFound' },
        { results: wanted, result: async () => replied() },
      );
      assert.deepEqual(
        results.map(({ id }) => id),
        ids,
      );
    });
  }

  it('is requested again no sooner than the service asks, and after ten minutes where it asks for years', async () => {
    const { results } = await wait(
      { 1: finishedAt(2, 3), 2: finishedAt(900) },
      { result: async () => ({ ok: false, failure: classifyFailure('ServiceUnavailable', 1e11) }) },
    );
    assert.equal(results.length, 2);
    const gap = results[1]!.at - results[0]!.at;
    assert.ok(gap >= 600 && gap < 602, `${gap} s`);
  });

  it('is requested again for many tasks at a time, each delay with a signal of its own', async (t) => {
    const added = t.mock.method(AbortSignal.prototype, 'addEventListener');
    const { results } = await wait(
      lives(30, () => finishedAt(2, 3)),
      { maxRps: 1000, result: async () => refused('ServiceUnavailable') },
    );
    assert.equal(results.length, 60);
    const listeners = added.mock.calls.map(({ this: signal }) => signal);
    for (const signal of new Set(listeners)) {
      assert.ok(listeners.filter((one) => one === signal).length <= 2, 'many listeners on one signal');
    }
  });

  it('is no end for a task that only left the queue', async () => {
    const { results } = await wait(
      { 1: finishedAt(2, 1) },
      { results: 'all', until: 'running', result: async () => replied() },
    );
    assert.deepEqual(results, []);
  });

  it('has five seconds after the last task, and none past the deadline', async () => {
    const hang = async (_: string, { timeoutMs }: { timeoutMs: number }, sleep: (ms: number) => Promise<void>) => {
      await sleep(timeoutMs * 10);
      return replied();
    };
    const long = await wait({ 1: finishedAt(10, 3) }, { result: hang });
    const ended = of(long.events, 'state').at(-1)!.ageMs / 1000;
    assert.ok(long.elapsed - ended <= 5.1, `${long.elapsed} s`);
    assert.deepEqual([long.end.why, long.end.exitCode], ['ended', 1]);
    assert.deepEqual(
      of(long.events, 'result').map(({ result }) => result),
      [undefined],
    );
    // What is waited for then is no part of how long the tasks took.
    assert.ok(long.end.elapsedMs / 1000 - ended < 0.1, `${long.end.elapsedMs} ms`);
    const short = await wait({ 1: finishedAt(9, 3) }, { result: hang, timeoutMs: 10_000 });
    assert.deepEqual([short.elapsed <= 10, short.end.why, short.end.exitCode], [true, 'ended', 1]);
  });

  it('is not requested after the deadline', async () => {
    const { end, results } = await wait({ 1: finishedAt(60, 3) }, { timeoutMs: 10_000, result: async () => replied() });
    assert.deepEqual([end.why, end.exitCode, results], ['deadline', 124, []]);
  });

  for (const code of [
    'Forbidden.RAM',
    'Forbidden',
    'InvalidApiNotFound',
    'InvalidAction.NotFound',
    'ServiceNotOpened',
  ]) {
    it(`is not requested again after ${code}, and the outcome stays`, async () => {
      const { end, results, events } = await wait(
        lives(20, (index) => finishedAt(index, 3)),
        { result: async () => refused(code) },
      );
      assert.equal(results.length, 1);
      assert.deepEqual([end.why, end.exitCode, of(events, 'result').length], ['ended', 1, 20]);
    });
  }

  it('that is not found concerns its task alone', async () => {
    const { results, end } = await wait(
      { 1: finishedAt(1, 3), 2: finishedAt(5, 3) },
      { result: async () => refused('ResourceNotFound') },
    );
    assert.deepEqual([results.length, end.exitCode], [2, 1]);
  });

  it('is retried once after a transient failure', async () => {
    const { results, end } = await wait(
      { 1: finishedAt(1, 3), 2: finishedAt(20) },
      { result: async () => refused('InternalError') },
    );
    assert.deepEqual([results.length, end.exitCode], [2, 1]);
    const [first, retry] = results.map(({ at }) => at);
    assert.ok(Math.abs(retry! - first! - 0.5) < 0.1, `${first}, ${retry}`);
    const answers = [refused('Network.Timeout'), replied()];
    const second = await wait({ 1: finishedAt(1, 3) }, { result: async () => answers.shift()! });
    assert.equal(second.end.results!.size, 1);
  });

  it('that throws, for want of credentials, ends no wait', async () => {
    const { end } = await wait(
      { 1: finishedAt(1, 3), 2: finishedAt(20) },
      {
        result: async () => {
          throw new Error('no credentials');
        },
      },
    );
    assert.deepEqual([end.why, end.exitCode], ['ended', 1]);
  });

  it('is shown as it is where its status is another, which --debug says', async () => {
    const { end, debugged } = await wait({ 1: finishedAt(1, 3) }, { result: async () => replied(2) });
    assert.deepEqual([end.exitCode, end.results!.size], [1, 1]);
    assert.match(debugged.join('\n'), /task 1: status 3 was seen, its result says 2; the outcome stays/);
  });

  it('waits before its retry as long as the server says', async () => {
    const throttled = classifyFailure('Throttling.User');
    const answers: TaskResultReply[] = [{ ok: false, failure: { ...throttled, serverDelayMs: 3000 } }, replied()];
    const { results } = await wait(
      { 1: finishedAt(1, 3), 2: finishedAt(20) },
      { result: async () => answers.shift()! },
    );
    assert.ok(results[1]!.at - results[0]!.at >= 3);
  });
});
