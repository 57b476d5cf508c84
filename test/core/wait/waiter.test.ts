import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { pollPlan } from '../../../src/core/wait/plan.ts';
import type { WaiterOptions } from '../../../src/core/wait/waiter-options.ts';
import { classifyFailure } from '../../support/failure.ts';
import { finishedAt, type Life, lives, type Meddle, of, wait, waitFor } from '../../support/wait.ts';

describe('a wait', () => {
  it('for a task that has ended takes exactly one request and no time', async () => {
    const { end, asked, elapsed } = await wait({ 1: () => 2 });
    assert.equal(end.exitCode, 0);
    assert.equal(asked.length, 1);
    assert.equal(elapsed, 0);
  });

  for (const T of [10, 60, 300, 900, 1800, 7200]) {
    it(`of ${T} s notices the end within 1.1·min(√T, 30) s, in as few polls as promised`, async () => {
      const { asked, elapsed, end } = await wait({ 1: finishedAt(T) }, { timeoutMs: Number.POSITIVE_INFINITY });
      const bound = T <= 900 ? 2 * Math.sqrt(T) + 5 : 65 + (T - 900) / 27;
      assert.ok(elapsed - T <= 1.1 * Math.min(Math.sqrt(T), 30), `late by ${elapsed - T} s`);
      assert.ok(asked.length <= bound, `${asked.length} polls, at most ${bound}`);
      assert.equal(end.exitCode, 0);
    });
  }

  it('tells a change of state once, and starts over with short gaps', async () => {
    const { events, asked } = await wait({ 1: (now) => (now < 100 ? 0 : now < 130 ? 1 : 2) });
    assert.deepEqual(
      of(events, 'state').map(({ prev, state }) => [prev, state]),
      [
        [null, 'submitting'],
        ['submitting', 'running'],
        ['running', 'succeeded'],
      ],
    );
    const after = asked.map(({ at }) => at).filter((at) => at >= 100);
    assert.ok(after[1]! - after[0]! <= 1.1);
  });

  it('says how long an end can have gone unnoticed', async () => {
    const { events, asked } = await wait({ 1: finishedAt(60) });
    const [last, before] = [asked.at(-1)!.at, asked.at(-2)!.at];
    assert.equal(of(events, 'result')[0]!.lagMaxMs, Math.round((last - before) * 1000));
  });

  it('asks about tasks that have ended never again', async () => {
    const { asked } = await wait({ 1: () => 2, 2: finishedAt(100) });
    assert.equal(asked.filter(({ id }) => id === '1').length, 1);
  });
});

describe('the condition', () => {
  const three = { 1: finishedAt(5), 2: finishedAt(10, 3), 3: finishedAt(20) };
  const cases: [string, Partial<WaiterOptions>, string, number][] = [
    ['all, one failed: waits for the rest', {}, 'ended', 1],
    ['any: the first success ends the wait', { mode: 'any', need: 1 }, 'met', 0],
    ['two of three, another failed', { mode: 'count', need: 2 }, 'met', 0],
    ['three of three, one failed: out of reach', { mode: 'count', need: 3 }, 'outOfReach', 1],
    ['fail-fast: the first failure ends the wait', { failFast: true }, 'failFast', 1],
  ];
  for (const [name, options, why, code] of cases) {
    it(name, async () => {
      const { end } = await wait(three, options);
      assert.deepEqual([end.why, end.exitCode], [why, code]);
    });
  }
});

describe('a condition that is out of reach', () => {
  it('ends the wait at once, as failed', async () => {
    const tasks = { 1: finishedAt(2, 3), 2: finishedAt(2, 3), 3: finishedAt(600) };
    const { end, elapsed } = await wait(tasks, { mode: 'count', need: 2 });
    assert.deepEqual([end.why, end.exitCode], ['outOfReach', 1]);
    assert.ok(elapsed < 5, `${elapsed} s`);
  });
  it('is of any task when none is left', async () => {
    const { end } = await wait({ 1: finishedAt(2, 3), 2: () => 'ResourceNotFound' }, { mode: 'any', need: 1 });
    assert.deepEqual([end.why, end.exitCode], ['outOfReach', 1]);
  });
  it('is not known to be so where the state of a task is unknown', async () => {
    const { end } = await wait({ 1: () => 'InvalidParameter', 2: () => 1 }, { mode: 'count', need: 2 });
    assert.deepEqual([end.why, end.exitCode], ['outOfReach', 4]);
  });
});

describe('--until running', () => {
  const until = { until: 'running' } as const;
  it('is met as soon as every task has left the queue', async () => {
    const tasks = { 1: (now: number) => (now < 20 ? 0 : 1), 2: (now: number) => (now < 5 ? 0 : 2) };
    const { end, elapsed } = await wait(tasks, until);
    assert.deepEqual([end.why, end.exitCode], ['met', 0]);
    assert.ok(elapsed >= 20 && elapsed < 26, `${elapsed} s`);
    assert.deepEqual(
      end.tasks.map(({ outcome }) => outcome),
      ['running', 'succeeded'],
    );
  });
  it('fails when a task failed', async () => {
    const { end } = await wait({ 1: () => 1, 2: () => 3 }, until);
    assert.deepEqual([end.why, end.exitCode], ['ended', 1]);
  });
  it('goes on while a status is unknown', async () => {
    assert.equal((await wait({ 1: (now) => (now < 30 ? 7 : 1) }, until)).end.exitCode, 0);
  });
});

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
  it('leaves no gap before it that is much longer than a short interval', async () => {
    const options = { timeoutMs: 4000, intervalMs: 100, latencyMs: 5 };
    const { asked, end } = await wait({ 1: () => 1 }, options);
    const gaps = asked.slice(1).map(({ at }, i) => at - asked[i]!.at);
    assert.ok(Math.max(...gaps) < 0.3, String(Math.max(...gaps)));
    const { pollsPerTask } = pollPlan(waitFor([end.tasks[0]!.id], options));
    assert.ok(Math.abs(asked.length - pollsPerTask) <= 2, `${asked.length} polls, ${pollsPerTask} planned`);
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
});

describe('checking now', () => {
  it('asks about every waiting task at once, and keeps the last poll before the deadline', async () => {
    let pressed = 0;
    const press: Meddle = (waiter, clock) => {
      // Pressed 4 s after each poll of the last ten seconds.
      if (clock.monotonic() > 48_000 && pressed++ < 2) void clock.sleep(4000).then(() => waiter.checkNow());
    };
    const { asked, end, elapsed } = await wait({ 1: () => 1 }, { timeoutMs: 60_000, meddle: press });
    const late = asked.map(({ at }) => at).filter((at) => at > 48);
    assert.equal(late[1]! - late[0]!, 4);
    assert.ok(late.at(-1)! >= 58 && late.at(-1)! < 60, String(late));
    assert.equal(end.exitCode, 124);
    assert.ok(elapsed <= 60);
  });
});

describe('time', () => {
  const after = (second: number, change: (clock: Parameters<Meddle>[1]) => void): Meddle => {
    let isDone = false;
    return (_, clock) => {
      if (isDone || clock.monotonic() < second * 1000) return;
      isDone = true;
      change(clock);
    };
  };
  const asleep = (second: number, ms: number) => after(second, (clock) => clock.suspend(ms));

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

describe('failures', () => {
  const cases: [string, Life, number][] = [
    ['two 500s are survived', (_, poll) => (poll < 2 ? 'InternalError' : 2), 0],
    ['four minutes of resets are survived', (now) => (now < 240 ? 'Network.ConnectionReset' : 2), 0],
    ['more than five minutes of resets are not', () => 'Network.ConnectionReset', 4],
    ['a task not visible for 8 s is waited for', (now) => (now < 8 ? 'ResourceNotFound' : 2), 0],
    ['a task not found for 10 s is not', () => 'ResourceNotFound', 5],
    ['a wrong key ends the wait at once', () => 'InvalidAccessKeyId.NotFound', 3],
    ['a clock that is off again and again is survived', (_, poll) => (poll < 3 ? 'InvalidTimeStamp.Expired' : 2), 0],
    ['a wrong parameter is not asked about again', (_, poll) => (poll === 0 ? 'InvalidParameter' : 2), 4],
    ...(
      [
        'Network.Certificate',
        'Network.CertificateExpired',
        'Network.CertificateName',
        'Network.ProxyRefused',
        'Network.ProxyScheme',
        'Network.Redirect',
      ] as const
    ).flatMap((code): [string, Life, number][] => [
      [`${code} is survived for a task that was seen`, (now) => (now < 9 ? 1 : now < 240 ? code : 2), 0],
      [`${code} for longer than that is not`, (now) => (now < 9 ? 1 : code), 4],
      [`${code} at the first poll ends the wait at once`, (_, poll) => (poll === 0 ? code : 2), 4],
    ]),
    ['an unknown status is polled on', (now) => (now < 30 ? 7 : 2), 0],
  ];
  for (const [name, life, code] of cases) {
    it(name, async () => assert.equal((await wait({ 1: life })).end.exitCode, code));
  }

  it('with a hint of the server are obeyed, neither earlier nor much later', async () => {
    const throttled = { ...classifyFailure('Throttling', 2000) };
    const { asked } = await wait({ 1: (_, poll) => (poll === 0 ? throttled : 2) });
    const gap = asked[1]!.at - asked[0]!.at;
    assert.ok(gap >= 2 && gap < 3, `${gap} s`);
  });

  it('with a hint of the server that is no failure are obeyed too, but for the last poll before the deadline', async () => {
    for (let timeoutMs = 20_000; timeoutMs <= 32_000; timeoutMs += 250) {
      const { asked } = await wait({ 1: () => 1 }, { timeoutMs, hintMs: 10_000 });
      const gaps = asked.slice(1, -1).map(({ at }, index) => at - asked[index]!.at);
      assert.ok(Math.min(...gaps) >= 10, `${timeoutMs}: ${gaps}`);
    }
  });

  /** Each failure so often, then success. */
  const inTurn =
    (...failures: [code: string, times: number][]): Life =>
    (_, poll) =>
      failures.flatMap(([code, times]) => Array<string>(times).fill(code))[poll] ?? 2;
  const few = { errorBudgetMs: 20_000, notFoundGraceMs: 60_000 };
  const mixed: [string, Life, Partial<WaiterOptions>, number][] = [
    ['not found once, after errors', inTurn(['InternalError', 9], ['ResourceNotFound', 1]), {}, 0],
    ['not found once, after throttling', inTurn(['Throttling', 9], ['ResourceNotFound', 1]), {}, 0],
    ['one error, after throttling', inTurn(['Throttling', 9], ['InternalError', 1]), few, 0],
    ['one error, after it was not found', inTurn(['ResourceNotFound', 9], ['InternalError', 1]), few, 0],
    ['not found at every other poll', (_, poll) => (poll % 2 ? 'ResourceNotFound' : 'InternalError'), {}, 5],
  ];
  for (const [name, life, limits, code] of mixed) {
    it(`of several kinds have a limit each: ${name}`, async () => {
      assert.equal((await wait({ 1: life }, limits)).end.exitCode, code);
    });
  }

  it('of one task leave the others alone', async () => {
    const { end } = await wait({ 1: () => 'InternalError', 2: finishedAt(30) });
    assert.deepEqual(
      end.tasks.map(({ outcome }) => outcome),
      ['unanswered', 'succeeded'],
    );
  });

  it('throttled, it asks less and less often, and never gives up before the deadline', async () => {
    const { events, end } = await wait({ 1: () => 'Throttling.User' }, { timeoutMs: 600_000 });
    assert.equal(end.exitCode, 124);
    assert.ok(of(events, 'retry').length < 60);
  });
});

it('a heartbeat counts as not checked only what no poll has come to', async () => {
  const { events } = await wait({ 1: () => 'InternalError', 2: 'hang' }, { timeoutMs: 40_000 });
  assert.deepEqual(of(events, 'heartbeat')[0]?.states, { submitting: 0, running: 0, unknown: 1, notChecked: 1 });
});

it('a heartbeat during the only poll names no time until the next one: none is queued', async () => {
  const { events } = await wait({ 1: 'hang' }, { timeoutMs: 40_000 });
  assert.equal(of(events, 'heartbeat')[0]?.nextPollMs, 0);
});

it('heartbeats come at 30 s, 1, 2, 4, 5 min, then every 5 min', async () => {
  const { events, elapsed } = await wait({ 1: () => 1 }, { timeoutMs: 1_000_000 });
  assert.equal(of(events, 'heartbeat').length, 5 + Math.floor((elapsed - 300) / 300));
});

it('never sends more than --max-rps over all tasks', async () => {
  const { asked, end } = await wait(
    lives(100, () => finishedAt(30)),
    { maxRps: 5 },
  );
  assert.equal(end.exitCode, 0);
  for (const { at } of asked) assert.ok(asked.filter((one) => one.at >= at && one.at < at + 10).length <= 55);
});
