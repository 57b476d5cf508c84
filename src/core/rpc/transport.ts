import { ExitCode, MmaiError, type Text } from '../../errors.ts';

/** One request, signed already. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT';
  /** An origin and a path, as `new URL(…).href` has them: nothing is parsed or corrected here. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  /** From connecting to the last byte of the body, in ms. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  /** Never through a proxy: for an address that means something on this host only. */
  readonly direct?: boolean | undefined;
}

/** A response with its whole body, at most 1 MiB. */
export interface HttpResponse {
  readonly status: number;
  /** Names in lower case; repeated headers joined by `, `. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** How many requests are sent at once at most; each has a connection of its own. */
export const MAX_IN_FLIGHT = 8;

/**
 * Sends one request and reads the whole response, never following a redirect. Rejects with {@link NetworkError} only, but for
 * the usage error of a proxy variable that is no address.
 */
export interface Transport {
  send(request: HttpRequest): Promise<HttpResponse>;
  /** Closes the idle connections, which may be dead after the machine slept; requests in flight finish. */
  renew(): void;
  /** Closes the connections that are still being opened. Idle ones end by themselves and keep nothing alive. */
  close(): void;
}

/** The steps to a response, in order; those with "proxy" in their name, and DNS and TCP then, concern the proxy where there is one. */
export type NetworkStep = 'proxy' | 'dns' | 'tcp' | 'proxyTls' | 'tunnel' | 'tls' | 'answer';

/** A step of a request that has ended well. */
export interface NetworkEvent {
  readonly step: NetworkStep;
  /** What came of it: an address, a protocol, a status. Holds no secret. */
  readonly detail: Text;
  /** How long it took, in ms. */
  readonly ms: number;
  /** Of the step `proxy`: the proxy's `host:port`, if there is one on the way. */
  readonly proxy?: string | undefined;
}

/** Why no usable HTTP response came; each kind is an entry of the catalogue, as `Network.<kind>`. */
export type NetworkFailure =
  | 'Aborted'
  | 'BodyTooLarge'
  | 'Certificate'
  | 'CertificateExpired'
  | 'CertificateName'
  | 'ConnectionRefused'
  | 'ConnectionReset'
  | 'Dns'
  | 'NoResources'
  | 'Protocol'
  | 'Proxy'
  | 'ProxyAuthentication'
  | 'ProxyRefused'
  | 'ProxyScheme'
  | 'Timeout'
  | 'Unreachable';

/** No usable HTTP response came. The sentence names the other end and holds no secret; one given as a string has no translation. */
export class NetworkError extends MmaiError {
  override readonly name = 'NetworkError';
  readonly kind: NetworkFailure;
  /** The server had closed this idle connection, and no byte of a response came: a new connection may do. */
  isStale = false;

  constructor(kind: NetworkFailure, text: Text | string, cause?: unknown) {
    super(ExitCode.unanswered, typeof text === 'string' ? () => text : text, { cause });
    this.kind = kind;
  }
}

/** The caller ended it: by its signal, or by closing. */
export function abortedError(): NetworkError {
  return new NetworkError('Aborted', (m) => m.network.stopped);
}
