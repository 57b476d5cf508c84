import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { catalogue, classify } from '../../src/core/catalogue.ts';
import { codesEn } from '../../src/locales/en-codes.ts';
import { codesZh } from '../../src/locales/zh-codes.ts';

/** The codes of the service's page and of the gateway's documents, by the class a user must be told. */
const documented = {
  transient: 'InternalError UnknownError ServiceUnavailable ContentLengthDoesNotMatch ContentMD5NotMatched',
  throttle: 'Throttling Throttling.User Throttling.Api Throttling.Api.Concurrency Throttling.System',
  auth: 'SignatureDoesNotMatch IncompleteSignature InvalidAccessKeyId.NotFound InvalidAccessKeyId.Inactive Forbidden.AccessKeyDisabled InvalidSecurityToken.Expired InvalidSecurityToken.Malformed InvalidSecurityToken.MismatchWithAccessKey MissingSecurityToken',
  permission: 'Unauthorized Forbidden Forbidden.RAM NoPermission Forbidden.NotSupportRAM Forbidden.RiskControl',
  account: 'ServiceNotOpened ServiceNotSelected BalanceNotEnough InsufficientBalance',
  notFound: 'ResourceNotFound',
  skew: 'InvalidTimeStamp InvalidTimeStamp.Expired InvalidTimeStamp.Format IllegalTimestamp',
  request:
    'InvalidApiNotFound InvalidApi.NotFound InvalidProduct.NotFound InvalidAction.NotFound InvalidVersion NoSuchVersion InvalidRegion.NotFound InvalidParameter InvalidParameter.Format InvalidParameterLengthLimit MissingParameter MissingTaskId InvalidSignatureMethod UnsupportedHTTPMethod InvalidProtocol.NeedSsl SignatureNonceUsed FaceImageCountLimit ApplicationCountLimit FileUploadCountLimit FileContentInvalid ExistParameter ExistTemplateRelationship',
};

describe('the catalogue', () => {
  for (const [failureClass, codes] of Object.entries(documented)) {
    it(`has every documented code of class ${failureClass}, in any case`, () => {
      for (const code of codes.split(' ')) {
        assert.ok(catalogue[code], code);
        assert.equal(classify(code.toLowerCase(), 0).class, failureClass, code);
      }
    });
  }

  const unknown: [string, number, string, string][] = [
    ['Throttling.Something', 400, 'throttle', 'backoff'],
    ['InvalidAccessKeyId.Odd', 404, 'auth', 'never'],
    ['InvalidTimeStamp.Odd', 400, 'skew', 'once'],
    ['MissingVideoUrl', 400, 'request', 'never'],
    ['Odd', 503, 'transient', 'backoff'],
    ['Odd', 429, 'throttle', 'backoff'],
    ['Odd', 401, 'auth', 'never'],
    ['Odd', 403, 'permission', 'never'],
    ['Odd', 404, 'request', 'never'],
  ];
  for (const [code, http, failureClass, retry] of unknown) {
    it(`takes the unknown ${code} with HTTP ${http} for ${failureClass}, retry ${retry}`, () => {
      const found = classify(code, http);
      assert.deepEqual([found.class, found.retry], [failureClass, retry]);
    });
  }

  it('asks once more for what can be put right only', () => {
    const once = Object.keys(catalogue).filter((code) => classify(code, 0).retry === 'once');
    assert.deepEqual(once.sort(), [
      'InvalidSecurityToken.Expired',
      'InvalidTimeStamp',
      'InvalidTimeStamp.Expired',
      'SignatureNonceUsed',
    ]);
  });

  it('uses every explanation, each in two languages', () => {
    // These two are chosen by comparing strings to sign, not by a code.
    const used = new Set([
      ...Object.values(catalogue).map(([, topic]) => topic),
      'wrongSecret',
      'wrongCanonicalization',
    ]);
    assert.deepEqual([...used].sort(), Object.keys(codesEn).sort());
    for (const { meaning, hint } of Object.values(codesZh))
      assert.match(meaning + hint, /[\u4e00-\u9fff].*[\u4e00-\u9fff]/);
  });
});
