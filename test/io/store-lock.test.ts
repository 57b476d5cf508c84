import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import fs, { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { createStore } from '../../src/io/store.ts';
import { bin, temporaryDirectory } from '../support/mmai.ts';
import { newStore, set } from '../support/store.ts';

const STAGED = 'staged-01234567-89ab-cdef-0123-456789abcdef.json';
/** What a writer leaves behind that was killed under the lock, by the clock of another machine. */
const leaveDeadLock = (path: string, time = new Date(0)) => {
  mkdirSync(`${path}.lock`, { recursive: true });
  writeFileSync(join(`${path}.lock`, STAGED), '{"profiles"');
  utimesSync(`${path}.lock`, time, time);
};

describe('the lock of the config file', () => {
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

  it('that another process holds for a while is said once; a free one is not', async () => {
    const { store } = newStore({ staleMs: 100, noticeMs: 20 });
    leaveDeadLock(store.path);
    const waits: string[] = [];
    await store.update(set('a', '1'), (lock) => waits.push(lock));
    assert.deepEqual(waits, [`${store.path}.lock`]);
    await store.update(set('b', '1'), (lock) => waits.push(lock));
    assert.equal(waits.length, 1);
  });

  it('is waited for, and not broken, where both processes were stopped for a minute', async (t) => {
    const { store } = newStore();
    mkdirSync(`${store.path}.lock`, { recursive: true });
    const now = performance.now.bind(performance);
    let stoppedMs = 0;
    t.mock.method(performance, 'now', () => now() + stoppedMs);
    const update = store.update(set('a', '1'));
    await delay(30);
    stoppedMs = 60_000;
    await delay(30);
    assert.equal(existsSync(`${store.path}.lock`), true);
    rmSync(`${store.path}.lock`, { recursive: true });
    await update;
    assert.equal(store.read().profiles.p?.a, '1');
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

  it('that was broken between the last look and the end of the work is named, not the file that went with it', async (t) => {
    const { store } = newStore();
    const { renameSync } = fs;
    const { mock } = t.mock.method(fs, 'renameSync', (from: string, to: string) => {
      if (to === store.path) rmSync(`${store.path}.lock`, { recursive: true });
      renameSync(from, to);
    });
    syncBuiltinESMExports();
    t.after(() => {
      mock.restore();
      syncBuiltinESMExports();
    });
    await assert.rejects(store.update(set('a', '1')), { exitCode: 2, message: /holds the lock .*config\.json\.lock/ });
    assert.equal(existsSync(store.path), false);
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
});
