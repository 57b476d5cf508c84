import { inEnglish, type Text } from '../../errors.ts';
import { copied, shortened, visible } from '../../text/safe-text.ts';
import { withoutUrlSecrets } from '../../text/signed-url.ts';
import { serverDelayMs } from './backoff.ts';
import { type Classification, classify, type Topic } from './error-codes.ts';
import { isHtml, type ResponseFields, readFields, textField } from './response-fields.ts';
import { serverTime } from './service-clock.ts';
import type { HttpResponse, NetworkError } from './transport.ts';

/** What every result of an operation has besides its own fields. */
export interface ResponseInfo {
  readonly requestId: string | null;
  readonly http: number;
  /** How long the server asks to wait before the next request: with the last response that a quota allows, for instance. */
  readonly serverDelayMs?: number | undefined;
  /** Byte for byte as it came; only where it is needed, since many results may be kept at once. */
  readonly body?: Uint8Array | undefined;
}

/** Why a call has no result. Every text in it is safe to show: short, no control characters, nothing secret. */
export interface Failure extends Classification {
  /** The service's or gateway's code, or our own `Network.*`. */
  readonly code: string;
  readonly http: number | null;
  readonly message: string;
  /** The message in the user's language, where it is mmai's own. */
  readonly text?: Text;
  readonly requestId: string | null;
  /** The service's page about this error. */
  readonly recommend: string | null;
  /** How long the server asks to wait before the next request. */
  readonly serverDelayMs: number | undefined;
  /** As {@link serverTime} says. */
  readonly serverTime: number | undefined;
  /** As in {@link ResponseInfo}. */
  readonly body?: Uint8Array | undefined;
  /** Nothing was sent: other requests of the client had all turns until the call's limit. */
  readonly isUnsent?: true;
}

/** What came of one call: the operation's result, or why there is none. */
export type Reply<Result> = { readonly ok: true; readonly result: Result } | Failed;
export interface Failed {
  readonly ok: false;
  readonly failure: Failure;
}

/** Reads an operation's own fields; undefined where they are not there, which makes the response a failure. */
export type Parse<Result> = (
  fields: ResponseFields,
  info: ResponseInfo,
  headers: HttpResponse['headers'],
  redact: Redact,
) => Result | undefined;

/** Takes the secrets out of a text. */
export type Redact = (text: string) => string;

/** What a response is read with. */
export interface Reading {
  /** The URL requested: its host is named where the response has no message. */
  readonly url: string;
  readonly signedTexts: readonly string[];
  /** Our clock in ms, which turns a Retry-After date into a delay. */
  readonly now: number;
  readonly redact: Redact;
  readonly keepsBody: boolean;
}

/** Reads a response by what arrived, not by what was requested. */
export async function readResponse<Result>(
  response: HttpResponse,
  parse: Parse<Result>,
  reading: Reading,
): Promise<Reply<Result>> {
  const fields = await readFields(response.body);
  if (fields && isSuccess(response)) {
    const { status: http, headers } = response;
    const requestId = requestIdOf(response, fields, reading);
    const body = reading.keepsBody ? response.body : undefined;
    const info = { requestId, http, serverDelayMs: serverDelayMs(headers, reading.now), body };
    const result = parse(fields, info, headers, reading.redact);
    if (result !== undefined) return { ok: true, result };
  }
  return { ok: false, failure: createFailure(response, fields, reading) };
}

/** The failure of a request that got no HTTP response. */
export function networkFailure(error: NetworkError, redact: Redact): Failure {
  const code = `Network.${error.kind}`;
  const { text } = error;
  return {
    code,
    http: null,
    message: safeText(error.message, MAX_MESSAGE, redact) ?? '',
    text: (m) => safeText(text(m), MAX_MESSAGE, redact) ?? '',
    requestId: null,
    ...classify(code, 0),
    ...(error.isStale && { retry: 'once' as const }),
    recommend: null,
    serverDelayMs: undefined,
    serverTime: undefined,
  };
}

/** A text from outside as it may be shown and kept: no secret, no control character, not long, and nothing of the body held by it. */
export function safeText(text: string | undefined, limit: number, redact: Redact): string | null {
  const trimmed = text?.trim();
  if (!trimmed) return null;
  const isLong = trimmed.length > MAX_SEARCHED;
  const searched = withoutUrlSecrets(redact(isLong ? trimmed.slice(0, MAX_SEARCHED) : trimmed));
  const safe = isLong ? `${searched.slice(0, Math.max(0, searched.length - NOT_SHOWN))}…` : searched;
  const short = shortened(visible(safe), limit);
  return short === text ? text : copied(short);
}

// --- internal ---

const MAX_MESSAGE = 500;
const MAX_FIELD = 200;
/** Of a longer text only the beginning is searched for secrets; its end, where one may be cut in two, is not shown. */
const MAX_SEARCHED = 32 * 1024;
const NOT_SHOWN = 16 * 1024;

function isSuccess({ status }: HttpResponse): boolean {
  return status >= 200 && status < 300;
}

function requestIdOf(
  { headers }: HttpResponse,
  fields: ResponseFields | undefined,
  { redact }: Reading,
): string | null {
  return safeText(textField(fields, 'requestid') ?? headers['x-acs-request-id'], MAX_FIELD, redact);
}

function createFailure(response: HttpResponse, fields: ResponseFields | undefined, reading: Reading): Failure {
  const { redact, url, signedTexts, now, keepsBody } = reading;
  const code = codeOf(response, fields, redact);
  const [message = '', ...quoted] = (textField(fields, 'message') ?? '').split(
    /server (?:string ?to ?sign|canonical ?request) is:?/i,
  );
  const own = safeText(message, MAX_MESSAGE, redact);
  const { host } = new URL(url);
  const text: Text | undefined =
    own === null && code.startsWith('Network.') ? (m) => m.network.requestTo(host) : undefined;
  return {
    code,
    http: response.status,
    message: own ?? (text ? inEnglish(text) : ''),
    ...(text && { text }),
    requestId: requestIdOf(response, fields, reading),
    ...classify(code, response.status),
    ...(quoted.length > 0 && { topic: signatureTopic(quoted, signedTexts) }),
    recommend: safeText(textField(fields, 'recommend'), MAX_FIELD, redact),
    serverDelayMs: serverDelayMs(response.headers, now),
    serverTime: serverTime(response.headers),
    ...(keepsBody && { body: response.body }),
  };
}

/** A SignatureDoesNotMatch quotes what the server signed: if we signed the same, the secret is wrong, else our canonicalization. */
function signatureTopic(quoted: readonly string[], signedTexts: readonly string[]): Topic {
  const isSame = quoted.some((text) => signedTexts.includes(text.trim().replace(/^\[([\s\S]*)\]$/, '$1')));
  return isSame ? 'wrongSecret' : 'wrongCanonicalization';
}

/** The service's code, or our own name for a response without one. */
function codeOf(response: HttpResponse, fields: ResponseFields | undefined, redact: Redact): string {
  const code = safeText(textField(fields, 'code'), MAX_FIELD, redact);
  // A success's own code ("OK") says nothing about a body that lacks the operation's fields, and no server sends a code of ours.
  if (code && !(isSuccess(response) && /^(ok|success|200)$/i.test(code)) && !/^(network|mmai)\./i.test(code))
    return code;
  // A 304 redirects nowhere: a broken cache gives it to a request that did not ask for one.
  if (response.status >= 300 && response.status < 400 && response.status !== 304) return 'Network.Redirect';
  if (response.status === 429) return 'Network.Throttled';
  const isPage = isHtml(response.body) || /html/i.test(response.headers['content-type'] ?? '');
  return isPage ? 'Network.HtmlPage' : 'Network.Unreadable';
}
