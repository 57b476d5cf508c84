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

  it('waits for a key no longer than the call may take, and sends nothing after that', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const { transport, requests } = fakeTransport(succeeded);
    const client = createClient({ accessKey: () => new Promise(() => {}), transport });
    const late = client.getTaskStatus('1', { timeoutMs: 50_000 });
    t.mock.timers.tick(50_000);
    const reply = await late;
    assert.ok(!reply.ok);
    assert.deepEqual(
      [reply.failure.code, reply.failure.message],
      ['Network.Timeout', 'accessKey: no credentials within 50s'],
    );
    assert.equal(requests.length, 0);
  });

  it('waits for a key, and for another after a refusal, until the signal of the call aborts', async () => {
    const { transport } = fakeTransport(refusal(404, 'InvalidAccessKeyId.NotFound'));
    for (const isFirst of [true, false]) {
      const stop = new AbortController();
      const accessKey = (renew: boolean) => {
        if (renew !== isFirst) queueMicrotask(() => stop.abort());
        return renew === isFirst ? Promise.resolve(testKey) : new Promise<typeof testKey>(() => {});
      };
      const client = createClient({ accessKey, transport });
      const reply = await client.getTaskStatus('1', { signal: stop.signal });
      assert.equal(!reply.ok && reply.failure.code, 'Network.Aborted');
      assert.deepEqual(getEventListeners(stop.signal, 'abort'), []);
    }
  });

  it('hides the token of a request in its response, however many keys other calls had since', async () => {
    const token = (index: number) => `token-of-the-key-number-${index}-${'abcdefgh'.repeat(5)}${index}`;
    let keys = 0;
    let respond = () => {};
    const { transport } = fakeTransport(refusal(400, 'InvalidParameter', {}, `you sent ${token(0)}`), succeeded);
    const send: typeof transport.send = async (request) => {
      const isFirst = keys === 1;
      const response = await transport.send(request);
      if (isFirst) await new Promise<void>((resolve) => (respond = resolve));
      return response;
    };
    const accessKey = async () => ({ ...testKey, securityToken: token(keys++) });
    const client = createClient({ accessKey, transport: { ...transport, send } });
    const first = client.getTaskStatus('1', { retries: 0 });
    await new Promise(setImmediate);
    for (let call = 0; call < 100; call++) await client.getTaskStatus('2');
    respond();
    const reply = await first;
    assert.equal(!reply.ok && reply.failure.message, 'you sent ********');
  });

  it('signs with a key whose values are getters, and hides those that it has then', async () => {
    let name = 'first';
    class Key {
      get accessKeyId(): string {
        return `id-of-the-${name}-key`;
      }
      get accessKeySecret(): string {
        return `secret-of-the-${name}-key`;
      }
    }
    const { transport, requests } = fakeTransport(refusal(400, 'InvalidParameter'), () =>
      refusal(400, 'InvalidParameter', {}, `you sent secret-of-the-${name}-key`),
    );
    const client = createClient({ accessKey: new Key(), transport });
    await client.getTaskStatus('1');
    name = 'second';
    const reply = await client.getTaskStatus('1');
    const ids = requests.map(({ url }) => new URL(url).searchParams.get('AccessKeyId'));
    assert.deepEqual(ids, ['id-of-the-first-key', 'id-of-the-second-key']);
    assert.equal(!reply.ok && reply.failure.message, 'you sent ********');
  });

  it('closes a client whose connections could not be made, and leaves that error to the call', async () => {
    // Node's own undici may be about to use WebAssembly; not any more once it has sent a request.
    await (await fetch((await sandbox({ script: '2' })).url)).text();
    const parser: unknown = Reflect.get(globalThis, 'WebAssembly');
    Reflect.deleteProperty(globalThis, 'WebAssembly');
    try {
      const client = createClient({ accessKey: testKey, endpoint: 'http://127.0.0.1:9' });
      await assert.rejects(client.getTaskStatus('1'), { name: 'MmaiError', exitCode: ExitCode.usage });
      client.renewConnections();
      client.close();
      // A rejection that nobody handles would fail this test.
      await new Promise(setImmediate);
    } finally {
      Reflect.set(globalThis, 'WebAssembly', parser);
    }
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

  it('polls nothing where its signal was aborted before', async () => {
    const { transport, requests } = fakeTransport(succeeded);
    const client = createClient({ accessKey: testKey, transport });
    const { summary } = await waitForTasks(client, ['1', '2'], { signal: AbortSignal.abort() });
    assert.deepEqual([summary.notChecked, summary.requests, requests.length], [['1', '2'], 0, 0]);
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

  it('signs no call with a part that is missing or wrong', () => {
    const call: ApiCall = {
      ...{ origin: 'https://localhost:8443', action: 'GetTaskStatus', version: '2019-08-10' },
      ...{ parameters: { TaskId: '1' }, method: 'get', format: 'json', signature: 'v1' },
    };
    const wrong: [object, RegExp][] = [
      [{ origin: 'junk' }, /^origin: expected http\(s\):\/\/HOST\[:PORT\], got string$/],
      [{ origin: undefined }, /^origin: expected a string, got undefined$/],
      [{ action: undefined }, /^action: expected a string, got undefined$/],
      [{ parameters: { TaskId: 1 } }, /^parameters\.TaskId: expected a string, got 1$/],
      [{ parameters: undefined }, /^parameters: expected an object, got undefined$/],
      [{ method: 'put' }, /^method: .*\bput\b/],
      [{ format: undefined }, /^format: expected a string, got undefined$/],
      [{ signature: 'v5' }, /^signature: .*\bv5\b/],
      [{ nonce: 'x' }, /^unknown option "nonce"/],
    ];
    for (const [change, message] of wrong) {
      const changed = { ...call, ...change } as ApiCall;
      assert.throws(() => signRpc(changed, testKey), { name: 'MmaiError', message });
    }
    assert.match(signRpc({ ...call, method: 'GET' as 'get' }, testKey).url, /^https:\/\/localhost:8443\/\?/);
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
