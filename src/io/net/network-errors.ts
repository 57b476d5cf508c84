import { NetworkError, type NetworkFailure, type NetworkStep } from '../../core/rpc/transport.ts';
import type { Text } from '../../errors.ts';
import { formatDuration } from '../../text/duration.ts';

/** The service's responses are some hundred bytes; a body beyond this is refused. In bytes. */
export const MAX_BODY = 1024 * 1024;

/** The steps that a request may be waiting in. */
type PendingStep = Exclude<NetworkStep, 'proxy'>;

/** `step` is the one that did not finish, where it is known. */
export function timeoutError(where: Text, limitMs: number, step?: PendingStep): NetworkError {
  const limit = formatDuration(limitMs);
  return new NetworkError('Timeout', (m) => {
    const late = m.network.timeout(where(m), limit);
    return step ? m.labelled(late, m.network.unfinished[step]) : late;
  });
}

export function tooLargeError(where: Text): NetworkError {
  return new NetworkError('BodyTooLarge', (m) => m.labelled(where(m), m.network.tooLarge));
}

export function statusError(where: Text, status: number): NetworkError {
  return new NetworkError('Protocol', (m) => m.labelled(where(m), m.network.status(status)));
}

/** By the code of a failure, or its name where it has none. TLS alerts come first: some are about certificates, of ours. */
const KINDS: readonly (readonly [pattern: RegExp, kind: NetworkFailure])[] = [
  [/^ERR_SSL|^EPROTO$/, 'Protocol'],
  [/CERT_(HAS_EXPIRED|NOT_YET_VALID)/, 'CertificateExpired'],
  [/ALTNAME/, 'CertificateName'],
  // UNSPECIFIED is what Node calls the rest of OpenSSL's reasons, such as a key or a signature that is too weak.
  [/CERT|^UNABLE_TO_|^INVALID_(CA|PURPOSE)$|^PATH_LENGTH|^UNSPECIFIED$/, 'Certificate'],
  [/TIMEOUT|ETIMEDOUT/, 'Timeout'],
  [/ECONNREFUSED/, 'ConnectionRefused'],
  // At connect, too: a connection that was reset before this process looked at it.
  [/ECONNRESET/, 'ConnectionReset'],
  // The last one is V8's: no memory for undici's parser under a limit on the address space.
  [/^(EMFILE|ENFILE|ENOBUFS|ENOMEM|EAI_MEMORY|RangeError)$/, 'NoResources'],
  [/ENOTFOUND|EAI_/, 'Dns'],
  [/EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|EACCES|EPERM/, 'Unreachable'],
  [/^HPE_|HTTPParserError|OVERFLOW|LENGTH_MISMATCH|ASSERTION|Assertion/, 'Protocol'],
];

/** By the system's call that failed, where the code says nothing: a lookup's EINVAL is that of a name too long. */
const BY_CALL: Record<string, NetworkFailure> = { connect: 'Unreachable', getaddrinfo: 'Dns' };

/** What errors of Node, OpenSSL and undici have, each of them some. */
interface RawError {
  readonly name?: string;
  readonly code?: string;
  readonly message?: string;
  /** OpenSSL's words, such as `wrong version number`. */
  readonly reason?: string;
  readonly syscall?: string;
  readonly address?: string;
  readonly port?: number;
  /** One for each address that was tried. */
  readonly errors?: readonly RawError[];
}

/**
 * Names a failure of undici or Node by its code, or by its name where it has none; what has no better name is a broken
 * connection, or one that could not be opened. `where` is the host, and the proxy on the way.
 */
export function networkError(error: unknown, where: Text): NetworkError {
  if (error instanceof NetworkError) return error;
  const kind = kindOf(error as RawError);
  const reason = reasonOf(error as RawError, kind);
  return new NetworkError(kind, (m) => m.labelled(where(m), reason(m)), error);
}

/** What went wrong on the way to a proxy is an error of the proxy, not of the host behind it; a lack of our own is neither's. Always throws. */
export function throwAsProxyError(error: unknown): never {
  if (!(error instanceof NetworkError) || /^(Aborted|NoResources)$/.test(error.kind)) throw error;
  throw new NetworkError('Proxy', error.text, error);
}

// --- internal ---

function kindOf({ name = '', code = name, message = '', syscall, errors = [] }: RawError): NetworkFailure {
  // Of undici's "bad upgrade" and "bad response" only the message differs from that of a closed connection.
  if (/^bad \w+$/.test(message)) return 'Protocol';
  const known = KINDS.find(([pattern]) => pattern.test(code))?.[1];
  return known ?? BY_CALL[errors[0]?.syscall ?? syscall ?? ''] ?? 'ConnectionReset';
}

/** A sentence, never OpenSSL's line of numbers nor the expression of an assertion. It holds texts only: the error may hold a whole body. */
function reasonOf(error: RawError, kind: NetworkFailure): Text {
  const { name, message = '', code = name === 'RangeError' ? 'ENOMEM' : '' } = error;
  const addresses = (error.errors ?? [error]).flatMap(({ address, port }) =>
    address ? [`${address}:${port ?? 0}`] : [],
  );
  const detail = [code, ...addresses.slice(0, 3)].join(' ');
  const protocolReason = protocolReasonOf(error);
  return (m) => {
    const { network } = m;
    const known = Object.hasOwn(network.system, code) ? network.system[code] : undefined;
    if (known) return known + m.aside(detail);
    if (kind === 'Protocol') return protocolReason(m);
    if (kind.startsWith('Certificate')) return network.certificate(message);
    if (code === 'UND_ERR_SOCKET') return network.closed;
    return kind === 'Unreachable' ? detail : message || code;
  };
}

function protocolReasonOf({ code = '', message = '', reason }: RawError): Text {
  // "write EPROTO 40B7…:error:0A00010B:SSL routines:ssl3_get_record:wrong version number:../deps/…"
  const words = reason ?? /error:[0-9A-F]+:[^:]*:[^:]*:([^:]+)/.exec(message)?.[1] ?? code;
  if (/^ERR_SSL|EPROTO/.test(code)) return ({ network }) => network.tls(words);
  if (/OVERFLOW/.test(code)) return ({ network }) => network.http(network.overflow);
  // undici's message about a length that does not match is left out: it says that of anything unreadable after a Content-Length.
  const [, quoted = ''] = /\(([^()]+)\)$/.exec(message) ?? /^Parse Error: ([^\n]+)$/.exec(message) ?? [];
  return ({ network }) => network.http(quoted);
}
