import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, it } from 'node:test';
import { Command } from 'commander';
import { run } from '../../src/cli.ts';
import { checkedValue } from '../../src/commands/config/keys.ts';
import { addConfigCommand } from '../../src/commands/config.ts';
import type { CommandDeps } from '../../src/deps.ts';
import { zh } from '../../src/locales/zh/messages.ts';
import { fakeClock } from '../support/clock.ts';
import { type FakeDeps, fakeDeps, piped, scripted, terminal } from '../support/deps.ts';
import { mmaiInProcess, realTransport } from '../support/in-process.ts';
import { fakeTransport, refusal } from '../support/transport.ts';

const SECRET = 'abcd-not-for-the-eyes-wxyz';

async function config(words: string, deps: FakeDeps, done: (exitCode: number) => void = () => {}): Promise<void> {
  const program = new Command('mmai').exitOverride();
  addConfigCommand(program, deps, done);
  await program.parseAsync(['config', ...words.split(' ')], { from: 'user' });
}

/** A person at a terminal who gives these answers. */
function person(...answers: string[]) {
  const prompts = scripted(...answers);
  return { asked: prompts.asked, refused: prompts.refused, stdin: terminal, prompts: async () => prompts };
}

const profilesOf = async (deps: FakeDeps) => (await deps.store()).read().profiles;

const save = async (deps: FakeDeps, values: Record<string, string>) =>
  (await deps.store()).update(({ profiles }) => void Object.assign(profiles, { default: values }));

describe('mmai config init', () => {
  it('writes nothing that Enter kept: another process may have changed it while the prompts waited', async () => {
    const prompts = scripted('', '', '', 'n');
    const rotated = { 'access-key-id': 'new-id', 'access-key-secret': 'new-secret', region: 'cn-hangzhou' };
    const rotating = {
      ...prompts,
      secret: async (question: string, options?: object) => {
        await save(deps, rotated);
        return prompts.secret(question, options);
      },
    };
    const deps = fakeDeps({ stdin: terminal, prompts: async () => rotating });
    await save(deps, { 'access-key-id': 'old-id', 'access-key-secret': SECRET, region: 'cn-beijing' });
    await config('init', deps);
    assert.deepEqual(await profilesOf(deps), { default: rotated });
  });

  it('asks for ID, secret without echo and region, says where they are, and offers a check', async () => {
    const { asked, ...there } = person('my-id', SECRET, '', 'n');
    const deps = fakeDeps(there);
    await config('init --profile prod', deps);
    assert.deepEqual(await profilesOf(deps), {
      prod: { 'access-key-id': 'my-id', 'access-key-secret': SECRET, region: 'cn-beijing' },
    });
    assert.deepEqual(
      asked.map((question) => question.split(':')[0]),
      ['text', 'secret', 'text', 'confirm'],
    );
    assert.match(deps.stderr.text(), /"prod" saved in .*config\.json/);
    assert.doesNotMatch(deps.stderr.text(), /eyes/);
    assert.equal(deps.stdout.text(), '');
  });

  it('checks each answer in its question, and asks for it again', async () => {
    const { refused, ...there } = person('', '我的', 'my-id', '', 'two words', SECRET, 'Peking!', 'cn-shanghai', 'n');
    const deps = fakeDeps(there);
    await config('init', deps);
    assert.deepEqual(await profilesOf(deps), {
      default: { 'access-key-id': 'my-id', 'access-key-secret': SECRET, region: 'cn-shanghai' },
    });
    const expected = [
      /^access-key-id.*empty/,
      /^access-key-id.*charac/,
      /empty/,
      /secret.*charac/,
      /^region: "Peking!"/,
    ];
    assert.equal(refused.length, expected.length);
    for (const [index, pattern] of expected.entries()) assert.match(refused[index] ?? '', pattern);
  });

  it('offers what is saved, the secret masked: Enter keeps it, token and all', async () => {
    const saved = {
      ...{ 'access-key-id': 'id', 'access-key-secret': SECRET, 'security-token': 'token' },
      ...{ region: 'cn-shanghai', retries: '1' },
    };
    const { asked, ...there } = person('', '', '', 'n');
    const deps = fakeDeps(there);
    await save(deps, saved);
    await config('init', deps);
    assert.deepEqual(await profilesOf(deps), { default: saved });
    assert.match(asked[1] ?? '', /press Enter to keep \*+wxyz/);
    assert.doesNotMatch(asked.join(), /eyes/);
  });

  it('asks for the secret of another ID, drops the token of the old one with a note, and keeps other settings', async () => {
    const { asked, ...there } = person('new-id', '', SECRET, '', 'n');
    const deps = fakeDeps(there);
    await save(deps, { 'access-key-id': 'id', 'access-key-secret': 'old', 'security-token': 'old', retries: '1' });
    await config('init', deps);
    assert.deepEqual((await profilesOf(deps)).default, {
      ...{ 'access-key-id': 'new-id', 'access-key-secret': SECRET, region: 'cn-beijing', retries: '1' },
    });
    assert.doesNotMatch(asked.join(), /keeps/);
    assert.match(deps.stderr.text(), /token .*removed/);
  });

  it('runs config check of that profile if wanted, with its exit code', async () => {
    const { asked: _, ...there } = person('id', SECRET, '', '');
    const deps = fakeDeps({ ...there, transport: async () => fakeTransport(refusal(403, 'NoPermission')).transport });
    let exitCode: number | undefined;
    await config('init --profile prod', deps, (code) => {
      exitCode = code;
    });
    assert.equal(exitCode, 3);
    assert.match(deps.stdout.text(), /profile "prod"/);
  });
});

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
    await assert.rejects(config('set access-key-secret', deps), { exitCode: 130 });
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

describe('mmai config use', () => {
  it('takes no profile that another process deletes meanwhile: the next place of credentials would sign', async () => {
    const store = await fakeDeps().store();
    await store.update(({ profiles }) => void Object.assign(profiles, { default: {}, work: {} }));
    const update: typeof store.update = async (change) => {
      await store.update(({ profiles }) => void delete profiles.work);
      await store.update(change);
    };
    const deps = fakeDeps({ store: async () => ({ ...store, update }) });
    await assert.rejects(config('use work', deps), { exitCode: 2, message: /profile "work" does not exist/ });
    assert.equal(store.read().current, 'default');
  });
});

describe('mmai config delete', () => {
  const two = async (deps: FakeDeps) =>
    (await deps.store()).update((config) => {
      config.current = 'work';
      Object.assign(config.profiles, { work: { 'access-key-secret': SECRET }, other: {} });
    });

  it('removes a profile with its secret, and says so', async () => {
    const deps = fakeDeps();
    await two(deps);
    await config('delete work --yes', deps);
    const store = await deps.store();
    assert.deepEqual(store.read(), { current: 'default', profiles: { other: {} } });
    assert.doesNotMatch(readFileSync(store.path, 'utf8'), /eyes/);
    assert.match(deps.stderr.text(), /"work" deleted from .*\nthe current profile is now "default"/);
  });

  it('asks at a terminal, and keeps it unless the answer is yes', async () => {
    const { asked, ...there } = person('', 'y');
    const deps = fakeDeps(there);
    await two(deps);
    await config('delete work', deps);
    assert.equal(deps.stderr.text(), 'profile "work" was not deleted\n');
    assert.deepEqual(Object.keys(await profilesOf(deps)), ['work', 'other']);
    await config('delete work', deps);
    assert.deepEqual(Object.keys(await profilesOf(deps)), ['other']);
    assert.match(asked[0] ?? '', /^confirm: Delete profile "work".* Yes \/ No$/);
  });

  it('asks for yes or no in the language of the user', async () => {
    const { asked, ...there } = person('y');
    const deps = fakeDeps({ ...there, messages: zh });
    await two(deps);
    await config('delete work', deps);
    assert.deepEqual(asked, ['confirm: 是否删除配置“work”及其 AccessKey？ 是 / 否']);
  });

  it('refuses without --yes where nobody can be asked, and a profile that is not there', async () => {
    const deps = fakeDeps();
    await two(deps);
    await assert.rejects(config('delete work', deps), { exitCode: 2, message: /--yes/ });
    await assert.rejects(config('delete nowhere --yes', deps), {
      exitCode: 2,
      message: /profile "nowhere" does not exist/,
    });
    assert.deepEqual(Object.keys(await profilesOf(deps)), ['work', 'other']);
  });
});

describe('--profile', () => {
  for (const words of ['path', 'profiles', 'use work', 'delete work --yes']) {
    it(`is refused by config ${words}, which would ignore it`, async () => {
      const deps = fakeDeps();
      assert.equal(await run(['config', ...words.split(' '), '--profile', 'other'], deps), 2);
      assert.match(deps.stderr.text(), /^error: unknown option "--profile"/);
    });
  }
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
