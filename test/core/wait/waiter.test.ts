import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { WaiterOptions } from '../../../src/core/wait/waiter-options.ts';
import { classifyFailure } from '../../support/failure.ts';
import { finishedAt, type Life, lives, type Meddle, of, wait } from '../../support/wait.ts';

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

describe('failures', () => {
  for (const [name, between] of [
    ['a result', 1],
    ['a throttled response', 'Throttling'],
  ] as const) {
    it(`are counted anew after ${name}: the error budget is that of consecutive ones`, async () => {
      const fails = (now: number) => now < 200 || (now >= 230 && now < 430);
      const life: Life = (now) => (fails(now) ? 'Network.ConnectionReset' : now < 430 ? between : 2);
      const { end } = await wait({ 1: life });
      assert.equal(end.exitCode, 0);
    });
  }

  it('of a task that is found again are forgotten: its grace, its attempts and its error', async () => {
    const life: Life = (now) => (now < 5 || (now >= 30 && now < 39) ? 'ResourceNotFound' : 1);
    const { events, end } = await wait({ 1: life }, { timeoutMs: 60_000 });
    const attempts = of(events, 'retry').map(({ attempt }) => attempt);
    assert.deepEqual(attempts.filter((attempt) => attempt === 1).length, 2, String(attempts));
    const { outcome, failure, requestId } = end.tasks[0]!;
    assert.deepEqual([end.exitCode, outcome, failure, requestId], [124, null, null, 'R']);
  });

  it('whose retries wait for their turns do not use up the error budget meanwhile', async () => {
    const tasks = lives(150, () => (_, poll) => (poll < 4 ? 'InternalError' : 2));
    assert.equal((await wait(tasks, { errorBudgetMs: 10_000 })).end.exitCode, 0);
  });

  it('by throttling stretch the gaps for as long as five clean polls take', async () => {
    const life: Life = (_, poll) => (poll === 0 ? 'Throttling' : 1);
    const { asked, events } = await wait({ 1: life }, { intervalMs: 3000, timeoutMs: 60_000 });
    assert.equal(of(events, 'retry')[0]!.budgetLeftMs, null);
    const gaps = asked.map(({ at }, index) => Math.round(at - (asked[index - 1]?.at ?? 0))).slice(2);
    assert.deepEqual(gaps.slice(0, 7), [6, 6, 6, 6, 3, 3, 3]);
  });

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
  const wait15s = classifyFailure('Throttling', 15_000);
  const throttledBetween: Life = (_, poll) => ['ResourceNotFound', wait15s, 'ResourceNotFound'][poll] ?? 2;
  const few = { errorBudgetMs: 20_000, notFoundGraceMs: 60_000 };
  const mixed: [string, Life, Partial<WaiterOptions>, number][] = [
    ['not found once, after errors', inTurn(['InternalError', 9], ['ResourceNotFound', 1]), {}, 0],
    ['not found once, after throttling', inTurn(['Throttling', 9], ['ResourceNotFound', 1]), {}, 0],
    ['one error, after throttling', inTurn(['Throttling', 9], ['InternalError', 1]), few, 0],
    ['two errors, after throttling', inTurn(['Throttling', 3], ['InternalError', 2]), { errorBudgetMs: 10_000 }, 0],
    ['not found twice, after throttling', inTurn(['Throttling', 3], ['ResourceNotFound', 2]), {}, 0],
    ['not found twice, throttled between', throttledBetween, {}, 0],
    ['not found again and again, throttled between', (_, poll) => (poll % 2 ? wait15s : 'ResourceNotFound'), {}, 5],
    ['one error, after it was not found', inTurn(['ResourceNotFound', 9], ['InternalError', 1]), few, 0],
    ['not found at every other poll', (_, poll) => (poll % 2 ? 'ResourceNotFound' : 'InternalError'), {}, 5],
  ];
  for (const [name, life, limits, code] of mixed) {
    it(`of several kinds have a limit each: ${name}`, async () => {
      assert.equal((await wait({ 1: life }, limits)).end.exitCode, code);
    });
  }

  it('of a task that is throttled once do not last for as long as the service asked, if it is polled sooner', async () => {
    const life: Life = (_, poll) => (poll === 1 ? classifyFailure('Throttling', 300_000) : 'ResourceNotFound');
    let isPressed = false;
    const meddle: Meddle = (waiter, clock) => {
      if (isPressed || waiter.tasks[0]!.polls < 2) return;
      isPressed = true;
      void clock.sleep(500).then(() => waiter.checkNow());
    };
    const { end, elapsed } = await wait({ 1: life }, { meddle });
    assert.equal(end.exitCode, 5);
    assert.ok(elapsed < 20, `${elapsed} s`);
  });

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
