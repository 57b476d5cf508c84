import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { configDirectory, createStore } from '../../src/io/store.ts';
import { bin, temporaryDirectory } from '../support/mmai.ts';

const newStore = () => {
  const directory = join(temporaryDirectory(), 'mmai');
  return { directory, store: createStore({ directory }) };
};
/** What a writer leaves behind that was killed under the lock, a long time ago. */
const leaveDeadLock = (path: string) => {
  mkdirSync(`${path}.lock`, { recursive: true });
  utimesSync(`${path}.lock`, 0, 0);
};
const set = (key: string, value: string) => (config: { profiles: Record<string, Record<string, string>> }) => {
  config.profiles.p = { ...config.profiles.p, [key]: value };
};

describe('the config file', () => {
  it('is not made by reading', () => {
    const { directory, store } = newStore();
    assert.deepEqual(store.read(), { current: 'default', profiles: {} });
    assert.throws(() => statSync(directory), { code: 'ENOENT' });
  });

  it('is 0600 in a directory 0700, also where both were wider', async () => {
    const { directory, store } = newStore();
    mkdirSync(directory, { mode: 0o755 });
    writeFileSync(store.path, '{}');
    chmodSync(store.path, 0o644);
    await store.update(set('region', 'x'));
    assert.equal(statSync(store.path).mode & 0o777, 0o600);
    assert.equal(statSync(directory).mode & 0o777, 0o700);
  });

  it('is 0600 in a directory that is left alone where it holds other things or is sticky like /tmp', async () => {
    for (const [mode, other] of [
      [0o755, 'other.txt'],
      [0o1777, 'config.json'],
    ] as const) {
      const { directory, store } = newStore();
      mkdirSync(directory);
      writeFileSync(join(directory, other), '{}');
      chmodSync(directory, mode);
      await store.update(set('region', 'x'));
      assert.equal(statSync(store.path).mode & 0o777, 0o600);
      assert.equal(statSync(directory).mode & 0o7777, mode);
    }
  });

  it('is empty below a home that is no directory', () => {
    assert.deepEqual(createStore({ directory: '/dev/null/x' }).read(), { current: 'default', profiles: {} });
  });

  it('keeps what a later version has added beside the profiles', async () => {
    const { directory, store } = newStore();
    mkdirSync(directory);
    writeFileSync(store.path, '{"profiles": {}, "later": 1}');
    await store.update(set('a', '1'));
    assert.equal(JSON.parse(readFileSync(store.path, 'utf8')).later, 1);
  });

  it('keeps a profile with a dot in its name whole', async () => {
    const { store } = newStore();
    await store.update((config) => {
      config.profiles['my.prod'] = { region: 'x' };
    });
    assert.deepEqual(store.read().profiles, { 'my.prod': { region: 'x' } });
  });

  it('loses nothing to 50 writers at once', async () => {
    const { store } = newStore();
    await Promise.all(Array.from({ length: 50 }, (_, index) => store.update(set(`k${index}`, 'v'))));
    assert.equal(Object.keys(store.read().profiles.p ?? {}).length, 50);
  });

  it('loses nothing to writers in processes of their own', async () => {
    const { directory, store } = newStore();
    leaveDeadLock(store.path);
    const run = promisify(execFile);
    const profiles = Array.from({ length: 8 }, (_, index) => `p${index}`);
    const env = { ...process.env, MMAI_CONFIG_DIR: directory };
    const write = (name: string) =>
      run(process.execPath, [bin, 'config', 'set', 'region', 'x', '--profile', name], { env });
    await Promise.all(profiles.map(write));
    assert.deepEqual(Object.keys(store.read().profiles).sort(), profiles);
  });

  it('loses nothing to 50 writers that find the lock of a killed one', async () => {
    const { store } = newStore();
    leaveDeadLock(store.path);
    await Promise.all(Array.from({ length: 50 }, (_, index) => store.update(set(`k${index}`, 'v'))));
    assert.equal(Object.keys(store.read().profiles.p ?? {}).length, 50);
    assert.equal(existsSync(`${store.path}.lock`), false);
  });

  it('is not written, and the lock named, when another holds it for too long', async () => {
    const { directory, store } = newStore();
    mkdirSync(`${store.path}.lock`, { recursive: true });
    const impatient = createStore({ directory, patienceMs: 0 });
    await assert.rejects(impatient.update(set('a', '1')), { exitCode: 2, message: /config\.json\.lock/ });
    assert.equal(existsSync(store.path), false);
  });

  it('is neither written nor left locked when the change throws', async () => {
    const { store } = newStore();
    const refusal = new Error('no');
    const change = () => {
      throw refusal;
    };
    await assert.rejects(store.update(change), refusal);
    assert.deepEqual([existsSync(store.path), existsSync(`${store.path}.lock`)], [false, false]);
  });

  for (const torn of [
    '{"profiles": {"p": {"access-key-secret": "canary"',
    '[]',
    '"canary"',
    '{"profiles": 1}',
    '{"auths": {"registry": {"auth": "canary"}}}',
    '{"current": "default", "profiles": [{"access_key_secret": "canary"}]}',
    '{"profiles": {"p": {"a": 1}}}',
    '',
  ]) {
    it(`is named, neither quoted nor touched, when it holds ${torn || 'nothing'}`, async () => {
      const { directory, store } = newStore();
      mkdirSync(directory);
      writeFileSync(store.path, torn);
      const refusal = { exitCode: 2, message: new RegExp(`^(?!.*canary).*${store.path}`), cause: undefined };
      assert.throws(() => store.read(), { exitCode: 2, message: refusal.message });
      await assert.rejects(store.update(set('a', '1')), { exitCode: 2, message: refusal.message });
      assert.equal(readFileSync(store.path, 'utf8'), torn);
    });
  }

  it('is named when a directory stands in its place', async () => {
    const { store } = newStore();
    mkdirSync(store.path, { recursive: true });
    assert.throws(() => store.read(), { exitCode: 2, message: /config\.json: EISDIR/ });
  });

  it('may be a symbolic link, and stays one', async () => {
    const { directory, store } = newStore();
    const target = join(temporaryDirectory(), 'dotfiles.json');
    writeFileSync(target, '{}');
    mkdirSync(directory);
    symlinkSync(target, store.path);
    await store.update(set('a', '1'));
    assert.ok(lstatSync(store.path).isSymbolicLink());
    assert.match(readFileSync(target, 'utf8'), /"a": "1"/);
  });

  it('is named when it cannot be written', async () => {
    const store = createStore({ directory: '/dev/null/x' });
    await assert.rejects(store.update(set('a', '1')), {
      exitCode: 2,
      message: /\/dev\/null\/x\/config\.json: ENOTDIR/,
    });
  });
});

describe('the config directory', () => {
  const cases: [string, object, string, string][] = [
    ['MMAI_CONFIG_DIR', { MMAI_CONFIG_DIR: '/c', XDG_CONFIG_HOME: '/x' }, 'linux', '/c'],
    ['XDG_CONFIG_HOME', { XDG_CONFIG_HOME: '/x' }, 'linux', '/x/mmai'],
    ['%APPDATA% on Windows', { APPDATA: '/a' }, 'win32', '/a/mmai'],
    ['the home directory', { APPDATA: '/a' }, 'linux', '/h/.config/mmai'],
  ];
  for (const [name, env, platform, expected] of cases) {
    it(`comes from ${name}`, () => assert.equal(configDirectory({ ...env }, platform, '/h'), expected));
  }
});
