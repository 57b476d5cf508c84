import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
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

  it('is not made with MMAI_NO_CACHE or by a run that failed', async () => {
    const { home, root, run } = fresh();
    await run({ env: { MMAI_NO_CACHE: '1' } });
    await mmai(['status', 'x'], { env: { XDG_CACHE_HOME: home } });
    assert.equal(existsSync(root), false);
  });

  it('keeps the code of each command apart: help first would leave out what the others need', async () => {
    const { home, root, run } = fresh();
    const names = () => filesIn(root).map((path) => path.replace(/^.*\//, ''));
    await mmai(['status', '--help'], { env: { XDG_CACHE_HOME: home } });
    assert.deepEqual(names(), ['help-main.cjs']);
    await run();
    assert.deepEqual(names().sort(), ['help-main.cjs', 'status-main.cjs', 'status-undici.cjs']);
  });

  const damages: [string, (path: string) => void][] = [
    [
      'a flipped bit',
      (path) =>
        writeFileSync(
          path,
          readFileSync(path).map((b, i) => (i === 2000 ? b ^ 1 : b)),
        ),
    ],
    ['a missing end', (path) => truncateSync(path, 1000)],
    ['nothing inside', (path) => truncateSync(path, 0)],
    ['something else inside', (path) => writeFileSync(path, 'no code at all\n'.repeat(100))],
  ];
  for (const [what, damage] of damages) {
    it(`is mended where files have ${what}`, async () => {
      const { root, run } = fresh();
      await run();
      const damaged = new Set(inodes(root));
      for (const path of filesIn(root)) damage(path);
      await run();
      assert.deepEqual(
        inodes(root).filter((file) => damaged.has(file)),
        [],
      );
      const mended = inodes(root);
      await run();
      assert.deepEqual(inodes(root), mended);
    });
  }

  it('is done without where it cannot be written', async () => {
    const { run } = fresh();
    await run({ env: { XDG_CACHE_HOME: '/dev/null/x' } });
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

  it('does not wait for what is no file, a pipe for example', { skip: process.platform === 'win32' }, async () => {
    const { root, run } = fresh();
    await run();
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

  it('comes whole out of first runs at the same time', async () => {
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

  it('is one for each version of mmai and each build of it', async () => {
    const { root, run } = fresh();
    const other = temporaryDirectory();
    for (const name of ['bin', 'dist']) cpSync(join(dirname(bin), '..', name), join(other, name), { recursive: true });
    const copy = { bin: join(other, 'bin/mmai.cjs') };
    for (const [version, time] of [['9.9.8', 1000] as const, ['9.9.9', 1000] as const, ['9.9.9', 2000] as const]) {
      writeFileSync(join(other, 'package.json'), JSON.stringify({ version }));
      utimesSync(join(other, 'dist/code-cache.cjs'), time, time);
      await run(copy);
    }
    await run();
    assert.equal(readdirSync(root).length, 4);
  });

  it('is refused by a V8 with other flags, as by another V8, and made anew', async () => {
    const { root, run } = fresh();
    await run();
    const made = inodes(root);
    await run({ nodeFlags: ['--no-opt'] });
    assert.notDeepEqual(inodes(root), made);
    await run();
  });

  it('is neither read nor written in a directory where others may write', async () => {
    const { root, run } = fresh();
    await run();
    const [directory] = readdirSync(root).map((name) => join(root, name));
    for (const path of filesIn(root)) truncateSync(path, 100);
    chmodSync(directory!, 0o777);
    const left = inodes(root);
    await run();
    assert.deepEqual(inodes(root), left);
  });

  it('sweeps out what no run has made for a month', async () => {
    const { root, run } = fresh();
    const [old, recent] = [join(root, 'old'), join(root, 'recent')];
    for (const path of [old, recent]) mkdirSync(path, { recursive: true, mode: 0o700 });
    utimesSync(old, new Date(), new Date(Date.now() - 31 * 86_400_000));
    await run();
    assert.deepEqual([existsSync(old), existsSync(recent)], [false, true]);
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
