import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { filesIn, fresh, inodes, used } from './support/code-cache.ts';
import { bin, mmai, temporaryDirectory } from './support/mmai.ts';

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

  it('is where XDG_CACHE_HOME says, without the carriage return that a file of variables with CRLF leaves at its end', async () => {
    const { home, root, run } = fresh();
    await run({ env: { XDG_CACHE_HOME: `${home}\r` } });
    assert.equal(existsSync(root), true);
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

  const zeroMiddle = (path: string) => {
    const bytes = readFileSync(path);
    writeFileSync(path, bytes.fill(0, bytes.length / 2 - 2048, bytes.length / 2 + 2048));
  };

  /** But for the header that V8 checks. */
  const replaceZeros = (path: string) => {
    const bytes = readFileSync(path);
    const code = bytes.subarray(64, -64);
    bytes.set(
      code.map((byte) => byte || 1),
      64,
    );
    writeFileSync(path, bytes);
  };

  const damages: [string, (path: string) => void][] = [
    ['a flipped bit', (path) => flip(path, [2000])],
    ['two halves damaged alike', (path) => flip(path, [2000, 2000 + statSync(path).size / 2])],
    ['another last byte', (path) => flip(path, [statSync(path).size - 1])],
    ['zeros in the middle', zeroMiddle],
    ['a byte replaced in both halves', replaceZeros],
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
});
