import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs, { chmodSync, lstatSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { createStore } from '../../src/io/store.ts';
import { en } from '../../src/locales/en/messages.ts';
import { temporaryDirectory } from '../support/mmai.ts';
import { newStore, set } from '../support/store.ts';

/** A user who is neither root nor whoever else runs the tests. */
const OTHER = 12345;

/** Makes a function of node:fs throw for the rest of the test. */
function refuse(t: TestContext, method: 'chmodSync' | 'statSync', code: string): void {
  const { mock } = t.mock.method(fs, method, () => {
    throw Object.assign(new Error('refused'), { code });
  });
  syncBuiltinESMExports();
  t.after(() => {
    mock.restore();
    syncBuiltinESMExports();
  });
}

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

  it('is saved where the file system has no rights that could be changed', async (t) => {
    const { directory, store } = newStore();
    await store.update(set('region', 'x'));
    chmodSync(directory, 0o755);
    refuse(t, 'chmodSync', 'EPERM');
    await store.update(set('region', 'y'));
    assert.equal(store.read().profiles.p?.region, 'y');
  });

  it('is saved in a directory of another user that is open to a group, whose rights stay as they are', async () => {
    const { directory, store } = newStore();
    mkdirSync(directory);
    chmodSync(directory, 0o2777);
    const isRoot = process.getuid?.() === 0;
    if (isRoot) for (const path of [join(directory, '..'), directory]) chmodSync(path, 0o777);
    if (isRoot) process.seteuid?.(OTHER);
    await store.update(set('region', 'x')).finally(() => isRoot && process.seteuid?.(0));
    assert.equal(store.read().profiles.p?.region, 'x');
    assert.equal(statSync(directory).mode & 0o777, isRoot ? 0o777 : 0o700);
  });

  it('behind a link leaves the rights of the directory alone, which root would take from others for whoever made the link', async () => {
    const elsewhere = join(temporaryDirectory(), 'shared');
    mkdirSync(elsewhere);
    chmodSync(elsewhere, 0o755);
    const { directory, store } = newStore();
    symlinkSync(elsewhere, directory);
    await store.update(set('region', 'cn-x'));
    assert.equal(statSync(elsewhere).mode & 0o777, 0o755);
    assert.equal(statSync(store.path).mode & 0o777, 0o600);
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

  it('may begin with a byte order mark', async () => {
    const { directory, store } = newStore();
    mkdirSync(directory);
    writeFileSync(store.path, '\ufeff{"profiles": {"p": {"a": "1"}}}');
    assert.equal(store.read().profiles.p?.a, '1');
    await store.update(set('b', '2'));
    assert.deepEqual(JSON.parse(readFileSync(store.path, 'utf8')).profiles.p, { a: '1', b: '2' });
  });

  it('counts as absent, with a warning, where it cannot be read in its default place; in a named one it is an error', () => {
    const directory = temporaryDirectory();
    execFileSync('mkfifo', [join(directory, 'config.json')]);
    const told: string[] = [];
    const config = createStore({ directory }).read((text) => told.push(text(en)));
    assert.deepEqual(config, { current: 'default', profiles: {} });
    assert.equal(told.length, 1);
    assert.match(told[0] ?? '', /config\.json: EINVAL \(not a regular file\)/);
    const named = createStore({ directory, isNamed: true });
    assert.throws(() => named.read(() => {}), { exitCode: 2, message: /EINVAL/ });
  });

  it('counts as absent, with a warning, below a home of somebody else, but cannot be changed there', async () => {
    const { directory, store } = newStore();
    await store.update(set('a', '1'));
    chmodSync(directory, 0);
    const told: string[] = [];
    const isRoot = process.getuid?.() === 0;
    // Root may read everything.
    if (isRoot) process.seteuid?.(OTHER);
    try {
      assert.deepEqual(store.read((text) => told.push(text(en))).profiles, {});
      assert.throws(() => store.read(), { exitCode: 2, message: /EACCES/ });
      await assert.rejects(store.update(set('a', '2')), { exitCode: 2, message: /config\.json: EACCES/ });
    } finally {
      if (isRoot) process.seteuid?.(0);
      chmodSync(directory, 0o700);
    }
    assert.match(told.join(), /config\.json: EACCES; continuing without it$/);
    assert.equal(store.read().profiles.p?.a, '1');
  });

  it('is warned about where it holds a secret that others can read', async () => {
    const { store } = newStore();
    const warnings = () => {
      const told: string[] = [];
      store.read((text) => told.push(text(en)));
      return told.join('\n');
    };
    await store.update(set('region', 'x'));
    chmodSync(store.path, 0o644);
    assert.equal(warnings(), '');
    await store.update(set('access-key-secret', 'x'));
    assert.equal(warnings(), '');
    chmodSync(store.path, 0o640);
    assert.match(warnings(), /^[^\n]*chmod 600 .*config\.json$/);
  });

  it('is judged by what was read: by then its path may lead nowhere, or to something else', async (t) => {
    const { store } = newStore();
    await store.update(set('access-key-secret', 'x'));
    chmodSync(store.path, 0o644);
    refuse(t, 'statSync', 'EACCES');
    const told: string[] = [];
    store.read((text) => told.push(text(en)));
    assert.match(told.join(), /chmod 600/);
  });

  it('is named in that warning as the shell takes it, whatever its directory is called', async () => {
    const { store } = newStore({ directory: join(temporaryDirectory(), 'a b;c') });
    await store.update(set('access-key-secret', 'x'));
    chmodSync(store.path, 0o644);
    const told: string[] = [];
    store.read((text) => told.push(text(en)));
    assert.ok(told[0]?.endsWith(`chmod 600 '${store.path}'`), told[0]);
  });

  for (const malformed of [
    '{"profiles": {"p": {"access-key-secret": "canary"',
    '[]',
    '"canary"',
    '{"profiles": 1}',
    '{"auths": {"registry": {"auth": "canary"}}}',
    '{"current": "default", "profiles": [{"access_key_secret": "canary"}]}',
    '{"profiles": {"p": {"a": 1}}}',
    '',
  ]) {
    it(`is named, neither quoted nor touched, when it holds ${malformed || 'nothing'}`, async () => {
      const { directory, store } = newStore();
      mkdirSync(directory);
      writeFileSync(store.path, malformed);
      const refusal = { exitCode: 2, message: new RegExp(`^(?!.*canary).*${store.path}`), cause: undefined };
      assert.throws(() => store.read(), { exitCode: 2, message: refusal.message });
      await assert.rejects(store.update(set('a', '1')), { exitCode: 2, message: refusal.message });
      assert.equal(readFileSync(store.path, 'utf8'), malformed);
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

  it('is made where a symbolic link points, relative ones and chains too', async () => {
    const { directory, store } = newStore();
    const folder = temporaryDirectory();
    mkdirSync(directory);
    symlinkSync(join(folder, 'link'), store.path);
    symlinkSync('dotfiles.json', join(folder, 'link'));
    await store.update(set('a', '1'));
    assert.ok(lstatSync(store.path).isSymbolicLink());
    assert.match(readFileSync(join(folder, 'dotfiles.json'), 'utf8'), /"a": "1"/);
    const circular = newStore();
    mkdirSync(circular.directory);
    symlinkSync('config.json', circular.store.path);
    await assert.rejects(circular.store.update(set('a', '1')), { exitCode: 2, message: /ELOOP/ });
  });

  it('is named when it cannot be written', async () => {
    const store = createStore({ directory: '/dev/null/x' });
    await assert.rejects(store.update(set('a', '1')), {
      exitCode: 2,
      message: /\/dev\/null\/x\/config\.json: ENOTDIR/,
    });
  });
});
