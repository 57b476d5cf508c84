import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { run } from '../../src/cli.ts';
import { createWarn } from '../../src/commands/shared/warn.ts';
import { fakeClock } from '../support/clock.ts';
import { fakeDeps } from '../support/deps.ts';
import { answer, type FakeAnswer, fakeTransport } from '../support/transport.ts';

const key = { ALIBABA_CLOUD_ACCESS_KEY_ID: 'id', ALIBABA_CLOUD_ACCESS_KEY_SECRET: 'secret' };
const status = (value: number) => answer(200, { Status: value, RequestId: 'R' });

/** What `mmai watch 1` writes to standard error, on a virtual clock, while the service answers in turn; the last answer stays. */
async function messages(
  answers: readonly FakeAnswer[],
  flags: readonly string[] = [],
  { env = {}, isTerminal = false }: { env?: Record<string, string>; isTerminal?: boolean } = {},
): Promise<string> {
  const deps = fakeDeps({ env: { ...key, ...env } });
  const { transport } = fakeTransport(...answers);
  const stderr = { ...deps.stderr, isTerminal };
  await run(['watch', '1', ...flags], { ...deps, stderr, transport: async () => transport });
  return deps.stderr.text();
}

describe('messages of a wait', () => {
  it('warn once of a status that nobody knows, which is not final', async () => {
    const text = await messages([status(7), status(7), status(7), status(2)]);
    assert.equal(text.match(/warning: task 1 has status 7, unknown to this version of mmai/g)?.length, 1);
    assert.match(text, /: 1 succeeded\n$/);
    assert.equal(await messages([status(7), status(2)], ['-q']), '');
  });

  it('warn of three unknown statuses at most: a broken server may send another one each time', async () => {
    const text = await messages([7, 8, 8, 9, 10, 11, 7, 2].map(status));
    assert.deepEqual(text.match(/has status \d+/g), ['has status 7', 'has status 8', 'has status 9']);
  });

  it('of status warn of the same', async () => {
    const deps = fakeDeps({ env: key });
    const { transport } = fakeTransport(...[7, 8, 8, 9, 10].map(status));
    await run(['status', '1', '2', '3', '4', '5'], { ...deps, transport: async () => transport });
    const warned = deps.stderr.text().match(/task \d has status \d+/g);
    assert.deepEqual(warned, ['task 1 has status 7', 'task 2 has status 8', 'task 4 has status 9']);
  });

  it('of --debug are left out, and counted, where a reader takes none of them', async () => {
    const deps = fakeDeps({ env: key });
    const { transport } = fakeTransport(status(1));
    let onRead = (_: boolean) => {};
    const stderr = { ...deps.stderr, drained: () => new Promise<boolean>((resolve) => (onRead = resolve)) };
    const args = ['watch', '1', '--debug', '-q', '-i', '1s', '--timeout', '1h'];
    assert.equal(await run(args, { ...deps, stderr, transport: async () => transport }), 124);
    const { length } = deps.stderr.text();
    assert.ok(length > 250_000 && length < 270_000, String(length));
    onRead(true);
    await new Promise(setImmediate);
    assert.match(deps.stderr.text(), /\ndebug: lines left out, since standard error was not read: \d+\n$/);
  });

  it('say after two seconds in which nothing came what is read from where, but not with -q', async () => {
    const clock = fakeClock();
    const chunks = async function* (stop: AbortSignal) {
      await clock.sleep(1e9, stop);
      yield* [];
    };
    for (const [flags, said] of [
      [[], /^no task ID on the command line: reading from standard input\nerror: no task ID arrived/],
      [['-q'], /^error: no task ID arrived/],
    ] as const) {
      const deps = fakeDeps({ clock, stdin: { isTerminal: false, chunks } });
      assert.equal(await run(['watch', '--timeout', '3s', ...flags], deps), 2);
      assert.match(deps.stderr.text(), said);
    }
  });

  it('say nothing where the process was stopped past the timeout while it read: each task gets a last check', async () => {
    for (const [value, exitCode] of [
      [2, 0],
      [1, 124],
    ] as const) {
      const clock = fakeClock();
      const chunks = async function* (stop: AbortSignal) {
        await clock.sleep(1000);
        clock.stop(9000);
        await clock.sleep(1);
        if (!stop.aborted) yield new TextEncoder().encode('5\n6\n');
      };
      const { transport, requests } = fakeTransport(status(value));
      const stdin = { isTerminal: false, chunks };
      const deps = fakeDeps({ env: key, clock, stdin, transport: async () => transport });
      assert.deepEqual([await run(['watch', '--timeout', '4s'], deps), requests.length], [exitCode, 2]);
      assert.doesNotMatch(deps.stderr.text(), /standard input/);
    }
  });

  it('say of no task that it was not checked where a stop while IDs were read left too little time', async () => {
    const clock = fakeClock();
    const chunks = async function* () {
      await clock.sleep(500);
      clock.stop(5000);
      await clock.sleep(1);
      yield new TextEncoder().encode(Array.from({ length: 60 }, (_, index) => index + 1).join('\n'));
    };
    const { transport } = fakeTransport(status(2));
    const deps = fakeDeps({ env: key, clock, stdin: { isTerminal: false, chunks }, transport: async () => transport });
    assert.equal(await run(['watch', '-', '--timeout', '6s'], deps), 0);
    assert.match(deps.stderr.text(), /: 60 succeeded\n$/);
  });

  it('are each written once, whatever repeats them', () => {
    const deps = fakeDeps();
    const warn = createWarn(false, deps);
    for (const name of ['A', 'A', 'B', 'A']) warn((m) => m.alwaysVerified(name));
    assert.deepEqual(deps.stderr.text().match(/^warning: \w/gm), ['warning: A', 'warning: B']);
  });

  it('warn of plain http to another host, and not of plain http to this one', async () => {
    const warned = await messages([status(2)], ['--endpoint', 'http://service.example']);
    assert.match(warned, /^warning: http:\/\/service\.example is not encrypted: /m);
    assert.doesNotMatch(await messages([status(2)], ['--endpoint', 'http://127.0.0.1:8080']), /warning/);
  });

  it('show the link that the service recommends for a code without an explanation, and the explanation of others', async () => {
    const Recommend = 'https://error-center.example/search';
    const failure = (Code: string) => answer(400, { Code, Message: 'm', RequestId: 'R', Recommend });
    assert.match(await messages([failure('Strange.Code')]), /^ {2}hint: https:\/\/error-center\.example\/search$/m);
    assert.doesNotMatch(await messages([failure('InvalidRegion.NotFound')]), /error-center\.example/);
  });

  it('give the same hint in a document: the link, and a delay that no retry waits for', async () => {
    const Recommend = 'https://error-center.example/search';
    const hintOf = async (response: FakeAnswer) => {
      const deps = fakeDeps({ env: key });
      const { transport } = fakeTransport(response);
      await run(['status', '1', '--json'], { ...deps, transport: async () => transport });
      const { hint } = JSON.parse(deps.stdout.text()).tasks[0].error;
      assert.ok(deps.stderr.text().includes(`\n  hint: ${hint}\n`), deps.stderr.text());
      return hint;
    };
    assert.equal(
      await hintOf(answer(400, { Code: 'Strange.Code', Message: 'm', RequestId: 'R', Recommend })),
      Recommend,
    );
    assert.match(await hintOf(answer(503, 'busy', { 'retry-after': '3600' })), /^try again in 1h: /);
  });

  it('give no command to type with a code in it that a shell would run', async () => {
    const failure = (Code: string) => answer(400, { Code, Message: 'm', RequestId: 'R' });
    assert.match(await messages([failure('Forbidden.Often')]), /mmai explain Forbidden\.Often$/m);
    const text = await messages([failure('Forbidden.$(id)')]);
    assert.match(text, /^error: task 1: Forbidden\.\$\(id\)/m);
    assert.doesNotMatch(text, /mmai explain/);
  });
});

describe('--notify', () => {
  const notified = (env: Record<string, string>, isTerminal: boolean) =>
    messages([status(2)], ['--notify', '--progress', 'plain'], { env, isTerminal });

  it('rings the bell of a terminal', async () => {
    const text = await notified({}, true);
    assert.equal(text.match(/\u0007/g)?.length, 1);
    assert.doesNotMatch(text, /\u001b\]9;/);
  });

  it('sends a notification where the terminal is known to show one', async () => {
    assert.match(
      await notified({ TERM_PROGRAM: 'WezTerm' }, true),
      /\u001b\]9;mmai: done after .*: 1 succeeded\u001b\\\u0007/,
    );
  });

  it('writes nothing where standard error is no terminal', async () => {
    assert.doesNotMatch(await notified({ TERM_PROGRAM: 'WezTerm' }, false), /[\u0007\u001b]/);
  });
});
