import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { heldMiB, LARGE, type Large } from '../support/memory.ts';

/** 4 MiB of each kind; `npm run soak` has the full size, 10,000 tasks and a MiB. */
const [TASKS, BYTES] = [64, 2 ** 16];
const KINDS = {
  watch: Object.keys(LARGE) as Large[],
  status: ['error pages', 'request ids', 'messages'],
  'status --raw': ['error pages', 'request ids'],
  result: ['error pages', 'reasons and URLs', 'short reasons in long XML'],
} as const;

describe('memory follows the tasks, not the responses', () => {
  for (const command of ['watch', 'status', 'status --raw', 'result'] as const) {
    for (const kind of KINDS[command]) {
      it(`of ${command}, whatever a long response is made of: ${kind}`, async () => {
        const mebibytes = await heldMiB(command, TASKS, BYTES, kind);
        assert.ok(mebibytes < 1.2, `${mebibytes} MiB`);
      });
    }
  }
});
