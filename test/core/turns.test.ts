import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { HttpRequest, HttpResponse } from '../../src/core/rpc/transport.ts';
import { Turns } from '../../src/core/rpc/turns.ts';
import { parseTaskId } from '../../src/core/task.ts';
import { fakeClock } from '../support/clock.ts';
import { client, failureOf, query } from '../support/fake-client.ts';
import { succeeded } from '../support/transport.ts';

/** A client whose requests end when `respond` is called, each time the oldest one. */
function held() {
  const sent: HttpRequest[] = [];
  const waiting: (() => void)[] = [];
  const transport = {
    send: (request: HttpRequest) => {
      sent.push(request);
      return new Promise<HttpResponse>((resolve) => {
        waiting.push(() => resolve(succeeded));
      });
    },
    renew() {},
    close() {},
  };
  const made = client([succeeded], { transport });
  const respond = async (count = 1) => {
    for (const end of waiting.splice(0, count)) end();
    await turnOfLoop();
  };
  return { ...made, sent, respond };
}

const turnOfLoop = () => new Promise(setImmediate);
const idOf = (index: number) => parseTaskId(String(index + 1));

describe('more calls at once than requests', () => {
  it('have eight requests in flight; the others are sent in their order, each with its whole time limit and a time of its own', async () => {
    const { client: calls, sent, respond, clock } = held();
    const replies = Promise.all(Array.from({ length: 20 }, (_, index) => calls.getTaskStatus(idOf(index))));
    await turnOfLoop();
    assert.equal(sent.length, 8);
    // Far beyond the time limit of a request, and beyond what a signature lasts.
    clock.jump(30 * 60_000);
    clock.stop(30 * 60_000);
    while (sent.length < 20) await respond();
    await respond(8);
    assert.equal((await replies).filter(({ ok }) => ok).length, 20);
    assert.deepEqual(
      sent.map(({ url }) => query(url).get('TaskId')),
      Array.from({ length: 20 }, (_, index) => idOf(index)),
    );
    assert.deepEqual([...new Set(sent.map(({ timeoutMs }) => timeoutMs))], [10_000]);
    assert.notEqual(query(sent[0]!.url).get('Timestamp'), query(sent[8]!.url).get('Timestamp'));
    assert.equal(calls.traffic.requests, 20);
  });

  it('end at their own limit, or with their signal, though nothing was sent, and leave their turn to others', async () => {
    const { client: calls, sent, respond } = held();
    const first = Array.from({ length: 8 }, (_, index) => calls.getTaskStatus(idOf(index)));
    const stop = new AbortController();
    const stopped = calls.getTaskStatus(idOf(8), { signal: stop.signal });
    const late = calls.getTaskStatus(idOf(9), { timeoutMs: 1000 });
    const last = calls.getTaskStatus(idOf(10));
    stop.abort();
    assert.equal((await failureOf(stopped)).code, 'Network.Aborted');
    const failure = await failureOf(late);
    assert.deepEqual([failure.code, failure.message, failure.topic], ['Network.Timeout', EXPECTED, undefined]);
    assert.equal(sent.length, 8);
    await respond(8);
    await respond();
    assert.equal((await last).ok, true);
    assert.equal(
      (await Promise.all(first)).every(({ ok }) => ok),
      true,
    );
    assert.deepEqual([sent.length, calls.traffic.requests], [9, 9]);
  });

  it('do not lose a turn that comes together with the limit of a call', async () => {
    const clock = fakeClock();
    for (let microtasks = 0; microtasks < 20; microtasks += 1) {
      const turns = new Turns(1);
      const stop = new AbortController();
      let release = () => {};
      const first = turns.run(() => new Promise<void>((resolve) => (release = resolve)), clock, NO_LIMIT);
      const second = turns.run(async () => 'second', clock, { ...NO_LIMIT, signal: stop.signal });
      stop.abort();
      for (let count = 0; count < microtasks; count += 1) await undefined;
      release();
      await Promise.all([first, second]);
      assert.equal(await turns.run(async () => 'third', clock, { ...NO_LIMIT, deadline: 1000 }), 'third');
    }
  });

  it('are not sent in a turn that comes after their limit', async () => {
    const clock = fakeClock();
    const turns = new Turns(1);
    let release = () => {};
    const first = turns.run(() => new Promise<void>((resolve) => (release = resolve)), clock, NO_LIMIT);
    const second = turns.run(() => assert.fail('sent'), clock, { deadline: 1000 });
    clock.stop(1000);
    release();
    await first;
    assert.equal(await second, undefined);
    assert.equal(await turns.run(async () => 'third', clock, NO_LIMIT), 'third');
  });

  it('give back the turn of a call that throws', async () => {
    const clock = fakeClock();
    const turns = new Turns(1);
    await assert.rejects(
      turns.run(async () => assert.fail('no proxy'), clock, NO_LIMIT),
      /no proxy/,
    );
    assert.equal(await turns.run(async () => 1, clock, NO_LIMIT), 1);
  });
});

const NO_LIMIT = { deadline: Number.POSITIVE_INFINITY };
const EXPECTED = 'not sent within its time limit, since other requests of this client came first';
