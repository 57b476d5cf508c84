import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  promises,
  readFileSync,
  rmdirSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, it, mock } from 'node:test';
import { writableSize, writeText } from '../../src/io/files.ts';
import { temporaryDirectory } from '../support/mmai.ts';

describe('a report', () => {
  const directory = temporaryDirectory();
  const path = (name: string) => join(directory, name);

  it('is added, on a line of its own, to a file that may be written and not read', async () => {
    writeFileSync(path('unreadable'), 'x=1');
    const { open } = promises;
    const refused = Object.assign(new Error('refused'), { code: 'EACCES' });
    const opening = mock.method(promises, 'open', (file: string, flags: number) =>
      flags === constants.O_RDONLY ? Promise.reject(refused) : open(file, flags),
    );
    await writeText(path('unreadable'), 'a=1\n', 'append').finally(() => opening.mock.restore());
    assert.equal(readFileSync(path('unreadable'), 'utf8'), 'x=1\na=1\n');
  });

  it('replaces what there was', async () => {
    writeFileSync(path('replaced'), 'a long old text\n');
    await writeText(path('replaced'), 'new\n', 'replace');
    assert.equal(readFileSync(path('replaced'), 'utf8'), 'new\n');
  });

  for (const [before, after] of [
    ['', 'a=1\n'],
    ['x=1\n', 'x=1\na=1\n'],
    ['x=1', 'x=1\na=1\n'],
    ['x=1\r\n', 'x=1\r\na=1\n'],
  ] as const) {
    it(`is added to ${JSON.stringify(before)} on a line of its own`, async () => {
      const file = path(`added${after.length}`);
      writeFileSync(file, before);
      await writeText(file, 'a=1\n', 'append');
      assert.equal(readFileSync(file, 'utf8'), after);
      await writeText(file, '', 'append');
      assert.equal(readFileSync(file, 'utf8'), after);
    });
  }

  it('is not left half, where the disk fills up: the end of a list would be the ID of another task', async () => {
    writeFileSync(path('full'), 'x=1\n');
    const { open } = promises;
    const opening = mock.method(promises, 'open', async (file: string, flags: number) => {
      const opened = await open(file, flags);
      const write = opened.write.bind(opened);
      const full = Object.assign(new Error('full'), { code: 'ENOSPC' });
      const untilFull = (bytes: Uint8Array, at: number) => (at === 0 ? write(bytes, 0, 5) : Promise.reject(full));
      return Object.assign(opened, { write: untilFull });
    });
    const writing = writeText(path('full'), 'still-running=10 11\n', 'append');
    await assert.rejects(writing, { code: 'ENOSPC' }).finally(() => opening.mock.restore());
    assert.equal(readFileSync(path('full'), 'utf8'), 'x=1\n');
  });

  it('can be written where there is none yet; looking creates nothing', async () => {
    assert.equal(await writableSize(path('none')), 0);
    assert.equal(existsSync(path('none')), false);
    writeFileSync(path('some'), '12345');
    assert.equal(await writableSize(path('some')), 5);
  });

  it('cannot be written where opening it is refused, which the rights of the file do not tell', async () => {
    const { open } = promises;
    const refused = Object.assign(new Error("another user's in /tmp"), { code: 'EACCES' });
    const isWriting = (flags: string | number) => flags === 'a' || (Number(flags) & constants.O_CREAT) !== 0;
    const opening = mock.method(promises, 'open', (file: string, flags: string | number) =>
      isWriting(flags) ? Promise.reject(refused) : open(file, flags),
    );
    await assert.rejects(writableSize(path('some')), refused).finally(() => opening.mock.restore());
    assert.equal(readFileSync(path('some'), 'utf8'), '12345');
    assert.equal(await writableSize(path('some')), 5);
    assert.equal(readFileSync(path('some'), 'utf8'), '12345');
  });

  it('cannot be written as a directory, below a file, or in a directory that is not there', async () => {
    mkdirSync(path('directory'));
    await assert.rejects(writableSize(path('directory')), /EISDIR/);
    await assert.rejects(writableSize(join(path('some'), 'below')), /ENOTDIR/);
    await assert.rejects(writableSize(join(path('missing'), 'file')), /ENOENT/);
    await assert.rejects(writableSize(`${path('none')}/`), /EISDIR/);
  });

  it('can be written where a link leads to, if a file can be made there', async () => {
    symlinkSync('none', path('link'));
    assert.equal(await writableSize(path('link')), 0);
    symlinkSync(join('missing', 'file'), path('lost'));
    await assert.rejects(writableSize(path('lost')), /ENOENT/);
    symlinkSync('loop', path('loop'));
    await assert.rejects(writableSize(path('loop')), /ELOOP/);
  });

  it('is looked for to the end though a signal comes: what was created is removed', () => {
    const program = `
      import { promises } from 'node:fs';
      import { systemDeps } from './src/system.ts';
      const { unlink } = promises;
      promises.unlink = (path) => {
        process.emit('SIGINT', 'SIGINT');
        return unlink(path);
      };
      const deps = systemDeps();
      deps.handleSignals();
      console.log(await deps.writableSize(process.argv[1]), deps.signal.aborted);
    `;
    const args = ['--import', 'tsx', '--input-type=module', '--eval', program, path('interrupted')];
    const printed = execFileSync(process.execPath, args, { cwd: join(import.meta.dirname, '../..'), encoding: 'utf8' });
    assert.equal(printed, '0 true\n');
    assert.equal(existsSync(path('interrupted')), false);
  });

  it('cannot be written where no file can be made, whatever the rights', async () => {
    if (!existsSync('/proc/self/fd')) return;
    // Below a directory that was deleted, as a working directory may be, and in one that takes no files.
    mkdirSync(path('deleted'));
    const descriptor = openSync(path('deleted'), 'r');
    rmdirSync(path('deleted'));
    for (const directory of [`/proc/self/fd/${descriptor}`, '/proc']) {
      await assert.rejects(writableSize(join(directory, 'file')), /ENOENT|EACCES/);
    }
    closeSync(descriptor);
  });
});
