import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { getEventListeners } from 'node:events';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import {
  type ApiCall,
  createClient,
  ExitCode,
  MmaiError,
  signRpc,
  type WatchEvent,
  waitForTasks,
  watchTasks,
} from '../src/index.ts';
import { sandbox, testKey } from './support/mmai.ts';
import { fakeTransport, refusal, succeeded } from './support/transport.ts';

async function collect(events: AsyncIterable<WatchEvent>) {
  const all: WatchEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}

describe("import from 'mmai'", () => {
  it('asks about a task over the built-in transport', async () => {
    const { url } = await sandbox({ script: '2' });
    const client = createClient({ accessKey: testKey, endpoint: url });
    const reply = await client.getTaskStatus('9223372036854775807');
    client.close();
    assert.ok(reply.ok);
    assert.equal(reply.result.status, 2);
    assert.equal(client.traffic.requests, 1);
  });

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

  it('gives no request a limit in the past, of which Node warns, where the key came after the deadline', async () => {
    const { transport, requests } = fakeTransport(succeeded);
    const accessKey = () => new Promise<typeof testKey>((found) => setTimeout(found, 20, testKey));
    await createClient({ accessKey, transport }).getTaskStatus('1', { timeoutMs: 5 });
    assert.equal(requests[0]?.timeoutMs, 0);
  });

  it('waits, and yields the events of ndjson, the summary last', async () => {
    const { url } = await sandbox({ script: '1=0,2;2=3' });
    const client = createClient({ accessKey: testKey, endpoint: url });
    const events = await collect(watchTasks(client, ['1', '2', '1']));
    client.close();
    const summary = events.at(-1)!;
    assert.deepEqual(
      events.slice(0, 2).map(({ type }) => type),
      ['version', 'start'],
    );
    assert.ok(summary.type === 'summary');
    assert.deepEqual([summary.exitCode, summary.counts.succeeded, summary.counts.failed], [ExitCode.failed, 1, 1]);
  });

  it('ends a wait when its signal aborts, also one that was aborted before', async () => {
    const { transport } = fakeTransport(succeeded);
    const client = createClient({ accessKey: testKey, transport });
    const events = await collect(watchTasks(client, ['1'], { signal: AbortSignal.abort() }));
    const summary = events.at(-1)!;
    assert.ok(summary.type === 'summary');
    assert.equal(summary.exitCode, ExitCode.interrupted);
  });

  it('says in the summary of a wait which error ended it', async () => {
    const { transport } = fakeTransport(refusal(403, 'Forbidden.RAM'));
    const client = createClient({ accessKey: testKey, transport });
    const summary = (await collect(watchTasks(client, ['1', '2']))).at(-1)!;
    assert.ok(summary.type === 'summary');
    assert.deepEqual([summary.exitCode, summary.outcome, summary.error?.code], [3, 'denied', 'Forbidden.RAM']);
  });

  it('refuses to wait for no task, as the command does', async () => {
    const { transport } = fakeTransport(succeeded);
    const client = createClient({ accessKey: testKey, transport });
    assert.throws(() => watchTasks(client, []), { exitCode: ExitCode.usage });
  });

  it('leaves nothing on a signal that outlives the wait, however the wait ends', async () => {
    const { transport } = fakeTransport(succeeded);
    const client = createClient({ accessKey: testKey, transport });
    const { signal } = new AbortController();
    for (let wait = 0; wait < 3; wait++) await collect(watchTasks(client, ['1'], { signal }));
    await waitForTasks(client, ['1'], { signal });
    assert.throws(() => watchTasks(client, [], { signal }));
    for await (const event of watchTasks(client, ['1'], { signal })) if (event.type === 'state') break;
    assert.equal(getEventListeners(signal, 'abort').length, 0);
  });

  it('counts the traffic of each wait on its own, also where two share a client at a time', async () => {
    const { transport } = fakeTransport(succeeded);
    const client = createClient({ accessKey: testKey, transport });
    const waits = [['1'], ['2', '3'], ['4']].map((ids) => collect(watchTasks(client, ids)));
    const summaries = (await Promise.all(waits)).map((events) => events.at(-1)!);
    assert.deepEqual(
      summaries.map((summary) => summary.type === 'summary' && summary.requests),
      [1, 2, 1],
    );
  });

  it('throws for what makes no sense, before anything is sent', async () => {
    assert.throws(() => createClient({ accessKey: testKey, region: 'evil.example/' }), MmaiError);
    const { transport, requests } = fakeTransport(succeeded);
    const client = createClient({ accessKey: testKey, transport });
    await assert.rejects(client.getTaskStatus('0'), MmaiError);
    assert.equal(requests.length, 0);
  });

  it('signs any RPC-style call with a nonce and a time of its own', () => {
    const call: ApiCall = {
      ...{ origin: 'https://multimediaai.cn-beijing.aliyuncs.com', action: 'GetTaskStatus', version: '2019-08-10' },
      ...{ parameters: { TaskId: '1' }, method: 'get', format: 'json', signature: 'v1' },
    };
    const [one, other] = [signRpc(call, testKey), signRpc(call, testKey)].map(({ url }) => new URL(url).searchParams);
    assert.match(one!.get('Signature')!, /^[A-Za-z0-9+/]{27}=$/);
    assert.notEqual(one!.get('SignatureNonce'), other!.get('SignatureNonce'));
  });

  it('has an example that runs, of at most 20 lines', async () => {
    const path = fileURLToPath(new URL('examples/watch-tasks.ts', import.meta.url));
    assert.ok(readFileSync(path, 'utf8').split('\n').length <= 20);
    const { url, env } = await sandbox({ script: '0,2' });
    const run = promisify(execFile)(process.execPath, ['--import', 'tsx', path, url, '1'], {
      env: { ...process.env, ...env },
    });
    assert.equal((await run).stdout, '1 is submitting\n1 is succeeded\n');
  });
});
