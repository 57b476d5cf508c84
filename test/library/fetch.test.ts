import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { describe, it } from 'node:test';
import { createClient, ExitCode, type TaskReply, type Transport, waitForTasks } from '../../src/index.ts';
import { fetchTransport } from '../../src/io/net/fetch-transport.ts';
import { sandbox, testKey } from '../support/mmai.ts';
import { fakeTransport, succeeded } from '../support/transport.ts';

describe('a client with a transport like fetch', () => {
  it('asks through a function like fetch, failures as values', async () => {
    const { url } = await sandbox({ script: '404' });
    const asked: string[] = [];
    const transport: typeof fetch = (input, init) => {
      asked.push(String(input));
      return fetch(input, init);
    };
    const client = createClient({ accessKey: testKey, endpoint: url, transport });
    const reply = await client.getTaskStatus('1');
    assert.ok(!reply.ok);
    assert.deepEqual([reply.failure.code, reply.failure.class, asked.length], ['ResourceNotFound', 'notFound', 1]);
  });

  it('names what a function like fetch throws', async () => {
    const { url, close } = await sandbox();
    close();
    const client = createClient({ accessKey: testKey, endpoint: url, transport: fetch });
    const reply = await client.getTaskStatus('1', { retries: 0 });
    assert.ok(!reply.ok);
    assert.equal(reply.failure.code, 'Network.ConnectionRefused');
  });

  it('reads no more than a megabyte of what a function like fetch gets', async () => {
    let pulled = 0;
    const pull = (controller: ReadableStreamDefaultController) => {
      pulled += 1;
      controller.enqueue(new Uint8Array(2 ** 16));
      if (pulled === 100) controller.close();
    };
    const transport = async () => new Response(new ReadableStream({ pull }));
    const client = createClient({ accessKey: testKey, transport });
    const reply = await client.getTaskStatus('1', { retries: 0 });
    assert.equal(!reply.ok && reply.failure.code, 'Network.BodyTooLarge');
    assert.ok(pulled < 20, String(pulled));
  });

  it('waits through a function like fetch, up to a deadline that is no whole number of milliseconds away', async () => {
    const { url } = await sandbox({ script: '1' });
    const client = createClient({ accessKey: testKey, endpoint: url, transport: fetch });
    const { tasks, summary } = await waitForTasks(client, ['1'], { interval: 100, timeout: 300.5 });
    assert.deepEqual([tasks[0]?.state, summary.outcome, summary.exitCode], ['running', 'deadline', ExitCode.deadline]);
  });

  it('keeps the limits of a request through a function like fetch that does not heed its signal', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const client = createClient({ accessKey: testKey, transport: () => new Promise(() => {}), requestTimeout: 1000 });
    const codeOf = async (reply: Promise<TaskReply>) => {
      const ended = await reply;
      return ended.ok ? 'ok' : ended.failure.code;
    };
    const late = codeOf(client.getTaskStatus('1', { retries: 0 }));
    const caller = new AbortController();
    const stopped = codeOf(client.getTaskStatus('1', { retries: 0, signal: caller.signal }));
    // Both have been sent when the turn of the loop is over.
    await new Promise(setImmediate);
    caller.abort();
    assert.equal(await stopped, 'Network.Aborted');
    t.mock.timers.tick(1000);
    assert.equal(await late, 'Network.Timeout');
  });

  it('leaves nothing on the signal of a request through a function like fetch, and no timer', async (t) => {
    const [any, timeout] = [t.mock.method(AbortSignal, 'any'), t.mock.method(AbortSignal, 'timeout')];
    const { signal } = new AbortController();
    const transport = async () => new Response('{"Status":2}');
    const client = createClient({ accessKey: testKey, transport });
    for (let call = 0; call < 3; call++) assert.ok((await client.getTaskStatus('1', { signal })).ok);
    assert.deepEqual([any.mock.callCount(), timeout.mock.callCount()], [0, 0]);
    assert.deepEqual(getEventListeners(signal, 'abort'), []);
  });

  it('leaves nothing on the signal of a single request, and no timer, and heeds one that has aborted', async () => {
    const { send } = fetchTransport(async () => new Response('{"Status":2}'));
    const controller = new AbortController();
    const { signal } = controller;
    const request = { method: 'GET', url: 'https://a.test/', headers: {}, timeoutMs: 60_000, signal } as const;
    await send(request);
    assert.deepEqual(getEventListeners(signal, 'abort'), []);
    assert.ok(!process.getActiveResourcesInfo().includes('Timeout'));
    controller.abort();
    await assert.rejects(send(request), { kind: 'Aborted' });
  });

  it('gives a request the longest limit of a timer where the call has more time, of which Node would make 1 ms', async () => {
    const { transport, requests } = fakeTransport(succeeded);
    const client = createClient({ accessKey: testKey, transport, requestTimeout: 'none' });
    for (const timeoutMs of [2 ** 31 + 1e6, Number.POSITIVE_INFINITY]) await client.getTaskStatus('1', { timeoutMs });
    assert.ok(requests[0]!.timeoutMs <= 2 ** 31 - 1, String(requests[0]!.timeoutMs));
    assert.equal(requests[1]!.timeoutMs, Number.POSITIVE_INFINITY);
  });

  it("names what a transport of one's own throws, so that a wait goes on after it", async () => {
    const reset = Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
    const { transport, requests } = fakeTransport(reset, succeeded);
    const client = createClient({ accessKey: testKey, transport });
    const { summary } = await waitForTasks(client, ['1']);
    assert.deepEqual([summary.exitCode, summary.retries, requests.length], [ExitCode.ok, 1, 2]);
  });

  it("keeps the limits of a request through a transport of one's own that does not heed them", async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const transport: Transport = { send: () => new Promise(() => {}), renew() {}, close() {} };
    const client = createClient({ accessKey: testKey, transport, requestTimeout: 1000 });
    const reply = client.getTaskStatus('1', { retries: 0 });
    await new Promise(setImmediate);
    t.mock.timers.tick(1000);
    const ended = await reply;
    assert.equal(!ended.ok && ended.failure.code, 'Network.Timeout');
  });

  it("sends nothing through a transport of one's own once its call was given up: what that throws at once left a rejection unheard", async () => {
    let sent = 0;
    const send = () => {
      sent += 1;
      throw new Error('aborted');
    };
    const client = createClient({ accessKey: testKey, transport: { send, renew() {}, close() {} } });
    const reply = await client.getTaskStatus('1', { retries: 0, signal: AbortSignal.abort() });
    assert.deepEqual([!reply.ok && reply.failure.code, sent], ['Network.Aborted', 0]);
  });

  it('names a rejection without a reason', async () => {
    const client = createClient({ accessKey: testKey, transport: () => Promise.reject() });
    const reply = await client.getTaskStatus('1', { retries: 0 });
    assert.equal(!reply.ok && reply.failure.code, 'Network.ConnectionReset');
  });
});
