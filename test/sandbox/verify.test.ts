import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { describe, it } from 'node:test';
import { Refusal } from '../../src/sandbox/refusal.ts';
import { readRequest, type SandboxKey, Verifier } from '../../src/sandbox/verify.ts';
import { acs3Vectors, v1Vectors } from '../fixtures/signatures.ts';
import { sandbox, testKey } from '../support/mmai.ts';

// Requests are signed by the official library, so that no mistake of ours can hide on both sides.
const { default: OpenApiUtil } = createRequire(import.meta.url)('@alicloud/openapi-util');

const NOW = Date.parse('2023-03-13T08:34:30Z');
const MINUTE = 60_000;
const FORM = 'application/x-www-form-urlencoded';
const plain: SandboxKey = { accessKeyId: 'testid', accessKeySecret: 'testsecret' };
const temporary: SandboxKey = { ...plain, securityToken: 'token', expiresAt: NOW + MINUTE };

let nonces = 0;

/** A right V1 query but for `changes`; what is changed to undefined is left out, a Signature given stays as given. */
function v1Query(changes: Record<string, string | undefined> = {}, accessKeySecret = 'testsecret'): string {
  const parameters: Record<string, string | undefined> = {
    ...v1Vectors.find(({ name }) => name === 'G1')!.parameters,
    SignatureNonce: `nonce-${++nonces}`,
    ...changes,
  };
  const sent = Object.entries(parameters).filter((pair): pair is [string, string] => pair[1] !== undefined);
  const signed = Object.fromEntries(sent.filter(([name]) => name !== 'Signature'));
  const Signature = OpenApiUtil.getRPCSignature(signed, 'GET', accessKeySecret);
  return `${new URLSearchParams({ ...('Signature' in changes ? {} : { Signature }), ...Object.fromEntries(sent) })}`;
}

/** The id of the task asked about, or the code of the refusal. */
function verdict(verifier: Verifier, request: ReturnType<typeof readRequest>, now = NOW): string {
  try {
    return verifier.verify(request, now).taskId;
  } catch (error) {
    if (error instanceof Refusal) return `${error.http} ${error.code}`;
    throw error;
  }
}

const get = (query: string) => readRequest('GET', `/?${query}`, {}, Buffer.alloc(0));

describe('the verifier', () => {
  for (const { name, method, parameters, signature } of v1Vectors.filter(({ name }) => /^G[1-5]$/.test(name))) {
    it(`accepts vector ${name}`, () => {
      const query = `${new URLSearchParams({ ...parameters, Signature: signature })}`;
      const token = parameters.SecurityToken;
      const verifier = new Verifier([{ ...plain, ...(token !== undefined && { securityToken: token }) }]);
      const request =
        method === 'GET' ? get(query) : readRequest('POST', '/', { 'content-type': FORM }, Buffer.from(query));
      assert.equal(verdict(verifier, request), parameters.TaskId);
    });
  }

  it('reads V1 parameters from query and form together', () => {
    const { parameters, signature } = v1Vectors.find(({ name }) => name === 'G2')!;
    const { TaskId, ...others } = parameters;
    const query = new URLSearchParams({ ...others, Signature: signature });
    const request = readRequest('POST', `/?${query}`, { 'content-type': FORM }, Buffer.from(`TaskId=${TaskId}`));
    assert.equal(verdict(new Verifier([plain]), request), TaskId);
  });

  const acs3 = (name: string, more: Record<string, string> = {}, body?: string) => {
    const vector = acs3Vectors.find((vector) => vector.name.startsWith(name))!;
    const headers = Object.fromEntries(vector.headers);
    const signed = Object.keys(headers).sort().join(';');
    const authorization = `ACS3-HMAC-SHA256 Credential=testid,SignedHeaders=${signed},Signature=${vector.signature}`;
    const query = new URLSearchParams(vector.query);
    const bytes = Buffer.from(body ?? vector.body!);
    return readRequest(vector.method, `/?${query}`, { ...headers, authorization, ...more }, bytes);
  };
  const then = Date.parse('2023-10-26T10:22:32Z');

  for (const name of ['A1', 'A2', 'A3', 'A4']) {
    it(`accepts vector ${name}`, () => {
      const key = name === 'A4' ? { ...plain, securityToken: 'teststs' } : plain;
      assert.equal(verdict(new Verifier([key]), acs3(name), then), '10051344');
    });
  }

  const notAcs3: [string, Record<string, string>, string | undefined, string][] = [
    ['a body other than the signed one', {}, 'TaskId=1', '400 IncompleteSignature'],
    ['an x-acs header that is not signed', { 'x-acs-more': 'x' }, undefined, '400 IncompleteSignature'],
    ['a signed header that was changed', { 'x-acs-action': 'Other' }, undefined, '400 SignatureDoesNotMatch'],
    ['an Authorization of another form', { authorization: 'ACS3-HMAC-SHA256 x' }, undefined, '400 IncompleteSignature'],
  ];
  for (const [name, headers, body, code] of notAcs3) {
    it(`refuses ACS3 with ${name}`, () =>
      assert.equal(verdict(new Verifier([plain]), acs3('A3', headers, body), then), code));
  }

  it('takes the name of an object method in SignedHeaders for a header', () => {
    const names =
      'constructor;content-type;host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version';
    const authorization = `ACS3-HMAC-SHA256 Credential=testid,SignedHeaders=${names},Signature=00`;
    assert.equal(verdict(new Verifier([plain]), acs3('A3', { authorization }), then), '400 SignatureDoesNotMatch');
  });

  const refusals: [string, Record<string, string | undefined>, string][] = [
    ['no AccessKeyId', { AccessKeyId: undefined }, '400 MissingParameter'],
    ['an empty SignatureNonce', { SignatureNonce: '' }, '400 MissingParameter'],
    ['no Timestamp, before a wrong SignatureMethod', { Timestamp: undefined, SignatureMethod: 'x' }, '400 Missing'],
    ['another SignatureMethod', { SignatureMethod: 'HMAC-SHA256' }, '400 InvalidSignatureMethod'],
    ['another SignatureVersion', { SignatureVersion: '2.0' }, '400 InvalidParameter'],
    ['an unknown key, before its timestamp', { AccessKeyId: 'x', Timestamp: 'x' }, '404 InvalidAccessKeyId.NotFound'],
    ['a time with milliseconds', { Timestamp: '2023-03-13T08:34:30.000Z' }, '400 InvalidTimeStamp.Format'],
    ['a time that no calendar has', { Timestamp: '2023-13-45T99:99:99Z' }, '400 InvalidTimeStamp.Format'],
    ['16 minutes too early', { Timestamp: '2023-03-13T08:18:29Z' }, '400 InvalidTimeStamp.Expired'],
    ['16 minutes too late', { Timestamp: '2023-03-13T08:50:31Z' }, '400 InvalidTimeStamp.Expired'],
    ['an old time, before its signature', { Timestamp: '2022-01-01T00:00:00Z', Signature: 'x' }, '400 InvalidTimeSt'],
    ['a signature that is not even ASCII', { Signature: 'é'.repeat(28) }, '400 SignatureDoesNotMatch'],
    ['a wrong signature, before an unknown Action', { Action: 'x', Signature: 'x' }, '400 SignatureDoesNotMatch'],
    ['another Version', { Version: '2019-08-11', Action: 'x' }, '400 InvalidVersion'],
    ['an unknown Action, before its TaskId', { Action: 'GetTaskFate', TaskId: '' }, '404 InvalidApiNotFound'],
    ['another spelling of the Action', { Action: 'getTaskStatus' }, '404 InvalidApiNotFound'],
    ['a Format nobody writes', { Format: 'YAML' }, '400 InvalidParameter.Format'],
    ['no TaskId', { TaskId: undefined }, '400 MissingTaskId'],
    ['a TaskId that is no number', { TaskId: '1e3' }, '400 InvalidParameter'],
    ['a TaskId of 0', { TaskId: '0' }, '400 InvalidParameter'],
    ['a TaskId above int64', { TaskId: '9223372036854775808' }, '400 InvalidParameter'],
  ];
  for (const [name, changes, code] of refusals) {
    it(`refuses ${name}`, () =>
      assert.match(verdict(new Verifier([plain]), get(v1Query(changes))), RegExp(`^${code}`)));
  }

  it('accepts a time 15 minutes off', () => {
    assert.equal(verdict(new Verifier([plain]), get(v1Query()), NOW + 15 * MINUTE), '10051344');
  });

  it('accepts any Unicode in a value, and a "?" as it is', () => {
    const query = v1Query({ RegionId: "a?b &+%阿里云*'()!~" }).replace('%3F', '?');
    assert.equal(verdict(new Verifier([plain]), get(query)), '10051344');
  });

  it('takes a bare "+" for a space, as every form decoder does', () => {
    const query = v1Query({ RegionId: 'a+b' }).replace('a%2Bb', 'a+b');
    assert.equal(verdict(new Verifier([plain]), get(query)), '400 SignatureDoesNotMatch');
  });

  it('refuses a method that the gateway does not serve', () => {
    const request = readRequest('PUT', `/?${v1Query()}`, {}, Buffer.alloc(0));
    assert.equal(verdict(new Verifier([plain]), request), '400 UnsupportedHTTPMethod');
  });

  it('quotes what it would have signed', () => {
    const { parameters, stringToSign } = v1Vectors.find(({ name }) => name === 'G1')!;
    const request = get(`${new URLSearchParams({ ...parameters, Signature: 'x' })}`);
    const message = `Specified signature is not matched with our calculation. server string to sign is:${stringToSign}`;
    assert.throws(() => new Verifier([plain]).verify(request, NOW), { code: 'SignatureDoesNotMatch', message });
  });

  const other = { accessKeyId: 'other', accessKeySecret: 'secret', securityToken: 'of-other' };
  const tokens: [string, SandboxKey, string | undefined, string][] = [
    ['accepts the key with its token', temporary, 'token', '10051344'],
    ['refuses a temporary key without its token', temporary, undefined, '400 MissingSecurityToken'],
    ['refuses a token that nobody has', temporary, 'x', '400 InvalidSecurityToken.Malformed'],
    ["refuses another key's token", temporary, 'of-other', '400 InvalidSecurityToken.MismatchWithAccessKey'],
    ['refuses a token beside a lasting key', plain, 'x', '400 InvalidSecurityToken.MismatchWithAccessKey'],
    ['refuses a token at its end', { ...temporary, expiresAt: NOW }, 'token', '400 InvalidSecurityToken.Expired'],
  ];
  for (const [name, key, token, expected] of tokens) {
    it(name, () => {
      assert.equal(verdict(new Verifier([key, other]), get(v1Query({ SecurityToken: token }))), expected);
    });
  }

  it('refuses a nonce again as long as its timestamp can pass, and forgets it after', () => {
    const verifier = new Verifier([plain]);
    const at = (minutes: number) => `${new Date(NOW + minutes * MINUTE).toISOString().slice(0, 19)}Z`;
    const ask = (minutes: number, stamp: number) =>
      verdict(verifier, get(v1Query({ SignatureNonce: 'same', Timestamp: at(stamp) })), NOW + minutes * MINUTE);
    assert.equal(ask(0, 15), '10051344');
    assert.equal(ask(0, 0), '400 SignatureNonceUsed');
    assert.equal(ask(30, 15), '400 SignatureNonceUsed');
    assert.equal(ask(31, 31), '10051344');
  });

  it('does not count the nonce of a request that nobody signed', () => {
    const verifier = new Verifier([plain]);
    assert.equal(verdict(verifier, get(v1Query({ SignatureNonce: 'n', Signature: 'x' }))), '400 SignatureDoesNotMatch');
    assert.equal(verdict(verifier, get(v1Query({ SignatureNonce: 'n' }))), '10051344');
  });
});

describe('an answer', () => {
  type Options = Parameters<typeof sandbox>[0];

  /** One poll of task 10051344 on a sandbox at NOW. */
  async function polled(options: Options, changes: Record<string, string | undefined> = {}) {
    const server = await sandbox({ now: () => NOW, ...options });
    const query = v1Query({ AccessKeyId: testKey.accessKeyId, ...changes }, testKey.accessKeySecret);
    const response = await fetch(`${server.url}/?${query}`);
    return { http: response.status, headers: response.headers, body: await response.text() };
  }

  it('is JSON or XML by Format in any case, and XML without', async () => {
    const id = '00000000-0000-4000-8000-000000000001';
    const json = await polled({ script: '2' }, { Format: 'json' });
    assert.equal(json.body, `{"Status":2,"RequestId":"${id}"}`);
    assert.equal(json.headers.get('x-acs-request-id'), id);
    const xml = `<GetTaskStatusResponse><Status>-1</Status><RequestId>${id}</RequestId></GetTaskStatusResponse>`;
    for (const Format of ['xml', undefined]) {
      const { body, headers } = await polled({ script: '-1' }, { Format });
      assert.equal(body, `<?xml version="1.0" encoding="UTF-8"?>${xml}`);
      assert.equal(headers.get('content-type'), 'text/xml;charset=utf-8');
    }
  });

  for (const script of ['2', '500', 'garbage', 'html']) {
    it(`tells the sandbox's own time (${script})`, async () => {
      assert.equal((await polled({ script })).headers.get('date'), 'Mon, 13 Mar 2023 08:34:30 GMT');
    });
  }

  it('escapes what XML would take for markup', async () => {
    const { body } = await polled({}, { Format: 'XML', RegionId: 'a<b', Signature: 'x' });
    assert.match(body, /GET&#38;%2F&#38;AccessKeyId/);
    assert.doesNotMatch(body, /&(?!#38;)/);
  });

  it('is 413 to a body over 1 MiB', async () => {
    const { url } = await sandbox();
    const send = async (size: number) => (await fetch(url, { method: 'POST', body: 'x'.repeat(size) })).status;
    assert.deepEqual([await send(1024 * 1024 + 1), await send(1024 * 1024)], [413, 400]);
  });
});
