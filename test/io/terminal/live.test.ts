import assert from 'node:assert/strict';
import { after, it } from 'node:test';
import { startLive } from '../../../src/io/terminal/live.ts';

it('a crash finds the terminal restored: the cursor is shown again when the process exits', async () => {
  let written = '';
  const stderr = {
    ...{ columns: 80, rows: 24, isTTY: true, on() {}, prependListener() {}, off() {} },
    write(text: string) {
      written += text;
    },
  } as unknown as NodeJS.WriteStream;
  const stdin = { isTTY: false } as NodeJS.ReadStream;
  const before = new Set(process.listeners('exit'));
  const ours = () => process.listeners('exit').filter((listener) => !before.has(listener));
  const options = { env: {}, stdin, stderr, signal: new AbortController().signal, onKey() {} };
  const live = await startLive({ block: () => ['a line'], share: () => 0 }, options);
  after(() => live.stop());
  assert.ok(!written.includes('\u001b[?25h'));
  for (const listener of ours()) listener(70);
  assert.ok(written.endsWith('\u001b[?25h'), JSON.stringify(written));
  assert.deepEqual(ours(), []);
});
