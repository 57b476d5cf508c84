import assert from 'node:assert/strict';
import {
  chmodSync,
  chownSync,
  closeSync,
  constants,
  existsSync,
  lchownSync,
  mkdirSync,
  openSync,
  realpathSync,
  rmdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { parseTaskId } from '../../src/core/task.ts';
import {
  canOthersChange,
  checkOpened,
  configDirectory,
  followLinks,
  isForeign,
  makeDirectory,
  stateDirectory,
} from '../../src/io/directories.ts';
import { createRecentTasks } from '../../src/io/recent-tasks.ts';
import { createStore } from '../../src/io/store.ts';
import { systemDeps } from '../../src/system.ts';
import { temporaryDirectory } from '../support/mmai.ts';

/** A user who is not root; whoever runs the tests as another user is meant then. */
const OTHER = 12345;

describe('the config directory', () => {
  const cases: [string, object, string, string][] = [
    ['MMAI_CONFIG_DIR', { MMAI_CONFIG_DIR: '/c', XDG_CONFIG_HOME: '/x' }, 'linux', '/c'],
    ['MMAI_CONFIG_DIR of a file with CRLF', { MMAI_CONFIG_DIR: '/c\r' }, 'linux', '/c'],
    ['XDG_CONFIG_HOME', { XDG_CONFIG_HOME: '/x' }, 'linux', '/x/mmai'],
    ['%APPDATA% on Windows', { APPDATA: '/a' }, 'win32', '/a/mmai'],
    ['the home directory', { APPDATA: '/a' }, 'linux', '/h/.config/mmai'],
    ['the home directory where the others are relative', { XDG_CONFIG_HOME: '~/.config' }, 'linux', '/h/.config/mmai'],
  ];
  for (const [name, env, platform, expected] of cases) {
    it(`comes from ${name}`, () => assert.equal(configDirectory({ ...env }, platform, '/h'), expected));
  }

  it('is refused where MMAI_CONFIG_DIR is relative', () => {
    const refusal = { exitCode: 2, message: /MMAI_CONFIG_DIR: "conf" is a relative path/ };
    assert.throws(() => configDirectory({ MMAI_CONFIG_DIR: 'conf' }, 'linux', '/h'), refusal);
    const long = { MMAI_CONFIG_DIR: 'x'.repeat(100_000) };
    assert.throws(() => configDirectory(long, 'linux', '/h'), { message: /^MMAI_CONFIG_DIR: "x{79}…" is/ });
  });
});

describe('the state directory', () => {
  it('is in XDG_STATE_HOME, %LOCALAPPDATA% or ~/.local/state; relative ones are ignored', () => {
    assert.equal(stateDirectory({ XDG_STATE_HOME: '/s' }, 'linux', '/h'), join('/s', 'mmai'));
    assert.equal(stateDirectory({ LOCALAPPDATA: '/l' }, 'win32', '/h'), join('/l', 'mmai'));
    assert.equal(stateDirectory({}, 'linux', '/h'), join('/h', '.local', 'state', 'mmai'));
    assert.equal(stateDirectory({ XDG_STATE_HOME: 's' }, 'linux', '/h'), join('/h', '.local', 'state', 'mmai'));
  });
});

describe('makeDirectory', () => {
  it('makes what is missing, for the owner only, and leaves what is there', () => {
    const top = temporaryDirectory();
    makeDirectory(join(top, 'a', 'b'));
    makeDirectory(join(top, 'a', 'b'));
    assert.equal(statSync(join(top, 'a')).mode & 0o777, 0o700);
    assert.equal(statSync(join(top, 'a', 'b')).mode & 0o777, 0o700);
  });

  it('ends where it cannot be made', () => {
    const top = temporaryDirectory();
    writeFileSync(join(top, 'file'), '');
    assert.throws(() => makeDirectory(join(top, 'file', 'a')), { code: 'ENOTDIR' });
    symlinkSync(join(top, 'nowhere', 'x'), join(top, 'link'));
    assert.throws(() => makeDirectory(join(top, 'link', 'a')), { code: 'ENOENT' });
    // Here mkdir says that there is no parent, though there is.
    if (existsSync('/proc')) assert.throws(() => makeDirectory('/proc/x/a'), { code: 'ENOENT' });
  });
});

describe('a path with symbolic links', () => {
  /** A home of a user who is not the one who follows, with a link in it. */
  function linkInHome(target: string, name = 'link') {
    const home = realpathSync(temporaryDirectory());
    symlinkSync(target, join(home, name));
    if (process.getuid?.() === 0) {
      chownSync(home, OTHER, OTHER);
      lchownSync(join(home, name), OTHER, OTHER);
    }
    return home;
  }
  const root = 0;

  it('leads to where its last link points, though nothing is there', () => {
    const home = linkInHome('dotfiles');
    assert.equal(followLinks(join(home, 'link', 'mmai', 'config.json')), join(home, 'dotfiles', 'mmai', 'config.json'));
    assert.throws(() => followLinks(join(linkInHome('link'), 'link')), { code: 'ELOOP' });
  });

  it('leads up from where a link leads to, and not from the link, as to the system', () => {
    const home = realpathSync(temporaryDirectory());
    for (const directory of ['releases/1', 'shared', 'releases/shared'])
      mkdirSync(join(home, directory), { recursive: true });
    symlinkSync('releases/1', join(home, 'current'));
    for (const text of [
      'current/../shared/config.json',
      './current/.././shared//config.json',
      `${home}/current/../shared/config.json`,
    ]) {
      rmSync(join(home, 'link'), { force: true });
      symlinkSync(text, join(home, 'link'));
      assert.equal(followLinks(join(home, 'link')), join(home, 'releases/shared/config.json'));
    }
  });

  it("of another user's link leads into that user's directories only", () => {
    const home = linkInHome('dotfiles.json');
    assert.equal(followLinks(join(home, 'link'), root), join(home, 'dotfiles.json'));
    for (const path of ['link', 'link/mmai/config.json']) {
      const abroad = linkInHome('/nowhere');
      assert.throws(() => followLinks(join(abroad, path), root), { link: join(abroad, 'link') });
    }
  });

  const isRoot = process.getuid?.() === 0;

  it("of another user's link is not read by root, who would save what is there for that user", async () => {
    const read = (path: string) => systemDeps().readText(path);
    const mine = join(temporaryDirectory(), 'mine');
    writeFileSync(mine, 'mine');
    const abroad = read(join(linkInHome(mine), 'link'));
    if (isRoot) await assert.rejects(abroad, { code: 'EACCES' });
    else assert.equal(await abroad, 'mine');
    const home = linkInHome('dotfiles.json');
    assert.equal(await read(join(home, 'link')), undefined);
    writeFileSync(join(home, 'dotfiles.json'), '{}');
    assert.equal(await read(join(home, 'link')), '{}');
    await assert.rejects(read(join(linkInHome('link'), 'link')), { code: 'ELOOP' });
  });

  it('is read though the file has no name any more, as a shell hands over what it was given as text', async () => {
    const path = join(temporaryDirectory(), 'text');
    writeFileSync(path, 'mine');
    const descriptor = openSync(path, 'r');
    rmSync(path);
    // Elsewhere a file that is open keeps its name, or /dev/fd leads to a copy of the descriptor.
    if (process.platform === 'linux') assert.equal(await systemDeps().readText(`/dev/fd/${descriptor}`), 'mine');
    closeSync(descriptor);
  });

  it("of another user's link is not read by root as mmai's own config file either: config init would offer to keep its key", () => {
    const mine = join(temporaryDirectory(), 'config.json');
    writeFileSync(mine, '{"profiles":{"mine":{}}}');
    const read = () => createStore({ directory: linkInHome(mine, 'config.json') }).read();
    if (isRoot) assert.throws(read, { exitCode: 2, message: /EACCES/ });
    else assert.ok(read().profiles.mine);
  });

  it('is refused to root where another user has exchanged the link that was read for a file, or taken it away', () => {
    const home = linkInHome(temporaryDirectory());
    const opened = statSync(join(home, 'link'));
    rmSync(join(home, 'link'));
    const gone = join(temporaryDirectory(), 'made by another user, as in root’s own /tmp');
    if (isRoot) assert.throws(() => checkOpened(gone, opened), { code: 'EACCES' });
    const check = () => checkOpened(join(home, 'link'), opened);
    for (const exchange of [() => {}, () => writeFileSync(join(home, 'link'), '{}')]) {
      exchange();
      if (isRoot) assert.throws(check, { code: 'EACCES' });
      else assert.doesNotThrow(check);
    }
    assert.doesNotThrow(() => checkOpened(join(home, 'link'), statSync(join(home, 'link'))));
    // What belongs to the owner of the home may be another file than the one that is there by now.
    assert.doesNotThrow(() =>
      checkOpened(join(home, 'link'), { ...opened, uid: statSync(home).uid || OTHER, nlink: 1 }),
    );
  });

  it('is followed where the working directory is gone', { skip: process.platform === 'win32' }, (t) => {
    const [gone, before] = [temporaryDirectory(), process.cwd()];
    t.after(() => process.chdir(before));
    const path = join(temporaryDirectory(), 'config.json');
    writeFileSync(path, '{}');
    process.chdir(gone);
    rmdirSync(gone);
    assert.doesNotThrow(() => checkOpened(path, statSync(path)));
  });

  it('is opened within the limits of the reader first: to look at links of a file system that hangs would block root', async () => {
    const read = systemDeps().readText(join(linkInHome('/etc'), 'link'));
    await assert.rejects(read, { code: 'EISDIR' });
  });

  it("of one's own link, or of root's, leads anywhere", () => {
    assert.equal(followLinks(join(linkInHome('/nowhere'), 'link'), process.getuid?.() || OTHER), '/nowhere');
  });
});

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
