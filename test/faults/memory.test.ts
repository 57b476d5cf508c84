import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { LARGE } from '../support/memory.ts';

// Not as a part of this test run, which would be reported in binary.
const { NODE_TEST_CONTEXT: _, ...env } = process.env;
const script = fileURLToPath(new URL('../support/memory.ts', import.meta.url));
/** 25 MiB of each kind; `npm run soak` has the full size, 10,000 tasks and a MiB. */
const [TASKS, BYTES] = [200, 2 ** 17];

describe('memory follows the tasks, not the responses', () => {
  for (const command of ['status', 'watch', 'result']) {
    it(`of ${command}, whatever a long response is made of`, async () => {
      const args = [
        '--expose-gc',
        '--import',
        'tsx',
        script,
        command,
        String(TASKS),
        String(BYTES),
        ...Object.keys(LARGE),
      ];
      const { stdout }: { stdout: string } = await promisify(execFile)(process.execPath, args, { env });
      const lines = stdout.split('\n').filter((line) => line.startsWith('['));
      const held = lines.map((line): [string, number] => JSON.parse(line));
      assert.deepEqual(
        held.map(([kind]) => kind),
        Object.keys(LARGE),
      );
      for (const [kind, mebibytes] of held) assert.ok(mebibytes < 13, `${kind}: ${mebibytes} MiB`);
    });
  }
});
