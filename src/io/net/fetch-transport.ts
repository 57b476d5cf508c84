import { within } from '../../core/clock.ts';
import { abortedError, type HttpRequest, type HttpResponse, type Transport } from '../../core/rpc/transport.ts';
import type { Text } from '../../errors.ts';
import { systemClock } from '../system-clock.ts';
import { MAX_BODY, networkError, timeoutError, tooLargeError } from './network-errors.ts';

/** A transport over a function like `fetch`. */
export function fetchTransport(fetchLike: typeof fetch): Transport {
  return boundedTransport({ send: (request) => exchange(fetchLike, request), renew() {}, close() {} });
}

/**
 * A transport that keeps the limits of a request, which `given` may not heed; what that throws is named by the code of its cause, as
 * Node's own gives it.
 */
export function boundedTransport(given: Transport): Transport {
  return { send: (request) => send(given, request), renew: () => given.renew(), close: () => given.close() };
}

// --- internal ---

async function send(given: Transport, request: HttpRequest): Promise<HttpResponse> {
  const { url, timeoutMs, signal } = request;
  const where = () => new URL(url).host;
  if (signal?.aborted) throw abortedError();
  const stop = new AbortController();
  const late = () => {
    stop.abort(signal?.aborted ? abortedError() : timeoutError(where, timeoutMs));
    throw stop.signal.reason;
  };
  try {
    return await within(systemClock, { ms: timeoutMs, signal }, given.send({ ...request, signal: stop.signal }), late);
  } catch (error) {
    // Before what the caller's own function makes of the abort.
    if (stop.signal.aborted) throw stop.signal.reason;
    throw networkError((error as Error | undefined)?.cause ?? error ?? {}, where);
  }
}

async function exchange(
  fetchLike: typeof fetch,
  { method, url, headers, body, signal }: HttpRequest,
): Promise<HttpResponse> {
  const init = { method, headers, body: body ?? null, signal: signal ?? null, redirect: 'manual' } as const;
  const response = await fetchLike(url, init);
  const bytes = await bodyOf(response, () => new URL(url).host);
  return { status: response.status, headers: Object.fromEntries(response.headers), body: bytes };
}

/** Read in pieces, since a megabyte of gzip, which `fetch` unpacks by itself, may be a gigabyte. */
async function bodyOf({ body }: Response, where: Text): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    size += chunk.byteLength;
    if (size > MAX_BODY) throw tooLargeError(where);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
