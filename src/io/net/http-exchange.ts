import type { Dispatcher } from 'undici';
import { type HttpRequest, type HttpResponse, NetworkError } from '../../core/rpc/transport.ts';
import { MAX_BODY, networkError } from './network-errors.ts';

/**
 * A request under way: undici's handler, which collects the answer, and one time limit from connecting to the last byte, for
 * undici's own are per phase. undici heeds an abort only once the connection is made, so the promise does not wait for it.
 * Without the stream, the abort controller and the promise a chunk of `Agent.request`: a quarter of the CPU of a batch.
 */
export class Exchange implements Dispatcher.DispatchHandler {
  readonly answer: Promise<HttpResponse>;
  isOver = false;
  readonly #request: HttpRequest;
  readonly #where: string;
  readonly #onHead: (status: number) => void;
  readonly #stop = () => this.#fail(new NetworkError('Aborted', 'stopped'));
  readonly #timer: NodeJS.Timeout | undefined;
  readonly #chunks: Buffer[] = [];
  #resolve!: (response: HttpResponse) => void;
  #reject!: (error: NetworkError) => void;
  #controller: Dispatcher.DispatchController | undefined;
  #status = 0;
  #headers: Record<string, string> = {};
  #size = 0;

  /** `where` names the other end in errors; `onHead` hears when the answer begins. */
  constructor(request: HttpRequest, where: string, onHead: (status: number) => void) {
    const { signal, timeoutMs } = request;
    this.#request = request;
    this.#where = where;
    this.#onHead = onHead;
    this.answer = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    const giveUp = () => this.#fail(new NetworkError('Timeout', `no answer from ${where} within ${timeoutMs} ms`));
    // Timers come before sockets: a turn later, what arrived while this process stood still (a busy machine) is not late.
    if (timeoutMs < Number.POSITIVE_INFINITY) this.#timer = setTimeout(setImmediate, timeoutMs, giveUp);
    if (signal) stopsOf(signal).push(this.#stop);
    if (signal?.aborted) this.#stop();
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.isOver) controller.abort(new NetworkError('Aborted', 'stopped'));
  }

  /** A 1xx comes before the answer and is none. */
  onResponseStart(_: unknown, status: number, headers: NodeJS.Dict<string | string[]>): void {
    if (status < 200) return;
    this.#onHead(status);
    this.#status = status;
    this.#headers = flatHeaders(headers);
  }

  onResponseData(_: unknown, chunk: Buffer): void {
    this.#size += chunk.byteLength;
    this.#chunks.push(chunk);
    if (this.#size <= MAX_BODY) return;
    this.#fail(new NetworkError('BodyTooLarge', `the answer is larger than ${MAX_BODY} bytes`));
  }

  onResponseEnd(): void {
    this.#end();
    // Copied, or a body of some bytes would keep all that the socket read with it.
    this.#resolve({ status: this.#status, headers: this.#headers, body: Buffer.concat(this.#chunks) });
  }

  onResponseError(_: unknown, error: unknown): void {
    this.#fail(error);
  }

  #fail(error: unknown): void {
    if (this.isOver) return;
    this.#end();
    const told = networkError(error, this.#where);
    this.#reject(told);
    this.#controller?.abort(told);
  }

  #end(): void {
    this.isOver = true;
    clearTimeout(this.#timer);
    const { signal } = this.#request;
    if (signal) remove(this.#stop, stopsOf(signal));
  }
}

// --- internal ---

const stopsBySignal = new WeakMap<AbortSignal, (() => void)[]>();

/**
 * What is called when the signal aborts: one listener for all requests. A listener for each, or a Set of them, keeps what has
 * ended from the quick garbage collection, each entry holding the next: a seventh of the CPU of a batch.
 */
function stopsOf(signal: AbortSignal): (() => void)[] {
  const known = stopsBySignal.get(signal);
  if (known) return known;
  const stops: (() => void)[] = [];
  stopsBySignal.set(signal, stops);
  signal.addEventListener('abort', () => {
    for (const stop of [...stops]) stop();
  });
  return stops;
}

/** Takes out an item that is in the list; the order is nobody's. */
function remove<T>(item: T, list: T[]): void {
  const last = list.pop()!;
  if (last !== item) list[list.indexOf(item)] = last;
}

/** Repeated headers come as a list. The object is made for this answer alone. */
function flatHeaders(headers: NodeJS.Dict<string | string[]>): Record<string, string> {
  for (const name in headers) if (typeof headers[name] !== 'string') headers[name] = [headers[name]].flat().join(', ');
  return headers as Record<string, string>;
}
