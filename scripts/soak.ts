import assert from 'node:assert/strict';
import { heldMiB } from '../test/support/memory.ts';
import { soak } from '../test/support/soak.ts';

/**
 * `npm run soak`: 100,000 polls of 10,000 tasks with mixed faults in one process, then responses of a MiB. Minutes; the figures are
 * printed.
 */
const [tasks, polls, faultRate] = [10_000, 10, 0.1];
const start = performance.now();
const { exitCode, results, errors, lastLine, measures } = await soak(tasks, polls, faultRate);
const [early, late] = measures as [(typeof measures)[number], (typeof measures)[number]];
const lines = measures.map((measure) => JSON.stringify(measure));
process.stdout.write(
  `${lines.join('\n')}\n${lastLine.requests} requests, ${lastLine.retries} retries, errors ${JSON.stringify([...errors])}, `,
);
process.stdout.write(`${Math.round((performance.now() - start) / 1000)} s\n`);

// Two clock errors in a row, which only a fault mixed in gives, end a task: the one extra request did not help.
assert.deepEqual(
  [...errors.keys()].filter((code) => code !== 'InvalidTimeStamp.Expired'),
  [],
);
assert.equal(exitCode, errors.size === 0 ? 0 : 4);
assert.equal(results.size, tasks);
assert.ok(
  [...results.values()].every((times) => times === 1),
  'every task is reported exactly once',
);
assert.ok(lastLine.requests >= tasks * polls);
assert.ok(late.heapMiB < early.heapMiB * 1.25 + 5, 'the heap is flat');
assert.ok(late.rssMiB < early.rssMiB * 1.5 + 20, 'the memory is flat');
// Eight connections, one of them perhaps being replaced, and the three pipes of the sandbox.
assert.ok((late.peaks.TCPSocketWrap ?? 0) <= 16, 'sockets are bounded');
assert.ok((late.peaks.Timeout ?? 0) <= 40, 'timers are bounded');

for (const [count, kind] of [
  [10_000, 'error pages'],
  [5000, 'request ids'],
] as const) {
  const held = await heldMiB('status', count, 2 ** 20, kind);
  process.stdout.write(`${count} ${kind} of a MiB: ${Math.round(held)} MiB held\n`);
  assert.ok(held < 200, 'memory follows the tasks, not the responses');
}
