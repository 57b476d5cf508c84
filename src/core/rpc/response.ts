import type { Text } from '../../errors.ts';
import { shortened, visible } from '../../text/safe-text.ts';
import { serverDelayMs } from './backoff.ts';
import { type Classification, classify } from './error-codes.ts';
import { serverTime } from './service-clock.ts';
import type { HttpResponse, NetworkError } from './transport.ts';

/** The service's answer to one question. */
export interface Answer {
  readonly status: number;
  readonly requestId: string | null;
  readonly http: number;
  readonly body: Uint8Array;
  /** How long the server asks to wait before the next request: with the last answer that a quota allows, for instance. */
  readonly serverDelayMs?: number | undefined;
}

/** Why a question was not answered. Every text in it is already safe to show: no control characters, no signed text. */
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
  /** What a SignatureDoesNotMatch says the server signed, in either wording seen: compared with our own, never shown. */
  readonly serverTexts: readonly string[];
  readonly body: Uint8Array;
}

/** What came of one question: an answer of the service, or why there was none. */
export type Reply = { readonly ok: true; readonly answer: Answer } | { readonly ok: false; readonly failure: Failure };

const MAX_MESSAGE = 500;
const utf8 = new TextDecoder();

/** Reads an answer by what arrived, not by what was asked for. `now` (ms) turns a Retry-After date into a delay. */
export async function parseResponse(response: HttpResponse, now: number): Promise<Reply> {
  const fields = await readFields(response.body);
  const status = integer(fields?.get('status'));
  if (!isSuccess(response) || status === undefined) return { ok: false, failure: createFailure(response, fields, now) };
  const { status: http, body, headers } = response;
  const requestId = requestIdOf(response, fields);
  return { ok: true, answer: { status, requestId, http, body, serverDelayMs: serverDelayMs(headers, now) } };
}

/** What an answer comes to that is no use, whatever its body says: {@link parseResponse} for another service's. */
export async function failureOf(response: HttpResponse, now: number): Promise<Failure> {
  return createFailure(response, await readFields(response.body), now);
}

/** The failure of a request that got no HTTP answer. */
export function networkFailure(error: NetworkError): Failure {
  const code = `Network.${error.kind}`;
  const { text } = error;
  return {
    code,
    http: null,
    message: shortened(visible(error.message), MAX_MESSAGE),
    text: (m) => shortened(visible(text(m)), MAX_MESSAGE),
    requestId: null,
    ...classify(code, 0),
    recommend: null,
    serverDelayMs: undefined,
    serverTime: undefined,
    serverTexts: [],
    body: new Uint8Array(),
  };
}

// --- internal ---

type Fields = ReadonlyMap<string, string>;

function isSuccess({ status }: HttpResponse): boolean {
  return status >= 200 && status < 300;
}

function requestIdOf({ headers }: HttpResponse, fields: Fields | undefined): string | null {
  return safe(fields?.get('requestid') ?? headers['x-acs-request-id']);
}

function createFailure(response: HttpResponse, fields: Fields | undefined, now: number): Failure {
  const code = codeOf(response, fields);
  // The quoted string to sign holds the AccessKeyId and the token: split off before the message goes anywhere.
  const [message = '', ...quoted] = (fields?.get('message') ?? '').split(
    /server (?:string ?to ?sign|canonical ?request) is:?/i,
  );
  return {
    code,
    http: response.status,
    message: shortened(visible(message.trim()), MAX_MESSAGE),
    requestId: requestIdOf(response, fields),
    ...classify(code, response.status),
    recommend: safe(fields?.get('recommend')),
    serverDelayMs: serverDelayMs(response.headers, now),
    serverTime: serverTime(response.headers),
    serverTexts: quoted.map((text) => text.trim().replace(/^\[([\s\S]*)\]$/, '$1')),
    body: response.body,
  };
}

/** The service's code, or our own name for an answer without one. */
function codeOf(response: HttpResponse, fields: Fields | undefined): string {
  const code = safe(fields?.get('code'));
  // A success's own code ("OK") says nothing about a body that lacks its Status.
  if (code && !(isSuccess(response) && /^(ok|success|200)$/i.test(code))) return code;
  if (response.status >= 300 && response.status < 400) return 'Network.Redirect';
  if (response.status === 429) return 'Network.Throttled';
  const isHtml = /^\s*<(?:!doctype\s+html|html|head|body)\b/i.test(utf8.decode(response.body.subarray(0, 512)));
  return isHtml || /html/i.test(response.headers['content-type'] ?? '') ? 'Network.HtmlPage' : 'Network.Unreadable';
}

/** The top-level fields by lower-case name (some gateways answer in lower case), or undefined for anything but JSON and XML. */
async function readFields(body: Uint8Array): Promise<Fields | undefined> {
  const text = utf8.decode(body).trim();
  try {
    if (text.startsWith('{')) return fieldsOf(JSON.parse(text));
    if (text.startsWith('<')) return fieldsOf(await parseXml(text));
  } catch {
    // Unreadable is a kind of answer, told by its own code.
  }
  return undefined;
}

/** XML as nested records of text. One newer sample lacks the root element, so there may be one or none. A document type is refused, entities with it. */
async function parseXml(text: string): Promise<unknown> {
  if (/<!(?:doctype|entity)/i.test(text)) return undefined;
  const { XMLParser } = await import('fast-xml-parser');
  // Values stay text: by default RequestId 007e1 would become the number 70.
  // Only with `htmlEntities` are characters given by number read.
  const parser = new XMLParser({ parseTagValue: false, ignorePiTags: true, removeNSPrefix: true, htmlEntities: true });
  const { answer } = parser.parse(`<answer>${text.replace(/^<\?xml[^>]*\?>/, '')}</answer>`, true);
  const [root, ...others] = Object.values(answer);
  return others.length === 0 && typeof root === 'object' ? root : answer;
}

function fieldsOf(document: unknown): Fields | undefined {
  if (typeof document !== 'object' || document === null || Array.isArray(document)) return undefined;
  const fields = new Map<string, string>();
  for (const [name, value] of Object.entries(document)) {
    const key = name.toLowerCase();
    if ((typeof value === 'string' || typeof value === 'number') && !fields.has(key)) fields.set(key, String(value));
  }
  return fields;
}

function integer(text: string | undefined): number | undefined {
  return text !== undefined && /^\s*-?\d{1,15}\s*$/.test(text) ? Number(text) : undefined;
}

function safe(text: string | undefined): string | null {
  const trimmed = text?.trim();
  return trimmed ? shortened(visible(trimmed), 200) : null;
}
