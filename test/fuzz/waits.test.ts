import assert from 'node:assert/strict';
import { describe } from 'node:test';
import fc from 'fast-check';
import { property } from '../support/fuzz.ts';
import { type Life, lives, type Meddle, wait } from '../support/wait.ts';

/** What is true of a task: when it ends, in seconds, and how; what its polls fail with, if they do. */
const task = fc.record({
  endsAt: fc.double({ min: 0, max: 40, noNaN: true }),
  status: fc.constantFrom(2, 2, 3),
  fault: fc.constantFrom('InternalError', 'Throttling.User', 'Network.ConnectionReset', 'ResourceNotFound'),
});
const options = fc.record({
  timeoutMs: fc.constantFrom(2000, 4000, 7000, 20_000),
  maxRps: fc.constantFrom(1, 5, 10, 100, Number.POSITIVE_INFINITY),
  latencyMs: fc.constantFrom(0, 1, 50, 900),
  intervalMs: fc.constantFrom('auto' as const, 500, 1700),
  until: fc.constantFrom('ended' as const, 'running' as const),
  failFast: fc.boolean(),
});

describe('a wait of any tasks', () => {
  property(
    'ends in time, as its tasks did, and polls none more often than its gap',
    fc.record({
      tasks: fc.array(task, { minLength: 1, maxLength: 40 }),
      options,
      need: fc.nat(39),
      mode: fc.constantFrom('all' as const, 'count' as const),
      faulty: fc.constantFrom(0, 0, 0.1, 0.6),
      chances: fc.infiniteStream(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })),
    }),
    async ({ tasks, options, need: wanted, mode, faulty, chances }) => {
      const random = () => chances.next().value as number;
      const need = mode === 'all' ? tasks.length : 1 + (wanted % tasks.length);
      const lives = Object.fromEntries(
        tasks.map(({ endsAt, status, fault }, index): [number, Life] => [
          index + 1,
          (now) => (random() < faulty ? fault : now >= endsAt ? status : 1),
        ]),
      );
      const { end } = await wait(lives, { ...options, mode, need, random });
      const count = (...outcomes: string[]) =>
        end.tasks.filter(({ outcome }) => outcomes.includes(outcome ?? '')).length;
      for (const [index, { outcome, polls }] of end.tasks.entries()) {
        const { endsAt, status } = tasks[index]!;
        if (outcome === 'succeeded' || outcome === 'failed') {
          assert.deepEqual(
            [outcome, endsAt * 1000 <= end.elapsedMs + 1],
            [status === 2 ? 'succeeded' : 'failed', true],
          );
        }
        const shortest = options.intervalMs === 'auto' ? 900 : 500;
        assert.ok(polls <= options.timeoutMs / shortest + 3, `${polls} polls in ${options.timeoutMs} ms`);
      }
      const met = count('succeeded', 'running') >= need;
      assert.equal(end.exitCode === 0, met);
      assert.equal(end.exitCode === 1, !met && (count('failed') > 0 || end.why === 'outOfReach'));
      assert.ok(end.elapsedMs <= options.timeoutMs);
    },
    { runs: 100 },
  );

  property(
    'polls each task once more just before the deadline, and after a pause that ended past it',
    fc.record({
      count: fc.constantFrom(1, 2, 3, 8, 9, 20, 40),
      options: fc.record({
        timeoutMs: fc.constantFrom(20_000, 60_000),
        maxRps: fc.constantFrom(3, 5, 10, 100, Number.POSITIVE_INFINITY),
        intervalMs: fc.constantFrom('auto' as const, 500, 1700, 30_000),
      }),
      latencyMs: fc.constantFrom(0, 1, 50, 200),
      pause: fc.constantFrom('none' as const, 'suspend' as const, 'stop' as const),
      pauseAt: fc.double({ min: 0, max: 1, noNaN: true }),
      pauseMs: fc.constantFrom(7000, 3_600_000),
      chances: fc.infiniteStream(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })),
    }),
    async ({ count, options, latencyMs, pause, pauseAt, pauseMs, chances }) => {
      const { timeoutMs, maxRps } = options;
      let wokenAt: number | undefined;
      const meddle: Meddle = (_, clock) => {
        if (pause === 'none' || wokenAt !== undefined || clock.monotonic() < pauseAt * timeoutMs) return;
        clock[pause](pauseMs);
        wokenAt = clock.monotonic();
      };
      const random = () => chances.next().value as number;
      const { asked } = await wait(
        lives(count, () => () => 1),
        { ...options, latencyMs, random, meddle },
      );
      // All that the clock of the polls leaves out.
      const sleptMs = pause === 'suspend' && wokenAt !== undefined ? pauseMs : 0;
      const lastRoundMs = Math.max((count / maxRps) * 1000, (count / 8) * latencyMs) + 2 * latencyMs + 350;
      const roundAt = timeoutMs - lastRoundMs;
      const awakeAt = (wokenAt ?? 0) + sleptMs;
      // Too late for a whole round before the deadline, and too early for one after it.
      if (awakeAt > roundAt - 1100 && awakeAt < timeoutMs) return;
      const since = awakeAt < timeoutMs ? roundAt - sleptMs : wokenAt!;
      for (let id = 1; id <= count; id += 1) {
        const last = asked.findLast((one) => one.id === String(id))!.at * 1000;
        assert.ok(last >= since, `task ${id}: last polled at ${last} ms, not since ${since} ms`);
      }
    },
    { runs: 200 },
  );
});
