import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { percentEncode } from '../core/signature.ts';

/** A key that the sandbox knows. */
export interface SandboxKey {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly securityToken?: string;
}

export interface ArrivedRequest {
  readonly method: string;
  /** Path and query as on the wire. */
  readonly target: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A refusal in the service's own words. */
export class Refusal {
  readonly http: number;
  readonly code: string;
  readonly message: string;

  constructor(http: number, code: string, message: string) {
    this.http = http;
    this.code = code;
    this.message = message;
  }
}

/** A request whose signature was right. */
export interface Verified {
  readonly action: string;
  readonly version: string;
  readonly parameters: ReadonlyMap<string, string>;
}

/** The service's clock window: 15 minutes either way (error documents of InvalidTimeStamp.Expired). */
const WINDOW_MS = 15 * 60_000;

/**
 * Checks requests as the service does, written from its documents and apart from the client's signer: it takes a request to
 * pieces, the client puts one together. Throws a {@link Refusal}.
 */
export class Verifier {
  readonly #keys: ReadonlyMap<string, SandboxKey>;
  readonly #nonces = new Map<string, number>();

  constructor(keys: readonly SandboxKey[]) {
    this.#keys = new Map(keys.map((key) => [key.accessKeyId, key]));
  }

  verify(request: ArrivedRequest, now: number): Verified {
    const parameters = parametersOf(request);
    const authorization = request.headers.authorization;
    const claim = authorization?.startsWith('ACS3') ? acs3Claim(request, authorization) : v1Claim(request, parameters);
    const key = this.#keys.get(claim.accessKeyId);
    if (!key) throw new Refusal(404, 'InvalidAccessKeyId.NotFound', 'Specified access key is not found.');
    checkToken(key, claim.securityToken);
    checkTime(claim.timestamp, now);
    if (!isSame(claim.expected(key.accessKeySecret), claim.signature)) {
      const message = `Specified signature is not matched with our calculation. server string to sign is:${claim.stringToSign}`;
      throw new Refusal(400, 'SignatureDoesNotMatch', message);
    }
    this.#checkNonce(claim.nonce, now);
    return { action: claim.action, version: claim.version, parameters };
  }

  #checkNonce(nonce: string, now: number): void {
    // The oldest come first; one from before the window could not pass the clock check either.
    for (const [old, at] of this.#nonces) {
      if (now - at <= 2 * WINDOW_MS) break;
      this.#nonces.delete(old);
    }
    if (this.#nonces.has(nonce))
      throw new Refusal(400, 'SignatureNonceUsed', 'Specified signature nonce was used already.');
    this.#nonces.set(nonce, now);
  }
}

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

function v1Claim(request: ArrivedRequest, parameters: ReadonlyMap<string, string>): Claim {
  const need = (name: string) => required(parameters.get(name), name);
  const stringToSign = v1StringToSign(request.method, parameters);
  if (need('SignatureMethod') !== 'HMAC-SHA1')
    throw new Refusal(400, 'InvalidSignatureMethod', 'The specified signature method is invalid.');
  if (need('SignatureVersion') !== '1.0') throw invalid('SignatureVersion');
  return {
    accessKeyId: need('AccessKeyId'),
    securityToken: parameters.get('SecurityToken'),
    timestamp: need('Timestamp'),
    nonce: need('SignatureNonce'),
    signature: need('Signature'),
    stringToSign,
    action: need('Action'),
    version: need('Version'),
    expected: (secret) => createHmac('sha1', `${secret}&`).update(stringToSign).digest('base64'),
  };
}

function v1StringToSign(method: string, parameters: ReadonlyMap<string, string>): string {
  const pairs = [...parameters].filter(([name]) => name !== 'Signature').sort(([a], [b]) => (a < b ? -1 : 1));
  const query = pairs.map(([name, value]) => `${percentEncode(name)}=${percentEncode(value)}`).join('&');
  return [method, percentEncode('/'), percentEncode(query)].join('&');
}

function acs3Claim(request: ArrivedRequest, authorization: string): Claim {
  const { headers } = request;
  const [, accessKeyId, signedHeaders, signature] =
    /^ACS3-HMAC-SHA256\s+Credential=([^,]+),SignedHeaders=([^,]+),Signature=([0-9a-f]+)$/.exec(authorization) ?? [];
  if (!accessKeyId || !signedHeaders || !signature) {
    throw new Refusal(400, 'IncompleteSignature', 'The request signature does not conform to the standards.');
  }
  const need = (name: string) => required(headers[name], name);
  const names = signedHeaders.split(';');
  const mustSign = Object.keys(headers).filter((name) => name === 'host' || name.startsWith('x-acs-'));
  const bodyHash = sha256(request.body);
  if (mustSign.some((name) => !names.includes(name)) || need('x-acs-content-sha256') !== bodyHash) {
    throw new Refusal(400, 'IncompleteSignature', 'The request signature does not conform to the standards.');
  }
  const query = [...new URLSearchParams(request.target.split('?')[1] ?? '')].sort(([a], [b]) => (a < b ? -1 : 1));
  const canonical = [
    request.method,
    '/',
    query.map(([name, value]) => `${percentEncode(name)}=${percentEncode(value)}`).join('&'),
    ...names.map((name) => `${name}:${(headers[name] ?? '').trim()}`),
    '',
    signedHeaders,
    bodyHash,
  ].join('\n');
  return {
    accessKeyId,
    securityToken: headers['x-acs-security-token'],
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

/** Query and form together. `+` stays a plus: clients percent-encode a space. */
function parametersOf({ target, headers, body }: ArrivedRequest): Map<string, string> {
  const isForm = headers['content-type']?.startsWith('application/x-www-form-urlencoded');
  const texts = [target.split('?')[1] ?? '', isForm ? body : ''];
  return new Map(texts.flatMap((text) => [...new URLSearchParams(text.replaceAll('+', '%2B'))]));
}

function checkToken(key: SandboxKey, token: string | undefined): void {
  if (token === key.securityToken) return;
  if (token === undefined)
    throw new Refusal(400, 'MissingSecurityToken', 'SecurityToken is mandatory for this action.');
  throw new Refusal(
    400,
    'InvalidSecurityToken.MismatchWithAccessKey',
    'Specified SecurityToken mismatch with the AccessKey.',
  );
}

function checkTime(timestamp: string, now: number): void {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(timestamp)) {
    throw new Refusal(400, 'InvalidTimeStamp.Format', 'Specified time stamp or date value is not well formatted.');
  }
  if (Math.abs(Date.parse(timestamp) - now) > WINDOW_MS) throw expired();
}

/** The refusal of a timestamp outside of the window. */
export function expired(): Refusal {
  return new Refusal(400, 'InvalidTimeStamp.Expired', 'Specified time stamp or date value is expired.');
}

export function invalid(name: string): Refusal {
  return new Refusal(400, 'InvalidParameter', `The specified parameter ${name} is invalid.`);
}

function required(value: string | undefined, name: string): string {
  if (!value) throw new Refusal(400, 'MissingParameter', `You must specify the parameter ${name}.`);
  return value;
}

function isSame(one: string, other: string): boolean {
  return one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other));
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
