import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { splitCommandLine } from '../../src/core/credentials/command-line.ts';
import { runCommand } from '../../src/io/command.ts';
import { readText } from '../../src/io/files.ts';
import { temporaryDirectory } from '../support/mmai.ts';

describe('readText', () => {
  it('reads a file, through a link too; where there is none it says so', async () => {
    const folder = temporaryDirectory();
    writeFileSync(join(folder, 'a'), '中文\n');
    symlinkSync('a', join(folder, 'link'));
    assert.equal(await readText(join(folder, 'link')), '中文\n');
    assert.equal(await readText(join(folder, 'none')), undefined);
    assert.equal(await readText(join(folder, 'a', 'none')), undefined);
  });

  it('refuses what is too large, a folder, and a pipe, which it does not wait for', async () => {
    const folder = temporaryDirectory();
    writeFileSync(join(folder, 'large'), '');
    truncateSync(join(folder, 'large'), 1024 * 1024 + 1);
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    await assert.rejects(readText(join(folder, 'large')), { code: 'EFBIG' });
    await assert.rejects(readText(folder), { code: 'EISDIR' });
    await assert.rejects(readText(join(folder, 'pipe')), { code: 'EINVAL' });
  });
});

describe('splitCommandLine', () => {
  const lines: [line: string, words: string[] | undefined][] = [
    ['tool --flag  value', ['tool', '--flag', 'value']],
    [`"/opt/my tool" 'it''s' "say \\"hi\\""`, ['/opt/my tool', 'its', 'say "hi"']],
    ['a\\ b "c\\d" \'e\\f\'', ['a b', 'c\\d', 'e\\f']],
    ['tool "" end', ['tool', '', 'end']],
    ['$HOME `x` *', ['$HOME', '`x`', '*']],
    ['open "quote', undefined],
    ['  ', undefined],
  ];
  for (const [line, words] of lines) {
    it(line, () => {
      assert.deepEqual(splitCommandLine(line, false), words);
    });
  }

  it('on Windows a backslash separates folders', () => {
    assert.deepEqual(splitCommandLine('C:\\tools\\key.exe "C:\\my tools\\k" x', true), [
      'C:\\tools\\key.exe',
      'C:\\my tools\\k',
      'x',
    ]);
  });
});

describe('runCommand', () => {
  const signal = new AbortController().signal;
  const node = (script: string) => `'${process.execPath}' -e "${script}"`;
  const run = (line: string, limits = {}) => runCommand(line, { timeoutMs: 30_000, signal, ...limits }, 'linux');

  it('gives exit code and standard output, and has no standard input', async () => {
    const script = 'process.stdin.on(`end`, () => { console.log(1); process.exitCode = 3 }).resume()'.replaceAll(
      '`',
      '\\`',
    );
    assert.deepEqual(await run(node(script)), { how: 'exited', exitCode: 3, stdout: '1\n' });
  });

  it('does not wait for a grandchild that holds the pipe', async () => {
    const line = `sh -c "sleep 5 & wait"`;
    assert.deepEqual(await run(line, { timeoutMs: 300 }), { how: 'timeout' });
  });

  it('stops on the signal, at once when it is aborted already', async () => {
    const controller = new AbortController();
    const running = run(node('setInterval(() => {}, 1000)'), { signal: controller.signal });
    controller.abort();
    assert.deepEqual(await running, { how: 'stopped' });
    assert.deepEqual(await run('true', { signal: AbortSignal.abort() }), { how: 'stopped' });
  });

  it('says why a command could not be started', async () => {
    assert.deepEqual(await run('/nowhere/tool'), { how: 'notStarted', code: 'ENOENT' });
    assert.deepEqual(await run('"open'), { how: 'notStarted', code: 'EINVAL' });
  });
});
