import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { HttpRequest, HttpResponse } from '../../src/core/rpc/transport.ts';
import { parseTaskId } from '../../src/core/task.ts';
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
    assert.deepEqual([failure.code, failure.message], ['Network.Timeout', EXPECTED]);
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

  it('do not lose a turn that comes together with the limit of the call', async () => {
    const { client: calls, sent, respond } = held();
    const stop = new AbortController();
    const first = Array.from({ length: 8 }, (_, index) => calls.getTaskStatus(idOf(index)));
    const stopped = calls.getTaskStatus(idOf(8), { signal: stop.signal });
    await turnOfLoop();
    stop.abort();
    await respond(8);
    await Promise.all(first);
    assert.equal((await failureOf(stopped)).code, 'Network.Aborted');
    const next = Array.from({ length: 8 }, (_, index) => calls.getTaskStatus(idOf(index)));
    await turnOfLoop();
    assert.equal(sent.length, 16);
    await respond(8);
    await Promise.all(next);
  });
});

const EXPECTED = 'not sent within its time limit, since other requests of this client came first';
