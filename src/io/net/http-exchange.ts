import type { Socket } from 'node:net';
import type { Dispatcher } from 'undici';
import { listen, unlisten } from '../../core/abort-listeners.ts';
import { abortedError, type HttpRequest, type HttpResponse, type NetworkError } from '../../core/rpc/transport.ts';
import type { Text } from '../../errors.ts';
import { MAX_BODY, networkError, statusError, timeoutError, tooLargeError } from './network-errors.ts';
import type { OpeningStep } from './opening.ts';

/** The other end of an exchange. */
export interface ExchangeContext {
  /** As errors name it. */
  readonly name: Text;
  /** The step that the connection to it has reached, while it is being opened. */
  readonly stepTowards: () => OpeningStep | undefined;
}

const EMPTY = Buffer.alloc(0);

/**
 * A request under way: undici's handler, which collects the response, and one time limit from connecting to the last byte, for
 * undici's own are per phase. undici heeds an abort only once the connection is made, so the promise does not wait for it.
 * Without the stream, the abort controller and the promise a chunk of `Agent.request`: a quarter of the CPU of a batch.
 */
export class Exchange implements Dispatcher.DispatchHandler {
  readonly response: Promise<HttpResponse>;
  isOver = false;
  readonly #request: HttpRequest;
  readonly #context: ExchangeContext;
  readonly #onHead: ((status: number) => void) | undefined;
  readonly #stop = () => this.#fail(abortedError());
  readonly #timer: NodeJS.Timeout | undefined;
  #resolve!: (response: HttpResponse) => void;
  #reject!: (error: NetworkError) => void;
  #controller: Dispatcher.DispatchController | undefined;
  #status = 0;
  #headers: Record<string, string> = {};
  /** The body so far, at the front of a buffer that grows. */
  #body = EMPTY;
  #size = 0;

  /** `onHead` is called when the response begins. */
  constructor(request: HttpRequest, context: ExchangeContext, onHead: ((status: number) => void) | undefined) {
    const { signal, timeoutMs } = request;
    this.#request = request;
    this.#context = context;
    this.#onHead = onHead;
    this.response = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    // Timers come before sockets: a turn later, what arrived while this process stood still (a busy machine) is not late.
    if (timeoutMs < Number.POSITIVE_INFINITY) this.#timer = setTimeout(setImmediate, timeoutMs, () => this.#expire());
    if (signal) listen(signal, this.#stop);
    if (signal?.aborted) this.#stop();
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.isOver) controller.abort(abortedError());
  }

  /** A 1xx comes before the response and is none. */
  onResponseStart(_: unknown, status: number, headers: NodeJS.Dict<string | string[]>): void {
    // undici would run into an assertion with these: no status of HTTP, and a change of protocol that was not requested.
    if (status < 100 || status === 101) return this.#fail(statusError(this.#context.name, status));
    if (status < 200) return;
    this.#onHead?.(status);
    this.#status = status;
    this.#headers = flatHeaders(headers);
    // At once as large as announced: a buffer that grows to a MiB would leave as much again to the garbage collection.
    const length = Number(this.#headers['content-length']);
    if (length > 0) this.#body = Buffer.allocUnsafe(Math.min(length, MAX_BODY));
  }

  /** Copies: chunks kept would keep all that the socket read with them, and a million chunks of one byte as many objects. */
  onResponseData(_: unknown, chunk: Buffer): void {
    const size = this.#size + chunk.byteLength;
    if (size > MAX_BODY) return this.#fail(tooLargeError(this.#context.name));
    if (size > this.#body.byteLength) {
      const larger = Buffer.allocUnsafe(Math.max(size, Math.min(2 * this.#size, MAX_BODY)));
      this.#body.copy(larger, 0, 0, this.#size);
      this.#body = larger;
    }
    chunk.copy(this.#body, this.#size);
    this.#size = size;
  }

  onResponseEnd(): void {
    const body = decompressed(this.#body.subarray(0, this.#size), this.#headers);
    if (!body) return this.#fail(tooLargeError(this.#context.name));
    this.#end();
    this.#resolve({ status: this.#status, headers: this.#headers, body });
  }

  onResponseError(_: unknown, error: unknown): void {
    this.#fail(error);
  }

  #fail(error: unknown): void {
    if (this.isOver) return;
    this.#end();
    const named = networkError(error, this.#context.name);
    named.isStale = this.#status === 0 && ofKeptConnections.has(error as object);
    this.#reject(named);
    this.#controller?.abort(named);
  }

  #expire(): void {
    const { name, stepTowards } = this.#context;
    const step = this.#controller ? 'answer' : (stepTowards() ?? 'tcp');
    this.#fail(timeoutError(name, this.#request.timeoutMs, step));
  }

  #end(): void {
    this.isOver = true;
    clearTimeout(this.#timer);
    const { signal } = this.#request;
    if (signal) unlisten(signal, this.#stop);
  }
}

/**
 * Lets a server send `100 Continue` though it was not requested, as RFC 9110 allows: undici ends the connection at a 100, but
 * passes over a 102, which means as much.
 */
export function tolerateContinue<S extends Socket>(socket: S): S {
  const read = socket.read;
  socket.read = (size) => {
    const chunk: Buffer | null = read.call(socket, size);
    // Other interim responses may come before it, such as early hints.
    for (let at = 0; chunk?.toString('latin1', at, at + 10) === 'HTTP/1.1 1'; at = chunk.indexOf('\r\n\r\n', at) + 4) {
      if (chunk.toString('latin1', at + 10, at + 12) === '00') chunk[at + 11] = 0x32;
    }
    return chunk;
  };
  return socket;
}

/** Marks the errors of a reused connection: the server may have closed it at any time since its last response. */
export function markErrorsOfReused<S extends Socket>(socket: S): S {
  return socket.on('error', (error) => socket.bytesRead > 0 && ofKeptConnections.add(error));
}

// --- internal ---

const ofKeptConnections = new WeakSet<object>();

/**
 * A body that a gateway compressed though the request does not accept it; undefined if it is too large. What is not compressed
 * so stays as it is.
 */
function decompressed(body: Buffer, { 'content-encoding': encoding = '' }: Record<string, string>): Buffer | undefined {
  const [, kind] = /^(?:x-)?(gzip|deflate|br)$/i.exec(encoding) ?? [];
  if (!kind) return body;
  const { unzipSync, brotliDecompressSync } = process.getBuiltinModule('node:zlib');
  try {
    return (kind.toLowerCase() === 'br' ? brotliDecompressSync : unzipSync)(body, { maxOutputLength: MAX_BODY });
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE' ? undefined : body;
  }
}

/** Repeated headers come as a list. The object is made for this response alone. */
function flatHeaders(headers: NodeJS.Dict<string | string[]>): Record<string, string> {
  for (const name in headers) if (typeof headers[name] !== 'string') headers[name] = [headers[name]].flat().join(', ');
  return headers as Record<string, string>;
}
