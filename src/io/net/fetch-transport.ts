import { type HttpRequest, type HttpResponse, NetworkError, type Transport } from '../../core/rpc/transport.ts';
import { abortedError, MAX_BODY, networkError, timeoutError, tooLargeError } from './network-errors.ts';

/** A transport over a function like `fetch`; what it throws is named by the code of its cause, as Node's own gives it. */
export function fetchTransport(fetchLike: typeof fetch): Transport {
  return { send: (request) => send(fetchLike, request), renew() {}, close() {} };
}

async function send(fetchLike: typeof fetch, request: HttpRequest): Promise<HttpResponse> {
  const { method, url, headers, body, timeoutMs, signal } = request;
  const where = () => new URL(url).host;
  const limit = timeoutMs < Number.POSITIVE_INFINITY ? [AbortSignal.timeout(timeoutMs)] : [];
  const both = AbortSignal.any([...limit, ...(signal ? [signal] : [])]);
  try {
    const response = await fetchLike(url, {
      method,
      headers,
      body: body ?? null,
      signal: both,
      redirect: 'manual',
    });
    const bytes = new Uint8Array(await response.arrayBuffer());
    if (bytes.byteLength > MAX_BODY) throw tooLargeError(where);
    return { status: response.status, headers: Object.fromEntries(response.headers), body: bytes };
  } catch (error) {
    if (error instanceof NetworkError) throw error;
    if (signal?.aborted) throw abortedError();
    if (both.aborted) throw timeoutError(where, timeoutMs);
    throw networkError((error as Error).cause ?? error, where);
  }
}
