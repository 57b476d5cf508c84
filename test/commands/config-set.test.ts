import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, it } from 'node:test';
import { run } from '../../src/cli.ts';
import { checkedValue } from '../../src/commands/config/keys.ts';
import type { CommandDeps } from '../../src/deps.ts';
import { fakeClock } from '../support/clock.ts';
import { config, person, profilesOf, SECRET, save } from '../support/config-command.ts';
import { fakeDeps, piped } from '../support/deps.ts';
import { mmaiInProcess, realTransport } from '../support/in-process.ts';

describe('mmai config set', () => {
  it('says so where an AccessKey is used instead of the command that is saved', async () => {
    const deps = fakeDeps();
    await config('set credential-process tool', deps);
    assert.equal(deps.stderr.text(), '');
    await save(deps, { 'access-key-id': 'id', 'access-key-secret': SECRET });
    await config('set region cn-beijing', deps);
    assert.equal(deps.stderr.text(), '');
    await config('set credential-process tool', deps);
    assert.match(
      deps.stderr.text(),
      /^warning: profile "default" has an AccessKey, which is used instead of the command;/,
    );
  });

  it('asks for a secret without echo', async () => {
    const { asked, ...there } = person(SECRET);
    const deps = fakeDeps(there);
    await config('set access-key-secret', deps);
    assert.deepEqual(asked, ['secret: access-key-secret']);
    assert.deepEqual(await profilesOf(deps), { default: { 'access-key-secret': SECRET } });
  });

  it('checks the answer in the prompt: what is pasted after its end would go to the shell', async () => {
    const { refused, ...there } = person('', '“secret”', SECRET, 'A B', 'cn-shanghai');
    const deps = fakeDeps(there);
    await config('set access-key-secret', deps);
    await config('set region', deps);
    assert.deepEqual(await profilesOf(deps), { default: { 'access-key-secret': SECRET, region: 'cn-shanghai' } });
    for (const [index, pattern] of [/empty/, /charac/, /"A B"/].entries()) assert.match(refused[index] ?? '', pattern);
  });

  it('set reads a pipe that stays open for five minutes, and says after two seconds that it does', async () => {
    const clock = fakeClock();
    const chunks = async function* (stop: AbortSignal) {
      yield new TextEncoder().encode('half');
      await clock.sleep(1e9, stop);
    };
    const silent = async function* (stop: AbortSignal) {
      await clock.sleep(1e9, stop);
      yield* [];
    };
    for (const [read, notice] of [
      [chunks, ''],
      [silent, 'no value on the command line: reading from standard input\n'],
    ] as const) {
      const deps = fakeDeps({ clock, stdin: { isTerminal: false, chunks: read } });
      const start = clock.monotonic();
      assert.equal(await run(['config', 'set', 'access-key-secret'], deps), 2);
      assert.equal(clock.monotonic() - start, 300_000);
      assert.match(deps.stderr.text(), new RegExp(`^${notice}error: .*within 5m`));
      assert.deepEqual(await profilesOf(deps), {});
    }
  });

  it('saves no half of a secret when a signal ends the reading', async () => {
    const deps = fakeDeps({ stdin: piped('half'), signal: AbortSignal.abort(143) });
    await assert.rejects(config('set access-key-secret', deps), { exitCode: 143 });
    assert.deepEqual(await profilesOf(deps), {});
  });

  it('drops the token of another pair with a note, not that of the same', async () => {
    const deps = fakeDeps();
    const saved = { 'access-key-id': 'id', 'access-key-secret': 'secret', 'security-token': 'token' };
    await save(deps, saved);
    await config('set access-key-id id', deps);
    assert.deepEqual(await profilesOf(deps), { default: saved });
    for (const key of ['access-key-id', 'access-key-secret']) {
      await save(deps, saved);
      await config(`set ${key} other`, deps);
      assert.deepEqual(await profilesOf(deps), {
        default: { 'access-key-id': 'id', 'access-key-secret': 'secret', [key]: 'other' },
      });
    }
    assert.equal(deps.stderr.text().match(/token of profile "default" was removed/g)?.length, 2);
  });

  for (const value of ['中文', 'line\nbreak', 'two words', '“quoted”', 'tab\t']) {
    it(`refuses ${JSON.stringify(value)} as part of a key, without quoting it`, async () => {
      const deps = fakeDeps({ stdin: piped(`a${value}b\n`) });
      for (const key of ['access-key-id', 'access-key-secret', 'security-token']) {
        await assert.rejects(
          config(`set ${key}`, deps),
          ({ exitCode, message }: { exitCode: number; message: string }) => {
            assert.equal(exitCode, 2);
            assert.match(message, new RegExp(`^${key}: `));
            return !message.includes(value);
          },
        );
      }
      assert.deepEqual(await profilesOf(deps), {});
    });
  }

  it('saves a CA file by its absolute path', async () => {
    const deps = fakeDeps();
    await config('set ca-file corp.pem', deps);
    assert.deepEqual(await profilesOf(deps), { default: { 'ca-file': resolve('corp.pem') } });
  });

  it('refuses the relative path of a CA file where the working directory has been deleted', () => {
    const before = process.cwd();
    const gone = mkdtempSync(join(tmpdir(), 'mmai-test-'));
    process.chdir(gone);
    rmdirSync(gone);
    try {
      assert.throws(() => checkedValue('ca-file', 'corp.pem'), {
        exitCode: 2,
        message: /ca-file: cannot read corp.pem/,
      });
      assert.equal(checkedValue('ca-file', '/corp.pem'), '/corp.pem');
    } finally {
      process.chdir(before);
    }
  });
});

describe('mmai config unset', () => {
  it('changes nothing where the key is not set, and exits 0', async () => {
    const deps = fakeDeps();
    await config('unset region', deps);
    assert.equal(existsSync((await deps.store()).path), false);
  });
});

describe('a bad value', () => {
  const cases: [string, Partial<CommandDeps>, RegExp][] = [
    ['of a variable', { env: { MMAI_REGION: 'A B' } }, /^MMAI_REGION: "A B"/],
    ['of a variable of the SDKs', { env: { ALIBABA_CLOUD_REGION_ID: 'A B' } }, /^ALIBABA_CLOUD_REGION_ID: "A B"/],
    ['of a variable for the endpoint', { env: { MMAI_ENDPOINT: 'a b' } }, /^MMAI_ENDPOINT: .*"a b"/],
  ];
  for (const [name, overrides, message] of cases) {
    it(`${name} is told with its name`, async () => {
      await assert.rejects(config('list', fakeDeps(overrides)), { exitCode: 2, message });
    });
  }

  it('of a profile is told with its name', async () => {
    const deps = fakeDeps();
    await save(deps, { region: 'A B' });
    await assert.rejects(config('list', deps), { exitCode: 2, message: /^region of profile "default": "A B"/ });
  });

  it('is told with its origin for a CA file too, which is read only for a request', async () => {
    const deps = fakeDeps({ transport: realTransport({}) });
    await save(deps, { 'ca-file': '/nonexistent' });
    assert.equal(await run(['status', '1', '--simulate', '2'], deps), 2);
    assert.match(deps.stderr.text(), /^error: ca-file of profile "default": cannot read \/nonexistent/);
    const { stderr } = await mmaiInProcess(['status', '1', '--simulate', '2'], { env: { MMAI_CA_FILE: '/dev/null' } });
    assert.match(stderr, /^error: MMAI_CA_FILE: /);
  });

  it('is not what a file of variables with CRLF leaves at the end', async () => {
    const deps = fakeDeps({ env: { MMAI_REGION: 'cn-shanghai\r', MMAI_RETRIES: '5\r', MMAI_PROFILE: '\r' } });
    await config('list', deps);
    assert.match(deps.stdout.text(), /^region +cn-shanghai$/m);
    assert.match(deps.stdout.text(), /^retries +5$/m);
  });
});
