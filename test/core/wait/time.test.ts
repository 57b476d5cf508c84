import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { watchedOutcome } from '../../../src/core/outcome.ts';
import type { Failure } from '../../../src/core/rpc/response.ts';
import { classifyFailure } from '../../support/failure.ts';
import { finishedAt, type Life, lives, type Meddle, of, wait } from '../../support/wait.ts';

describe('time', () => {
  const after = (second: number, change: (clock: Parameters<Meddle>[1]) => void): Meddle => {
    let isDone = false;
    return (_, clock) => {
      if (isDone || clock.monotonic() < second * 1000) return;
      isDone = true;
      change(clock);
    };
  };
  /** From 8 s on, stopped for 8 s after every 5 s, so often at most. */
  const stoppedAgain = (count: number): Meddle => {
    let [stops, nextAt] = [0, 8000];
    return (_, clock) => {
      if (clock.monotonic() < nextAt || stops === count) return;
      stops += 1;
      clock.stop(8000);
      nextAt = clock.monotonic() + 5000;
    };
  };
  const asleep = (second: number, ms: number) => after(second, (clock) => clock.suspend(ms));

  it('stopped again after the deadline: each task that was polled since the first stop is polled once more', async () => {
    let stops = 0;
    const meddle: Meddle = (_, clock) => {
      if (clock.monotonic() < ([8000, 19_000][stops] ?? Number.POSITIVE_INFINITY)) return;
      clock.stop([7000, 8000][stops]!);
      stops += 1;
    };
    const waited = await wait(
      { ...lives(60, () => finishedAt(24)), 61: 'hang' },
      { timeoutMs: 10_000, latencyMs: 20, meddle },
    );
    assert.equal(stops, 2);
    assert.equal(waited.end.tasks.filter(({ outcome }) => outcome === 'succeeded').length, 60);
  });

  it('slept through for 40 min: polled within a second over new connections, and the sleep counts as waited', async () => {
    const meddle = asleep(400, 2_400_000);
    const { events, asked, end, renewals } = await wait({ 1: finishedAt(1000) }, { timeoutMs: 3_600_000, meddle });
    const [wake] = of(events, 'wake');
    assert.equal(wake?.pausedMs, 2_400_000);
    assert.equal(renewals, 1);
    const [before, next] = asked.map(({ at }) => at).filter((at) => at >= 400);
    assert.ok(next! - before! <= 1, `${next! - before!} s`);
    assert.ok(end.elapsedMs > 3_000_000);
  });

  it('slept through right before a task is seen to have ended counts as waited', async () => {
    const { events, end } = await wait({ 1: finishedAt(1) }, { timeoutMs: 60_000, meddle: asleep(1, 3_600_000) });
    const [result] = of(events, 'result');
    assert.equal(end.exitCode, 0);
    for (const ms of [end.elapsedMs, result!.durationMs, result!.lagMaxMs!]) assert.ok(ms > 3_600_000, `${ms} ms`);
  });

  it('slept through after the wall clock was set back is noticed at once, too', async () => {
    const [setBack, sleep] = [after(3, (clock) => clock.jump(-7_200_000)), asleep(10, 3_600_000)];
    const meddle: Meddle = (waiter, clock) => {
      setBack(waiter, clock);
      sleep(waiter, clock);
    };
    const { events, emittedAt, end } = await wait(
      lives(20, () => () => 1),
      { timeoutMs: 3_700_000, meddle },
    );
    const [wake] = of(events, 'wake');
    assert.equal(wake?.pausedMs, 3_600_000);
    assert.ok(emittedAt[events.indexOf(wake)]! < 3_611_000);
    assert.equal(end.exitCode, 124);
  });

  it('slept through past the deadline: every task is polled once more before the wait gives up', async () => {
    const { asked, end, elapsed } = await wait({ 1: finishedAt(401), 2: () => 1 }, { meddle: asleep(400, 36_000_000) });
    assert.deepEqual(
      end.tasks.map(({ outcome }) => outcome),
      ['succeeded', null],
    );
    assert.equal(end.exitCode, 124);
    for (const id of ['1', '2']) assert.ok(asked.some((one) => one.id === id && one.at > 401));
    assert.ok(elapsed < 412, `${elapsed} s`);
  });

  for (const count of [1, 20]) {
    it(`slept through until 5 s before the deadline, with requests about ${count} tasks in flight: those hang no longer, and all are polled at once`, async () => {
      let isAwake = false;
      const meddle = after(30, (clock) => {
        void clock.sleep(1000).then(() => {
          isAwake = true;
          clock.suspend(24_000);
        });
      });
      const life: Life = (second) => (second < 30 ? 1 : isAwake ? 2 : 'hang');
      const { events, end } = await wait(
        lives(count, () => life),
        { timeoutMs: 60_000, requestTimeoutMs: 10_000, meddle },
      );
      assert.equal(end.exitCode, 0);
      assert.ok(end.elapsedMs < 58_000, `${end.elapsedMs} ms`);
      assert.deepEqual(of(events, 'retry'), []);
    });
  }

  it('in which the process was stopped costs no response that came meanwhile', async () => {
    const meddle = after(30, (clock) => {
      void clock.sleep(1).then(() => clock.stop(7000));
    });
    const { asked, events } = await wait({ 1: finishedAt(31) }, { latencyMs: 1100, meddle });
    assert.equal(of(events, 'wake').length, 1);
    assert.ok(asked.at(-1)!.at < 37, `${asked.at(-1)!.at} s`);
  });

  for (const pause of ['suspend', 'stop'] as const) {
    it(`(${pause}) while the last poll is in flight, which is lost: the task is polled once more`, async () => {
      let lost: number | undefined;
      let polls = 0;
      const meddle: Meddle = (_, clock) => {
        if (lost !== undefined || clock.monotonic() < 59_000) return;
        lost = polls;
        clock[pause](3_600_000);
      };
      const life: Life = (_, poll) => {
        polls = poll + 1;
        if (lost === undefined) return 1;
        return poll === lost ? 'Network.ConnectionReset' : 2;
      };
      const { end } = await wait({ 1: life }, { timeoutMs: 60_000, latencyMs: 50, meddle });
      assert.equal(polls, lost! + 2);
      assert.deepEqual([end.why, end.exitCode], ['met', 0]);
    });

    for (const [end, at, ms] of [
      ['past', 55, 3_600_000],
      ['before', 52, 7000],
    ] as const) {
      it(`(${pause}) in the last round, until ${end} the deadline: each task is polled once more, had it its last poll or not`, async () => {
        let isAwake = false;
        const meddle = after(at, (clock) => {
          isAwake = true;
          clock[pause](ms);
        });
        const tasks = lives(100, () => () => (isAwake ? 2 : 1));
        const { end } = await wait(tasks, { timeoutMs: 60_000, latencyMs: 50, meddle });
        assert.equal(end.exitCode, 0);
      });
    }
  }

  it('in which the process was stopped moves no deadline that leaves no time for all tasks anyway', async () => {
    const meddle = after(10, (clock) => clock.stop(7000));
    const { end, elapsed } = await wait(
      lives(1000, () => () => 1),
      { timeoutMs: 60_000, latencyMs: 50, meddle },
    );
    assert.equal(end.exitCode, 124);
    assert.ok(elapsed <= 60, `${elapsed} s`);
  });

  it('in which the process was stopped says nothing of how long responses take: the last poll is as late as ever', async () => {
    const meddle = after(45, (clock) => clock.stop(7000));
    const { asked } = await wait({ 1: () => 1 }, { timeoutMs: 60_000, latencyMs: 50, meddle });
    assert.ok(asked.at(-1)!.at > 59.5, `${asked.at(-1)!.at} s`);
  });

  for (const [count, maxRps] of [
    [1, 10],
    [300, 10],
    [1000, 100],
  ] as const) {
    it(`in which the process was stopped, past the deadline: each of ${count} tasks is polled once more`, async () => {
      const meddle = after(20, (clock) => clock.stop(3_600_000));
      const { events, end } = await wait(
        lives(count, () => finishedAt(1000)),
        { timeoutMs: 600_000, maxRps, latencyMs: 50, meddle },
      );
      assert.equal(of(events, 'wake').length, 1);
      assert.equal(end.exitCode, 0, end.why);
    });
  }

  for (const count of [1, 12]) {
    it(`in which the process was stopped until just before the deadline: each of ${count} tasks is polled once more`, async () => {
      const meddle = after(20, (clock) => clock.stop(599_930 - clock.monotonic()));
      const { end } = await wait(
        lives(count, () => finishedAt(500)),
        { timeoutMs: 600_000, latencyMs: 100, meddle },
      );
      assert.equal(end.exitCode, 0, end.why);
    });
  }

  it('slept through past the deadline: each of 100 tasks is polled once more though the first requests are lost', async () => {
    let wokenAt: number | undefined;
    const meddle = after(20, (clock) => {
      clock.suspend(3_600_000);
      wokenAt = clock.monotonic() / 1000;
    });
    const life: Life = (second) => {
      if (wokenAt === undefined) return 1;
      return second < wokenAt + 3 ? 'hang' : 2;
    };
    const options = { timeoutMs: 60_000, latencyMs: 50, requestTimeoutMs: 8000, meddle };
    const { end } = await wait(
      lives(100, () => life),
      options,
    );
    assert.equal(end.exitCode, 0);
  });

  it('slept through past the deadline: a poll that fails is retried, since the network takes a while to come back', async () => {
    const options = { timeoutMs: 600_000, meddle: asleep(20, 3_600_000) };
    const life: Life = (now) => (now < 20 ? 1 : now < 24 ? 'Network.Dns' : 2);
    const { asked, end, elapsed } = await wait({ 1: life, 2: life }, options);
    assert.equal(end.exitCode, 0, end.why);
    assert.ok(asked.length < 30 && elapsed < 35, `${asked.length} polls in ${elapsed} s`);
    const meddle = asleep(20, 3_600_000);
    const never = await wait({ 1: (now) => (now < 20 ? 1 : 'Network.Dns') }, { ...options, meddle });
    assert.equal(never.end.exitCode, 124);
    assert.ok(never.elapsed < 35, `${never.elapsed} s`);
  });

  it('in which the process is stopped again and again past the deadline: each task has a last poll, and the wait ends', async () => {
    const meddle = stoppedAgain(50);
    const polls = new Map<string, number>();
    const { asked, end, elapsed } = await wait(
      lives(200, () => () => 1),
      { timeoutMs: 10_000, latencyMs: 20, meddle },
    );
    assert.equal(end.exitCode, 124);
    for (const { id, at } of asked) if (at > 8) polls.set(id, (polls.get(id) ?? 0) + 1);
    assert.deepEqual(
      [polls.size, Math.max(...polls.values()) <= 2],
      [200, true],
      'a poll that was lost in a stop is sent again',
    );
    // All stops would take 650 s.
    assert.ok(elapsed < 100 && asked.length < 450, `${asked.length} polls in ${elapsed} s`);
  });

  it('in which the process is stopped again and again past the deadline, and every poll fails: the wait ends', async () => {
    const meddle = stoppedAgain(100);
    const life: Life = (second) => (second < 8 ? 1 : 'Network.Dns');
    const { end, elapsed } = await wait(
      lives(3, () => life),
      { timeoutMs: 10_000, latencyMs: 20, meddle, errorBudgetMs: Number.POSITIVE_INFINITY },
    );
    assert.equal(end.why, 'deadline');
    assert.ok(elapsed < 120, `${elapsed} s`);
  });

  it('in which the loop is busy for 1.5 s of every 2 s, and every poll hangs: the wait ends', async () => {
    let isOver = false;
    const work = async (clock: Parameters<Meddle>[1]) => {
      for (let count = 0; count < 200 && !isOver; count += 1) {
        await clock.sleep(500);
        clock.stop(1500);
      }
    };
    const meddle: Meddle = after(0, (clock) => void work(clock));
    const { end, elapsed } = await wait(
      lives(20, () => 'hang'),
      { timeoutMs: 6000, meddle },
    );
    isOver = true;
    assert.equal(end.exitCode, 124);
    assert.ok(elapsed < 60, `${elapsed} s`);
  });

  it('in which the process was stopped for 2 s over the deadline: only what was in flight or not sent yet is polled again', async () => {
    const meddle = after(0, (clock) => void clock.sleep(24_600).then(() => clock.stop(2200)));
    const { asked, end } = await wait(
      lives(150, () => () => 1),
      { timeoutMs: 25_000, latencyMs: 50, meddle },
    );
    assert.equal(end.exitCode, 124);
    assert.ok(asked.length < 290, `${asked.length} polls`);
  });

  for (const stopMs of [1500, 4500]) {
    it(`in which the process was stopped for ${stopMs} ms over the deadline: each task is polled once more`, async () => {
      const meddle = after(0, (clock) => void clock.sleep(7000).then(() => clock.stop(stopMs)));
      const { end } = await wait(
        lives(2, () => finishedAt(5)),
        { timeoutMs: 8000, intervalMs: 4000, latencyMs: 40, meddle },
      );
      assert.equal(end.exitCode, 0, end.why);
    });
  }

  it('in which the process was stopped for less than 5 s is no waking', async () => {
    const meddle = after(20, (clock) => clock.stop(4000));
    assert.deepEqual(of((await wait({ 1: finishedAt(100) }, { meddle })).events, 'wake'), []);
  });

  it('slept through does not use up the error budget, since nothing was tried', async () => {
    const meddle = asleep(3, 3_600_000);
    const life: Life = (now) => (now < 20 ? 'Network.Dns' : 2);
    const { end } = await wait({ 1: life }, { timeoutMs: 7_200_000, errorBudgetMs: 60_000, meddle });
    assert.equal(end.exitCode, 0);
  });

  it('in which the process was stopped while a request was in flight does not use up the error budget either', async () => {
    let polls = 0;
    const meddle: Meddle = (_, clock) => {
      polls += 1;
      if (polls === 3) clock.stop(3_600_000);
    };
    const life: Life = (_, poll) => (poll < 3 ? 'Network.ConnectionReset' : 2);
    const options = { timeoutMs: 7_200_000, errorBudgetMs: 60_000, latencyMs: 50, meddle };
    const { events, end } = await wait({ 1: life }, options);
    assert.equal(of(events, 'wake').length, 1);
    assert.equal(end.exitCode, 0, end.why);
  });

  for (const [which, set, ms] of [
    ['a wall clock', 'jump', 3_600_000],
    ['a wall clock', 'jump', -3_600_000],
    ['a boot-time clock', 'jumpBoot', 3_600_000],
    ['a boot-time clock', 'jumpBoot', -3_600_000],
  ] as const) {
    it(`of ${which} that is set by ${ms} ms moves neither the deadline nor a duration`, async () => {
      const meddle = after(100, (clock) => clock[set](ms));
      const { events, end, elapsed } = await wait({ 1: () => 1 }, { timeoutMs: 600_000, meddle });
      assert.equal(end.exitCode, 124);
      assert.ok(elapsed > 599 && elapsed <= 600, String(elapsed));
      assert.ok(end.elapsedMs <= 600_000);
      assert.deepEqual(of(events, 'wake'), []);
    });
  }
});

describe('a poll that was not sent, since other waits with the same client had every turn,', () => {
  const unsent: Failure = { ...classifyFailure('Network.Timeout'), isUnsent: true };

  it('is no failure of the task: no budget runs, and it is polled again', async () => {
    const life: Life = (second) => (second < 600 ? unsent : 2);
    const { end, events } = await wait({ 1: life }, { latencyMs: 20_000, errorBudgetMs: 60_000 });
    assert.deepEqual([end.exitCode, end.tasks[0]!.polls, of(events, 'retry')], [0, 1, []]);
  });

  it('and is sent later uses up neither grace nor budget while it waits', async () => {
    for (const [failure, errorBudgetMs] of [
      ['ResourceNotFound', 300_000],
      ['InternalError', 10_000],
    ] as const) {
      const life: Life = (_, poll) => (poll < 4 ? failure : 2);
      const { end } = await wait({ 1: life, 2: life }, { unsentMs: 20_000, latencyMs: 50, errorBudgetMs });
      assert.equal(end.exitCode, 0, failure);
    }
  });

  it('leaves a task not checked at the deadline', async () => {
    const { end, elapsed } = await wait({ 1: () => unsent, 2: () => 1 }, { latencyMs: 50, timeoutMs: 5000 });
    assert.deepEqual([end.exitCode, end.tasks.map(watchedOutcome)], [124, ['notChecked', 'pending']]);
    assert.equal(end.tasks[0]!.polls, 0);
    assert.ok(elapsed <= 5.1, `${elapsed} s`);
  });
});
