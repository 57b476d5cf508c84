import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Throttle } from '../../../src/core/wait/pace.ts';
import { lives, wait } from '../../support/wait.ts';

describe('the gaps of a service that throttles', () => {
  it('double with each throttled response, up to eight times, and halve after five polls in a row that are not throttled', () => {
    const throttle = new Throttle();
    const factors = (count: number, step: () => void) =>
      Array.from({ length: count }, () => {
        step();
        return throttle.factor;
      });
    assert.deepEqual(
      factors(4, () => throttle.throttled()),
      [2, 4, 8, 8],
    );
    assert.deepEqual(
      factors(10, () => throttle.clean()),
      [8, 8, 8, 8, 4, 4, 4, 4, 4, 2],
    );
    factors(4, () => throttle.clean());
    throttle.throttled();
    assert.deepEqual(
      factors(5, () => throttle.clean()),
      [4, 4, 4, 4, 2],
    );
  });
});

describe('the requests of a wait', () => {
  it('are at most eight at a time, over all tasks', async () => {
    const { asked } = await wait(
      lives(20, () => () => 2),
      { latencyMs: 1000, maxRps: Number.POSITIVE_INFINITY },
    );
    assert.deepEqual(
      asked.map(({ at }) => at),
      [...Array(8).fill(0), ...Array(8).fill(1), ...Array(4).fill(2)],
    );
  });

  it('come when the event before them says, whatever the gap, the rate and the last round', async () => {
    const life = (_: number, poll: number) => (poll % 3 === 0 ? 'InternalError' : poll % 2);
    for (const options of [{}, { intervalMs: 300, maxRps: 1 }, { intervalMs: 1700 }] as const) {
      const { events, emittedAt, asked } = await wait({ 1: life }, { timeoutMs: 20_000, latencyMs: 20, ...options });
      for (const [index, event] of events.entries()) {
        const told = event.type === 'state' ? event.nextPollMs : event.type === 'retry' ? event.delayMs : null;
        const next = asked.find(({ at }) => at * 1000 > emittedAt[index]!);
        if (told !== null) assert.equal(Math.round(next!.at * 1000), emittedAt[index]! + told);
      }
    }
  });

  it('come at the gap that --interval fixes, without jitter', async () => {
    const { asked } = await wait({ 1: (now) => (now < 60 ? 1 : 2) }, { intervalMs: 20_000, random: () => 0.9 });
    assert.deepEqual(
      asked.map(({ at }) => at),
      [0, 20, 40, 60],
    );
  });
});
