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
import { classifyFailure } from '../support/failure.ts';
import { testKey } from '../support/mmai.ts';

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

for (const code of [undefined, null, 503]) {
  it(`a client whose failure has a code that is no text ends the wait with an error that names it: ${code}`, async () => {
    const { client } = ownClient({ ok: false, failure: { code, message: 'busy' } } as unknown as StatusReply);
    await assert.rejects(waitForTasks(client, ['a'], { timeout: '1s' }), {
      name: 'MmaiError',
      message: /^getTaskStatus: code: expected a string, got /,
    });
  });
}

for (const reply of [undefined, {}, { ok: true }, { ok: false }, { ok: true, result: null }]) {
  it(`a client whose reply is none ends the wait at once: ${JSON.stringify(reply)}`, async () => {
    const { client } = ownClient(reply as StatusReply);
    await assert.rejects(waitForTasks(client, ['a'], { timeout: '1s' }), {
      exitCode: ExitCode.usage,
      message: /^getTaskStatus: expected an object, got (undefined|null)$/,
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
    const types: string[] = [];
    const read = async () => {
      for await (const { type } of watchTasks(client, ['t-1'])) types.push(type);
    };
    await assert.rejects(read(), RangeError);
    assert.deepEqual(types, ['version', 'start', 'summary']);
  });

  it('leaves no timer behind for a result that is to be requested again later', async () => {
    const failure = classifyFailure('InternalError', 600_000);
    const client: TaskClient = {
      getTaskStatus: async () => ({ ok: true, result: { status: 3 } }),
      getTaskResult: async () => ({ ok: false, failure }),
    };
    const { summary } = await waitForTasks(client, ['t-1'], { timeout: 300 });
    assert.equal(summary.exitCode, ExitCode.failed);
    await new Promise(setImmediate);
    assert.ok(!process.getActiveResourcesInfo().includes('Timeout'));
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
    const read = async () => {
      let last: WatchEvent | undefined;
      for await (const event of watchTasks(client, ['lost', 'other'])) last = event;
      return last;
    };
    const wait = read();
    await new Promise(setImmediate);
    t.mock.method(process, 'hrtime', () => [hrtime()[0] + 10, hrtime()[1]]);
    wake();
    const last = await wait;
    assert.deepEqual([last?.type === 'summary' && last.exitCode, polls], [ExitCode.ok, { lost: 2, other: 2 }]);
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
    assert.match(stdout, /^t-good succeeded after \d+s\nt-bad failed after \d+s\n$/);
  });
});

it('a client that responds without any I/O keeps no timer of the program from running', async () => {
  let requests = 0;
  const transport = async () => {
    requests += 1;
    if (requests === 2000) setTimeout(() => controller.abort(), 0);
    return new Response('{"Status":1}');
  };
  const ids = Array.from({ length: 1000 }, (_, index) => `${index + 1}`);
  const controller = new AbortController();
  const options = { interval: 1, maxRps: Number.POSITIVE_INFINITY, timeout: '1m', signal: controller.signal } as const;
  const { summary } = await waitForTasks(createClient({ accessKey: testKey, transport }), ids, options);
  assert.equal(summary.outcome, 'interrupted');
});

it('a client whose hint is no number is polled all the same', async () => {
  const pending: StatusReply = { ok: true, result: { status: 1, serverDelayMs: Number.NaN } };
  const { client, polled } = ownClient(pending, pending, { ok: true, result: { status: 2 } });
  const { summary } = await waitForTasks(client, ['a'], { interval: 1, timeout: '2s' });
  assert.deepEqual([summary.outcome, polled.length], ['met', 3]);
});
