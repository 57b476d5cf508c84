import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import * as tls from 'node:tls';
import type { Environment } from '../../core/config/settings.ts';
import { usageError } from '../../errors.ts';

/**
 * Trusts what Node trusts (whatever store its flags and NODE_EXTRA_CA_CERTS say), and the certificates of a PEM file too; one
 * of an intermediate authority is enough. Throws a usage error when the file cannot be used.
 */
export function contextTrusting(caFile: string, env: Environment): tls.SecureContext {
  const certificates = [...extraCertificates(env.NODE_EXTRA_CA_CERTS), ...readCertificates(caFile)];
  const secureContext = tls.createSecureContext({ allowPartialTrustChain: true });
  // The option `ca` would replace Node's own, and not all of them can be listed: those of OpenSSL's directory cannot.
  for (const certificate of certificates) secureContext.context.addCACert(certificate);
  return secureContext;
}

// --- internal ---

const CERTIFICATE = /-----BEGIN (TRUSTED |X509 )?CERTIFICATE-----[^-]*-----END \1?CERTIFICATE-----/g;

/** Node 20 forgets these where a certificate is added. It has warned itself of a file that cannot be read. */
function extraCertificates(path: string | undefined): readonly string[] {
  try {
    return path ? (readFileSync(path, 'utf8').match(CERTIFICATE) ?? []) : [];
  } catch {
    return [];
  }
}

function readCertificates(path: string): readonly string[] {
  let text = '';
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw usageError((m) => m.usage.unreadableFile('--ca-file', path, (error as NodeJS.ErrnoException).code ?? ''));
  }
  const blocks = text.match(CERTIFICATE) ?? [];
  if (blocks.length === 0 || !blocks.every(isCertificate)) throw usageError((m) => m.usage.noCertificates(path));
  return blocks;
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem) !== undefined;
  } catch {
    return false;
  }
}
