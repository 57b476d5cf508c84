import assert from 'node:assert/strict';
import { it } from 'node:test';
import { Timer } from '../../../src/core/wait/timer.ts';
import { fakeClock } from '../../support/clock.ts';

it('a timer that is moved earlier leaves no sleep behind, nor does one that is canceled', () => {
  let open = 0;
  const sleep = (_: number, signal?: AbortSignal) => {
    open += 1;
    return new Promise<void>((resolve) => {
      signal?.addEventListener('abort', () => {
        open -= 1;
        resolve();
      });
    });
  };
  const timer = new Timer({ ...fakeClock(), sleep }, () => {});
  const openAfter = (step: () => void) => {
    step();
    return open;
  };
  const steps = [
    () => timer.fireWithin(1000),
    () => timer.fireWithin(10),
    () => timer.fireWithin(500),
    () => timer.cancel(),
  ];
  assert.deepEqual(steps.map(openAfter), [1, 1, 1, 0]);
});
