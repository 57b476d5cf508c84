import { X509Certificate } from 'node:crypto';
import * as tls from 'node:tls';
import type { Environment } from '../../core/config/settings.ts';
import { named, type Subject, usageError } from '../../errors.ts';
import { quotedPath } from '../../text/safe-text.ts';
import { readText } from '../files.ts';

/** The bundle of a whole company has some hundred kilobytes. In bytes. */
const MAX_BYTES = 10 * 1024 * 1024;

interface CaFile {
  readonly path: string;
  /** The flag, variable or profile that names it. */
  readonly from: Subject;
}

/**
 * Trusts what Node trusts (whatever store its flags and NODE_EXTRA_CA_CERTS say), and the certificates of a PEM file too; one
 * of an intermediate authority is enough. Throws a usage error when the file cannot be used.
 */
export async function contextTrusting(
  caFile: CaFile,
  env: Environment,
  signal?: AbortSignal,
): Promise<tls.SecureContext> {
  const own = await readCertificates(caFile, signal);
  const certificates = [...(await extraCertificates(env.NODE_EXTRA_CA_CERTS, signal)), ...own];
  const secureContext = tls.createSecureContext({ allowPartialTrustChain: true });
  // The option `ca` would replace Node's own, and not all of them can be listed: those of OpenSSL's directory cannot.
  for (const certificate of certificates) secureContext.context.addCACert(certificate);
  return secureContext;
}

// --- internal ---

const CERTIFICATE = /-----BEGIN (TRUSTED |X509 )?CERTIFICATE-----[^-]*-----END \1?CERTIFICATE-----/g;

/** Node 20 forgets these where a certificate is added. It has warned itself of a file that cannot be read. */
async function extraCertificates(path: string | undefined, signal?: AbortSignal): Promise<readonly string[]> {
  if (!path) return [];
  const text = await readText(path, { signal, maxBytes: MAX_BYTES }).catch(() => undefined);
  return text?.match(CERTIFICATE) ?? [];
}

async function readCertificates({ path, from }: CaFile, signal?: AbortSignal): Promise<readonly string[]> {
  const unreadable = (code: string) =>
    usageError((m) => m.usage.unreadableFile(named(from, m), quotedPath(path), code));
  const text = await readText(path, { signal, maxBytes: MAX_BYTES, pipe: true }).catch(({ code }) => {
    throw unreadable(code);
  });
  if (text === undefined) throw unreadable('ENOENT');
  const blocks = text.match(CERTIFICATE) ?? [];
  if (blocks.length === 0 || !blocks.every(isCertificate))
    throw usageError((m) => m.usage.noCertificates(named(from, m), quotedPath(path)));
  return blocks;
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem) !== undefined;
  } catch {
    return false;
  }
}
