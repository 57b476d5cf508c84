import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createClient, ExitCode, MmaiError, type WaitOptions, waitForTasks, watchTasks } from '../../src/index.ts';
import { watchFlags } from '../../src/library/options.ts';
import { testKey } from '../support/mmai.ts';
import { fakeTransport, refusal, succeeded } from '../support/transport.ts';

/** Options as a program without types may give them. */
const untyped = (options: object) => options as never;

describe('the options of the library', () => {
  const badClients: [object | undefined, RegExp][] = [
    [undefined, /^options: expected an object, got undefined$/],
    [
      {},
      /^accessKey: expected an AccessKey \{ accessKeyId, accessKeySecret \}, or a function that returns one, got undefined$/,
    ],
    [{ accessKey: { accessKeyId: 'id' } }, /^accessKey: expected .*, got object$/],
    [{ accessKey: { accessKeyId: '', accessKeySecret: 'secret' } }, /^accessKey: /],
    [
      { accessKey: { ...testKey, securityToken: 'token\n' } },
      /^accessKey\.securityToken: the value contains a character that cannot occur in it$/,
    ],
    [{ accessKey: testKey, format: 'yaml' }, /^format: "yaml" is not one of json, xml$/],
    [{ accessKey: testKey, region: 'evil.example/' }, /^region: "evil.example\/" is not a valid region ID/],
    [{ accessKey: testKey, region: 5 }, /^region: expected a string, got 5$/],
    [
      { accessKey: testKey, requestTimeout: 0 },
      /^requestTimeout: expected a positive number of milliseconds.*, got 0$/,
    ],
    [
      { accessKey: testKey, requestTimeout: '90' },
      /^requestTimeout: expected a positive number of milliseconds.*, got string$/,
    ],
    [{ accessKey: testKey, requestTimeout: 'soon' }, /^requestTimeout: "soon" is not a valid duration/],
    [{ accessKey: testKey, transport: {} }, /^transport: expected a function like fetch/],
    [{ accessKey: testKey, timeout: 5 }, /^unknown option "timeout"$/],
  ];
  for (const [options, message] of badClients) {
    it(`createClient throws at once for ${JSON.stringify(options)}`, () => {
      assert.throws(() => createClient(untyped(options as object)), {
        name: 'MmaiError',
        exitCode: ExitCode.usage,
        message,
      });
    });
  }

  const badCalls: [object, RegExp][] = [
    [{ retries: Number.NaN }, /^retries: expected a number that is not negative, got NaN$/],
    [{ retries: -1 }, /^retries: expected a number that is not negative, got -1$/],
    [{ retries: '3' }, /^retries: expected a number that is not negative, got string$/],
    [{ timeoutMs: '5s' }, /^timeoutMs: expected a number that is not negative, got string$/],
    [{ timeoutMs: Number.NaN }, /^timeoutMs: expected a number that is not negative, got NaN$/],
    [{ timeoutMs: null }, /^timeoutMs: expected a number that is not negative, got null$/],
    [{ signal: {} }, /^signal: expected an AbortSignal, got object$/],
    [{ timeout: 5000 }, /^unknown option "timeout"$/],
  ];
  for (const [options, message] of badCalls) {
    it(`a call rejects ${JSON.stringify(options)}, and sends nothing`, async () => {
      const { transport, requests } = fakeTransport(succeeded);
      const client = createClient({ accessKey: testKey, transport });
      for (const call of [client.getTaskStatus, client.getTaskResult]) {
        await assert.rejects(call('1', untyped(options)), { name: 'MmaiError', exitCode: ExitCode.usage, message });
      }
      assert.equal(requests.length, 0);
    });
  }

  it('an option of a call that is undefined has its default', async (t) => {
    // Without jitter a retry needs no time.
    t.mock.method(Math, 'random', () => 0);
    const { transport, requests } = fakeTransport(refusal(503, 'ServiceUnavailable'));
    const client = createClient({ accessKey: testKey, transport });
    await client.getTaskStatus('1', untyped({ retries: undefined, timeoutMs: undefined, signal: undefined }));
    assert.equal(requests.length, 4);
  });

  for (const key of [
    undefined,
    { accessKeyId: 'id' },
    { ...testKey, accessKeySecret: 'secret\r\n' },
    { ...testKey, securityToken: 5 },
  ]) {
    it(`the key that a function returns is checked like one that is given: ${JSON.stringify(key)}`, async () => {
      const { transport, requests } = fakeTransport(succeeded);
      const client = createClient({ accessKey: untyped(async () => key), transport });
      await assert.rejects(client.getTaskStatus('1'), {
        name: 'MmaiError',
        exitCode: ExitCode.usage,
        message: /^accessKey/,
      });
      assert.equal(requests.length, 0);
    });
  }

  it('a task ID that is a number is refused: it may have been rounded', async () => {
    const client = createClient({ accessKey: testKey, transport: fakeTransport(succeeded).transport });
    for (const call of [client.getTaskStatus, client.getTaskResult]) {
      await assert.rejects(call(Number('4611686018427387905') as never), { message: /^taskId: expected a string/ });
    }
  });

  const badWaits: [object | null, RegExp][] = [
    [null, /^options: expected an object, got null$/],
    [{ timeout: '5' }, /^timeout: expected a positive number of milliseconds/],
    [{ timeout: -1 }, /^timeout: expected a positive number of milliseconds.*, got -1$/],
    [{ timeout: Number.NaN }, /^timeout: .*, got NaN$/],
    [{ timeout: 3e9 }, /^timeout: .*at most 24 days/],
    [{ maxInterval: true }, /^maxInterval: expected a positive number of milliseconds.*, got true$/],
    [{ errorBudget: 'auto' }, /^errorBudget: "auto" is not a valid duration/],
    [{ interval: 'none' }, /^interval: expected a duration or auto$/],
    [{ interval: '2s', maxInterval: '5s' }, /^interval and maxInterval cannot be used together$/],
    [{ interval: '2h' }, /^interval must not be longer than timeout$/],
    [{ maxRps: '5' }, /^maxRps: expected a number, got string$/],
    [{ maxRps: 0.5 }, /^maxRps: "0.5" is not an integer from 1 to 100000$/],
    [{ count: 2 }, /^count 2: there is only 1 task$/],
    [{ any: true, count: 1 }, /^any and count cannot be used together$/],
    [{ any: 'yes' }, /^any: expected true or false, got string$/],
    [{ until: 'done' }, /^until: "done" is not one of ended, running$/],
    [{ signal: {} }, /^signal: expected an AbortSignal, got object$/],
    [{ timout: 5 }, /^unknown option "timout"$/],
  ];
  for (const [options, message] of badWaits) {
    it(`a wait refuses ${JSON.stringify(options)} at the call, before anything is sent`, async () => {
      const { transport, requests } = fakeTransport(succeeded);
      const client = createClient({ accessKey: testKey, transport });
      const error = { name: 'MmaiError', exitCode: ExitCode.usage, message };
      assert.throws(() => watchTasks(client, ['1'], untyped(options as object)), error);
      await assert.rejects(waitForTasks(client, ['1'], untyped(options as object)), error);
      assert.equal(requests.length, 0);
    });
  }

  it('names the option that was meant', () => {
    const client = createClient({ accessKey: testKey });
    const wait = () => watchTasks(client, ['1'], untyped({ timout: 5 }));
    assert.throws(wait, (error: MmaiError) => error instanceof MmaiError && error.hint !== undefined);
  });

  it('a wait refuses what is no client, and IDs that are none', () => {
    const client = createClient({ accessKey: testKey });
    assert.throws(
      () => watchTasks(untyped({}), ['1']),
      /^MmaiError: client: expected an object with getTaskStatus\(\), got object$/,
    );
    for (const ids of ['1', undefined, { 0: '1' }]) {
      assert.throws(() => watchTasks(client, untyped(ids as object)), /taskIds: expected an array of task IDs/);
    }
    for (const [id, got] of [
      [123, '123'],
      ['', 'string'],
      [undefined, 'undefined'],
    ]) {
      const message = `taskIds[1]: expected a task ID (a string that is not empty), got ${got}`;
      assert.throws(() => watchTasks(client, untyped(['1', id])), { message });
    }
    assert.throws(() => watchTasks(client, untyped(new Array(1))), /taskIds\[0\]: expected a task ID/);
    assert.throws(() => watchTasks(client, ['x']), /"x" is not a valid task ID/);
  });

  it('are those of the command line: spans in the largest unit, switches, results', () => {
    const options: WaitOptions = {
      ...{ timeout: 7_200_000, interval: 90_000, maxInterval: 1500, stallTimeout: Number.POSITIVE_INFINITY },
      ...{ errorBudget: '1h30m', heartbeat: 'auto', maxRps: Number.POSITIVE_INFINITY, count: 2 },
      ...{ any: false, failFast: true, results: false, until: 'running' },
    };
    assert.deepEqual(watchFlags(options), {
      ...{ timeout: '2h', interval: '90s', maxInterval: '1500ms', stallTimeout: 'none' },
      ...{ errorBudget: '1h30m', heartbeat: 'auto', maxRps: 'none', count: '2' },
      ...{ failFast: true, noResults: true, until: 'running' },
    });
  });
});
