import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TaskReply } from '../../../src/core/client.ts';
import type { Failure } from '../../../src/core/rpc/response.ts';
import { parseTaskId, type TaskId } from '../../../src/core/task.ts';
import type { EndEvent, WaiterEvent } from '../../../src/core/wait/events.ts';
import { Waiter, type WaiterOptions } from '../../../src/core/wait/waiter.ts';
import { type FakeClock, fakeClock } from '../../support/clock.ts';
import { classifyFailure } from '../../support/failure.ts';

/** What a task answers at a second of the wait: a status, a failure or its code; or nothing until the time limit. */
type Life = 'hang' | ((second: number, poll: number) => number | string | Failure);

const finishedAt =
  (second: number, status = 2): Life =>
  (now) =>
    now >= second ? status : 1;

type Meddle = (waiter: Waiter, clock: FakeClock) => void;

/** Runs a wait to its end; `meddle` is called at each question that is asked, to press keys or move clocks. */
async function wait(
  lives: Record<string, Life>,
  overrides: Partial<WaiterOptions> = {},
  latencyMs = 0,
  meddle: Meddle = () => {},
) {
  const clock = fakeClock();
  const ids = Object.keys(lives).map(parseTaskId);
  const asked: { id: string; at: number }[] = [];
  const controller = new AbortController();
  const ask = async (id: TaskId, { timeoutMs }: { timeoutMs: number }): Promise<TaskReply> => {
    const at = clock.monotonic() / 1000;
    const poll = asked.filter((one) => one.id === id).length;
    asked.push({ id, at });
    meddle(waiter, clock);
    if (latencyMs) await clock.sleep(latencyMs);
    const life = lives[id]!;
    if (life === 'hang') {
      await clock.sleep(timeoutMs);
      return { ok: false, failure: classifyFailure('Network.Timeout') };
    }
    const said = life(clock.monotonic() / 1000, poll);
    if (typeof said === 'string') return { ok: false, failure: classifyFailure(said) };
    if (typeof said === 'object') return { ok: false, failure: said };
    return { ok: true, answer: { status: said, requestId: 'R', http: 200, body: new Uint8Array() } };
  };
  const options: WaiterOptions = {
    ...{ ids, need: ids.length, failFast: false, timeoutMs: 30 * 60_000, intervalMs: 'auto', maxIntervalMs: 30_000 },
    ...{ errorBudgetMs: 300_000, notFoundGraceMs: 10_000, maxRps: 10, heartbeatMs: 'auto', timeoutExitCode: 124 },
    ...{ queueTimeoutMs: Number.POSITIVE_INFINITY, stallTimeoutMs: Number.POSITIVE_INFINITY },
    ...overrides,
  };
  const waiter = new Waiter(options, { clock, random: () => 0.5, ask, signal: controller.signal });
  const events: WaiterEvent[] = [];
  for await (const event of waiter.events()) events.push(event);
  const end = events.at(-1) as EndEvent;
  assert.equal(end.type, 'end');
  return { events, end, asked, elapsed: clock.monotonic() / 1000 };
}

const of = <T extends WaiterEvent['type']>(events: WaiterEvent[], type: T) =>
  events.filter((event): event is Extract<WaiterEvent, { type: T }> => event.type === type);

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
  const lives = { 1: finishedAt(5), 2: finishedAt(10, 3), 3: finishedAt(20) };
  const cases: [string, Partial<WaiterOptions>, string, number][] = [
    ['all, one failed: waits for the rest', {}, 'ended', 1],
    ['any: the first success ends the wait', { need: 1 }, 'met', 0],
    ['two of three, another failed', { need: 2 }, 'met', 0],
    ['fail-fast: the first failure ends the wait', { failFast: true }, 'failFast', 1],
  ];
  for (const [name, options, why, code] of cases) {
    it(name, async () => {
      const { end } = await wait(lives, options);
      assert.deepEqual([end.why, end.exitCode], [why, code]);
    });
  }
});

describe('the deadline', () => {
  it('has exactly one poll planned to be answered just before it', async () => {
    const { asked, end, elapsed } = await wait({ 1: () => 1 }, { timeoutMs: 60_000 }, 50);
    assert.equal(end.exitCode, 124);
    assert.equal(asked.filter(({ at }) => at >= 58 && at < 60).length, 1);
    assert.ok(elapsed <= 60);
  });
  it('is not missed by a task that ends a second before it', async () => {
    assert.equal((await wait({ 1: finishedAt(59) }, { timeoutMs: 60_000 }, 50)).end.exitCode, 0);
  });
  it('ends a hanging request a little earlier, so that the reason is known', async () => {
    const { events, end } = await wait({ 1: 'hang' }, { timeoutMs: 60_000 });
    assert.equal(end.why, 'deadline');
    assert.deepEqual(of(events, 'retry'), [], 'nothing is asked again');
    assert.equal(end.tasks[0]?.failure?.code, 'Network.Timeout');
  });
  it('is shared by all tasks', async () => {
    const lives = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [index + 1, () => 1]));
    assert.ok((await wait(lives, { timeoutMs: 60_000 })).elapsed <= 60);
  });
  it('of the queue or of a standstill ends one task only', async () => {
    const { end } = await wait({ 1: () => 0, 2: finishedAt(60) }, { queueTimeoutMs: 20_000 });
    assert.deepEqual(
      end.tasks.map(({ outcome }) => outcome),
      ['queueTimeout', 'succeeded'],
    );
    assert.equal(end.exitCode, 124);
  });
});

describe('checking now', () => {
  it('asks about every waiting task at once, and keeps the last poll before the deadline', async () => {
    let pressed = 0;
    const press: Meddle = (waiter, clock) => {
      // Pressed 4 s after each poll of the last ten seconds.
      if (clock.monotonic() > 48_000 && pressed++ < 2) void clock.sleep(4000).then(() => waiter.checkNow());
    };
    const { asked, end, elapsed } = await wait({ 1: () => 1 }, { timeoutMs: 60_000 }, 0, press);
    const late = asked.map(({ at }) => at).filter((at) => at > 48);
    assert.equal(late[1]! - late[0]!, 4);
    assert.ok(late.at(-1)! >= 58 && late.at(-1)! < 60, String(late));
    assert.equal(end.exitCode, 124);
    assert.ok(elapsed <= 60);
  });
});

describe('the clock', () => {
  const jumpAfter = (second: number, ms: number): Meddle => {
    let isDone = false;
    return (_, clock) => {
      if (isDone || clock.monotonic() < second * 1000) return;
      isDone = true;
      clock.jump(ms);
    };
  };

  it('jumped by 40 min, as after a sleep: asked within a second, and the time slept counts as waited', async () => {
    const { events, asked, end } = await wait(
      { 1: finishedAt(1000) },
      { timeoutMs: 3_600_000 },
      0,
      jumpAfter(400, 2_400_000),
    );
    const [wake] = of(events, 'wake');
    assert.equal(wake?.jumpMs, 2_400_000);
    const [before, after] = asked.map(({ at }) => at).filter((at) => at >= 400);
    assert.ok(after! - before! <= 1, `${after! - before!} s`);
    assert.ok(end.elapsedMs > 3_000_000);
  });

  it('jumped past the deadline: every task is asked about once more before the wait gives up', async () => {
    const { asked, end, elapsed } = await wait({ 1: finishedAt(401), 2: () => 1 }, {}, 0, jumpAfter(400, 36_000_000));
    assert.deepEqual(
      end.tasks.map(({ outcome }) => outcome),
      ['succeeded', null],
    );
    assert.equal(end.exitCode, 124);
    for (const id of ['1', '2']) assert.ok(asked.some((one) => one.id === id && one.at > 401));
    assert.ok(elapsed < 412, `${elapsed} s`);
  });

  it('set back does not make the wait longer', async () => {
    const { end, elapsed } = await wait({ 1: () => 1 }, { timeoutMs: 600_000 }, 0, jumpAfter(100, -3_600_000));
    assert.equal(end.exitCode, 124);
    assert.ok(elapsed <= 600);
  });
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

it('heartbeats come at 30 s, 1, 2, 4, 5 min, then every 5 min', async () => {
  const { events, elapsed } = await wait({ 1: () => 1 }, { timeoutMs: 1_000_000 });
  assert.equal(of(events, 'heartbeat').length, 5 + Math.floor((elapsed - 300) / 300));
});

it('never sends more than --max-rps over all tasks', async () => {
  const lives = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [index + 1, finishedAt(30)]));
  const { asked, end } = await wait(lives, { maxRps: 5 });
  assert.equal(end.exitCode, 0);
  for (const { at } of asked) assert.ok(asked.filter((one) => one.at >= at && one.at < at + 10).length <= 55);
});
