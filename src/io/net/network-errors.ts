import { NetworkError, type NetworkFailure } from '../../core/rpc/transport.ts';

/** The service's answers are some hundred bytes; a body beyond this is refused. In bytes. */
export const MAX_BODY = 1024 * 1024;

const KINDS: readonly (readonly [pattern: RegExp, kind: NetworkFailure])[] = [
  [/CERT_(HAS_EXPIRED|NOT_YET_VALID)/, 'CertificateExpired'],
  [/ALTNAME/, 'CertificateName'],
  [/CERT|UNABLE_TO_(VERIFY|GET)|SELF_SIGNED/, 'Certificate'],
  [/TIMEOUT|ETIMEDOUT/, 'Timeout'],
  [/ECONNREFUSED/, 'ConnectionRefused'],
  [/ENOTFOUND|EAI_/, 'Dns'],
  [/EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|EACCES|EPERM/, 'Unreachable'],
  [/^HPE_|HTTPParserError|OVERFLOW|LENGTH_MISMATCH|EPROTO|ERR_SSL/, 'Protocol'],
];

/**
 * Names a failure of undici or Node by its code, or by its name where it has none; what has no better name is a broken
 * connection. `where` is the host, and the proxy on the way.
 */
export function networkError(error: unknown, where: string): NetworkError {
  if (error instanceof NetworkError) return error;
  const { name = '', code = name, message = '' } = error as { name?: string; code?: string; message?: string };
  const kind = KINDS.find(([pattern]) => pattern.test(code))?.[1] ?? 'ConnectionReset';
  return new NetworkError(kind, `${where}: ${message || code}`, error);
}
