import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  closeSync,
  constants,
  existsSync,
  openSync,
  readFileSync,
  readSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { splitCommandLine } from '../../src/io/command-line.ts';
import { readText, readTextSync, writeText } from '../../src/io/files.ts';
import { openAgain } from '../../src/io/own-opening.ts';
import { temporaryDirectory } from '../support/mmai.ts';
import { closeOnceRead } from '../support/pipe.ts';

/** Both readers, as functions that reject. */
const readers: [string, (path: string) => Promise<string | undefined>][] = [
  ['readText', readText],
  ['readTextSync', async (path) => readTextSync(path)],
];

/** A named pipe. */
function pipe(): string {
  const path = join(temporaryDirectory(), 'pipe');
  execFileSync('mkfifo', [path]);
  return path;
}

/** A named pipe whose both ends are open, so that neither reading nor writing it ends by itself. */
function openPipe() {
  const path = pipe();
  const descriptor = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
  return { path, descriptor };
}

/** Reads what is in a pipe now; the number of bytes. */
function drain(descriptor: number): number {
  try {
    return readSync(descriptor, Buffer.alloc(1_000_000));
  } catch {
    return 0;
  }
}

for (const [name, read] of readers) {
  describe(name, () => {
    it('reads a file, through a link too; where there is none it says so', async () => {
      const folder = temporaryDirectory();
      writeFileSync(join(folder, 'a'), '中文\n');
      symlinkSync('a', join(folder, 'link'));
      assert.equal(await read(join(folder, 'link')), '中文\n');
      assert.equal(await read(join(folder, 'none')), undefined);
      assert.equal(await read(join(folder, 'a', 'none')), undefined);
    });

    it('leaves out a byte order mark', async () => {
      const path = join(temporaryDirectory(), 'a');
      writeFileSync(path, '\ufeff{}');
      assert.equal(await read(path), '{}');
    });

    it('refuses what is too large, a directory, and what may never end, without waiting for it', async () => {
      const folder = temporaryDirectory();
      writeFileSync(join(folder, 'large'), '');
      truncateSync(join(folder, 'large'), 1024 * 1024 + 1);
      const server = createServer().listen(join(folder, 'socket'));
      after(() => server.close());
      await assert.rejects(read(join(folder, 'large')), { code: 'EFBIG' });
      await assert.rejects(read(folder), { code: 'EISDIR' });
      await assert.rejects(read(pipe()), { code: 'EINVAL' });
      await assert.rejects(read(join(folder, 'socket')), { code: 'EINVAL' });
      await assert.rejects(read('/dev/zero'), { code: 'EINVAL' });
    });

    it('reads a file of /proc, which says that it has no size', async () => {
      const path = '/proc/self/status';
      if (existsSync(path)) assert.match((await read(path)) ?? '', /^Name:[\s\S]*\n$/);
    });
  });
}

describe('readText', () => {
  it('reads a pipe if it may, until its writer closes it', async () => {
    const { path, descriptor } = openPipe();
    writeSync(descriptor, 'text\n');
    const reading = readText(path, { pipe: true });
    await closeOnceRead(path, descriptor);
    assert.equal(await reading, 'text\n');
  });

  it('ends at the limit and at the signal where nothing comes', async () => {
    const { path, descriptor } = openPipe();
    await assert.rejects(readText(path, { pipe: true, limitMs: 50 }), { code: 'ETIMEDOUT' });
    const controller = new AbortController();
    const reading = readText(path, { pipe: true, signal: controller.signal });
    controller.abort();
    await assert.rejects(reading, { code: 'ECANCELED' });
    await assert.rejects(readText('/dev/null', { signal: AbortSignal.abort() }), { code: 'ECANCELED' });
    closeSync(descriptor);
  });
});

describe('writeText', () => {
  it('replaces a file, or adds lines to it', async () => {
    const path = join(temporaryDirectory(), 'report');
    await writeText(path, 'long text', 'replace');
    await writeText(path, '一', 'replace');
    await writeText(path, '二', 'append');
    assert.equal(readFileSync(path, 'utf8'), '一\n二');
  });

  it('writes a pipe as fast as it is read', async () => {
    const { path, descriptor } = openPipe();
    const text = 'x'.repeat(200_000);
    const writing = writeText(path, text, 'replace');
    let read = 0;
    while (read < text.length) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      read += drain(descriptor);
    }
    await writing;
    assert.equal(read, text.length);
    closeSync(descriptor);
  });

  it('waits neither for a reader that is not there nor, beyond limit and signal, for one that does not read', async () => {
    await assert.rejects(writeText(pipe(), 'x', 'replace'), { code: 'ENXIO' });
    const { path, descriptor } = openPipe();
    const text = 'x'.repeat(200_000);
    await assert.rejects(writeText(path, text, 'replace', { limitMs: 50 }), { code: 'ETIMEDOUT' });
    const controller = new AbortController();
    const writing = writeText(path, text, 'replace', { signal: controller.signal });
    controller.abort();
    await assert.rejects(writing, { code: 'ECANCELED' });
    closeSync(descriptor);
  });

  it('says that a disk is full', async () => {
    if (existsSync('/dev/full')) await assert.rejects(writeText('/dev/full', 'x', 'replace'), { code: 'ENOSPC' });
  });
});

describe('openAgain', () => {
  it('opens no path on Windows, where any user can make /proc', (t) => {
    const { descriptor } = openPipe();
    t.after(() => closeSync(descriptor));
    const platform = Object.getOwnPropertyDescriptor(process, 'platform')!;
    t.after(() => Object.defineProperty(process, 'platform', platform));
    Object.defineProperty(process, 'platform', { ...platform, value: 'win32' });
    assert.equal(openAgain(descriptor), undefined);
  });
});

describe('splitCommandLine', () => {
  const lines: [line: string, words: string[] | undefined][] = [
    ['tool --flag  value', ['tool', '--flag', 'value']],
    [`"/opt/my tool" 'it''s' "say \\"hi\\""`, ['/opt/my tool', 'its', 'say "hi"']],
    ['a\\ b "c\\d" \'e\\f\'', ['a b', 'c\\d', 'e\\f']],
    ['tool "" end', ['tool', '', 'end']],
    ['tool \\\n --flag \\\nval\\\nue "a\\\nb" \\\n', ['tool', '--flag', 'value', 'ab']],
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
