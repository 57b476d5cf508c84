/** What the core needs from outside, as interfaces: tests pass doubles, `context.ts` passes the real thing. */

export interface Clock {
  /** Wall-clock time in ms since the epoch; may jump. */
  now(): number;
  /** Milliseconds that only ever grow, from an arbitrary start. */
  monotonic(): number;
  /** Resolves after `ms`, or at once when `signal` aborts (check `signal.aborted` after). Never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** From connecting to the last byte of the body, in ms. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  /** Never through a proxy: for an address that means something on this host only. */
  readonly direct?: boolean;
}

export interface HttpResponse {
  readonly status: number;
  /** Names in lower case; repeated headers joined by `, `. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** Sends one request and reads the whole answer. Rejects with {@link NetworkError} only. Never follows a redirect. */
export interface Transport {
  send(request: HttpRequest): Promise<HttpResponse>;
  close(): Promise<void>;
}

/** Why no usable HTTP answer came; each kind is an entry of the catalogue, as `Network.<kind>`. */
export type NetworkFailure =
  | 'Aborted'
  | 'BodyTooLarge'
  | 'Certificate'
  | 'ConnectionRefused'
  | 'ConnectionReset'
  | 'Dns'
  | 'Proxy'
  | 'Protocol'
  | 'Timeout'
  | 'Unreachable';

export class NetworkError extends Error {
  override readonly name = 'NetworkError';
  readonly kind: NetworkFailure;

  constructor(kind: NetworkFailure, message: string, cause?: unknown) {
    super(message, { cause });
    this.kind = kind;
  }
}
