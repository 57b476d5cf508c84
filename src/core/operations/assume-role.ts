import type { RpcCall, RpcService } from '../rpc/call.ts';
import { classify } from '../rpc/error-codes.ts';
import { createSigner } from '../rpc/request.ts';
import type { Failure, Parse, ResponseInfo } from '../rpc/response.ts';
import { fieldsOf, type ResponseFields, textField } from '../rpc/response-fields.ts';
import { serverTime } from '../rpc/service-clock.ts';
import type { AccessKey } from '../rpc/signature.ts';
import type { HttpResponse } from '../rpc/transport.ts';

export const STS_VERSION = '2015-04-01';

/** A role to assume. */
export interface RoleRequest {
  /** `http(s)://host[:port]` of STS. */
  readonly origin: string;
  readonly arn: string;
  readonly sessionName: string;
  /** How long the credentials are to be good, in s: 900 to the role's limit. */
  readonly durationSeconds: number;
  readonly externalId?: string | undefined;
  readonly policy?: string | undefined;
}

/** A key that a service has issued. */
export interface IssuedKey extends ResponseInfo, Required<AccessKey> {
  /** The end of its life and the issuer's time, both in ms since the epoch by the issuer's clock; undefined where it is not given. */
  readonly expiresAt: number | undefined;
  readonly issuedAt: number | undefined;
}

/** AssumeRole: the credentials of a role for those of an identity it trusts. */
export function assumeRole(service: RpcService, role: RoleRequest): RpcCall<IssuedKey> {
  const { origin, externalId, policy } = role;
  const parameters = {
    ...roleParameters(role),
    ...(externalId && { ExternalId: externalId }),
    ...(policy && { Policy: policy }),
  };
  const call = { origin, action: 'AssumeRole', version: STS_VERSION, parameters } as const;
  const sign = createSigner({ ...call, method: 'post', format: 'json', signature: 'v1' });
  return { ...stsCall(service), signature: 'v1', sign: (stamp, key) => sign(key!, stamp, {}) };
}

export function roleParameters({ arn, sessionName, durationSeconds }: RoleRequest) {
  return { RoleArn: arn, RoleSessionName: sessionName, DurationSeconds: String(durationSeconds) };
}

/** What the calls of STS that issue a key have in common. */
export function stsCall(service: RpcService): Omit<RpcCall<IssuedKey>, 'sign' | 'signature'> {
  const parse: Parse<IssuedKey> = (fields, info, headers) =>
    issuedKey(fieldsOf(fields.get('credentials')), info, headers);
  return { service, label: 'credentials', parse, summary: () => 'an AccessKey', refine: overloaded };
}

/** The longest part of a key, in characters: no server takes a longer one, and to look for it in every text would take seconds and a gigabyte. */
const MAX_PART = 8 * 1024;

/** The key in these fields; undefined unless it is whole. */
export function issuedKey(
  fields: ResponseFields | undefined,
  info: ResponseInfo,
  headers: HttpResponse['headers'],
): IssuedKey | undefined {
  const text = (name: string) => textField(fields, name)?.trim();
  const [accessKeyId, accessKeySecret] = [text('accesskeyid'), text('accesskeysecret')];
  const securityToken = text('securitytoken');
  if (!accessKeyId || !accessKeySecret || !securityToken) return undefined;
  if (Math.max(accessKeyId.length, accessKeySecret.length, securityToken.length) > MAX_PART) return undefined;
  const end = Date.parse(text('expiration') ?? '');
  const expiresAt = Number.isNaN(end) ? undefined : end;
  return { ...info, accessKeyId, accessKeySecret, securityToken, expiresAt, issuedAt: serverTime(headers) };
}

// --- internal ---

/** STS redirects, to nowhere of use, when it is called too often. */
function overloaded(failure: Failure): Failure {
  return failure.http === 302
    ? { ...failure, code: 'Network.Throttled', ...classify('Network.Throttled', 302) }
    : failure;
}
