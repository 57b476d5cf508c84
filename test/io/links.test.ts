import assert from 'node:assert/strict';
import {
  chownSync,
  closeSync,
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
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { checkOpened, followLinks } from '../../src/io/directories.ts';
import { createStore } from '../../src/io/store.ts';
import { systemDeps } from '../../src/system.ts';
import { OTHER } from '../support/foreign.ts';
import { temporaryDirectory } from '../support/mmai.ts';

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
