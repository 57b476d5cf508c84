import { createHash, createHmac } from 'node:crypto';

/** The triple that signs a request. `securityToken` comes with temporary (STS) keys only and belongs to exactly this pair. */
export interface AccessKey {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly securityToken?: string;
}

export type Parameters = Readonly<Record<string, string>>;

/** RFC 3986 percent-encoding of UTF-8: everything but `A–Z a–z 0–9 - _ . ~`. A lone surrogate becomes U+FFFD instead of throwing. */
export function percentEncode(text: string): string {
  // Most names and values need nothing.
  if (/^[\w\-.~]*$/.test(text)) return text;
  return encodeURIComponent(text.toWellFormed()).replace(
    /[!'()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/**
 * Parameters sorted by name, percent-encoded and joined: stage one of both signatures, and the query string as sent.
 * Sorted by UTF-16 code unit, as every official client (and the gateway's TreeMap) does; names in use are ASCII anyway.
 */
export function canonicalizedQueryString(parameters: Parameters): string {
  return queryTemplate(parameters, [])([]).query;
}

/** A query string as it is sent, and as V1 signs it: percent-encoded once more. */
export interface Query {
  readonly query: string;
  readonly encoded: string;
}

/**
 * A {@link canonicalizedQueryString} with gaps: `parameters` are sorted and encoded once, the values of the names in `varying` are
 * filled in at each call, in that order. Doing all of it for every request would double the time of a signature.
 */
export function queryTemplate(
  parameters: Parameters,
  varying: readonly string[],
): (values: readonly string[]) => Query {
  const slots: number[] = [];
  /** What stands before the first slot, and after each. */
  const texts = [''];
  for (const name of [...new Set([...Object.keys(parameters), ...varying])].sort()) {
    const slot = varying.indexOf(name);
    texts[slots.length] += `&${percentEncode(name)}=${slot < 0 ? percentEncode(parameters[name]!) : ''}`;
    if (slot >= 0) texts[slots.push(slot)] = '';
  }
  texts[0] = texts[0]!.slice('&'.length);
  const encodedTexts = texts.map(encodeURIComponent);
  return (values) => {
    let query = texts[0]!;
    let encoded = encodedTexts[0]!;
    slots.forEach((slot, index) => {
      const value = percentEncode(values[slot]!);
      query += value + texts[index + 1];
      // Of what is encoded already, `%` alone is encoded once more.
      encoded += value.replaceAll('%', '%25') + encodedTexts[index + 1];
    });
    return { query, encoded };
  };
}

// --- V1: HMAC-SHA1 over the parameters (help document "RPC mechanism") ---

/**
 * The StringToSign of V1. The query, as {@link canonicalizedQueryString} gives it, is percent-encoded a second time, so `/` arrives
 * as `%252F`: the service's rule, not a slip. Nothing is left in it that encodeURIComponent would get wrong.
 */
export function stringToSign(method: string, query: string, encoded = encodeURIComponent(query)): string {
  return `${method}&%2F&${encoded}`;
}

/** Whether two keys sign alike. */
export function isSameKey(a: AccessKey, b: AccessKey): boolean {
  return (
    a.accessKeySecret === b.accessKeySecret && a.accessKeyId === b.accessKeyId && a.securityToken === b.securityToken
  );
}

/** V1's Signature: base64, of the key `secret&`. */
export function signature(toSign: string, accessKeySecret: string): string {
  return createHmac('sha1', `${accessKeySecret}&`).update(toSign).digest('base64');
}

// --- ACS3-HMAC-SHA256: over method, path, query, headers and body (help document "V3 request structure") ---

export const ACS3 = 'ACS3-HMAC-SHA256';

interface Acs3Request {
  readonly method: string;
  readonly query: Parameters;
  /** Every header that may be signed; `host`, `content-type` and `x-acs-*` are. Names in any case. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Lower-case hex SHA-256 of the body, {@link sha256Hex}. */
  readonly payloadHash: string;
}

export function sha256Hex(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** The CanonicalRequest of ACS3 and the SignedHeaders inside it. Same names after lower-casing share a line, their values sorted. */
export function canonicalRequest(request: Acs3Request): { canonicalRequest: string; signedHeaders: string } {
  const headers = new Map<string, string[]>();
  for (const [name, value] of request.headers) {
    const key = name.toLowerCase();
    if (key !== 'host' && key !== 'content-type' && !key.startsWith('x-acs-')) continue;
    headers.set(key, [...(headers.get(key) ?? []), value.trim()]);
  }
  const names = [...headers.keys()].sort();
  const signedHeaders = names.join(';');
  const canonicalHeaders = names.map((name) => `${name}:${headers.get(name)!.sort().join(',')}\n`).join('');
  const query = canonicalizedQueryString(request.query);
  const lines = [request.method, '/', query, canonicalHeaders, signedHeaders, request.payloadHash];
  return { canonicalRequest: lines.join('\n'), signedHeaders };
}

/** The StringToSign of ACS3. */
export function acs3StringToSign(canonical: string): string {
  return `${ACS3}\n${sha256Hex(canonical)}`;
}

/** ACS3's signature: lower-case hex, of the bare secret (no `&`, unlike V1). */
export function acs3Signature(toSign: string, accessKeySecret: string): string {
  return createHmac('sha256', accessKeySecret).update(toSign).digest('hex');
}
