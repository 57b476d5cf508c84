import assert from 'node:assert/strict';
import {
  chmodSync,
  chownSync,
  constants,
  existsSync,
  lchownSync,
  mkdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { parseTaskId } from '../../src/core/task.ts';
import { canOthersChange, checkOpened, isForeign } from '../../src/io/directories.ts';
import { createRecentTasks } from '../../src/io/recent-tasks.ts';
import { createStore } from '../../src/io/store.ts';
import { systemDeps } from '../../src/system.ts';
import { OTHER } from '../support/foreign.ts';
import { temporaryDirectory } from '../support/mmai.ts';

describe('a file is foreign', () => {
  const isRoot = process.getuid?.() === 0;
  const file = (owned: string) => {
    const home = temporaryDirectory();
    mkdirSync(join(home, 'mmai'));
    writeFileSync(join(home, 'mmai', 'config.json'), '{}');
    if (isRoot) chownSync(join(home, owned), OTHER, OTHER);
    return join(home, 'mmai', 'config.json');
  };

  it('where another user owns it or a directory above it', () => {
    for (const owned of ['.', 'mmai', 'mmai/config.json']) assert.equal(isForeign(file(owned)), isRoot, owned);
  });

  it('where every user may write it', () => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, 'config.json'), '{}');
    chmodSync(join(directory, 'config.json'), 0o666);
    assert.equal(isForeign(join(directory, 'config.json')), process.platform !== 'win32');
  });

  it("where it was another user's when it was read, though it has been exchanged for one's own, or taken away, since", () => {
    const directory = temporaryDirectory();
    for (const [name, uid] of Object.entries({ theirs: OTHER + 1, mine: process.geteuid?.() ?? 0 })) {
      const path = join(directory, name);
      try {
        checkOpened(path, { uid, mode: constants.S_IFREG | 0o600, dev: 0, ino: 0, nlink: 1 });
      } catch {
        // Root does not even read it.
      }
      const expected = name === 'theirs' && process.platform !== 'win32';
      assert.equal(isForeign(path), expected);
      writeFileSync(path, '{}');
      assert.equal(isForeign(path), expected);
    }
  });

  it('so each file of which a command may come is looked at when it is read', async () => {
    const path = file('mmai/config.json');
    await systemDeps().readText(path);
    const own = file('mmai/config.json');
    createStore({ directory: dirname(own) }).read();
    for (const read of [path, own]) {
      rmSync(read);
      writeFileSync(read, '{}');
      assert.equal(isForeign(read), isRoot);
    }
  });

  it("not for the owner of / above what is one's own, as the machine's root has no uid of its own in a user namespace", () => {
    const [machine, user, other] = [65534, 1000, 1001];
    const path = (...owners: number[]) =>
      owners.map((uid, index) => ({ uid, mode: index === owners.length - 1 ? constants.S_IFREG | 0o600 : 0o755 }));
    assert.equal(canOthersChange(path(machine, machine, user, user), user), false);
    assert.equal(canOthersChange(path(machine, machine, 0, 0), 0), false);
    assert.equal(canOthersChange(path(0, 0, user, 0), user), false);
    for (const owners of [
      [machine, machine, machine],
      [machine, user, machine],
      [machine, other, user],
      [0, other, user],
      [0, user, other],
    ]) {
      assert.equal(canOthersChange(path(...owners), user), true, String(owners));
    }
  });

  it("not where all is one's own or root's, whether it is there or not", () => {
    const directory = temporaryDirectory();
    assert.equal(isForeign(join(directory, 'none', 'config.json')), false);
    assert.equal(isForeign('/etc/passwd'), false);
  });

  it("where another user's link leads to it", () => {
    const directory = temporaryDirectory();
    symlinkSync('/etc/passwd', join(directory, 'link'));
    if (isRoot) lchownSync(join(directory, 'link'), OTHER, OTHER);
    assert.equal(isForeign(join(directory, 'link')), isRoot);
  });
});

/** A signal that calls `action` when a lock is first waited for. */
function signalWhenWaiting(action: () => void): AbortSignal {
  const { signal } = new AbortController();
  let hasWaited = false;
  signal.throwIfAborted = () => {
    if (!hasWaited) action();
    hasWaited = true;
  };
  return signal;
}

describe("what is made in somebody's home", () => {
  it('belongs to the owner of the directory it is made in, also when root makes it', async () => {
    const home = temporaryDirectory();
    const isRoot = process.getuid?.() === 0;
    if (isRoot) chownSync(home, OTHER, OTHER);
    const owner = isRoot ? OTHER : process.getuid?.();
    const store = createStore({ directory: join(home, '.config', 'mmai') });
    const set = (region: string) => store.update(({ profiles }) => void Object.assign(profiles, { p: { region } }));
    await set('a');
    await set('b');
    createRecentTasks(join(home, '.local', 'state'), () => 'x').remember([{ id: parseTaskId('1'), state: null }]);
    const made = ['.config', '.config/mmai', '.config/mmai/config.json', '.local', '.local/state/recent-tasks'];
    assert.deepEqual(
      made.map((path) => [path, statSync(join(home, path)).uid]),
      made.map((path) => [path, owner]),
    );
  });

  it("is made by root where a directory in it is root's, as a container's root leaves them in the home of another user", async () => {
    const home = temporaryDirectory();
    mkdirSync(join(home, '.config'), { mode: 0o755 });
    if (process.getuid?.() === 0) chownSync(home, OTHER, OTHER);
    const store = createStore({ directory: join(home, '.config', 'mmai') });
    await store.update(() => {});
    assert.equal(statSync(store.path).uid, process.getuid?.() ?? 0);
  });

  it('stays with its owner, not with that of the directory, where it was there before', async () => {
    const home = temporaryDirectory();
    const isRoot = process.getuid?.() === 0;
    mkdirSync(join(home, 'mmai'));
    const store = createStore({ directory: join(home, 'mmai') });
    writeFileSync(store.path, '{}');
    if (isRoot) chownSync(store.path, OTHER, OTHER);
    await store.update(({ profiles }) => void Object.assign(profiles, { p: {} }));
    assert.equal(statSync(store.path).uid, isRoot ? OTHER : process.getuid?.());
  });

  it('never holds what only root may read, though its owner puts a link in its place while root waits for the lock', async () => {
    const [home, abroad] = [temporaryDirectory(), temporaryDirectory()];
    const store = createStore({ directory: join(home, 'mmai'), signal: signalWhenWaiting(swap) });
    const secrets = join(abroad, 'config.json');
    writeFileSync(secrets, JSON.stringify({ profiles: { p: { 'access-key-secret': 'of-root' } } }), { mode: 0o600 });
    mkdirSync(`${store.path}.lock`, { recursive: true });
    writeFileSync(store.path, '{}');
    const isRoot = process.getuid?.() === 0;
    const made = [home, join(home, 'mmai'), store.path, `${store.path}.lock`];
    if (isRoot) for (const path of made) chownSync(path, OTHER, OTHER);
    const saved = store.update(({ profiles }) => void Object.assign(profiles, { q: { region: 'x' } }));
    if (isRoot) await assert.rejects(saved, { exitCode: 2, message: /EACCES/ });
    else await saved;
    assert.equal(process.geteuid?.(), process.getuid?.());

    function swap() {
      rmSync(store.path);
      symlinkSync(secrets, store.path);
      rmSync(`${store.path}.lock`, { recursive: true, force: true });
    }
  });

  it('is made by root where a link of that home leads only within it', async () => {
    const [home, abroad] = [temporaryDirectory(), temporaryDirectory()];
    const isRoot = process.getuid?.() === 0;
    symlinkSync(abroad, join(home, 'mmai'));
    if (isRoot) chownSync(home, OTHER, OTHER);
    if (isRoot) lchownSync(join(home, 'mmai'), OTHER, OTHER);
    const made = createStore({ directory: join(home, 'mmai') }).update(() => {});
    if (isRoot) await assert.rejects(made, { exitCode: 2, message: /mmai is another user's link/ });
    else await made;
    assert.equal(existsSync(join(abroad, 'config.json')), !isRoot);
  });
});
