import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { LARGE, type Large } from '../support/memory.ts';

// Not as a part of this test run, which would be reported in binary.
const { NODE_TEST_CONTEXT: _, ...env } = process.env;
const script = fileURLToPath(new URL('../support/memory.ts', import.meta.url));
/** 16 MiB of each kind; `npm run soak` has the full size, 10,000 tasks and a MiB. */
const [TASKS, BYTES] = [64, 2 ** 18];
const KINDS: Readonly<Record<string, readonly Large[]>> = {
  watch: Object.keys(LARGE) as Large[],
  status: ['error pages', 'request ids', 'messages'],
  result: ['error pages', 'reasons and URLs', 'short reasons in long XML'],
};

describe('memory follows the tasks, not the responses', () => {
  for (const [command, kinds] of Object.entries(KINDS)) {
    it(`of ${command}, whatever a long response is made of`, async () => {
      const args = ['--expose-gc', '--import', 'tsx', script, command, String(TASKS), String(BYTES), ...kinds];
      const { stdout }: { stdout: string } = await promisify(execFile)(process.execPath, args, { env });
      const lines = stdout.split('\n').filter((line) => line.startsWith('['));
      const held = lines.map((line): [string, number] => JSON.parse(line));
      assert.deepEqual(
        held.map(([kind]) => kind),
        kinds,
      );
      for (const [kind, mebibytes] of held) assert.ok(mebibytes < 8, `${kind}: ${mebibytes} MiB`);
    });
  }
});
