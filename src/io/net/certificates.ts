import { readFileSync } from 'node:fs';
import * as tls from 'node:tls';
import type { Environment } from '../../core/config/settings.ts';
import { usageError } from '../../errors.ts';

/**
 * Trusts what Node trusts, and the authorities of a PEM file too. Node takes the authorities it is given for all there
 * are, so its own and those of NODE_EXTRA_CA_CERTS are added. Throws a usage error when the file cannot be used.
 */
export function trusting(caFile: string, env: Environment): tls.SecureContext {
  const own = readCertificates(caFile);
  try {
    return tls.createSecureContext({ ca: [...usualAuthorities(env), own] });
  } catch {
    throw usageError((m) => m.usage.noCertificates(caFile));
  }
}

// --- internal ---

/** Since Node 22.15 it tells them, with those of the system if `--use-system-ca` is on. */
function usualAuthorities(env: Environment): readonly string[] {
  const { getCACertificates } = tls as { getCACertificates?: (type: 'default') => string[] };
  if (getCACertificates) return getCACertificates('default');
  return [...tls.rootCertificates, ...extraCertificates(env.NODE_EXTRA_CA_CERTS)];
}

function extraCertificates(path: string | undefined): string[] {
  if (!path) return [];
  try {
    return [readFileSync(path, 'utf8')];
  } catch {
    // Node itself has warned of it.
    return [];
  }
}

function readCertificates(path: string): string {
  let text = '';
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw usageError((m) => m.usage.unreadableFile('--ca-file', path, (error as NodeJS.ErrnoException).code ?? ''));
  }
  if (!text.includes('-----BEGIN CERTIFICATE-----')) throw usageError((m) => m.usage.noCertificates(path));
  return text;
}
