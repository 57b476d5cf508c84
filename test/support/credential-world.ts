import type { CredentialDeps } from '../../src/core/credentials/provider.ts';
import { fakeClock } from './clock.ts';
import { credentialDeps } from './credential-deps.ts';
import { type IssuersOptions, issuers } from './issuers.ts';

/** A home, and issuers that know the base key, on one virtual clock. */
export async function world(options: IssuersOptions = {}, env: CredentialDeps['env'] = {}) {
  const clock = fakeClock();
  const secrets = { 'base-id': 'base-secret' };
  const double = await issuers({ now: clock.now, secrets, ...options });
  return { double, ...(await credentialDeps({ clock, env }, double)) };
}

export type World = Awaited<ReturnType<typeof world>>;
