import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { run } from '../../src/cli.ts';
import { emptyConfig } from '../../src/core/config/profiles.ts';
import type { CommandEnd } from '../../src/core/credentials/provider.ts';
import { type HttpRequest, NetworkError } from '../../src/core/rpc/transport.ts';
import { usageError } from '../../src/errors.ts';
import { runCommand } from '../../src/io/command.ts';
import { BROKEN, brokenWorld, oidc, role, uri, type World } from '../fixtures/broken-credentials.ts';
import { assertNoCanary, CANARY } from '../support/canary.ts';
import { fakeDeps } from '../support/deps.ts';
import { answer, refusal, succeeded } from '../support/transport.ts';

/** Runs the command against this world in the given form; what went out, and how it ended. */
async function ask(at: World, env: object, args: string[], commandMs = 10_000) {
  const send = at.transport.send;
  const timeouts: number[] = [];
  const deps = fakeDeps({
    ...at,
    env: { HOME: at.homePath, ...(env as Record<string, string>) },
    transport: async () => ({ send, renew() {}, close: async () => {} }),
    // The limit is real time; the test of a command that never ends does not wait for it.
    runCommand: (line, limits) => {
      timeouts.push(limits.timeoutMs);
      return runCommand(line, { ...limits, timeoutMs: Math.min(commandMs, limits.timeoutMs) }, process.platform);
    },
  });
  const exitCode = await run(['status', '1', ...args], deps);
  return { exitCode, timeouts, stdout: deps.stdout.text(), stderr: deps.stderr.text() };
}

describe('credentials that are broken: exit 3, or 4 of the network, source and way out named, nothing of the content shown', {
  concurrency: 8,
}, () => {
  for (const [title, sentence, set, instead, expected = 3] of BROKEN) {
    it(title, async () => {
      const isReset = sentence.source.includes('ConnectionReset');
      const at = await brokenWorld(instead);
      if (isReset) at.redactor.add(CANARY);
      if (isReset) at.transport.send = () => Promise.reject(new NetworkError('ConnectionReset', CANARY));
      const env = set(at);
      const commandMs = title.endsWith('never ends') ? 300 : undefined;
      for (const args of [['--debug'], ['--json', '--debug'], ['--lang', 'zh', '-q']]) {
        const { exitCode, stdout, stderr, timeouts } = await ask(at, env, args, commandMs);
        assert.equal(exitCode, expected, stderr);
        if (args.includes('--json') && expected === 3) assert.equal(JSON.parse(stdout).error.code, 'Mmai.Credentials');
        else if (expected === 3) assert.equal(stdout, '');
        assertNoCanary(stdout, args.join(' '));
        if (!args.includes('zh')) assert.match(stderr, sentence);
        assertNoCanary(stderr, args.join(' '));
        assert.ok(timeouts.every((limit) => limit <= 60_000));
      }
    });
  }

  const hanging: [string, (at: World) => object][] = [
    ['STS', role],
    ['a credentials URI', uri],
    ['OIDC', oidc],
    ['ECS metadata', () => ({ ALIBABA_CLOUD_ECS_METADATA: 'TheRole' })],
  ];
  for (const [who, set] of hanging) {
    it(`${who} that never answers: given up within 10 s`, async () => {
      const at = await brokenWorld();
      at.transport.send = async ({ timeoutMs }: HttpRequest) => {
        await at.clock.sleep(timeoutMs);
        throw new NetworkError('Timeout', 'no answer');
      };
      // Quiet: a clock with a heartbeat to wait for moves while files are read.
      const { exitCode, stdout } = await ask(at, set(at), ['-q', '--json']);
      assert.equal(exitCode, 4);
      const { error } = JSON.parse(stdout).tasks[0];
      assert.equal(error.code, 'Network.Timeout');
      assert.match(error.message, /: no answer$/);
      assert.ok(at.clock.monotonic() <= 10_000, `${at.clock.monotonic()} ms`);
    });
  }

  const never = () => new Promise<never>(() => {});
  const late: [string, Parameters<typeof fakeDeps>[0], RegExp][] = [
    [
      'a URI',
      {
        env: { ALIBABA_CLOUD_CREDENTIALS_URI: 'http://127.0.0.1:9/' },
        transport: async () => ({ send: never, renew() {}, close() {} }),
        // The virtual clock does not wait for the disk.
        readText: async () => undefined,
      },
      /the URI in ALIBABA_CLOUD_CREDENTIALS_URI: no credentials within 2s/,
    ],
    ['a command', { runCommand: never }, /profile "default": no credentials within 2s/],
  ];
  for (const [who, overrides, sentence] of late) {
    it(`${who} that takes longer than the wait is the reason of its end`, async () => {
      const deps = fakeDeps(overrides);
      if (overrides?.runCommand) await run(['config', 'set', 'credential-process', 'ask'], deps);
      const exitCode = await run(['watch', '1', '--timeout', '2s', '--json'], deps);
      const { tasks } = JSON.parse(deps.stdout.text());
      assert.deepEqual([exitCode, tasks[0].error?.code], [124, 'Network.Timeout']);
      assert.match(deps.stderr.text(), sentence);
    });
  }

  it('that cannot be had, again and again, end a wait with why, not with the time that the last try had left', async () => {
    const send = async () => {
      throw new NetworkError('ConnectionRefused', 'nobody listens');
    };
    const env = { ALIBABA_CLOUD_CREDENTIALS_URI: 'http://127.0.0.1:9/' };
    for (const timeout of ['12s', '18s', '1m']) {
      // The virtual clock does not wait for the disk.
      const readText = async () => undefined;
      const deps = fakeDeps({ env, readText, transport: async () => ({ send, renew() {}, close() {} }) });
      assert.equal(await run(['watch', '1', '--timeout', timeout, '--json'], deps), 124, deps.stderr.text());
      assert.equal(JSON.parse(deps.stdout.text()).tasks[0].error.code, 'Network.ConnectionRefused', timeout);
    }
  });

  it('a key of ECS metadata that is refused while the metadata cannot be reached is replaced once it can', async () => {
    const seen: string[] = [];
    const send = async ({ method, url }: HttpRequest) => {
      if (!url.startsWith('http://100.100.100.200/')) {
        seen.push('service');
        return seen.includes('down') ? succeeded : refusal(403, 'InvalidSecurityToken.Expired');
      }
      if (seen.length > 0 && !seen.includes('down')) {
        seen.push('down');
        throw new NetworkError('Unreachable', 'no route');
      }
      const key = { Code: 'Success', AccessKeyId: 'id', AccessKeySecret: 's', SecurityToken: 't' };
      return answer(200, method === 'PUT' ? 'token' : url.endsWith('/') ? 'TheRole' : key);
    };
    const deps = fakeDeps({ transport: async () => ({ send, renew() {}, close() {} }) });
    assert.equal(await run(['watch', '1'], deps), 0, deps.stderr.text());
    assert.deepEqual(seen, ['service', 'down', 'service']);
  });

  it('of a command that cannot renew them for a while, as after a sleep, are had from it as soon as it can', async () => {
    const runs: string[] = [];
    const printKey = async (): Promise<CommandEnd> => {
      const now = deps.clock.monotonic();
      const works = now < 20_000 || now > 100_000;
      runs.push(works ? 'works' : 'fails');
      if (!works) return { how: 'exited', exitCode: 1, stdout: '' };
      const expiration = new Date(deps.clock.now() + 60_000).toISOString();
      const printed = { mode: 'StsToken', access_key_id: 'id', access_key_secret: 's', sts_token: 't', expiration };
      return { how: 'exited', exitCode: 0, stdout: JSON.stringify(printed) };
    };
    const send = async () => answer(200, { Status: deps.clock.monotonic() < 120_000 ? 1 : 2, RequestId: 'R' });
    const deps: ReturnType<typeof fakeDeps> = fakeDeps({
      runCommand: printKey,
      transport: async () => ({ send, renew() {}, close() {} }),
    });
    await run(['config', 'set', 'credential-process', 'ask'], deps);
    assert.equal(await run(['watch', '1'], deps), 0, deps.stderr.text());
    assert.deepEqual(new Set(runs), new Set(['works', 'fails']));
    assert.equal(runs.at(-1), 'works');
    assert.match(deps.stderr.text(), /^\[\+01:0\d\] 1 Mmai\.Unavailable, retrying in /m);
  });

  it("of mmai's own file are read from it anew when the service refuses them: another process may have saved others", async () => {
    const ids: (string | null)[] = [];
    const send = async ({ url }: HttpRequest) => {
      ids.push(new URL(url).searchParams.get('AccessKeyId'));
      if (ids.length > 1) return succeeded;
      await run(['config', 'set', 'access-key-id', 'new-id'], deps);
      return refusal(404, 'InvalidAccessKeyId.NotFound');
    };
    const deps = fakeDeps({ transport: async () => ({ send, renew() {}, close() {} }) });
    await run(['config', 'set', 'access-key-id', 'old-id'], deps);
    await run(['config', 'set', 'access-key-secret', 'secret'], deps);
    assert.equal(await run(['status', '1'], deps), 0, deps.stderr.text());
    assert.deepEqual(ids, ['old-id', 'new-id']);
  });

  it("of mmai's own file that cannot be read by then stay: those of the next place would sign as somebody else", async () => {
    const ids: (string | null)[] = [];
    let isBroken = false;
    const send = async ({ url }: HttpRequest) => {
      ids.push(new URL(url).searchParams.get('AccessKeyId'));
      isBroken = true;
      return refusal(404, 'InvalidAccessKeyId.NotFound');
    };
    const other = { name: 'default', mode: 'AK', access_key_id: 'other-id', access_key_secret: 's' };
    const aliyun = JSON.stringify({ current: 'default', profiles: [other] });
    const deps = fakeDeps({
      readText: async (path) => (path.endsWith('.aliyun/config.json') ? aliyun : undefined),
      transport: async () => ({ send, renew() {}, close() {} }),
    });
    await run(['config', 'set', 'access-key-id', 'own-id'], deps);
    await run(['config', 'set', 'access-key-secret', 'secret'], deps);
    const store = await deps.store();
    const read: typeof store.read = (warn) => {
      if (!isBroken) return store.read(warn);
      if (warn) return emptyConfig();
      throw usageError(() => 'unreadable');
    };
    const code = await run(['status', '1'], { ...deps, store: async () => ({ ...store, read }) });
    assert.deepEqual([code, ids], [3, ['own-id']]);
  });

  it('the canary is found in every spelling that it could leak in', () => {
    for (const text of [CANARY, `x${encodeURIComponent(CANARY)}`, Buffer.from(`ab${CANARY}cd`).toString('base64')]) {
      assert.throws(() => assertNoCanary(text, 'this'));
    }
  });
});
