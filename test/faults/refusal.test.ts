import type { FailureClass } from '../../src/core/rpc/error-codes.ts';
import { matrix, type Row } from '../support/matrix.ts';
import { reply } from '../support/raw-server.ts';

/** Every documented error as it comes on the wire: those of the service's own page first, then the gateway's. */
const documented: readonly (readonly [http: number, failureClass: FailureClass, codes: string])[] = [
  [500, 'transient', 'InternalError UnknownError ServiceUnavailable'],
  [404, 'notFound', 'ResourceNotFound'],
  [404, 'request', 'InvalidApiNotFound'],
  [400, 'request', 'InvalidParameter MissingParameter InvalidParameterLengthLimit'],
  [400, 'skew', 'InvalidTimeStamp'],
  [401, 'permission', 'Unauthorized'],
  [401, 'account', 'ServiceNotOpened BalanceNotEnough'],
  [406, 'account', 'ServiceNotSelected'],
  [406, 'request', 'FaceImageCountLimit ApplicationCountLimit FileUploadCountLimit FileContentInvalid'],
  [406, 'request', 'ExistParameter ExistTemplateRelationship'],
  [400, 'throttle', 'Throttling Throttling.User Throttling.Api Throttling.Api.Concurrency Throttling.System'],
  [400, 'skew', 'InvalidTimeStamp.Expired InvalidTimeStamp.Format IllegalTimestamp'],
  [400, 'request', 'SignatureNonceUsed InvalidSignatureMethod UnsupportedHTTPMethod InvalidProtocol.NeedSsl'],
  [400, 'auth', 'SignatureDoesNotMatch IncompleteSignature InvalidAccessKeyId.Inactive MissingSecurityToken'],
  [404, 'auth', 'InvalidAccessKeyId.NotFound'],
  [403, 'auth', 'Forbidden.AccessKeyDisabled'],
  [
    400,
    'auth',
    'InvalidSecurityToken.Expired InvalidSecurityToken.Malformed InvalidSecurityToken.MismatchWithAccessKey',
  ],
  [403, 'permission', 'Forbidden.RAM NoPermission Forbidden Forbidden.NotSupportRAM Forbidden.RiskControl'],
  [404, 'request', 'InvalidApi.NotFound InvalidProduct.NotFound InvalidAction.NotFound InvalidVersion NoSuchVersion'],
  [400, 'request', 'InvalidRegion.NotFound MissingTaskId InvalidParameter.Format'],
  [400, 'transient', 'ContentLengthDoesNotMatch ContentMD5NotMatched'],
  [400, 'account', 'InsufficientBalance'],
];

const FORMATS = {
  JSON: (code: string) => JSON.stringify({ RequestId: 'R', HostId: 'h', Code: code, Message: 'told by the service' }),
  XML: (code: string) =>
    `<?xml version="1.0"?><Error><RequestId>R</RequestId><HostId>h</HostId><Code>${code}</Code><Message>told</Message></Error>`,
};

for (const [format, write] of Object.entries(FORMATS)) {
  const rows = documented.flatMap(([http, failureClass, codes]): Row[] =>
    codes.split(' ').map((code) => ({
      name: code,
      play: reply(`${http} Refused`, write(code)),
      expected: [code, failureClass],
    })),
  );
  // What an error is does not depend on its format, so that one command shows the other one.
  matrix(`an error in ${format},`, rows, format === 'XML' ? ['status'] : undefined);
}

const refused = FORMATS.JSON('Throttling.User');
/** One and the same hint in all its wordings; none may keep a wait from its deadline, or `status` from its answer. */
const hints: readonly (readonly [name: string, headers: readonly string[]])[] = [
  ['x-acs-retry-after', ['x-acs-retry-after: 100']],
  ['x-acs-retry-after of 10^12', ['x-acs-retry-after: 1000000000000']],
  ['x-acs-retry-after below zero', ['x-acs-retry-after: -100']],
  ['x-acs-retry-after in words', ['x-acs-retry-after: soon']],
  ['x-acs-retry-after twice', ['x-acs-retry-after: 1', 'x-acs-retry-after: 2']],
  ['Retry-After', ['Retry-After: 1']],
  ['Retry-After of an hour', ['Retry-After: 3600']],
  ['Retry-After of 10^12', ['Retry-After: 1000000000000']],
  ['Retry-After below zero', ['Retry-After: -1']],
  ['Retry-After in the past', ['Retry-After: Mon, 13 Mar 2023 08:34:30 GMT']],
  ['Retry-After in a thousand years', ['Retry-After: Mon, 13 Mar 3023 08:34:30 GMT']],
  ['Retry-After that is no date', ['Retry-After: Mon, 99 Foo 2023 99:99:99 GMT']],
  ['a rate limit', ['x-ratelimit-user: Limit:1,Remain:0,TimeLeft:100,Reset:1']],
  ['a rate limit of 10^12', ['x-ratelimit-user-api: Remain:0,TimeLeft:1000000000000']],
  ['a rate limit without a number', ['x-ratelimit-user: Remain:0,TimeLeft']],
];

matrix('throttling with', [
  ...hints.map(
    ([name, headers]): Row => ({
      name,
      play: reply('400 Bad Request', refused, headers),
      expected: ['Throttling.User', 'throttle'],
    }),
  ),
  {
    name: 'status 429 and nothing else',
    play: reply('429 Too Many', ''),
    expected: ['Network.Throttled', 'throttle'],
  },
]);

matrix('a refusal with', [
  {
    name: 'a Date a year off, which is not believed',
    play: reply('400 Bad Request', FORMATS.JSON('InvalidTimeStamp.Expired'), ['Date: Mon, 13 Mar 2000 08:34:30 GMT']),
    expected: ['InvalidTimeStamp.Expired', 'skew'],
  },
  {
    name: 'a code of 100,000 letters',
    play: reply('400 Bad Request', FORMATS.JSON('x'.repeat(100_000))),
    expected: [`${'x'.repeat(199)}…`, 'request'],
  },
  {
    name: 'a code that forges lines and a title',
    play: reply('400 Bad Request', FORMATS.JSON('A\r\n::error::B\u001b]0;C\u0007')),
    expected: ['A\\u{d}\\u{a}::error::B\\u{1b}]0;C\\u{7}', 'request'],
  },
]);
