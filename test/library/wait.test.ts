import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createClient, ExitCode, type TaskClient, type WatchEvent, waitForTasks, watchTasks } from '../../src/index.ts';
import { collectGarbage } from '../support/memory.ts';
import { testKey } from '../support/mmai.ts';
import { answer, fakeTransport, refusal, succeeded } from '../support/transport.ts';

it('many calls at a time with one signal do not make Node warn of its listeners', async () => {
  const controller = new AbortController();
  const { signal } = controller;
  const warnings: Error[] = [];
  const onWarning = (warning: Error) => warnings.push(warning);
  process.on('warning', onWarning);
  const transport: typeof fetch = (_, init) =>
    new Promise((_resolve, reject) => init?.signal?.addEventListener('abort', () => reject(init.signal?.reason)));
  const hung = () => new Promise<typeof testKey>(() => {});
  const clients = [createClient({ accessKey: testKey, transport }), createClient({ accessKey: hung, transport })];
  const calls = clients.flatMap((client) =>
    Array.from({ length: 20 }, () => client.getTaskStatus('1', { signal, retries: 0 })),
  );
  await new Promise(setImmediate);
  controller.abort();
  const codes = (await Promise.all(calls)).map((reply) => !reply.ok && reply.failure.code);
  process.off('warning', onWarning);
  assert.deepEqual(new Set(codes), new Set(['Network.Aborted']));
  assert.deepEqual(warnings, []);
});

const failed = answer(200, { Status: 3, RequestId: 'R-3' });

describe('waitForTasks', () => {
  it('resolves with the document of the wait, however its tasks ended', async () => {
    const { transport } = fakeTransport(succeeded, failed);
    const client = createClient({ accessKey: testKey, transport });
    const { tasks, summary, error } = await waitForTasks(client, ['1', '2', '1'], { results: false });
    assert.deepEqual(
      tasks.map(({ id, state, outcome }) => [id, state, outcome]),
      [
        ['1', 'succeeded', 'succeeded'],
        ['2', 'failed', 'failed'],
      ],
    );
    assert.deepEqual([summary.exitCode, summary.outcome, summary.resume], [ExitCode.failed, 'ended', null]);
    assert.deepEqual(Object.keys(summary.lagMaxMs), ['1', '2']);
    assert.equal(error, undefined);
  });

  it('resolves where the service refuses, with the error, and rejects where there is no AccessKey', async () => {
    const { transport } = fakeTransport(refusal(403, 'Forbidden.RAM'));
    const refused = await waitForTasks(createClient({ accessKey: testKey, transport }), ['1']);
    assert.deepEqual([refused.error?.code, refused.summary.exitCode], ['Forbidden.RAM', 3]);
    const accessKey = () => Promise.reject('no key');
    await assert.rejects(waitForTasks(createClient({ accessKey, transport }), ['1']), /^Error: no key$/);
  });

  it("goes by a code's own rule of retrying: a redirect does not end the wait of a task that was seen", async () => {
    const running = answer(200, { Status: 1, RequestId: 'R-1' });
    const { transport } = fakeTransport(running, answer(302, '', { location: 'http://login.example/' }));
    const client = createClient({ accessKey: testKey, transport });
    for await (const event of watchTasks(client, ['1'], { interval: 1 })) {
      assert.notEqual(event.type, 'result');
      if (event.type === 'retry') return;
    }
  });

  it('ends many waits by one signal, of whose listeners Node does not warn', async () => {
    const controller = new AbortController();
    const warnings: Error[] = [];
    const onWarning = (warning: Error) => warnings.push(warning);
    process.on('warning', onWarning);
    const client: TaskClient = { getTaskStatus: () => new Promise(() => {}) };
    const waits = Array.from({ length: 20 }, () => waitForTasks(client, ['1'], { signal: controller.signal }));
    await new Promise(setImmediate);
    controller.abort();
    const ended = await Promise.all(waits);
    process.off('warning', onWarning);
    assert.deepEqual(new Set(ended.map(({ summary }) => summary.exitCode)), new Set([ExitCode.interrupted]));
    assert.deepEqual(warnings, []);
  });

  it('goes on with the other tasks where eight calls of a client hang that heeds no time limit', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const polled: string[] = [];
    const client: TaskClient = {
      getTaskStatus(taskId) {
        polled.push(taskId);
        return new Promise(() => {});
      },
    };
    const stop = new AbortController();
    const ids = Array.from({ length: 9 }, (_, index) => `task ${index}`);
    const wait = waitForTasks(client, ids, { timeout: '20s', signal: stop.signal });
    await new Promise(setImmediate);
    assert.deepEqual(polled, ids.slice(0, 8));
    t.mock.timers.tick(20_000);
    await new Promise(setImmediate);
    assert.deepEqual(polled, ids);
    stop.abort();
    const { tasks } = await wait;
    assert.equal(tasks[0]?.error?.code, 'Network.Timeout');
  });

  it('asks each task once more before its deadline, however long the reader is busy with an event', {
    timeout: 20_000,
  }, async () => {
    let onLastPoll = () => {};
    const lastPoll = new Promise<void>((resolve) => {
      onLastPoll = resolve;
    });
    let polls = 0;
    const client: TaskClient = {
      async getTaskStatus(taskId) {
        if (taskId === 'short') return { ok: true, result: { status: 2 } };
        polls += 1;
        if (polls === 2) onLastPoll();
        return { ok: true, result: { status: polls } };
      },
    };
    const events: WatchEvent[] = [];
    for await (const event of watchTasks(client, ['short', 'long'], { timeout: '1500ms' })) {
      events.push(event);
      if (event.type === 'result' && event.id === 'short') await lastPoll;
    }
    assert.equal(polls, 2);
    const end = events.at(-1);
    assert.ok(end?.type === 'summary');
    assert.deepEqual([end.exitCode, end.counts.succeeded], [0, 2]);
  });

  it('polls no more once the reader has left, in the last round too', { timeout: 20_000 }, async () => {
    let polls = 0;
    const client: TaskClient = {
      async getTaskStatus() {
        polls += 1;
        await new Promise(setImmediate);
        return { ok: true, result: { status: 1 } };
      },
    };
    const ids = Array.from({ length: 50 }, (_, index) => `task ${index}`);
    for await (const event of watchTasks(client, ids, { timeout: '200ms', maxRps: Number.POSITIVE_INFINITY })) {
      if (event.type === 'state') break;
    }
    const pollsAtLeaving = polls;
    for (let turn = 0; turn < 10; turn += 1) await new Promise(setImmediate);
    assert.equal(polls, pollsAtLeaving);
  });

  for (const first of ['version', 'start', 'state']) {
    it(`keeps no timer once the reader has left at the event ${first}`, async () => {
      const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
      const before = timers();
      const client: TaskClient = { getTaskStatus: async () => ({ ok: true, result: { status: 1 } }) };
      for await (const event of watchTasks(client, ['1'], { timeout: '5s' })) if (event.type === first) break;
      for (let turn = 0; turn < 10; turn += 1) await new Promise(setImmediate);
      assert.equal(timers(), before);
    });
  }

  for (const how of ['return', 'throw'] as const) {
    it(`ends at once by ${how}(), as a stream of it is destroyed, also while an event is awaited`, async () => {
      const client: TaskClient = { getTaskStatus: async () => ({ ok: true, result: { status: 1 } }) };
      const wait = watchTasks(client, ['1'], { timeout: '5s', interval: '5s', heartbeat: 'none' });
      const types: unknown[] = [];
      while (types.at(-1) !== 'state') types.push((await wait.next()).value?.type);
      const awaited = wait.next();
      if (how === 'return') assert.deepEqual(await wait.return(), { done: true, value: undefined });
      else await assert.rejects(wait.throw(new Error('mine')), { message: 'mine' });
      const { value } = await awaited;
      assert.ok(value?.type === 'summary');
      assert.deepEqual([value.outcome, value.stillRunning], ['interrupted', ['1']]);
    });
  }

  it('gives its client a time limit that every timer takes, though the wait has none', async () => {
    const given: number[] = [];
    const client: TaskClient = {
      async getTaskStatus(_, { timeoutMs }) {
        given.push(timeoutMs);
        return { ok: true, result: { status: 2 } };
      },
    };
    await waitForTasks(client, ['task'], { timeout: 'none' });
    assert.deepEqual(given, [2 ** 31 - 1]);
  });

  it('gives its client a signal that each of its calls may listen to, more than once', async () => {
    const warnings: Error[] = [];
    const onWarning = (warning: Error) => warnings.push(warning);
    process.on('warning', onWarning);
    const client: TaskClient = {
      async getTaskStatus(_, options) {
        for (const listener of [() => {}, () => {}, () => {}]) options?.signal?.addEventListener('abort', listener);
        await new Promise(setImmediate);
        return { ok: true, result: { status: 2 } };
      },
    };
    const ids = Array.from({ length: 8 }, (_, index) => `task ${index}`);
    const { summary } = await waitForTasks(client, ids);
    process.off('warning', onWarning);
    assert.equal(summary.exitCode, 0);
    assert.deepEqual(warnings, []);
  });

  it('holds a signal that nobody else does, as of a time limit', async () => {
    const client: TaskClient = { getTaskStatus: () => new Promise(() => {}) };
    const start = () => {
      const signal = AbortSignal.timeout(60_000);
      return { given: new WeakRef(signal), wait: watchTasks(client, ['1'], { signal }) };
    };
    const { given, wait } = start();
    await new Promise(setImmediate);
    collectGarbage();
    assert.ok(given.deref());
    await wait.return();
  });

  it('says how the command resumes the wait, at the endpoint of the client', async () => {
    const signal = AbortSignal.abort();
    const resumeOf = async (endpoint: object) =>
      (await waitForTasks(createClient({ accessKey: testKey, ...endpoint }), ['7'], { signal, timeout: 90_000 }))
        .summary.resume;
    assert.deepEqual(await resumeOf({}), ['mmai', 'watch', '7', '--region', 'cn-beijing', '--timeout', '90s']);
    const elsewhere = await resumeOf({ endpoint: 'http://127.0.0.1:9', region: 'cn-hangzhou' });
    const flags = ['--region', 'cn-hangzhou', '--endpoint', 'http://127.0.0.1:9', '--timeout', '90s'];
    assert.deepEqual(elsewhere, ['mmai', 'watch', '7', ...flags]);
  });
});
