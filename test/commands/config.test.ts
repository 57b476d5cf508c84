import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { run } from '../../src/cli.ts';
import type { MmaiError } from '../../src/errors.ts';
import { zh } from '../../src/locales/zh/messages.ts';
import { config, person, profilesOf, SECRET, save } from '../support/config-command.ts';
import { type FakeDeps, fakeDeps, scripted, terminal } from '../support/deps.ts';
import { temporaryDirectory } from '../support/mmai.ts';
import { fakeTransport, refusal } from '../support/transport.ts';

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
    assert.doesNotMatch(asked.join(), /to keep/);
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

describe('a command that changes the config file while another process holds its lock', () => {
  const home = temporaryDirectory();
  mkdirSync(join(home, '.aliyun'));
  writeFileSync(join(home, '.aliyun', 'config.json'), '{"profiles": []}');
  for (const line of ['init', 'set region cn-hangzhou', 'unset region', 'use work', 'delete work --yes', 'import']) {
    it(`says so, but not with --quiet: ${line}`, async () => {
      for (const [flags, warned] of [
        ['', true],
        [' --quiet', false],
      ] as const) {
        const store = await fakeDeps().store();
        await store.update(
          ({ profiles }) => void Object.assign(profiles, { default: { region: 'cn-beijing' }, work: {} }),
        );
        const update: typeof store.update = async (change, onWait) => {
          onWait?.('/mmai/config.json.lock');
          await store.update(change);
        };
        const there = line === 'init' ? person('my-id', SECRET, '', 'n') : {};
        const deps = fakeDeps({ ...there, home: () => home, store: async () => ({ ...store, update }) });
        await config(line + flags, deps);
        assert.equal(deps.stderr.text().includes('waiting for the lock /mmai/config.json.lock'), warned);
      }
    });
  }
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

describe('what a file holds that anybody wrote', () => {
  it('is printed without a character that a terminal would obey', async () => {
    const deps = fakeDeps();
    const [name, path] = ['odd\u001b[2J', '/odd\u001b[2J'];
    await (await deps.store()).update((file) => {
      Object.assign(file, { current: name, profiles: { [name]: { 'ca-file': path } } });
    });
    for (const line of ['list --show-origin', 'get ca-file', 'profiles']) await config(line, deps);
    assert.equal(deps.stdout.text().match(/odd\\u\{1b\}\[2J/g)?.length, 4);
    assert.doesNotMatch(deps.stdout.text(), /\u001b/);
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
    await save(deps, {});
    await config('delete default --yes', deps);
    assert.match(deps.stderr.text(), /"default" deleted from .*config\.json\n$/);
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
    await assert.rejects(config('delete nowhere --yes', deps), (error: MmaiError) => {
      assert.equal(error.exitCode, 2);
      assert.match(error.message, /profile "nowhere" does not exist/);
      assert.match(error.hint!(deps.messages), /"mmai config profiles"/);
      return true;
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
