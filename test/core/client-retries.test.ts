import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { noTraffic } from '../../src/core/rpc/call.ts';
import { NetworkError } from '../../src/core/rpc/transport.ts';
import { client, failureOf, id, key, query } from '../support/fake-client.ts';
import { answer, type FakeAnswer, refusal, succeeded } from '../support/transport.ts';

describe('retries', () => {
  const transient: [string, FakeAnswer][] = [
    ['500 InternalError', refusal(500, 'InternalError')],
    ['a throttled answer (HTTP 400)', refusal(400, 'Throttling.User')],
    ['a web page from a proxy', answer(502, '<html><body>Bad Gateway</body></html>', { 'content-type': 'text/html' })],
    ['a body that is no document', answer(200, 'garbage')],
    ['a connection reset', new NetworkError('ConnectionReset', 'reset')],
    ['a timeout', new NetworkError('Timeout', 'late')],
    ['a DNS failure', new NetworkError('Dns', 'ENOTFOUND')],
  ];
  for (const [name, failed] of transient) {
    it(`asks again after ${name}`, async () => {
      const { client: it_, requests } = client([failed, succeeded]);
      assert.equal((await it_.getTaskStatus(id, { retries: 3 })).ok, true);
      assert.equal(requests.length, 2);
    });
  }

  const permanent: [string, FakeAnswer][] = [
    ['ResourceNotFound', refusal(404, 'ResourceNotFound')],
    ['Forbidden.RAM', refusal(403, 'Forbidden.RAM')],
    ['a wrong key', refusal(404, 'InvalidAccessKeyId.NotFound')],
    ['an untrusted certificate', new NetworkError('Certificate', 'expired')],
    ['a redirect', answer(302, '', { location: 'http://elsewhere' })],
  ];
  for (const [name, failed] of permanent) {
    it(`does not ask again after ${name}`, async () => {
      const { client: it_, requests } = client([failed, succeeded]);
      assert.equal((await it_.getTaskStatus(id, { retries: 3 })).ok, false);
      assert.equal(requests.length, 1);
    });
  }

  it('says whom it asked of an answer that is not one of the service', async () => {
    for (const strange of [answer(502, '<html>'), answer(302, ''), answer(200, '{}')]) {
      const failure = await failureOf(client([strange]).client.getTaskStatus(id));
      assert.match(failure.message, /^response from [\w.-]+$/);
    }
    assert.doesNotMatch(
      (await failureOf(client([refusal(500, 'InternalError')]).client.getTaskStatus(id))).message,
      /response from/,
    );
  });

  it('stop after --retries, with jitter below ceilings of 1, 2 and 4 s', async () => {
    const { client: it_, requests, clock } = client([refusal(500, 'InternalError')]);
    const failure = await failureOf(it_.getTaskStatus(id, { retries: 3 }));
    assert.equal(failure.code, 'InternalError');
    assert.equal(requests.length, 4);
    assert.deepEqual(clock.sleeps, [500, 1000, 2000]);
    assert.deepEqual({ ...it_.traffic, bytes: 0 }, { requests: 4, retries: 3, throttles: 0, bytes: 0 });
  });

  it('wait as long as x-acs-retry-after (ms) says', async () => {
    const { client: it_, clock } = client([refusal(400, 'Throttling.Api', { 'x-acs-retry-after': '2345' }), succeeded]);
    await it_.getTaskStatus(id, { retries: 3 });
    assert.deepEqual(clock.sleeps, [2345]);
    assert.equal(it_.traffic.throttles, 1);
  });

  it('give up at once when the server asks for more than a minute', async () => {
    const { client: it_, requests } = client([refusal(400, 'Throttling', { 'retry-after': '86400' })]);
    await it_.getTaskStatus(id, { retries: 3 });
    assert.equal(requests.length, 1);
  });
});

describe('what can be put right', () => {
  it('is asked once more with a new nonce after SignatureNonceUsed', async () => {
    const { client: it_, requests } = client([refusal(400, 'SignatureNonceUsed'), succeeded]);
    assert.equal((await it_.getTaskStatus(id)).ok, true);
    assert.equal(query(requests[1]!.url).get('SignatureNonce'), 'nonce-2');
  });

  it('a nonce refused twice is like any transient failure: asked again after a delay, in a wait too', async () => {
    const used = refusal(400, 'SignatureNonceUsed');
    const { client: it_, requests, clock } = client([used, used, succeeded]);
    assert.equal((await it_.getTaskStatus(id, { retries: 3 })).ok, true);
    assert.deepEqual([requests.length, clock.sleeps], [3, [500]]);
    const failure = await failureOf(client([used]).client.getTaskStatus(id));
    assert.equal(failure.retry, 'backoff');
  });

  it('is over by its deadline, the second attempt of a correction included', async () => {
    const { client: it_, requests } = client([refusal(400, 'SignatureNonceUsed'), succeeded]);
    await it_.getTaskStatus(id, { timeoutMs: 300 });
    assert.deepEqual(
      requests.map(({ timeoutMs }) => timeoutMs),
      [300, 300],
    );
    const late = client([refusal(500, 'InternalError')]);
    await late.client.getTaskStatus(id, { retries: 3, timeoutMs: 1400 });
    assert.deepEqual(late.clock.sleeps, [500]);
  });

  it('counts in the counter of the caller, each in its own', async () => {
    const { client: it_ } = client([refusal(500, 'InternalError'), succeeded]);
    const [one, other] = [noTraffic(), noTraffic()];
    await it_.getTaskStatus(id, { retries: 1, traffic: one });
    await it_.getTaskStatus(id, { traffic: other });
    assert.deepEqual([one.requests, one.retries, other.requests, it_.traffic.requests], [2, 1, 1, 0]);
    const { byteLength } = succeeded.body;
    assert.deepEqual([one.bytes > byteLength, other.bytes, it_.traffic.bytes], [true, byteLength, 0]);
  });

  it('learns the clock offset from Date, in one extra request, and keeps it', async () => {
    const date = new Date(Date.parse('2023-03-13T09:34:30Z')).toUTCString();
    const { client: it_, requests } = client([refusal(400, 'InvalidTimeStamp.Expired', { date }), succeeded]);
    await it_.getTaskStatus(id);
    await it_.getTaskStatus(id);
    assert.equal(it_.clockOffsetMs(), 3_600_000);
    assert.deepEqual(
      requests.map(({ url }) => query(url).get('Timestamp')),
      ['2023-03-13T08:34:30Z', '2023-03-13T09:34:30Z', '2023-03-13T09:34:30Z'],
    );
  });

  for (const [minutes, warnings] of [
    [4, []],
    [-6, [-360_000]],
    [60, [3_600_000]],
  ] as const) {
    it(`warns ${warnings.length === 0 ? 'not' : 'once'} of a clock ${minutes} minutes off`, async () => {
      const date = new Date(Date.parse('2023-03-13T08:34:30Z') + minutes * 60_000).toUTCString();
      const expired = refusal(400, 'InvalidTimeStamp.Expired', { date });
      const warned: number[] = [];
      const onClockOff = (ms: number) => void warned.push(ms);
      const { client: it_ } = client([expired, succeeded, expired, succeeded], { onClockOff });
      await it_.getTaskStatus(id);
      await it_.getTaskStatus(id);
      assert.deepEqual(warned, warnings);
    });
  }

  for (const [name, headers] of [
    ['more than a day', { date: new Date(0).toUTCString() }],
    ['a response without a Date', {}],
    ['a cached response', { date: 'Mon, 13 Mar 2023 09:34:30 GMT', age: '60' }],
  ] as const) {
    it(`does not believe an offset of ${name}`, async () => {
      const { client: it_, requests } = client([refusal(400, 'InvalidTimeStamp.Expired', headers)]);
      await it_.getTaskStatus(id);
      assert.equal(requests.length, 1);
      assert.equal(it_.clockOffsetMs(), 0);
    });
  }

  it('looks for credentials once more after an authentication error, and asks again with another key', async () => {
    const credentials = async (renew: boolean) => (renew ? { ...key, accessKeyId: 'rotated' } : key);
    const { client: it_, requests } = client([refusal(403, 'InvalidSecurityToken.Expired'), succeeded], {
      credentials,
    });
    assert.equal((await it_.getTaskStatus(id)).ok, true);
    assert.equal(query(requests[1]!.url).get('AccessKeyId'), 'rotated');
  });

  it('does not ask again with the same key', async () => {
    const { client: it_, requests } = client([refusal(404, 'InvalidAccessKeyId.NotFound')]);
    assert.equal((await failureOf(it_.getTaskStatus(id))).class, 'auth');
    assert.equal(requests.length, 1);
  });
});
