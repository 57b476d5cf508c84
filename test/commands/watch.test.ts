import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { run } from '../../src/cli.ts';
import type { FakeClock } from '../support/clock.ts';
import { fakeDeps } from '../support/deps.ts';
import { answer, fakeTransport, refusal } from '../support/transport.ts';
import { env, finishedAt, status, watch } from '../support/watch-command.ts';

describe('watch without a terminal', () => {
  for (const tasks of [1, 100]) {
    it(`says of ${tasks} tasks in half an hour at most 13 lines, one for each change and one that names tasks; is never silent above 5 min, has no escape codes`, async () => {
      const ids = [...Array(tasks).keys()].map((n) => String(n + 1));
      const { code, stderr } = await watch(ids, () => status(1));
      assert.equal(code, 124);
      const lines = stderr.trimEnd().split('\n');
      const beats = lines.filter((line) => / done; (?:next check in|checking now)/.test(line));
      assert.equal(beats.length, 9);
      // Nine heartbeats, the first sight, the verdict, and the command to keep waiting on a line of its own.
      assert.ok(lines.length <= 13 + (tasks === 1 ? 0 : tasks), `${lines.length} lines`);
      assert.doesNotMatch(stderr, /[\u001b\r]/);
      const times = lines.flatMap((line) => {
        const [, minutes, seconds] = /^\[\+(\d+):(\d+)\]/.exec(line) ?? [];
        return minutes ? [Number(minutes) * 60 + Number(seconds)] : [];
      });
      const silences = times.slice(1).map((time, index) => time - times[index]!);
      assert.ok(Math.max(...silences) <= 301, String(silences));
    });
  }

  it('--heartbeat none and --progress none say nothing but the verdict', async () => {
    const { stderr } = await watch(['1', '--progress', 'none'], finishedAt(600));
    assert.equal(stderr, 'done after 10m10s: 1 succeeded\n');
    const { stderr: quieter } = await watch(['1', '--heartbeat', 'none'], finishedAt(600));
    assert.doesNotMatch(quieter, /next check/);
  });

  it('tells of an outage ever more rarely, and once more when it has lasted too long', async () => {
    const { code, stderr } = await watch(['1'], () => refusal(500, 'InternalError'));
    assert.equal(code, 4);
    const told = stderr.match(/1 InternalError, retrying/g)?.length ?? 0;
    assert.ok(told >= 3 && told <= 6, stderr);
    assert.match(stderr, /^error: task 1: InternalError/m);
  });

  it('tells of an outage that many tasks meet in some lines for each retry, and begins anew with each heartbeat', async () => {
    const ids = Array.from({ length: 200 }, (_, index) => String(index + 1));
    const { stderr } = await watch([...ids, '--max-rps', 'none'], () => refusal(500, 'InternalError'));
    const lines = stderr.split('\n').filter((line) => / InternalError, retrying/.test(line));
    assert.ok(lines.length >= 8 && lines.length <= 60, `${lines.length} lines`);
  });

  it('--progress tty is refused before any request', async () => {
    const { code, stderr, requests } = await watch(['1', '--progress', 'tty'], finishedAt(0));
    assert.deepEqual([code, requests.length], [2, 0]);
    assert.match(stderr, /not a terminal/);
  });
});

describe('the plan of --dry-run', () => {
  const plan = async (...args: string[]) =>
    JSON.parse((await watch([...args, '--dry-run', '--json'], finishedAt(0))).stdout);

  it('is what the wait does', async () => {
    const { pollsPerTask, worstLagMs } = await plan('1', '--timeout', '1m');
    assert.equal((await watch(['1', '--timeout', '1m'], () => status(1))).requests.length, pollsPerTask);
    assert.ok(worstLagMs > 7500 && worstLagMs < 8500, String(worstLagMs));
  });

  it('promises no more checks than --max-rps allows', async () => {
    const ids = [...Array(30).keys()].map((n) => String(n + 1));
    const args = [...ids, '--max-rps', '3', '--timeout', '20s'];
    const { requests: planned, pollsPerTask } = await plan(...args);
    const sent = (await watch(args, () => status(1))).requests;
    assert.ok(sent.length <= planned && planned <= sent.length + 3, `${sent.length} sent, ${planned} planned`);
    assert.equal(pollsPerTask, Math.floor(sent.length / ids.length));
    const { stdout } = await watch([...args, '--dry-run'], () => status(1));
    assert.match(stdout, new RegExp(`^30 tasks, at most ${planned} checks in 20s; `, 'm'));
  });

  it('ends after 100,000 checks, which take 20 minutes, a list of millions being of no use', async () => {
    const { atMs, horizonMs } = await plan('1', '--interval', '1ms', '--max-rps', 'none', '--timeout', '24h');
    assert.ok(atMs.length > 99_000 && atMs.length <= 100_000, String(atMs.length));
    assert.equal(horizonMs, 1_250_000);
  });

  it('knows that --max-rps makes many tasks wait for their turn', async () => {
    const ids = [...Array(1000).keys()].map((n) => String(n + 1));
    const { requests, worstLagMs } = await plan(...ids, '--timeout', '30m');
    // A round over all tasks, in another order than the one before.
    assert.ok(worstLagMs >= 100_000 && worstLagMs <= 110_000, String(worstLagMs));
    assert.ok(requests <= 10 * 1800 + 1000, String(requests));
  });
});

describe('a server that asks to be left alone', () => {
  it('is, after an answer as well, when that is longer than our gap', async () => {
    const times: number[] = [];
    const headers = { 'x-ratelimit-user-api': 'Limit:1,Remain:0,TimeLeft:7000' };
    await watch(['1'], (now) => {
      times.push(now);
      return answer(200, { Status: now < 1 ? 1 : 2, RequestId: 'R' }, headers);
    });
    assert.deepEqual(times, [0, 7]);
  });
});

it('after a sleep of the laptop, the next questions go over new connections', async () => {
  const deps = fakeDeps({ env });
  const clock = deps.clock as FakeClock;
  let renewals = 0;
  let isAsleep = false;
  const { transport } = fakeTransport(() => {
    if (clock.monotonic() > 100_000 && !isAsleep) {
      isAsleep = true;
      clock.suspend(600_000);
    }
    return status(clock.monotonic() > 200_000 ? 2 : 1);
  });
  const renew = () => {
    renewals += 1;
  };
  assert.equal(await run(['watch', '1'], { ...deps, transport: async () => ({ ...transport, renew }) }), 0);
  assert.equal(renewals, 1);
  assert.match(deps.stderr.text(), /asleep or suspended for 10m; checking all tasks now/);
});

it('the start of the process, of less than a second, is not taken off the timeout', async () => {
  const args = ['1', '--timeout', '10s', '-o', 'ndjson'];
  const { stdout } = await watch(args, finishedAt(0), (clock) => ({ startedAt: clock.monotonic() - 700 }));
  const { type, ts, deadline } = JSON.parse(stdout.split('\n')[1]!);
  assert.deepEqual([type, Date.parse(deadline) - Date.parse(ts)], ['start', 10_000]);
});

describe('credentials', () => {
  it('that expire in the middle of a wait are looked up again, once, and the wait goes on', async () => {
    let secret = 'old';
    const rotating = new Proxy(env, {
      get: (target, name) => (name === 'ALIBABA_CLOUD_ACCESS_KEY_SECRET' ? secret : Reflect.get(target, name)),
    });
    let refusals = 0;
    const { code, requests } = await watch(
      ['1'],
      (now) => {
        if (now > 100 && secret === 'old') {
          secret = 'new';
          refusals += 1;
          return refusal(400, 'InvalidSecurityToken.Expired');
        }
        return finishedAt(200)(now);
      },
      () => ({ env: rotating }),
    );
    assert.deepEqual([code, refusals], [0, 1]);
    assert.ok(requests.length > 15);
  });
});
