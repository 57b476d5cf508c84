import { readFileSync } from 'node:fs';
import { rootCertificates } from 'node:tls';
import type { Agent } from 'undici';
import {
  type HttpRequest,
  type HttpResponse,
  NetworkError,
  type NetworkFailure,
  type Transport,
} from '../core/ports.ts';
import { usageError } from '../errors.ts';

/** The service's answers are some hundred bytes; a body beyond this is refused. In bytes. */
const MAX_BODY = 1024 * 1024;
/** As many requests as may be under way at once; each has a connection of its own. */
const CONNECTIONS = 8;

export interface TransportOptions {
  /** A PEM file with certificate authorities to trust besides the system's. */
  readonly caFile: string | undefined;
}

/** The transport over undici, its only importer. Throws a usage error when the CA file cannot be read. */
export async function createTransport({ caFile }: TransportOptions): Promise<Transport> {
  const { Agent } = await import('undici');
  const ca = caFile === undefined ? undefined : [...rootCertificates, readCertificates(caFile)];
  const agent = new Agent({ connections: CONNECTIONS, pipelining: 1, ...(ca && { connect: { ca } }) });
  return { send: (request) => send(agent, request), close: () => agent.destroy() };
}

/** One request with one time limit from connecting to the last byte: undici's own limits are per phase, and 300 s. */
async function send(agent: Agent, request: HttpRequest): Promise<HttpResponse> {
  const { signal, timeoutMs } = request;
  const url = new URL(request.url);
  const controller = new AbortController();
  const stop = () => controller.abort(new NetworkError('Aborted', 'stopped'));
  const giveUp = () =>
    controller.abort(new NetworkError('Timeout', `no answer from ${url.host} within ${timeoutMs} ms`));
  const timer = timeoutMs < Number.POSITIVE_INFINITY ? setTimeout(giveUp, timeoutMs) : undefined;
  if (signal?.aborted) stop();
  signal?.addEventListener('abort', stop, { once: true });
  try {
    const response = await agent.request({
      origin: url.origin,
      path: `${url.pathname}${url.search}`,
      method: request.method,
      headers: request.headers,
      body: request.body ?? null,
      signal: controller.signal,
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    const body = await readBody(response.body);
    return { status: response.statusCode, headers: flatHeaders(response.headers), body };
  } catch (error) {
    throw error instanceof NetworkError ? error : networkError(error, url.host);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', stop);
  }
}

async function readBody(stream: AsyncIterable<Buffer>): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    size += chunk.byteLength;
    // Leaving the loop destroys the stream, and with it the connection.
    if (size > MAX_BODY) throw new NetworkError('BodyTooLarge', `the answer is larger than ${MAX_BODY} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function flatHeaders(headers: NodeJS.Dict<string | string[]>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value].flat().join(', ')]));
}

const KINDS: readonly (readonly [pattern: RegExp, kind: NetworkFailure])[] = [
  [/CERT|ALTNAME|UNABLE_TO_(VERIFY|GET)|SELF_SIGNED/, 'Certificate'],
  [/TIMEOUT|ETIMEDOUT/, 'Timeout'],
  [/ECONNREFUSED/, 'ConnectionRefused'],
  [/ENOTFOUND|EAI_/, 'Dns'],
  [/EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|EACCES|EPERM/, 'Unreachable'],
  [/^HPE_|OVERFLOW|EPROTO|ERR_SSL/, 'Protocol'],
];

/** Names a failure of undici or Node by its code; what has no better name is a broken connection. */
function networkError(error: unknown, host: string): NetworkError {
  const { code = '', message = '' } = error as { code?: string; message?: string };
  const kind = KINDS.find(([pattern]) => pattern.test(code))?.[1] ?? 'ConnectionReset';
  return new NetworkError(kind, `${host}: ${message || code}`, error);
}

function readCertificates(path: string): string {
  let text = '';
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw usageError((m) => m.usage.unreadableFile('--ca-file', path, (error as NodeJS.ErrnoException).code ?? ''));
  }
  if (!text.includes('-----BEGIN CERTIFICATE-----')) throw usageError((m) => m.usage.noCertificates(path));
  return text;
}
