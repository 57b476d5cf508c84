import assert from 'node:assert/strict';
import { it } from 'node:test';
import { systemClock } from '../../src/io/system-clock.ts';

it('the clock asks Node for no timer that it would warn of: in the past, or longer than a timer can be', async (t) => {
  const timers = t.mock.method(globalThis, 'setTimeout');
  for (const ms of [-5, 1e11, Number.POSITIVE_INFINITY]) {
    const stop = new AbortController();
    const slept = systemClock.sleep(ms, stop.signal);
    stop.abort();
    await slept;
  }
  assert.deepEqual(
    timers.mock.calls.map(({ arguments: [, ms] }) => ms),
    [0, 2 ** 31 - 1, 2 ** 31 - 1],
  );
});
