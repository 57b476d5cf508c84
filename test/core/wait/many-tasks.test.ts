import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { pollPlan } from '../../../src/core/wait/plan.ts';
import { finishedAt, lives, type Meddle, wait, waitFor } from '../../support/wait.ts';

/** A deterministic source of numbers in [0, 1) that look random. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
}

describe('budgets count polls, not time', () => {
  for (const count of [1, 150, 3500]) {
    const rate = { maxRps: 10, timeoutMs: 7_200_000, random: numbers(count) };
    it(`${count} tasks that fail twice succeed within an error budget of 10 s`, async () => {
      const { end } = await wait(
        lives(count, () => (_, poll) => (poll < 2 ? 'InternalError' : 2)),
        { ...rate, errorBudgetMs: 10_000 },
      );
      assert.equal(end.exitCode, 0);
    });
    it(`${count} tasks that are not found twice are waited for`, async () => {
      const { end } = await wait(
        lives(count, () => (_, poll) => (poll < 2 ? 'ResourceNotFound' : 2)),
        rate,
      );
      assert.equal(end.exitCode, 0);
    });
    it(`${count} tasks survive that one request in twenty fails`, async () => {
      const random = numbers(7);
      const { end } = await wait(
        lives(count, () => (_, poll) => (random() < 0.05 ? 'InternalError' : poll < 3 ? 1 : 2)),
        rate,
      );
      assert.equal(end.exitCode, 0);
    });
  }

  for (const [what, change] of [
    ['all are polled at once, as a key asks for,', (waiter) => waiter.checkNow()],
    ['the process is stopped for 6 s', (_, clock) => clock.stop(6000)],
    ['the machine sleeps for a minute', (_, clock) => clock.suspend(60_000)],
  ] as [string, Meddle][]) {
    it(`what a poll waited for its turn counts against none though ${what} again and again`, async () => {
      for (const [failure, errorBudgetMs, latencyMs] of [
        ['ResourceNotFound', 300_000, 20],
        ['InternalError', 10_000, 20],
        ['InternalError', 30_000, 2500],
      ] as const) {
        let next = 4000;
        const meddle: Meddle = (waiter, clock) => {
          if (clock.monotonic() < next) return;
          change(waiter, clock);
          next = clock.monotonic() + 4000;
        };
        const { end } = await wait(
          lives(150, () => (_, poll) => (poll < 3 ? failure : 2)),
          { meddle, errorBudgetMs, timeoutMs: 7_200_000, latencyMs, random: numbers(150) },
        );
        assert.equal(end.exitCode, 0, `${failure}, ${latencyMs} ms`);
      }
    });
  }

  it('the time without a poll before another last one counts against none', async () => {
    const { end } = await wait(
      lives(8, () => (second) => (second < 9 ? 'ResourceNotFound' : 2)),
      { timeoutMs: 12_000, notFoundGraceMs: 2000, latencyMs: (poll) => (poll === 0 ? 6000 : 50), maxRps: 100 },
    );
    assert.equal(end.exitCode, 0);
  });

  it('what a poll waited for its turn counts against none though it is lost, in a stop of the process', async () => {
    let polls = 0;
    const meddle: Meddle = (waiter, clock) => {
      const sent = waiter.tasks[29]!.polls;
      if (sent === polls) return;
      polls = sent;
      if (sent > 1 && sent < 5) clock.stop(6000);
    };
    const { end, asked } = await wait(
      {
        ...lives(40, () => (_, poll) => (poll % 2 ? 1 : 'InternalError')),
        30: (_, poll) => (poll < 6 ? 'InternalError' : 2),
      },
      { meddle, errorBudgetMs: 40_000, maxRps: 1, mode: 'any', need: 1, latencyMs: 8000, intervalMs: 1000 },
    );
    assert.deepEqual([end.exitCode, asked.filter(({ id }) => id === '30').length], [0, 7]);
  });

  it('a task is given up after three failed polls at the earliest, however long they take', async () => {
    const { asked, end } = await wait({ 1: 'hang' }, { errorBudgetMs: 1000, timeoutMs: 7_200_000, latencyMs: 20_000 });
    assert.equal(end.exitCode, 124);
    const slow = await wait({ 1: () => 'InternalError' }, { errorBudgetMs: 1000, latencyMs: 20_000 });
    assert.equal(slow.end.exitCode, 4);
    assert.equal(slow.asked.length, 3);
    assert.ok(asked.length >= 1);
  });

  it('retries go before first polls and regular polls', async () => {
    const { asked } = await wait(
      lives(30, (index) => (_, poll) => (index === 0 && poll === 0 ? 'InternalError' : 2)),
      { maxRps: 10 },
    );
    const again = asked.findIndex(({ id }, index) => id === '1' && index > 0);
    assert.ok(asked[again]!.at <= 1.2, `retried after ${asked[again]!.at} s`);
  });

  for (const [every, trouble] of [
    [5, 'hang'],
    [2, 'InternalError'],
  ] as const) {
    it(`retries leave other tasks their turns: 1 of ${every} without a result (${trouble})`, async () => {
      const troubled = trouble === 'hang' ? trouble : () => trouble;
      const { end } = await wait(
        lives(200, (index) => (index % every === 0 ? troubled : finishedAt(60))),
        { timeoutMs: 200_000, latencyMs: 100, requestTimeoutMs: 10_000, random: numbers(3) },
      );
      const seenAt = end.tasks.flatMap(({ outcome, endedAt }) => (outcome === 'succeeded' ? [endedAt!] : []));
      assert.equal(seenAt.length, 200 - 200 / every);
      assert.ok(Math.max(...seenAt) < 120_000, `the last one is seen after ${Math.max(...seenAt)} ms`);
    });
  }
});

describe('the last polls of many tasks', () => {
  for (const count of [1, 15, 20, 50, 100, 300, 1000]) {
    for (const maxRps of [10, 100, Number.POSITIVE_INFINITY]) {
      for (const timeoutMs of [16_000, 120_000]) {
        it(`${count} tasks, ${maxRps} requests a second, ${timeoutMs} ms: none that ended before its last poll is missed, none noticed later than planned`, async () => {
          const random = numbers(count + timeoutMs);
          const ends = Array.from({ length: count }, () => random() * (timeoutMs / 1000));
          const { end, asked } = await wait(
            lives(count, (index) => finishedAt(ends[index]!)),
            { timeoutMs, maxRps, latencyMs: 50, random },
          );
          const options = waitFor(
            end.tasks.map(({ id }) => id),
            { timeoutMs, maxRps },
          );
          const { worstLagMs, notChecked } = pollPlan(options);
          const lastAt = new Map(asked.map(({ id, at }) => [id, at]));
          const unchecked = end.tasks.filter(({ polls }) => polls === 0);
          assert.ok(unchecked.length <= notChecked, `${unchecked.length} not checked, ${notChecked} planned`);
          end.tasks.forEach((task, index) => {
            if (task.outcome === null && task.polls > 0) {
              assert.ok(ends[index]! > lastAt.get(task.id)!, `task ${task.id} was missed`);
              assert.ok(timeoutMs - lastAt.get(task.id)! * 1000 <= worstLagMs + 100, `task ${task.id} was left early`);
            } else if (task.endedAt !== null) {
              const lagMs = task.endedAt - ends[index]! * 1000;
              assert.ok(lagMs <= worstLagMs, `task ${task.id} was noticed ${lagMs} ms late, promised ${worstLagMs}`);
            }
          });
          assert.ok(end.elapsedMs <= timeoutMs);
          const perSecond = asked.filter(({ at }) => at >= timeoutMs / 1000 - 2 && at < timeoutMs / 1000 - 1).length;
          assert.ok(perSecond <= 2 * maxRps);
        });
      }
    }
  }

  for (const hanging of [1, 4, 8, 12]) {
    it(`are sent as late as usual responses allow, though requests about ${hanging} of 20 tasks hang`, async () => {
      for (const timeoutMs of [20_000, 300_000]) {
        const { end } = await wait(
          lives(20, (index) => (index < hanging ? 'hang' : finishedAt(timeoutMs / 1000 - 3.5))),
          { timeoutMs, latencyMs: 50, requestTimeoutMs: 10_000, random: numbers(hanging) },
        );
        const seen = end.tasks.filter(({ outcome }) => outcome === 'succeeded').length;
        assert.deepEqual([seen, end.exitCode], [20 - hanging, 124], `${timeoutMs} ms`);
      }
    });
  }

  it('each come, though the few requests a second leave no pause before them', async () => {
    for (let seed = 0; seed < 100; seed += 1) {
      const random = numbers(seed);
      const { end, asked } = await wait(
        lives(20, () => () => (random() < 0.4 ? 'Throttling' : 1)),
        { timeoutMs: 12_000, maxRps: 3, intervalMs: 500, random },
      );
      const lastAt = new Map(asked.map(({ id, at }) => [id, at]));
      for (const { id } of end.tasks) assert.ok(12 - lastAt.get(id)! < 9, `seed ${seed}: task ${id}`);
    }
  });

  it('20 tasks that ended 3 s before the deadline are all seen', async () => {
    const { end } = await wait(
      lives(20, () => finishedAt(13)),
      { timeoutMs: 16_000 },
    );
    assert.equal(end.exitCode, 0);
  });

  for (const count of [30, 60, 120]) {
    it(`${count} tasks that ended one after another, the last of them a second before the deadline, are all seen`, async () => {
      for (let seed = 0; seed < 10; seed += 1) {
        const { end } = await wait(
          lives(count, (index) => finishedAt(13 + index / 10)),
          { timeoutMs: 14_000 + 100 * count, latencyMs: 50, random: numbers(seed) },
        );
        assert.equal(
          end.exitCode,
          0,
          `seed ${seed}: ${end.tasks.filter(({ outcome }) => outcome === null).length} missed`,
        );
      }
    });
  }

  for (const count of [1, 8, 20, 50]) {
    it(`${count} tasks that ended in time for a last poll each are seen, though responses take from 500 to 1500 ms`, async () => {
      for (let seed = 0; seed < 20; seed += 1) {
        const random = numbers(seed);
        const { end } = await wait(
          // 8 requests in flight, each about a second: as many a second.
          lives(count, () => finishedAt(15 - count / 8 - 3.25)),
          { timeoutMs: 15_000, latencyMs: () => 500 + 1000 * random(), random },
        );
        assert.equal(end.exitCode, 0, `seed ${seed}: ${end.tasks.filter(({ outcome }) => outcome === null).length}`);
      }
    });
  }

  it('a task that ended in time for its last poll is seen, though only the first response came at once', async () => {
    const latencyMs = (poll: number) => (poll === 0 ? 100 : 1000);
    const { end } = await wait({ 1: finishedAt(12.5) }, { timeoutMs: 15_000, latencyMs });
    assert.equal(end.exitCode, 0);
  });

  for (const count of [1, 8, 20]) {
    it(`${count} tasks get their last polls though the first eight requests hang`, async () => {
      let requests = 0;
      const latencyMs = () => {
        requests += 1;
        return requests > Math.min(count, 8) ? 50 : Number.POSITIVE_INFINITY;
      };
      const { end } = await wait(
        lives(count, () => finishedAt(4)),
        { timeoutMs: 9000, latencyMs },
      );
      assert.equal(end.exitCode, 0, `${end.tasks.filter(({ outcome }) => outcome === null).length} missed`);
    });
  }

  it('come as late where the first requests waited for credentials, though their responses leave no time for another round', async () => {
    let requests = 0;
    const latencyMs = () => (requests++ < 8 ? 1500 : 100);
    const { end } = await wait(
      lives(60, () => finishedAt(5)),
      { timeoutMs: 12_000, latencyMs },
    );
    assert.equal(end.exitCode, 0);
  });

  it('where the rate is too low for all: as many as it allows, in the order given, and the others are not checked', async () => {
    const { end, asked } = await wait(
      lives(200, () => () => 1),
      { timeoutMs: 4000 },
    );
    assert.equal(end.exitCode, 124);
    const checked = end.tasks.filter(({ polls }) => polls > 0).map(({ id }) => Number(id));
    assert.deepEqual(
      checked,
      checked.map((_, index) => index + 1),
    );
    assert.ok(checked.length >= 47 && checked.length <= 50, String(checked.length));
    assert.equal(asked.length, checked.length);
    const ids = end.tasks.map(({ id }) => id);
    const { notChecked, pollsPerTask } = pollPlan(waitFor(ids, { timeoutMs: 4000 }));
    assert.ok(Math.abs(notChecked - (200 - checked.length)) <= 2, String(notChecked));
    assert.equal(pollsPerTask, 1);
  });

  it('first polls go in the order given', async () => {
    const { asked } = await wait(lives(50, () => finishedAt(0)));
    assert.deepEqual(
      asked.map(({ id }) => id),
      Array.from({ length: 50 }, (_, index) => String(index + 1)),
    );
  });
});

it('50,000 tasks cost no more a poll than 1,000', async () => {
  const msPerPoll = async (count: number) => {
    const start = performance.now();
    const { asked } = await wait(
      lives(count, () => (_, poll) => (poll < 1 ? 1 : 2)),
      { maxRps: Number.POSITIVE_INFINITY, timeoutMs: Number.POSITIVE_INFINITY },
    );
    assert.equal(asked.length, 2 * count);
    return (performance.now() - start) / asked.length;
  };
  await msPerPoll(1000);
  const few = await msPerPoll(1000);
  const many = await msPerPoll(50_000);
  assert.ok(many < 8 * few + 0.05, `${many} ms a poll, ${few} ms with few`);
});
