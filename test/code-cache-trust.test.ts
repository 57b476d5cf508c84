import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { describe, it } from 'node:test';
import { filesIn, fresh, inodes, used } from './support/code-cache.ts';
import { mmai, sandbox } from './support/mmai.ts';

describe('what the code cache trusts', { concurrency: 4 }, () => {
  // Windows has no owners and modes of this kind.
  describe('is neither read nor written', { skip: process.platform === 'win32' }, () => {
    /** Files that a run would replace, since they are damaged, stay as they are. */
    async function assertUnused({ root, run }: ReturnType<typeof fresh>, change: () => void) {
      for (const path of filesIn(root)) truncateSync(path, 100);
      change();
      const left = inodes(root);
      assert.ok(left.length >= 2);
      await run();
      assert.deepEqual(inodes(root), left);
    }
    const somebody = 4711;
    const asRoot = process.getuid?.() === 0;

    it('where others may write in its directory or above it, as long as no sticky bit protects what is there', async () => {
      for (const mode of [0o777, 0o775, 0o1777]) {
        const cache = await used();
        await assertUnused(cache, () => chmodSync(cache.root, mode));
      }
      for (const mode of [0o777, 0o775]) {
        const cache = await used();
        await assertUnused(cache, () => chmodSync(cache.home, mode));
      }
      const { home, root, run } = fresh();
      chmodSync(home, 0o1777);
      await run();
      assert.ok(filesIn(root).length >= 2);
    });

    it('through a link in place of its directory', async () => {
      const cache = await used();
      await assertUnused(cache, () => {
        renameSync(cache.root, `${cache.root}-real`);
        symlinkSync(`${cache.root}-real`, cache.root);
      });
    });

    it('through a link in place of a file, which is replaced', async () => {
      const { root, run } = await used();
      const targets = filesIn(root).map((path) => `${path}.target`);
      for (const target of targets) {
        renameSync(target.replace('.target', ''), target);
        symlinkSync(target, target.replace('.target', ''));
      }
      const left = targets.map((path) => statSync(path).ino);
      await run();
      assert.deepEqual(
        targets.map((path) => statSync(path).ino),
        left,
      );
      for (const target of targets) assert.ok(lstatSync(target.replace('.target', '')).isFile());
    });

    it('where a file may be written by others', async () => {
      const { root, run } = await used();
      const [path] = filesIn(root);
      chmodSync(path!, 0o666);
      const before = statSync(path!).ino;
      await run();
      assert.notEqual(statSync(path!).ino, before);
      assert.equal(statSync(path!).mode & 0o777, 0o600);
    });

    it('where a file, the directory, one above it or a link to it is somebody else’s', { skip: !asRoot }, async () => {
      const owned = await used();
      const [path] = filesIn(owned.root);
      chownSync(path!, somebody, somebody);
      await owned.run();
      assert.equal(statSync(path!).uid, 0, 'a foreign file is replaced');
      for (const place of ['root', 'home'] as const) {
        const cache = await used();
        await assertUnused(cache, () => chownSync(cache[place], somebody, somebody));
      }
      const cache = fresh();
      const link = `${cache.home}-link`;
      symlinkSync(cache.home, link);
      await cache.run({ env: { XDG_CACHE_HOME: link } });
      assert.ok(filesIn(cache.root).length >= 2, 'a link of this user is followed');
      for (const file of filesIn(cache.root)) rmSync(file);
      execFileSync('chown', ['-h', String(somebody), link]);
      await cache.run({ env: { XDG_CACHE_HOME: link } });
      assert.deepEqual(filesIn(cache.root), []);
      rmSync(link);
    });

    it('by root in the home of somebody else, where nothing is made', { skip: !asRoot }, async () => {
      const { home, run } = fresh();
      chownSync(home, somebody, somebody);
      await run({ env: { XDG_CACHE_HOME: '', HOME: home } });
      assert.deepEqual(readdirSync(home), []);
    });
  });

  it('is done without, and without endless loops, where no directory can be made', { timeout: 20_000 }, async () => {
    const { run } = fresh();
    // mkdir says ENOENT there, though the parent exists.
    await run({ env: { XDG_CACHE_HOME: '/proc/x' } });
    await run({ env: { XDG_CACHE_HOME: '', HOME: '/proc/x' } });
    await run({ env: { XDG_CACHE_HOME: `/proc${'/x'.repeat(5000)}` } });
  });

  it('removes files of its own that are older than a month, and nothing else', async () => {
    const { home, root, run } = await used();
    const [own] = filesIn(root);
    const name = basename(own!);
    const old = [
      name.replace(/[0-9a-f]{16}/, '0123456789abcdef'),
      `${name}.x1.tmp`,
      name.replace(/-v[^-]*-/, '-v22.1.0-'),
    ];
    const others = [
      'config.json',
      '.git',
      'main.cjs',
      'code-main.cjs',
      `${name}~`,
      `x${name}`,
      name.replace('code', 'Code'),
    ];
    for (const file of [...old, ...others]) writeFileSync(join(root, file), 'x');
    const directory = join(root, name.replace(/[0-9a-f]{16}/, 'fedcba9876543210'));
    mkdirSync(directory);
    writeFileSync(join(directory, 'notes.txt'), 'x');
    writeFileSync(join(home, 'beside.txt'), 'x');
    const link = join(root, name.replace(/[0-9a-f]{16}/, '0000000000000000'));
    symlinkSync(join(home, 'beside.txt'), link);
    const month = new Date(Date.now() - 31 * 86_400_000);
    for (const file of readdirSync(root)) if (file !== basename(link)) utimesSync(join(root, file), month, month);
    utimesSync(join(home, 'beside.txt'), month, month);
    const recent = join(root, name.replace(/[0-9a-f]{16}/, '1111111111111111'));
    writeFileSync(recent, 'x');
    rmSync(own!);
    await run();
    const left = new Set(readdirSync(root));
    assert.deepEqual(
      old.filter((file) => left.has(file)),
      [],
    );
    assert.deepEqual(
      others.filter((file) => !left.has(file)),
      [],
    );
    assert.ok(existsSync(join(directory, 'notes.txt')) && existsSync(join(home, 'beside.txt')));
    assert.ok(left.has(basename(link)) && left.has(basename(recent)));
  });

  it('holds no key, secret or token', async () => {
    const { home, root } = fresh();
    const { env } = await sandbox({ accessKeys: [{ accessKeyId: 'canaryId', accessKeySecret: 'canarySecret' }] });
    const key = { ALIBABA_CLOUD_ACCESS_KEY_ID: 'canaryId', ALIBABA_CLOUD_ACCESS_KEY_SECRET: 'canarySecret' };
    assert.equal((await mmai(['status', '1'], { env: { ...env, ...key, XDG_CACHE_HOME: home } })).code, 0);
    assert.ok(filesIn(root).length >= 2);
    for (const path of filesIn(root)) {
      const bytes = readFileSync(path);
      for (const encoding of ['latin1', 'utf16le'] as const) {
        assert.equal(bytes.includes(Buffer.from('canary', encoding)), false, path);
      }
    }
  });
});
