import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LastRound } from '../../../src/core/wait/last-round.ts';
import { RateLimit } from '../../../src/core/wait/pace.ts';
import { pollPlan } from '../../../src/core/wait/plan.ts';
import { finishedAt, type Life, lives, wait, waitFor } from '../../support/wait.ts';

describe('the deadline', () => {
  it('has exactly one poll planned to be answered just before it', async () => {
    const { asked, end, elapsed } = await wait({ 1: () => 1 }, { timeoutMs: 60_000, latencyMs: 50 });
    assert.equal(end.exitCode, 124);
    assert.equal(asked.filter(({ at }) => at >= 58 && at < 60).length, 1);
    assert.ok(elapsed <= 60);
  });
  it('brings at most one poll more than planned, however quickly the service responds', async () => {
    const options = { timeoutMs: 4000, maxRps: Number.POSITIVE_INFINITY };
    const { asked, end } = await wait({ 1: () => 1 }, { ...options, latencyMs: 1 });
    const { pollsPerTask } = pollPlan(waitFor([end.tasks[0]!.id], options));
    assert.ok(asked.length <= pollsPerTask + 1, `${asked.length} polls, ${pollsPerTask} planned`);
  });
  it('brings no burst of polls before it where responses are quicker than the first', async () => {
    for (const timeoutMs of [2000, 3000, 4000, 5000, 6000, 10_000, 60_000]) {
      for (const intervalMs of ['auto', 500, 1000, 2000] as const) {
        const latencyMs = (poll: number) => (poll === 0 ? 60 : 4 - Math.min(poll, 10) / 5);
        const options = { timeoutMs, intervalMs };
        const { asked, end } = await wait({ 1: () => 1 }, { ...options, latencyMs });
        const { pollsPerTask } = pollPlan(waitFor([end.tasks[0]!.id], options));
        const at = asked.map((poll) => poll.at).join(' ');
        assert.ok(
          asked.length <= pollsPerTask + 1,
          `${timeoutMs}, ${intervalMs}: ${pollsPerTask} planned, sent at ${at}`,
        );
      }
    }
  });
  it('leaves no gap before it that is much longer than a short interval', async () => {
    const options = { timeoutMs: 4000, intervalMs: 100, latencyMs: 5 };
    const { asked, end } = await wait({ 1: () => 1 }, options);
    const gaps = asked.slice(1).map(({ at }, i) => at - asked[i]!.at);
    assert.ok(Math.max(...gaps) < 0.3, String(Math.max(...gaps)));
    const { pollsPerTask } = pollPlan(waitFor([end.tasks[0]!.id], options));
    assert.ok(Math.abs(asked.length - pollsPerTask) <= 2, `${asked.length} polls, ${pollsPerTask} planned`);
  });
  it('that passed before the wait began, in a sleep, leaves each task one poll', async () => {
    for (const [life, exitCode] of [
      [() => 2, 0],
      [() => 1, 124],
    ] as const) {
      const { asked, end, elapsed } = await wait(
        lives(20, () => life),
        { timeoutMs: 0, pausedMs: 0, latencyMs: 50 },
      );
      assert.deepEqual([end.exitCode, asked.length], [exitCode, 20]);
      assert.ok(elapsed < 3, `${elapsed} s`);
    }
  });
  it('is not missed by a task that ends a second before it', async () => {
    assert.equal((await wait({ 1: finishedAt(59) }, { timeoutMs: 60_000, latencyMs: 50 })).end.exitCode, 0);
  });
  for (const count of [1, 8]) {
    it(`is waited for by ${count} tasks though their first responses took half of the time`, async () => {
      const latencyMs = (poll: number) => (poll === 0 ? 6000 : 50);
      const tasks = lives(count, () => finishedAt(35));
      assert.equal(
        (await wait(tasks, { timeoutMs: 40_000, latencyMs, maxRps: 100, intervalMs: 20_000 })).end.exitCode,
        0,
      );
      const late = await wait(
        lives(count, () => finishedAt(9)),
        { timeoutMs: 12_000, latencyMs, maxRps: 100 },
      );
      assert.equal(late.end.exitCode, 0);
      const never = await wait(
        lives(count, () => () => 1),
        { timeoutMs: 12_000, latencyMs, maxRps: 100 },
      );
      assert.equal(never.end.exitCode, 124);
      assert.ok(never.elapsed > 11 && never.elapsed <= 12, `${never.elapsed} s`);
    });
  }
  it('ends a hanging request a little earlier, so that the reason is known', async () => {
    const { asked, end, elapsed } = await wait({ 1: 'hang' }, { timeoutMs: 60_000 });
    assert.equal(end.why, 'deadline');
    assert.equal(asked.length, 2, 'one more poll than the one that hangs, the last');
    assert.ok(elapsed <= 60, `${elapsed} s`);
    assert.equal(end.tasks[0]?.failure?.code, 'Network.Timeout');
  });
  it('has its last poll though the poll before it is lost', async () => {
    for (const count of [1, 8]) {
      const { end } = await wait(
        lives(count, () => (now) => (now > 20 && now < 27 ? 'hang' : now < 28 ? 1 : 2)),
        { timeoutMs: 30_000, latencyMs: 50, requestTimeoutMs: 10_000 },
      );
      assert.equal(end.exitCode, 0);
    }
  });

  it('is shared by all tasks', async () => {
    const { elapsed } = await wait(
      lives(20, () => () => 1),
      { timeoutMs: 60_000 },
    );
    assert.ok(elapsed <= 60);
  });
  it('of the queue or of a standstill ends one task only', async () => {
    const { end } = await wait({ 1: () => 0, 2: finishedAt(60) }, { queueTimeoutMs: 20_000 });
    assert.deepEqual(
      end.tasks.map(({ outcome }) => outcome),
      ['queueTimeout', 'succeeded'],
    );
    assert.equal(end.exitCode, 124);
  });
  it('of the queue counts from when a task is first seen in it, and again where it goes back', async () => {
    const queued = lives(60, () => (_, poll) => (poll === 0 ? 0 : 2));
    assert.equal((await wait(queued, { queueTimeoutMs: 3000 })).end.exitCode, 0);
    const back: Life = (now) => (now < 10 ? 1 : now < 12 ? 0 : 2);
    assert.equal((await wait({ 1: back }, { queueTimeoutMs: 5000 })).end.exitCode, 0);
  });
  it('of the queue or of a standstill is not reached by a response from before a stop of the process', async () => {
    for (const limit of ['queueTimeoutMs', 'stallTimeoutMs'] as const) {
      const { end } = await wait(
        { 1: (_, poll) => (poll < 2 ? 0 : 2) },
        { [limit]: 10_000, meddle: (waiter, clock) => waiter.tasks[0]!.polls === 2 && clock.stop(12_000) },
      );
      assert.equal(end.exitCode, 0, limit);
    }
  });
});

it('lets a first poll that comes close before the last round take its time: it is the last one where responses are slow', () => {
  const round = new LastRound({ timeoutMs: 1000, intervalMs: 'auto' }, new RateLimit(10));
  round.polls = 1;
  assert.deepEqual([round.beginsAt(), round.timeoutMs(0, false)], [750, 900]);
});
