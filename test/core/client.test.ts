import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { canonicalizedQueryString, signature, stringToSign } from '../../src/core/rpc/signature.ts';
import { NetworkError } from '../../src/core/rpc/transport.ts';
import { client, failureOf, id, key, query } from '../support/fake-client.ts';
import { refusal, succeeded } from '../support/transport.ts';

describe('the request', () => {
  it('carries the documented parameters, the id digit by digit, and a signature over all of them', async () => {
    const { client: it_, requests } = client([succeeded]);
    await it_.getTaskStatus(id);
    const { Signature, ...parameters } = Object.fromEntries(query(requests[0]!.url));
    assert.deepEqual(parameters, {
      AccessKeyId: 'testid',
      Action: 'GetTaskStatus',
      Format: 'JSON',
      RegionId: 'cn-beijing',
      SignatureMethod: 'HMAC-SHA1',
      SignatureNonce: 'nonce-1',
      SignatureVersion: '1.0',
      TaskId: '9223372036854775807',
      Timestamp: '2023-03-13T08:34:30Z',
      Version: '2019-08-10',
    });
    assert.equal(Signature, signature(stringToSign('GET', canonicalizedQueryString(parameters)), 'testsecret'));
  });

  it('can be a POST form, all parameters and the signature in the body', async () => {
    const { client: it_, requests } = client([succeeded], { method: 'post' });
    await it_.getTaskStatus(id);
    assert.equal(requests[0]!.url, 'https://multimediaai.cn-beijing.aliyuncs.com/');
    assert.equal(requests[0]!.method, 'POST');
    assert.match(requests[0]!.body!, /^AccessKeyId=testid&.*&Signature=/);
  });

  it('carries the security token of temporary keys, signed with the rest', async () => {
    const credentials = async () => ({ ...key, securityToken: 'a+b/c=' });
    const { client: it_, requests } = client([succeeded], { credentials });
    await it_.getTaskStatus(id);
    assert.equal(query(requests[0]!.url).get('SecurityToken'), 'a+b/c=');
  });

  it('signs every attempt with a new nonce and a new timestamp', async () => {
    const { client: it_, requests } = client([refusal(500, 'InternalError'), succeeded], { random: () => 0.999 });
    assert.equal((await it_.getTaskStatus(id, { retries: 3 })).ok, true);
    const [first, second] = requests.map(({ url }) => query(url));
    assert.notEqual(first!.get('SignatureNonce'), second!.get('SignatureNonce'));
    assert.notEqual(first!.get('Signature'), second!.get('Signature'));
  });
});

describe('--debug', () => {
  it('tells each attempt, why it waits, what it learns and the request id', async () => {
    const date = new Date(Date.parse('2023-03-13T09:34:30Z')).toUTCString();
    const lines: string[] = [];
    const answers = [
      refusal(400, 'InvalidTimeStamp.Expired', { date }),
      refusal(500, 'InternalError'),
      refusal(400, 'Throttling', { 'x-acs-retry-after': '2345' }),
      new NetworkError('ConnectionReset', 'host: reset'),
      succeeded,
    ];
    const debug = (line: string) => void lines.push(line.replace(`task ${id}: `, ''));
    const { client: it_ } = client(answers, { debug });
    await it_.getTaskStatus(id, { retries: 3 });
    const sent = (n: number, offset: number) =>
      `request ${n}: GET https://multimediaai.cn-beijing.aliyuncs.com, v1, clock offset ${offset} ms`;
    assert.deepEqual(lines, [
      sent(1, 0),
      'request 1: HTTP 400, InvalidTimeStamp.Expired, request ID R-1, 0 ms',
      'clock offset learned: 3600000 ms',
      'InvalidTimeStamp.Expired, retrying at once',
      sent(2, 3_600_000),
      'request 2: HTTP 500, InternalError, request ID R-1, 0 ms',
      'InternalError, retry 1 of 3 in 500 ms, by jittered backoff',
      sent(3, 3_600_000),
      'request 3: HTTP 400, Throttling, request ID R-1, 0 ms',
      'Throttling, retry 2 of 3 in 2345 ms, as the server asks',
      sent(4, 3_600_000),
      'request 4: Network.ConnectionReset: host: reset, 0 ms',
      'Network.ConnectionReset, retry 3 of 3 in 2000 ms, by jittered backoff',
      sent(5, 3_600_000),
      'request 5: HTTP 200, status 2, request ID cc53a4b3-8002-4717-a1d8-208be4492834, 0 ms',
    ]);
  });
});

describe('SignatureDoesNotMatch', () => {
  const mismatch = (toSign: string) =>
    refusal(
      400,
      'SignatureDoesNotMatch',
      {},
      `Specified signature is not matched with our calculation. server string to sign is:${toSign}`,
    );
  const signedBy = (url: string) => {
    const { Signature, ...parameters } = Object.fromEntries(query(url));
    return stringToSign('GET', canonicalizedQueryString(parameters));
  };

  it('blames the secret when the server signed the same text', async () => {
    const { client: it_ } = client([(request) => mismatch(signedBy(request.url))]);
    assert.equal((await failureOf(it_.getTaskStatus(id))).topic, 'wrongSecret');
  });

  it('blames the canonicalization when the server signed another text', async () => {
    const { client: it_ } = client([mismatch('GET&%2F&other')]);
    assert.equal((await failureOf(it_.getTaskStatus(id))).topic, 'wrongCanonicalization');
  });

  it('is told in brackets by some gateways: compared and kept back all the same', async () => {
    const bracketed = (request: { url: string }) =>
      refusal(
        400,
        'SignatureDoesNotMatch',
        {},
        `does not match. server StringToSign is [${signedBy(request.url)}] server CanonicalRequest is [x-acs-security-token:canary]`,
      );
    const { client: it_ } = client([bracketed]);
    const { body: _, ...failure } = await failureOf(it_.getTaskStatus(id));
    assert.equal(failure.topic, 'wrongSecret');
    assert.doesNotMatch(JSON.stringify(failure), /canary|testid|GET&/);
  });

  it('shows neither text', async () => {
    const { client: it_ } = client([(request) => mismatch(signedBy(request.url))]);
    const { body: _, ...failure } = await failureOf(it_.getTaskStatus(id));
    assert.doesNotMatch(JSON.stringify(failure), /testid|GET&/);
  });
});
