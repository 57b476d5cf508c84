import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
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
import { basename, dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { bin, mmai, type SpawnOptions, sandbox, temporaryDirectory } from './support/mmai.ts';

/** A cache of its own, and a run that uses it and has to succeed. */
function fresh() {
  const home = temporaryDirectory();
  const root = join(home, 'mmai');
  const run = async ({ env, ...options }: SpawnOptions = {}) => {
    const args = ['status', '1', '-o', 'tsv', '--simulate', '2'];
    const ended = await mmai(args, { env: { XDG_CACHE_HOME: home, ...env }, ...options });
    assert.deepEqual(ended, { code: 0, signal: null, stdout: '1\tsucceeded\t2\n', stderr: '' });
  };
  return { home, root, run };
}

/** A cache of its own with what a first run leaves in it, which one run made for all tests. */
async function used() {
  const cache = fresh();
  cpSync(await made, cache.root, { recursive: true });
  return cache;
}
const made = (async () => {
  const { root, run } = fresh();
  await run();
  return root;
})();

function filesIn(root: string): string[] {
  const entries = existsSync(root) ? readdirSync(root, { recursive: true, encoding: 'utf8' }) : [];
  return entries.map((name) => join(root, name)).filter((path) => statSync(path).isFile());
}

/** Tells a file that was written again from one that was left alone. */
const inodes = (root: string) => filesIn(root).map((path) => `${path} ${statSync(path).ino}`);

describe('the code cache', { concurrency: 4 }, () => {
  it('is made by the first run, for its owner alone, and taken as it is by the next', async () => {
    const { root, run } = fresh();
    await run();
    const made = inodes(root);
    assert.ok(made.length >= 2);
    for (const path of [...filesIn(root), ...readdirSync(root).map((name) => join(root, name))]) {
      assert.equal(statSync(path).mode & 0o077, 0, path);
    }
    await run();
    assert.deepEqual(inodes(root), made);
  });

  it('is not made by a run with much on its heap, in which V8 has dropped what a start needs', async () => {
    const { home, root, run } = fresh();
    const preload = join(home, 'kept.cjs');
    writeFileSync(preload, 'globalThis.kept = Array.from({ length: 2 ** 20 }, (_, index) => ({ index }));');
    await run({ env: { NODE_OPTIONS: `--require ${preload}` } });
    assert.equal(existsSync(root), false);
  });

  it('is made with MMAI_NO_CACHE=0, and not with MMAI_NO_CACHE=1 or by a run that failed', async () => {
    const { home, root, run } = fresh();
    await run({ env: { MMAI_NO_CACHE: '1' } });
    await mmai(['status', 'x'], { env: { XDG_CACHE_HOME: home } });
    assert.equal(existsSync(root), false);
    await run({ env: { MMAI_NO_CACHE: '0' } });
    assert.equal(existsSync(root), true);
  });

  it('keeps the code of each command apart: help first would leave out what the others need', async () => {
    const { home, root, run } = fresh();
    const names = () => filesIn(root).map((path) => path.replace(/^.*-([a-z]+-[a-z-]+\.cjs)$/, '$1'));
    await mmai(['status', '--help'], { env: { XDG_CACHE_HOME: home } });
    assert.deepEqual(names(), ['help-main.cjs']);
    await run();
    assert.deepEqual(names().sort(), ['help-main.cjs', 'status-main.cjs', 'status-undici.cjs']);
  });

  const flip = (path: string, positions: readonly number[]) => {
    const bytes = readFileSync(path);
    for (const position of positions) bytes[position]! ^= 1;
    writeFileSync(path, bytes);
  };
  const damages: [string, (path: string) => void][] = [
    ['a flipped bit', (path) => flip(path, [2000])],
    ['two halves damaged alike', (path) => flip(path, [2000, 2000 + statSync(path).size / 2])],
    ['another last byte', (path) => flip(path, [statSync(path).size - 1])],
    ['zeros inside', (path) => writeFileSync(path, readFileSync(path).fill(0, 4096, 8192))],
    ['nothing but zeros', (path) => writeFileSync(path, readFileSync(path).fill(0))],
    ['a missing end', (path) => truncateSync(path, 1000)],
    ['more at the end', (path) => truncateSync(path, statSync(path).size + 4)],
    ['four zeros', (path) => writeFileSync(path, Buffer.alloc(4))],
    ['nothing inside', (path) => truncateSync(path, 0)],
    ['something else inside', (path) => writeFileSync(path, 'no code at all\n'.repeat(100))],
  ];
  for (const [what, damage] of damages) {
    it(`is made again where files have ${what}`, async () => {
      const { root, run } = await used();
      const damaged = new Set(inodes(root));
      for (const path of filesIn(root)) damage(path);
      await run();
      assert.deepEqual(
        inodes(root).filter((file) => damaged.has(file)),
        [],
      );
      assert.equal(filesIn(root).length, damaged.size);
    });
  }

  it('is done without where it cannot be written', async () => {
    const { run } = fresh();
    await run({ env: { XDG_CACHE_HOME: '/dev/null/x' } });
  });

  it('is done without where no /proc is mounted, so that Node cannot say how much memory it has', async () => {
    const { home, root, run } = fresh();
    const preload = join(home, 'no-proc.cjs');
    writeFileSync(preload, `process.memoryUsage = () => { throw new Error('ENOENT'); };`);
    await run({ nodeFlags: ['--require', preload] });
    assert.equal(existsSync(root), false);
  });

  it('is done without where its path would follow the working directory, and where the user has no home', async () => {
    const { root, run } = fresh();
    // As Node does for a user without HOME who is not in /etc/passwd.
    const preload = join(dirname(root), 'no-home.cjs');
    writeFileSync(preload, `require('node:os').homedir = () => { throw new Error('ENOENT'); };`);
    await run({ env: { XDG_CACHE_HOME: 'relative' }, cwd: dirname(root) });
    await run({ env: { XDG_CACHE_HOME: '', HOME: '' }, cwd: dirname(root) });
    await run({ env: { XDG_CACHE_HOME: '' }, nodeFlags: ['--require', preload], cwd: dirname(root) });
    assert.deepEqual(readdirSync(dirname(root)), ['no-home.cjs']);
  });

  it('does not wait for a pipe in place of a file', { skip: process.platform === 'win32' }, async () => {
    const { root, run } = await used();
    for (const path of filesIn(root)) {
      rmSync(path);
      execFileSync('mkfifo', [path]);
    }
    await run();
    assert.equal(filesIn(root).length, 2);
  });

  it('leaves nothing half written on a full disk', () => {
    const { home, root } = fresh();
    // A file may have one block: writing ends as on a full disk.
    const script = `ulimit -f 1; exec "$0" "$@"`;
    const env = { PATH: process.env.PATH, HOME: home, XDG_CACHE_HOME: home };
    const args = ['-c', script, process.execPath, bin, 'status', '1', '-o', 'tsv', '--simulate', '2'];
    const { status, stdout } = spawnSync('bash', args, { env, encoding: 'utf8' });
    assert.deepEqual({ status, stdout }, { status: 0, stdout: '1\tsucceeded\t2\n' });
    assert.deepEqual(filesIn(root), []);
  });

  it('is complete after first runs at the same time', async () => {
    const { root, run } = fresh();
    await Promise.all(Array.from({ length: 6 }, () => run()));
    const made = inodes(root);
    assert.deepEqual(
      filesIn(root).filter((path) => !path.endsWith('.cjs')),
      [],
    );
    await run();
    assert.deepEqual(inodes(root), made);
  });

  it('is another for each build, whatever its version and the time of its files', async () => {
    const { root, run } = fresh();
    const other = temporaryDirectory();
    for (const name of ['bin', 'dist', 'package.json']) {
      cpSync(join(dirname(bin), '..', name), join(other, name), { recursive: true, preserveTimestamps: true });
    }
    await run({ bin: join(other, 'bin/mmai.cjs') });
    await run();
    assert.equal(filesIn(root).length, 2, 'the same build uses the same files');
    const loader = join(other, 'dist/code-cache.cjs');
    const [build] = /(?<=code-)[0-9a-f]{16}/.exec(filesIn(root)[0]!)!;
    // A long line of the bundle may be broken inside the hash.
    const code = readFileSync(loader, 'latin1').replaceAll('\\\n', '');
    writeFileSync(loader, code.replace(build, '0123456789abcdef'));
    await run({ bin: join(other, 'bin/mmai.cjs') });
    assert.equal(filesIn(root).length, 4);
  });

  it('is refused by a V8 with other flags, as by another V8, and made anew', async () => {
    const { root, run } = await used();
    const before = inodes(root);
    await run({ nodeFlags: ['--no-opt'] });
    assert.notDeepEqual(inodes(root), before);
  });

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
