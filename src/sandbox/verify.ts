import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { type AccessKey, percentEncode } from '../core/rpc/signature.ts';
import { expired, Refusal } from './refusal.ts';

/** A key that the sandbox knows. */
export interface SandboxKey extends AccessKey {
  /** When the security token ends, in ms since the epoch. */
  readonly expiresAt?: number;
}

type Pair = readonly [name: string, value: string];

/** A request taken to pieces. */
export interface ArrivedRequest {
  readonly method: string;
  readonly path: string;
  readonly query: readonly Pair[];
  /** Query and form together. */
  readonly parameters: ReadonlyMap<string, string>;
  /** Names in lower case. A Map, since a SignedHeaders may name `constructor` too. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Uint8Array;
}

const OPERATIONS = ['GetTaskStatus', 'GetTaskResult'] as const;

/** The operation and the task of a verified request. */
export interface RequestedTask {
  readonly operation: (typeof OPERATIONS)[number];
  readonly taskId: string;
}

/** The service's clock window: 15 minutes either way (error documents of InvalidTimeStamp.Expired). */
const WINDOW_MS = 15 * 60_000;
const MAX_TASK_ID = 2n ** 63n - 1n;

/** Takes a request to pieces; `target` is path and query as on the wire. */
export function readRequest(
  method: string,
  target: string,
  incoming: IncomingHttpHeaders,
  body: Uint8Array,
): ArrivedRequest {
  const headers = new Map(Object.entries(incoming).map(([name, value]) => [name, [value].flat().join(', ')]));
  const [path = '', ...queries] = target.split('?');
  const query = [...new URLSearchParams(queries.join('?'))];
  const isForm = headers.get('content-type')?.startsWith('application/x-www-form-urlencoded');
  const form = isForm ? new URLSearchParams(new TextDecoder().decode(body)) : [];
  return { method, path, query, parameters: new Map([...query, ...form]), headers, body };
}

/**
 * Checks requests as the service does, written from its documents and apart from the client's signer: it takes a request to
 * pieces, the client puts one together.
 */
export class Verifier {
  readonly #keys: ReadonlyMap<string, SandboxKey>;
  readonly #nonces = new Map<string, number>();

  constructor(keys: readonly SandboxKey[]) {
    this.#keys = new Map(keys.map((key) => [key.accessKeyId, key]));
  }

  /** Checks the request at `now` (ms). Throws a {@link Refusal}. */
  verify(request: ArrivedRequest, now: number): RequestedTask {
    if (request.method !== 'GET' && request.method !== 'POST') {
      throw new Refusal(400, 'UnsupportedHTTPMethod', 'This http method is not supported.');
    }
    const authorization = request.headers.get('authorization');
    const claim = authorization?.startsWith('ACS3') ? acs3Claim(request, authorization) : v1Claim(request);
    const key = this.#keys.get(claim.accessKeyId);
    if (!key) throw new Refusal(404, 'InvalidAccessKeyId.NotFound', 'Specified access key is not found.');
    this.#checkToken(key, claim.securityToken, now);
    checkTime(claim.timestamp, now);
    if (!isSame(claim.expected(key.accessKeySecret), claim.signature)) {
      const message = `Specified signature is not matched with our calculation. server string to sign is:${claim.stringToSign}`;
      throw new Refusal(400, 'SignatureDoesNotMatch', message);
    }
    this.#checkNonce(claim.nonce, now);
    return requestedTask(claim, request.parameters);
  }

  #checkToken(key: SandboxKey, token: string | undefined, now: number): void {
    const refuse = (kind: string, message: string) => new Refusal(400, `InvalidSecurityToken.${kind}`, message);
    if (!token && !key.securityToken) return;
    if (!token) throw new Refusal(400, 'MissingSecurityToken', 'SecurityToken is mandatory for this action.');
    if (token === key.securityToken) {
      if ((key.expiresAt ?? Number.POSITIVE_INFINITY) > now) return;
      throw refuse('Expired', 'Specified SecurityToken is expired.');
    }
    const isAnothers = [...this.#keys.values()].some(({ securityToken }) => securityToken === token);
    if (isAnothers || !key.securityToken) {
      throw refuse('MismatchWithAccessKey', 'Specified SecurityToken mismatch with the AccessKey.');
    }
    throw refuse('Malformed', 'Specified SecurityToken is malformed.');
  }

  #checkNonce(nonce: string, now: number): void {
    // The oldest come first; one from before both ends of the window could not pass the clock check either.
    for (const [old, at] of this.#nonces) {
      if (now - at <= 2 * WINDOW_MS) break;
      this.#nonces.delete(old);
    }
    if (this.#nonces.has(nonce)) {
      throw new Refusal(400, 'SignatureNonceUsed', 'Specified signature nonce was used already.');
    }
    this.#nonces.set(nonce, now);
  }
}

/** In constant time. Hashed first, since timingSafeEqual throws at lengths that differ. */
export function isSame(one: string, other: string): boolean {
  return timingSafeEqual(Buffer.from(sha256(one)), Buffer.from(sha256(other)));
}

// --- internal ---

/** What a request says of itself, and what its signature should have been. */
interface Claim {
  readonly accessKeyId: string;
  readonly securityToken: string | undefined;
  readonly timestamp: string;
  readonly nonce: string;
  readonly signature: string;
  readonly stringToSign: string;
  readonly action: string;
  readonly version: string;
  readonly expected: (secret: string) => string;
}

function v1Claim({ method, parameters }: ArrivedRequest): Claim {
  const need = (name: string) => required(parameters.get(name), name);
  const stringToSign = [method, percentEncode('/'), percentEncode(canonicalQuery(parameters))].join('&');
  const [signatureMethod, signatureVersion] = [need('SignatureMethod'), need('SignatureVersion')];
  const claim = {
    accessKeyId: need('AccessKeyId'),
    securityToken: parameters.get('SecurityToken'),
    timestamp: need('Timestamp'),
    nonce: need('SignatureNonce'),
    signature: need('Signature'),
    stringToSign,
    action: need('Action'),
    version: need('Version'),
    expected: (secret: string) => createHmac('sha1', `${secret}&`).update(stringToSign).digest('base64'),
  };
  if (signatureMethod !== 'HMAC-SHA1') {
    throw new Refusal(400, 'InvalidSignatureMethod', 'The specified signature method is invalid.');
  }
  if (signatureVersion !== '1.0') throw invalid('SignatureVersion');
  return claim;
}

function acs3Claim({ method, path, query, headers, body }: ArrivedRequest, authorization: string): Claim {
  const need = (name: string) => required(headers.get(name), name);
  const [, accessKeyId, signedHeaders, signature] =
    /^ACS3-HMAC-SHA256\s+Credential=([^,]+),SignedHeaders=([^,]+),Signature=([0-9a-f]+)$/.exec(authorization) ?? [];
  const names = signedHeaders?.split(';').sort() ?? [];
  const mustSign = [...headers.keys()].filter((name) => name === 'host' || name.startsWith('x-acs-'));
  const bodyHash = sha256(body);
  const isComplete = mustSign.every((name) => names.includes(name)) && need('x-acs-content-sha256') === bodyHash;
  if (!accessKeyId || !signature || !isComplete) {
    throw new Refusal(400, 'IncompleteSignature', 'The request signature does not conform to the standards.');
  }
  const headerLines = names.map((name) => `${name}:${headers.get(name)?.trim() ?? ''}`);
  const canonical = [method, path, canonicalQuery(query), ...headerLines, '', names.join(';'), bodyHash].join('\n');
  return {
    accessKeyId,
    securityToken: headers.get('x-acs-security-token'),
    timestamp: need('x-acs-date'),
    nonce: need('x-acs-signature-nonce'),
    signature,
    stringToSign: canonical,
    action: need('x-acs-action'),
    version: need('x-acs-version'),
    expected: (secret) =>
      createHmac('sha256', secret)
        .update(`ACS3-HMAC-SHA256\n${sha256(canonical)}`)
        .digest('hex'),
  };
}

/** Sorted and percent-encoded. ACS3 has no parameter Signature, so leaving V1's out does it no harm. */
function canonicalQuery(pairs: Iterable<Pair>): string {
  return [...pairs]
    .filter(([name]) => name !== 'Signature')
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${percentEncode(name)}=${percentEncode(value)}`)
    .join('&');
}

/** The service's own checks, behind the gateway's. */
function requestedTask({ action, version }: Claim, parameters: ReadonlyMap<string, string>): RequestedTask {
  if (version !== '2019-08-10') throw new Refusal(400, 'InvalidVersion', 'Specified parameter Version is not valid.');
  const operation = OPERATIONS.find((name) => name === action);
  if (!operation) {
    const message = 'The specified API operation does not exist. Please check the URL and method.';
    throw new Refusal(404, 'InvalidApiNotFound', message);
  }
  if (!/^(json|xml)$/i.test(parameters.get('Format') ?? 'xml')) {
    throw new Refusal(400, 'InvalidParameter.Format', 'The specified parameter Format is invalid.');
  }
  const taskId = parameters.get('TaskId');
  if (!taskId) throw new Refusal(400, 'MissingTaskId', 'TaskId is mandatory for this action.');
  if (!/^[1-9]\d{0,18}$/.test(taskId) || BigInt(taskId) > MAX_TASK_ID) throw invalid('TaskId');
  return { operation, taskId };
}

function checkTime(timestamp: string, now: number): void {
  const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(timestamp) ? Date.parse(timestamp) : Number.NaN;
  if (Number.isNaN(time)) {
    throw new Refusal(400, 'InvalidTimeStamp.Format', 'Specified time stamp or date value is not well formatted.');
  }
  if (Math.abs(time - now) > WINDOW_MS) throw expired();
}

function invalid(name: string): Refusal {
  return new Refusal(400, 'InvalidParameter', `The specified parameter ${name} is invalid.`);
}

function required(value: string | undefined, name: string): string {
  if (!value) throw new Refusal(400, 'MissingParameter', `You must specify the parameter ${name}.`);
  return value;
}

function sha256(bytes: string | Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
