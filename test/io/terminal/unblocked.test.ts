import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { closeSync, constants, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { describe, it } from 'node:test';
import { writeInThread } from '../../../src/io/terminal/unblocked.ts';
import { temporaryDirectory } from '../../support/mmai.ts';

describe('writing in a thread', { skip: process.platform === 'win32' }, () => {
  for (const [what, flags] of [
    ['blocks', 0],
    ['another program made non-blocking', constants.O_NONBLOCK],
  ] as const) {
    it(`to a full pipe that ${what} waits in memory, and comes whole and in order once it is read`, async () => {
      const path = join(temporaryDirectory(), 'pipe');
      execFileSync('mkfifo', [path]);
      // For reading too, so that opening does not wait for a reader.
      const writing = openSync(path, constants.O_RDWR | flags);
      const reading = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
      const stream = new Writable({ decodeStrings: false, write: () => assert.fail('its own way') });
      writeInThread(stream, writing);
      const texts = Array.from({ length: 300 }, (_, index) => `${index}-é`.padEnd(1000, '.'));
      let written = 0;
      for (const text of texts) stream.write(text, () => (written += 1));
      const all = Buffer.from(texts.join(''));
      const parts: Buffer[] = [];
      for (let left = all.byteLength; left > 0; ) {
        // A turn of the loop: it goes on whatever the pipe takes.
        await new Promise(setImmediate);
        const part = Buffer.alloc(left);
        try {
          left -= readSync(reading, part);
        } catch (error) {
          assert.equal((error as NodeJS.ErrnoException).code, 'EAGAIN');
          continue;
        }
        parts.push(part.subarray(0, part.byteLength - left));
      }
      assert.ok(Buffer.concat(parts).equals(all));
      await new Promise((done) => stream.end(done));
      assert.equal(written, texts.length);
      closeSync(writing);
      closeSync(reading);
    });
  }
});
