import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { type ClientRequest, Agent as HttpAgent } from 'node:http';
import { createRequire } from 'node:module';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { signedRequest } from '../../../src/core/rpc/request.ts';
import {
  ACS3,
  acs3Signature,
  acs3StringToSign,
  canonicalizedQueryString,
  canonicalRequest,
  percentEncode,
  queryTemplate,
  sha256Hex,
  signature,
  stringToSign,
} from '../../../src/core/rpc/signature.ts';
import { acs3Vectors, v1Vectors } from '../../fixtures/signatures.ts';
import { codePoint } from '../../support/fuzz.ts';

const require = createRequire(import.meta.url);
const PopCore = require('@alicloud/pop-core');
const { default: OpenApiUtil } = require('@alicloud/openapi-util');

describe('percentEncode', () => {
  it('escapes what encodeURIComponent leaves alone, and keeps the unreserved', () => {
    assert.equal(percentEncode("CAIS/+ab c*'()!~=="), 'CAIS%2F%2Bab%20c%2A%27%28%29%21~%3D%3D');
    assert.equal(percentEncode('AZaz09-_.~'), 'AZaz09-_.~');
  });
  it('turns a lone surrogate into U+FFFD instead of throwing', () => {
    assert.equal(percentEncode('\ud800'), '%EF%BF%BD');
  });
});

describe('V1 signature', () => {
  for (const vector of v1Vectors) {
    it(`agrees with vector ${vector.name} (${vector.origin})`, () => {
      const toSign = stringToSign(vector.method, canonicalizedQueryString(vector.parameters));
      if (vector.stringToSign) assert.equal(toSign, vector.stringToSign);
      assert.equal(signature(toSign, vector.secret), vector.signature);
    });
  }

  it('double-encodes the query, as the STS example of the Go SDK does', () => {
    const query = canonicalizedQueryString({ key: 'value', q: 'http://domain/?q=value&q2=value2' });
    const expected = 'GET&%2F&key%3Dvalue%26q%3Dhttp%253A%252F%252Fdomain%252F%253Fq%253Dvalue%2526q2%253Dvalue2';
    assert.equal(stringToSign('GET', query), expected);
  });

  it('rests on an HMAC-SHA1 that agrees with vector I (Python SDK tests)', () => {
    const hmac = (text: string) => createHmac('sha1', 'secret').update(text).digest('base64');
    assert.equal(hmac('source'), 'Jv4yi8SobFhg5t1C7nWLbhBSFZQ=');
    assert.equal(hmac('中文unicode'), 'szlfHs3WVaO/HgY3Cg7/uyXDaRw=');
  });

  it('agrees stage by stage with @alicloud/pop-core over any Unicode parameters', async () => {
    await fc.assert(
      fc.asyncProperty(anyParameters, anySecret, async (parameters, secret) => {
        const theirs = await popCoreQuery(parameters, secret);
        const [, query, signed] = /^(.*)&Signature=([^&]*)$/s.exec(theirs)!;
        const ours = canonicalizedQueryString(Object.fromEntries(new URLSearchParams(query!.replaceAll('+', '%2B'))));
        assert.equal(ours, query);
        assert.equal(percentEncode(signature(stringToSign('GET', ours), secret)), signed);
      }),
      { numRuns: 100 },
    );
  });

  it('agrees with @alicloud/openapi-util over any Unicode parameters', () => {
    fc.assert(
      fc.property(anyParameters, anySecret, fc.constantFrom('GET', 'POST'), (parameters, secret, method) => {
        const ours = signature(stringToSign(method, canonicalizedQueryString(parameters)), secret);
        assert.equal(ours, OpenApiUtil.getRPCSignature(parameters, method, secret));
      }),
    );
  });
});

describe('queryTemplate', () => {
  it('gives the canonicalized query string, and that encoded once more, whatever stays the same and whatever varies', () => {
    fc.assert(
      fc.property(anyParameters, anyParameters, anyParameters, (same, first, second) => {
        const names = Object.keys(first);
        const query = queryTemplate(same, names);
        const others = Object.fromEntries(names.map((name, index) => [name, Object.values(second)[index] ?? 'other']));
        for (const varying of [first, others]) {
          const whole = canonicalizedQueryString({ ...same, ...varying });
          assert.deepEqual(query(Object.values(varying)), { query: whole, encoded: encodeURIComponent(whole) });
        }
      }),
    );
  });
});

describe('ACS3 signature', () => {
  for (const vector of acs3Vectors) {
    it(`agrees with vector ${vector.name}`, () => {
      const payloadHash = vector.payloadHash ?? sha256Hex(vector.body!);
      const canonical = canonicalRequest({ ...vector, payloadHash });
      assert.equal(sha256Hex(canonical.canonicalRequest), vector.canonicalRequestHash);
      assert.equal(acs3StringToSign(canonical.canonicalRequest), `${ACS3}\n${vector.canonicalRequestHash}`);
      assert.equal(acs3Signature(acs3StringToSign(canonical.canonicalRequest), vector.secret), vector.signature);
    });
  }

  for (const [method, signature] of [
    ['get', '3b4a6630c805c8023118d5133920f87650805f66900f44705ad1ccea3fd28183'],
    ['post', 'f050db7eb53bd8450cae0ad4fae0caae0e2fee164ea25959743ad05f704be604'],
  ] as const) {
    it(`is that of a whole ${method} request about a task, in its header`, () => {
      const call = {
        origin: 'https://multimediaai.cn-beijing.aliyuncs.com',
        action: 'GetTaskStatus',
        version: '2019-08-10',
        parameters: { TaskId: '10051344' },
        ...({ method, format: 'json', signature: 'acs3' } as const),
      };
      const stamp = { now: Date.parse('2023-10-26T10:22:32.500Z'), nonce: '3156853299f313e23d1673dc12e1703d' };
      const key = { accessKeyId: 'testid', accessKeySecret: 'testsecret' };
      const { url, body, headers } = signedRequest(call, key, stamp);
      assert.match(headers.authorization!, new RegExp(`^${ACS3} Credential=testid,.*,Signature=${signature}$`));
      const parts = method === 'get' ? ['/?TaskId=10051344', undefined] : ['/', 'TaskId=10051344'];
      assert.deepEqual([url.slice(call.origin.length), body], parts);
    });
  }

  it('agrees with @alicloud/openapi-util over any Unicode query and header values', () => {
    // openapi-util leaves the names of a query unencoded, so only plain ones can be compared.
    const plainNames = fc.dictionary(fc.stringMatching(/^[A-Za-z]{1,8}$/), unicode, {
      maxKeys: 8,
      noNullPrototype: true,
    });
    const headers = fc.dictionary(fc.stringMatching(/^x-acs-[a-z]{1,8}$/), unicode, {
      maxKeys: 6,
      noNullPrototype: true,
    });
    fc.assert(
      fc.property(plainNames, headers, anySecret, (query, extra, secret) => {
        const all = { host: 'example.com', accept: 'application/json', ...extra };
        const payloadHash = sha256Hex('');
        const request = { method: 'GET', pathname: '/', query, headers: all };
        const theirs = OpenApiUtil.getAuthorization(request, ACS3, payloadHash, 'id', secret);
        const canonical = canonicalRequest({
          method: 'GET',
          query,
          headers: Object.entries(all),
          payloadHash,
        });
        const ours = acs3Signature(acs3StringToSign(canonical.canonicalRequest), secret);
        assert.equal(theirs, `${ACS3} Credential=id,SignedHeaders=${canonical.signedHeaders},Signature=${ours}`);
      }),
    );
  });
});

// Well-formed Unicode: the official clients throw on a lone surrogate.
const unicode = fc.string({ unit: codePoint, maxLength: 12 });
const name = unicode.filter((text) => text !== '' && text !== '__proto__');
const anyParameters = fc.dictionary(name, unicode, { maxKeys: 8, noNullPrototype: true });
const anySecret = fc.string({ unit: codePoint, minLength: 1, maxLength: 30 });

/** The query that pop-core would send, caught before it reaches a socket; its promise stays open. */
function popCoreQuery(parameters: Record<string, string>, accessKeySecret: string): Promise<string> {
  const client = new PopCore({ endpoint: 'http://127.0.0.1', apiVersion: '1', accessKeyId: 'id', accessKeySecret });
  return new Promise((resolve) => {
    const agent = Object.assign(new HttpAgent(), {
      addRequest: (request: ClientRequest) => resolve(request.path.slice('/?'.length)),
    });
    client.request('Any', parameters, { formatParams: false, agent });
  });
}
