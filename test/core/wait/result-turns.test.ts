import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { classifyFailure } from '../../support/failure.ts';
import { finishedAt, lives, replied, wait } from '../../support/wait.ts';

const timedOut: NonNullable<Parameters<typeof wait>[1]>['result'] = async (_, { timeoutMs }, sleep) => {
  await sleep(timeoutMs - 50);
  return { ok: false, failure: classifyFailure('Network.Timeout') };
};

describe('the requests for results, beside polls', () => {
  it('keeps no event back for more than five seconds, though polls leave no turn for it', async () => {
    const { events, emittedAt, end } = await wait(
      lives(200, (index) => finishedAt(index, index % 2 === 0 ? 3 : 2)),
      { maxRps: 1, timeoutMs: 150_000, result: async () => replied() },
    );
    for (const [index, event] of events.entries()) {
      if (event.type === 'result') assert.ok(emittedAt[index]! - event.durationMs <= 7000, `${event.id}`);
    }
    assert.equal(end.exitCode, 1);
  });

  it('leaves polls half of the turns, so that a service that hangs there delays no end of a task', async () => {
    const { end } = await wait(
      lives(60, (index) => (index < 40 ? finishedAt(5, 3) : finishedAt(20))),
      { latencyMs: 50, result: timedOut },
    );
    const late = end.tasks.slice(40).map(({ endedAt }) => endedAt! - 20_000);
    assert.ok(Math.max(...late) < 6000, `${Math.max(...late)} ms`);
  });

  it('has no turn left when the last round begins, so that a service that hangs there costs no task its last poll', async () => {
    const { end } = await wait(
      lives(24, (index) => (index < 12 ? finishedAt(7, 3) : finishedAt(9.3))),
      {
        ...{ timeoutMs: 12_000, maxRps: 50, latencyMs: 5 },
        result: timedOut,
      },
    );
    assert.deepEqual(
      end.tasks.map(({ outcome }) => outcome),
      [...Array<string>(12).fill('failed'), ...Array<string>(12).fill('succeeded')],
    );
  });

  it('counts against --max-rps and the requests in flight, and leaves polls their last round', async () => {
    const { asked, results, end } = await wait(
      lives(200, (index) => finishedAt(index % 50, index < 100 ? 3 : 1)),
      { maxRps: 20, timeoutMs: 120_000, latencyMs: 50, result: async () => replied() },
    );
    const sent = [...asked, ...results].map(({ at }) => at).sort((one, other) => one - other);
    for (const [index, at] of sent.entries()) {
      const within = sent.slice(index).filter((other) => other < at + 1).length;
      assert.ok(within <= 40, `${within} requests in the second from ${at}`);
    }
    assert.deepEqual([end.why, results.length], ['deadline', 100]);
    const last = new Map(asked.map(({ id, at }) => [id, at]));
    for (let id = 101; id <= 200; id++) assert.ok(last.get(String(id))! > 100, `${id} at ${last.get(String(id))}`);
  });
});
