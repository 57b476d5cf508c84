import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import {
  createClient,
  ExitCode,
  type StatusReply,
  type TaskClient,
  type WatchEvent,
  waitForTasks,
  watchTasks,
} from '../../src/index.ts';
import { collectGarbage } from '../support/memory.ts';
import { testKey } from '../support/mmai.ts';
import { answer, fakeTransport, refusal, succeeded } from '../support/transport.ts';

const failed = answer(200, { Status: 3, RequestId: 'R-3' });

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

/** A client of one's own that gives these replies, the last again and again. */
function ownClient(...replies: StatusReply[]) {
  const polled: string[] = [];
  const client: TaskClient = {
    async getTaskStatus(taskId, { traffic, retries }) {
      assert.equal(retries, 0);
      traffic.requests += 1;
      polled.push(taskId);
      return replies[Math.min(polled.length, replies.length) - 1]!;
    },
  };
  return { client, polled };
}

it('a client that responds without any I/O keeps no timer of the program from running', async () => {
  let requests = 0;
  const transport = async () => {
    requests += 1;
    if (requests === 2000) setTimeout(() => controller.abort(), 0);
    return new Response('{"Status":1}');
  };
  const ids = Array.from({ length: 1000 }, (_, index) => `${index + 1}`);
  const controller = new AbortController();
  const options = { interval: 1, maxRps: Number.POSITIVE_INFINITY, timeout: '5s', signal: controller.signal } as const;
  const { summary } = await waitForTasks(createClient({ accessKey: testKey, transport }), ids, options);
  assert.equal(summary.outcome, 'interrupted');
});

for (const status of [undefined, null, '2', 'length', 1.5, Number.NaN]) {
  it(`a client whose status is no integer ends the wait at once: ${status}`, async () => {
    const { client } = ownClient({ ok: true, result: { status: status as number } });
    const message = /^getTaskStatus: status: expected an integer, got /;
    await assert.rejects(waitForTasks(client, ['a'], { timeout: '1s' }), {
      name: 'MmaiError',
      exitCode: ExitCode.usage,
      message,
    });
  });
}

for (const reply of [undefined, {}, { ok: true }, { ok: true, result: { status: 3 } }, { ok: false }]) {
  it(`a client whose result is none changes neither the outcome nor the process: ${JSON.stringify(reply)}`, async () => {
    const { client } = ownClient({ ok: true, result: { status: 3 } });
    const getTaskResult = async () => reply as never;
    const { summary, tasks } = await waitForTasks({ ...client, getTaskResult }, ['a']);
    assert.deepEqual([summary.exitCode, tasks[0]?.result], [ExitCode.failed, undefined]);
    // A rejection that nobody handles would fail this test.
    await new Promise(setImmediate);
  });
}

it('a client whose hint is no number is polled all the same', async () => {
  const pending: StatusReply = { ok: true, result: { status: 1, serverDelayMs: Number.NaN } };
  const { client, polled } = ownClient(pending, pending, { ok: true, result: { status: 2 } });
  const { summary } = await waitForTasks(client, ['a'], { interval: 1, timeout: '2s' });
  assert.deepEqual([summary.outcome, polled.length], ['met', 3]);
});

describe("a wait with a client of one's own", () => {
  it('takes any text as ID, and a status alone as reply', async () => {
    const { client, polled } = ownClient({ ok: true, result: { status: 2 } });
    const { tasks, summary } = await waitForTasks(client, ['t-bp1', 't-bp2']);
    assert.deepEqual(polled, ['t-bp1', 't-bp2']);
    assert.deepEqual(
      tasks.map(({ state, requestId }) => [state, requestId]),
      [
        ['succeeded', null],
        ['succeeded', null],
      ],
    );
    assert.deepEqual([summary.requests, summary.clockOffsetMs], [2, 0]);
  });

  it('has no command that resumes it, and no place in its events', async () => {
    const { client } = ownClient({ ok: true, result: { status: 1 } });
    const events = [];
    for await (const event of watchTasks(client, ['t-1'], { timeout: 1 })) events.push(event);
    const [, start] = events;
    const summary = events.at(-1)!;
    assert.ok(start?.type === 'start' && summary.type === 'summary');
    assert.deepEqual([start.endpoint, start.region], ['', '']);
    assert.deepEqual([summary.exitCode, summary.resume], [ExitCode.deadline, null]);
  });

  const failures: [Extract<StatusReply, { ok: false }>['failure'], number][] = [
    [{ code: 'TaskGone', message: 'gone', class: 'notFound' }, ExitCode.notFound],
    [{ code: 'Nope', message: 'no', class: 'permission' }, ExitCode.denied],
    [{ code: 'Forbidden.RAM', message: 'no', http: 403 }, ExitCode.denied],
    [{ code: 'Odd', message: 'no', http: 400 }, ExitCode.unanswered],
  ];
  for (const [failure, exitCode] of failures) {
    it(`ends with ${exitCode} for a failure ${JSON.stringify(failure)}`, async () => {
      const { client } = ownClient({ ok: false, failure });
      const { summary, tasks } = await waitForTasks(client, ['t-1'], { notFoundGrace: 1 });
      assert.deepEqual([summary.exitCode, tasks[0]?.error?.code], [exitCode, failure.code]);
    });
  }

  it('throws what the client throws', async () => {
    const client: TaskClient = { getTaskStatus: () => Promise.reject(new RangeError('broken')) };
    await assert.rejects(waitForTasks(client, ['t-1']), RangeError);
  });

  it('polls again after a waking, whatever its client throws for the request in flight that was given up', async (t) => {
    const { hrtime } = process;
    let wake = () => {};
    const polls: Record<string, number> = { lost: 0, other: 0 };
    const client: TaskClient = {
      async getTaskStatus(id, options) {
        polls[id]! += 1;
        const reply: StatusReply = { ok: true, result: { status: 2 } };
        if (polls[id]! > 1) return reply;
        if (id === 'other') await new Promise<void>((resolve) => (wake = resolve));
        else await new Promise((_, reject) => options?.signal?.addEventListener('abort', reject));
        return { ok: true, result: { status: 1 } };
      },
    };
    const wait = waitForTasks(client, ['lost', 'other']);
    await new Promise(setImmediate);
    t.mock.method(process, 'hrtime', () => [hrtime()[0] + 10, hrtime()[1]]);
    wake();
    const { summary } = await wait;
    assert.deepEqual([summary.exitCode, polls], [ExitCode.ok, { lost: 2, other: 2 }]);
  });

  it('has an example that runs: a task of ECS', async () => {
    const states = ['Processing', 'Finished'];
    const server = createServer((request, response) => {
      const { searchParams } = new URL(request.url!, 'http://localhost');
      assert.equal(searchParams.get('Action'), 'DescribeTaskAttribute');
      assert.ok(searchParams.get('Signature'));
      const status = searchParams.get('TaskId') === 't-bad' ? 'Failed' : (states.shift() ?? 'Finished');
      response.end(JSON.stringify({ TaskStatus: status, RequestId: 'R-1' }));
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    after(() => server.close().closeAllConnections());
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const path = fileURLToPath(new URL('../examples/ecs-task.ts', import.meta.url));
    const env = { ...process.env, ALIBABA_CLOUD_ACCESS_KEY_ID: 'id', ALIBABA_CLOUD_ACCESS_KEY_SECRET: 'secret' };
    const run = promisify(execFile)(process.execPath, ['--import', 'tsx', path, endpoint, 't-good', 't-bad'], { env });
    const { code, stdout } = await run.catch((error) => error);
    assert.equal(code, ExitCode.failed);
    assert.match(stdout, /^t-good succeeded after \ds\nt-bad failed after 0s\n$/);
  });
});
