import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { afterRunning } from '../../src/io/running-timer.ts';

const turnOfLoop = () => new Promise(setImmediate);

describe('a time limit that counts while this process runs', () => {
  it('comes after as many steps of a second as it is long, and the rest, a turn of the loop later', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    let calls = 0;
    afterRunning(2500, () => {
      calls += 1;
    });
    // However long the last look was ago: each timer that fires is one step.
    for (const ms of [1000, 1000, 499]) t.mock.timers.tick(ms);
    await turnOfLoop();
    assert.equal(calls, 0);
    t.mock.timers.tick(1);
    assert.equal(calls, 0);
    await turnOfLoop();
    assert.equal(calls, 1);
  });

  it('never comes once it is canceled, in its last turn of the loop, too', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const cancels = [1000, 1000, Number.POSITIVE_INFINITY].map((ms) => afterRunning(ms, () => assert.fail()));
    cancels[0]!();
    t.mock.timers.tick(1000);
    cancels[1]!();
    await turnOfLoop();
    await turnOfLoop();
  });
});
