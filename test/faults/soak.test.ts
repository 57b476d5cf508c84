import assert from 'node:assert/strict';
import { it } from 'node:test';
import { soak } from '../support/soak.ts';

it('every one of 30 tasks is reported exactly once, whatever faults are mixed in', async () => {
  const { results, lastLine, measures } = await soak(30, 3, 0.15);
  assert.deepEqual([results.size, ...new Set(results.values())], [30, 1]);
  assert.equal(lastLine.type, 'summary');
  assert.ok(lastLine.retries > 0);
  assert.ok((measures.at(-1)?.peaks.TCPSocketWrap ?? 0) <= 16);
});
