import type { HttpRequest, HttpResponse, Transport } from '../../core/rpc/transport.ts';
import type { Text } from '../../errors.ts';
import { abortedError, MAX_BODY, networkError, timeoutError, tooLargeError } from './network-errors.ts';

/** A transport over a function like `fetch`; what it throws is named by the code of its cause, as Node's own gives it. */
export function fetchTransport(fetchLike: typeof fetch): Transport {
  return { send: (request) => send(fetchLike, request), renew() {}, close() {} };
}

async function send(fetchLike: typeof fetch, request: HttpRequest): Promise<HttpResponse> {
  const { url, timeoutMs, signal } = request;
  const where = () => new URL(url).host;
  // Not AbortSignal.any: Node 20 keeps something of each on a signal that lives longer, and a timeout's timer runs on after the response.
  const stop = new AbortController();
  const onAbort = () => stop.abort(abortedError());
  const expire = () => stop.abort(timeoutError(where, timeoutMs));
  // The function may not heed the signal that it is given.
  const stopped = new Promise<never>((_, reject) => {
    stop.signal.addEventListener('abort', () => reject(stop.signal.reason));
  });
  const timer = timeoutMs < Number.POSITIVE_INFINITY ? setTimeout(expire, timeoutMs) : undefined;
  signal?.addEventListener('abort', onAbort);
  if (signal?.aborted) onAbort();
  try {
    return await Promise.race([exchange(fetchLike, request, where, stop.signal), stopped]);
  } catch (error) {
    throw networkError((error as Error).cause ?? error, where);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
  }
}

async function exchange(
  fetchLike: typeof fetch,
  { method, url, headers, body }: HttpRequest,
  where: Text,
  signal: AbortSignal,
): Promise<HttpResponse> {
  const response = await fetchLike(url, { method, headers, body: body ?? null, signal, redirect: 'manual' });
  const bytes = await bodyOf(response, where);
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
