import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { createStore, type StoreOptions } from '../../src/io/store.ts';
import { en } from '../../src/locales/en/messages.ts';
import { bin, temporaryDirectory } from '../support/mmai.ts';

/** A user who is neither root nor whoever else runs the tests. */
const OTHER = 12345;

const newStore = (options: Partial<StoreOptions> = {}) => {
  const directory = join(temporaryDirectory(), 'mmai');
  return { directory, store: createStore({ directory, ...options }) };
};
const STAGED = 'staged-01234567-89ab-cdef-0123-456789abcdef.json';
/** What a writer leaves behind that was killed under the lock, by the clock of another machine. */
const leaveDeadLock = (path: string, time = new Date(0)) => {
  mkdirSync(`${path}.lock`, { recursive: true });
  writeFileSync(join(`${path}.lock`, STAGED), '{"profiles"');
  utimesSync(`${path}.lock`, time, time);
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

  it('loses nothing to 50 writers at once', async () => {
    const { store } = newStore();
    await Promise.all(Array.from({ length: 50 }, (_, index) => store.update(set(`k${index}`, 'v'))));
    assert.equal(Object.keys(store.read().profiles.p ?? {}).length, 50);
  });

  it('loses nothing to writers in processes of their own', async () => {
    const { directory, store } = newStore();
    const run = promisify(execFile);
    const profiles = Array.from({ length: 8 }, (_, index) => `p${index}`);
    const env = { ...process.env, MMAI_CONFIG_DIR: directory };
    const write = (name: string) =>
      run(process.execPath, [bin, 'config', 'set', 'region', 'x', '--profile', name], { env });
    await Promise.all(profiles.map(write));
    assert.deepEqual(Object.keys(store.read().profiles).sort(), profiles);
  });

  it('loses nothing to 50 writers that find the lock of a killed one', async () => {
    const { store } = newStore({ staleMs: 100 });
    leaveDeadLock(store.path);
    await Promise.all(Array.from({ length: 50 }, (_, index) => store.update(set(`k${index}`, 'v'))));
    assert.equal(Object.keys(store.read().profiles.p ?? {}).length, 50);
    assert.equal(existsSync(`${store.path}.lock`), false);
  });

  it('is written though the lock of a killed writer is of the future, or was being broken by another killed one', async () => {
    const { store } = newStore({ staleMs: 50 });
    leaveDeadLock(store.path, new Date('2100-01-01'));
    mkdirSync(`${store.path}.lock.break`);
    await store.update(set('a', '1'));
    assert.equal(store.read().profiles.p?.a, '1');
    assert.deepEqual(readdirSync(dirname(store.path)), ['config.json']);
  });

  it('is not written while others change it, however old their locks look', async () => {
    const { store } = newStore({ staleMs: 200, patienceMs: 500 });
    leaveDeadLock(store.path);
    // Somebody at work takes and releases the lock all the time: never the same lock for long.
    let times = 0;
    const atWork = setInterval(() => utimesSync(`${store.path}.lock`, times, times++), 20);
    await assert.rejects(store.update(set('a', '1')), { exitCode: 2, message: /lock .*config\.json\.lock/ });
    clearInterval(atWork);
    assert.equal(existsSync(`${store.path}.lock`), true);
  });

  it('leaves a lock alone that holds what mmai did not put there, or is a link', async () => {
    const { store } = newStore({ staleMs: 20, patienceMs: 200 });
    leaveDeadLock(store.path);
    for (const name of ['mine', 'staged-notes.md']) writeFileSync(join(`${store.path}.lock`, name), '');
    const refusal = {
      exitCode: 2,
      message: /config\.json\.lock is not the lock of a running mmai process: move it away/,
    };
    await assert.rejects(store.update(set('a', '1')), refusal);
    assert.deepEqual(readdirSync(`${store.path}.lock`), ['mine', 'staged-notes.md']);
    // With the usual patience: what is no directory is refused at once.
    const other = newStore();
    const foreign = temporaryDirectory();
    writeFileSync(join(foreign, STAGED), '');
    mkdirSync(other.directory);
    symlinkSync(foreign, `${other.store.path}.lock`);
    await assert.rejects(other.store.update(set('a', '1')), refusal);
    assert.deepEqual(readdirSync(foreign), [STAGED]);
  });

  it('is not changed by a writer that was stopped for so long that others broke its lock', async () => {
    const { store } = newStore();
    const lock = `${store.path}.lock`;
    for (const next of ['released', 'taken']) {
      const stopped = store.update((config) => {
        rmSync(lock, { recursive: true });
        if (next === 'taken') mkdirSync(lock);
        set('a', '1')(config);
      });
      await assert.rejects(stopped, { exitCode: 2, message: /config\.json\.lock/ });
      assert.deepEqual([existsSync(store.path), existsSync(lock)], [false, next === 'taken']);
    }
  });

  it('has one lock, whatever name leads to it', async () => {
    const { store } = newStore();
    await store.update(set('a', '1'));
    const other = newStore({ patienceMs: 0 });
    mkdirSync(other.directory);
    symlinkSync(store.path, other.store.path);
    mkdirSync(`${store.path}.lock`);
    await assert.rejects(other.store.update(set('b', '1')), { exitCode: 2, message: new RegExp(`${store.path}.lock`) });
  });

  it('leaves files beside it alone, whatever their names begin with', async () => {
    const { directory, store } = newStore();
    mkdirSync(directory);
    const names = ['config.json.new', 'config.json.new-account', 'config.json.newer.tmp-1'];
    for (const name of names) writeFileSync(join(directory, name), '');
    await store.update(set('a', '1'));
    assert.deepEqual(readdirSync(directory), ['config.json', ...names]);
  });

  it('may begin with a byte order mark', async () => {
    const { directory, store } = newStore();
    mkdirSync(directory);
    writeFileSync(store.path, '\ufeff{"profiles": {"p": {"a": "1"}}}');
    assert.equal(store.read().profiles.p?.a, '1');
    await store.update(set('b', '2'));
    assert.deepEqual(JSON.parse(readFileSync(store.path, 'utf8')).profiles.p, { a: '1', b: '2' });
  });

  it('is not changed after a signal, not even one that comes with the end of the input', async () => {
    const controller = new AbortController();
    const { store } = newStore({ signal: controller.signal });
    const update = store.update(set('a', '1'));
    controller.abort();
    await assert.rejects(update, { exitCode: 130 });
    assert.equal(existsSync(store.path), false);
  });

  it('is waited for no longer than to a signal', async () => {
    const controller = new AbortController();
    const { store } = newStore({ signal: controller.signal });
    leaveDeadLock(store.path);
    const update = store.update(set('a', '1'));
    setTimeout(() => controller.abort(), 50);
    await assert.rejects(update, { exitCode: 130 });
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

  it('is named in that warning as the shell takes it, whatever its directory is called', async () => {
    const { store } = newStore({ directory: join(temporaryDirectory(), 'a b;c') });
    await store.update(set('access-key-secret', 'x'));
    chmodSync(store.path, 0o644);
    const told: string[] = [];
    store.read((text) => told.push(text(en)));
    assert.ok(told[0]?.endsWith(`chmod 600 '${store.path}'`), told[0]);
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
