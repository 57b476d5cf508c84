import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { catalogue, classify, type FailureClass, type RetryRule } from '../../../src/core/rpc/error-codes.ts';
import { codesEn } from '../../../src/locales/en/codes.ts';
import { codesZh } from '../../../src/locales/zh/codes.ts';

type Expected = readonly [FailureClass, RetryRule];

/** Every error of the service's own page, then those its newer table adds. `OK` is no error. */
const product: Record<string, Expected> = {
  InternalError: ['transient', 'backoff'],
  InvalidApiNotFound: ['request', 'never'],
  InvalidParameter: ['request', 'never'],
  InvalidTimeStamp: ['skew', 'once'],
  MissingParameter: ['request', 'never'],
  ResourceNotFound: ['notFound', 'never'],
  ServiceUnavailable: ['transient', 'backoff'],
  UnknownError: ['transient', 'backoff'],
  Unauthorized: ['permission', 'never'],
  ServiceNotSelected: ['account', 'never'],
  ServiceNotOpened: ['account', 'never'],
  BalanceNotEnough: ['account', 'never'],
  FaceImageCountLimit: ['request', 'never'],
  ApplicationCountLimit: ['request', 'never'],
  FileUploadCountLimit: ['request', 'never'],
  FileContentInvalid: ['request', 'never'],
  ExistParameter: ['request', 'never'],
  ExistTemplateRelationship: ['request', 'never'],
  InvalidParameterLengthLimit: ['request', 'never'],
};

const gateway: Record<string, Expected> = {
  Throttling: ['throttle', 'backoff'],
  'Throttling.User': ['throttle', 'backoff'],
  'Throttling.Api': ['throttle', 'backoff'],
  'Throttling.Api.Concurrency': ['throttle', 'backoff'],
  'Throttling.System': ['throttle', 'backoff'],
  SignatureNonceUsed: ['request', 'once'],
  'InvalidTimeStamp.Expired': ['skew', 'once'],
  'InvalidTimeStamp.Format': ['skew', 'never'],
  IllegalTimestamp: ['skew', 'never'],
  SignatureDoesNotMatch: ['auth', 'never'],
  IncompleteSignature: ['auth', 'never'],
  InvalidSignatureMethod: ['request', 'never'],
  'InvalidAccessKeyId.NotFound': ['auth', 'never'],
  'InvalidAccessKeyId.Inactive': ['auth', 'never'],
  'Forbidden.AccessKeyDisabled': ['auth', 'never'],
  'InvalidSecurityToken.Expired': ['auth', 'once'],
  'InvalidSecurityToken.Malformed': ['auth', 'never'],
  'InvalidSecurityToken.MismatchWithAccessKey': ['auth', 'never'],
  MissingSecurityToken: ['auth', 'never'],
  'Forbidden.RAM': ['permission', 'never'],
  NoPermission: ['permission', 'never'],
  Forbidden: ['permission', 'never'],
  'Forbidden.NotSupportRAM': ['permission', 'never'],
  'Forbidden.RiskControl': ['permission', 'never'],
  'InvalidApi.NotFound': ['request', 'never'],
  'InvalidProduct.NotFound': ['request', 'never'],
  'InvalidAction.NotFound': ['request', 'never'],
  InvalidVersion: ['request', 'never'],
  NoSuchVersion: ['request', 'never'],
  'InvalidRegion.NotFound': ['request', 'never'],
  UnsupportedHTTPMethod: ['request', 'never'],
  'InvalidProtocol.NeedSsl': ['request', 'never'],
  MissingTaskId: ['request', 'never'],
  'InvalidParameter.Format': ['request', 'never'],
  ContentLengthDoesNotMatch: ['transient', 'backoff'],
  ContentMD5NotMatched: ['transient', 'backoff'],
  InsufficientBalance: ['account', 'never'],
};

const own: Record<string, Expected> = {
  'Network.BodyTooLarge': ['transient', 'backoff'],
  'Network.Certificate': ['request', 'ifSeen'],
  'Network.CertificateExpired': ['request', 'ifSeen'],
  'Network.CertificateName': ['request', 'ifSeen'],
  'Network.ConnectionRefused': ['transient', 'backoff'],
  'Network.ConnectionReset': ['transient', 'backoff'],
  'Network.Dns': ['transient', 'backoff'],
  'Network.HtmlPage': ['transient', 'backoff'],
  'Network.Protocol': ['transient', 'backoff'],
  'Network.Proxy': ['transient', 'backoff'],
  'Network.ProxyRefused': ['request', 'ifSeen'],
  'Network.ProxyScheme': ['request', 'ifSeen'],
  'Network.Redirect': ['request', 'ifSeen'],
  'Network.Throttled': ['throttle', 'backoff'],
  'Network.Timeout': ['transient', 'backoff'],
  'Network.Unreachable': ['transient', 'backoff'],
  'Network.Unreadable': ['transient', 'backoff'],
};

describe('a code of the catalogue', () => {
  for (const [code, [failureClass, retry]] of Object.entries({ ...product, ...gateway, ...own })) {
    it(`${code} is ${failureClass}, asked again: ${retry}`, () => {
      const { topic } = catalogue[code as keyof typeof catalogue];
      assert.deepEqual(classify(code, 0), { class: failureClass, retry, topic });
    });
  }

  it('counts in any case', () => {
    for (const code of Object.keys(catalogue)) {
      assert.deepEqual(classify(code.toLowerCase(), 0), classify(code, 0));
      assert.deepEqual(classify(code.toUpperCase(), 0), classify(code, 0));
    }
  });

  it('decides, whatever the HTTP status', () => {
    for (const code of Object.keys(catalogue)) {
      for (const http of [0, 200, 400, 401, 403, 404, 406, 429, 500, 503]) {
        assert.deepEqual(classify(code, http), classify(code, 0));
      }
    }
  });
});

describe('a code the catalogue does not name', () => {
  const families: [code: string, http: number, countsAs: keyof typeof catalogue][] = [
    ['Throttling.Somehow', 400, 'Throttling'],
    ['ThrottlingException', 503, 'Throttling'],
    ['MissingVideoUrl', 400, 'MissingParameter'],
    ['InvalidTaskId', 400, 'InvalidParameter'],
    ['InvalidTaskId.NotFound', 404, 'InvalidParameter'],
    ['InvalidAccessKeyId', 403, 'InvalidAccessKeyId.NotFound'],
    ['InvalidSecurityToken', 400, 'InvalidSecurityToken.Malformed'],
    ['InvalidTimestamp.Somehow', 400, 'InvalidTimeStamp'],
    ['Forbidden.Somehow', 404, 'Forbidden'],
    ['NoPermission.Somehow', 400, 'NoPermission'],
    ['ResourceNotFound.Task', 400, 'ResourceNotFound'],
  ];
  for (const [code, http, countsAs] of families) {
    it(`counts by its beginning: ${code} as ${countsAs}`, () => {
      assert.deepEqual(classify(code, http), classify(countsAs, 0));
      assert.deepEqual(classify(code.toLowerCase(), http), classify(countsAs, 0));
    });
  }

  const statuses: [http: number, FailureClass, RetryRule][] = [
    [0, 'request', 'never'],
    [200, 'request', 'never'],
    [400, 'request', 'never'],
    [401, 'auth', 'never'],
    [403, 'permission', 'never'],
    [404, 'request', 'never'],
    [406, 'request', 'never'],
    [408, 'transient', 'backoff'],
    [429, 'throttle', 'backoff'],
    [500, 'transient', 'backoff'],
    [503, 'transient', 'backoff'],
    [599, 'transient', 'backoff'],
  ];
  for (const [http, failureClass, retry] of statuses) {
    it(`counts by its status, unexplained: ${http} is ${failureClass}`, () => {
      for (const code of [undefined, '', 'Somehow', 'constructor', '__proto__']) {
        assert.deepEqual(classify(code, http), { class: failureClass, retry, topic: undefined });
      }
    });
  }

  it('is never asked again when the user stopped it', () =>
    assert.equal(classify('Network.Aborted', 0).retry, 'never'));
});

describe('explanations', () => {
  it('each belong to a code, but for what a wait knows of a task that it saw before', () => {
    const used = new Set<string>([...Object.values(catalogue).map(({ topic }) => topic), 'taskGone']);
    assert.deepEqual([...used].sort(), Object.keys(codesEn).sort());
  });

  it('are the same in both languages, in the same order', () => {
    assert.deepEqual(Object.keys(codesZh), Object.keys(codesEn));
  });

  it('promises in no hint what mmai did in vain already: hints are read when it has given up', () => {
    for (const { hint } of Object.values(codesEn)) assert.doesNotMatch(hint, /by itself|mmai (retries|tries)/);
    for (const { hint } of Object.values(codesZh)) assert.doesNotMatch(hint, /自动/);
  });
  it('are whole sentences without a final period, each in its own language', () => {
    for (const { meaning, hint } of Object.values(codesEn)) {
      for (const text of [meaning, hint]) assert.match(text, /^[\x20-\x7e]{10,}(?<![.;,\s])$/);
    }
    for (const { meaning, hint } of Object.values(codesZh)) {
      for (const text of [meaning, hint]) {
        assert.match(text, /\p{Script=Han}.*(?<![。；，.\s])$/u);
        assert.doesNotMatch(text, /\p{Script=Han}[,;:!?.()]/u);
      }
    }
  });
});
