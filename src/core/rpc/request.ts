import {
  ACS3,
  type AccessKey,
  acs3Signature,
  acs3StringToSign,
  canonicalizedQueryString,
  canonicalRequest,
  isSameKey,
  type Parameters,
  percentEncode,
  type Query,
  queryTemplate,
  sha256Hex,
  signature,
  stringToSign,
} from './signature.ts';
import type { HttpRequest } from './transport.ts';

/** One call of an RPC-style operation, before it is signed. */
export interface ApiCall {
  /** `http(s)://host[:port]`. */
  readonly origin: string;
  readonly action: string;
  readonly version: string;
  readonly parameters: Parameters;
  readonly method: 'get' | 'post';
  readonly format: 'json' | 'xml';
  readonly signature: 'v1' | 'acs3';
}

/** What makes one attempt different from every other; the service refuses a nonce it has seen and a time 15 min off. */
export interface Stamp {
  /** Milliseconds since the epoch, by the service's clock. */
  readonly now: number;
  readonly nonce: string;
}

/** A request ready to be sent, once and within 15 minutes. */
export interface SignedRequest extends Pick<HttpRequest, 'method' | 'url' | 'headers' | 'body' | 'direct'> {
  /** What a response must not quote, besides the key itself: the signature and the nonce. */
  readonly secrets: readonly string[];
  /** The texts that were signed, to compare with the ones a SignatureDoesNotMatch quotes. Hold the AccessKeyId: never print. */
  readonly signedTexts: readonly string[];
}

/** The header of a form body. */
export const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

/** The request that makes this call, signed. Pure: the same arguments give the same bytes. */
export function signedRequest(call: ApiCall, accessKey: AccessKey, stamp: Stamp): SignedRequest {
  return createSigner(call)(accessKey, stamp, {});
}

/** Signs one attempt; `parameters` has the values of the names that were `varying` when the signer was made. */
type Signer = (accessKey: AccessKey, stamp: Stamp, parameters: Parameters) => SignedRequest;

/** Signs the same call many times; `varying` names the parameters whose values differ from request to request. */
export function createSigner(call: ApiCall, varying: readonly string[] = []): Signer {
  if (call.signature === 'acs3') {
    return (accessKey, stamp, parameters) =>
      signedAcs3({ ...call, parameters: { ...call.parameters, ...parameters } }, accessKey, stamp);
  }
  let key: AccessKey | undefined;
  let query: ReturnType<typeof queryTemplate>;
  return (accessKey, stamp, parameters) => {
    if (!key || !isSameKey(key, accessKey)) {
      key = { ...accessKey };
      query = queryTemplate(v1Parameters(call, key), ['SignatureNonce', 'Timestamp', ...varying]);
    }
    const own = varying.map((name) => parameters[name]!);
    return signedV1(call, query([stamp.nonce, timestamp(stamp.now), ...own]), key.accessKeySecret, stamp.nonce);
  };
}

let lastSecond = Number.NaN;
let lastTimestamp = '';

/** ISO 8601 in UTC without fractions: the service refuses milliseconds. Made once a second: a tenth of a signature. */
export function timestamp(ms: number): string {
  const second = Math.floor(ms / 1000);
  if (second !== lastSecond) lastTimestamp = `${new Date(ms).toISOString().slice(0, 19)}Z`;
  lastSecond = second;
  return lastTimestamp;
}

// --- internal ---

/** All but the nonce and the time. */
function v1Parameters(call: ApiCall, { accessKeyId, securityToken }: AccessKey): Parameters {
  return {
    ...call.parameters,
    Action: call.action,
    Version: call.version,
    Format: call.format.toUpperCase(),
    AccessKeyId: accessKeyId,
    ...(securityToken && { SecurityToken: securityToken }),
    SignatureMethod: 'HMAC-SHA1',
    SignatureVersion: '1.0',
  };
}

function signedV1(call: ApiCall, { query, encoded }: Query, accessKeySecret: string, nonce: string): SignedRequest {
  const method = call.method === 'get' ? 'GET' : 'POST';
  const toSign = stringToSign(method, query, encoded);
  const own = signature(toSign, accessKeySecret);
  const signed = `${query}&Signature=${percentEncode(own)}`;
  const secrets = [own, nonce];
  const signedTexts = [toSign];
  // Each object written out, here and up to the socket: one made by spreading leaves what it holds to V8's slow collection.
  return method === 'GET'
    ? { method, url: `${call.origin}/?${signed}`, headers: {}, secrets, signedTexts }
    : { method, url: `${call.origin}/`, headers: FORM, body: signed, secrets, signedTexts };
}

function signedAcs3(call: ApiCall, accessKey: AccessKey, stamp: Stamp): SignedRequest {
  const isGet = call.method === 'get';
  const body = isGet ? '' : canonicalizedQueryString(call.parameters);
  const payloadHash = sha256Hex(body);
  const headers = {
    ...(!isGet && FORM),
    'x-acs-action': call.action,
    'x-acs-version': call.version,
    'x-acs-date': timestamp(stamp.now),
    'x-acs-signature-nonce': stamp.nonce,
    'x-acs-content-sha256': payloadHash,
    ...(accessKey.securityToken && { 'x-acs-security-token': accessKey.securityToken }),
  };
  const request = {
    method: isGet ? 'GET' : 'POST',
    query: isGet ? call.parameters : {},
    headers: [...Object.entries(headers), ['host', new URL(call.origin).host] as const],
    payloadHash,
  } as const;
  const canonical = canonicalRequest(request);
  const toSign = acs3StringToSign(canonical.canonicalRequest);
  const own = acs3Signature(toSign, accessKey.accessKeySecret);
  const credential = `Credential=${accessKey.accessKeyId}`;
  const authorization = `${ACS3} ${credential},SignedHeaders=${canonical.signedHeaders},Signature=${own}`;
  const query = canonicalizedQueryString(request.query);
  return {
    method: request.method,
    url: `${call.origin}/${query && `?${query}`}`,
    headers: { ...headers, accept: `application/${call.format}`, authorization },
    ...(!isGet && { body }),
    secrets: [own, stamp.nonce],
    signedTexts: [toSign, canonical.canonicalRequest],
  };
}
