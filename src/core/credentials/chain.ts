import { ExitCode, MmaiError } from '../../errors.ts';
import type { Profile } from '../config/profiles.ts';
import type { Origin } from '../config/settings.ts';
import { NetworkError, type Transport } from '../rpc/transport.ts';
import { aliyunProvider } from './aliyun.ts';
import { profileByVariable } from './aliyun-file.ts';
import type { Found } from './cache.ts';
import { ecsProvider } from './ecs.ts';
import { environmentProvider } from './environment.ts';
import { profileProvider } from './profile.ts';
import type { CredentialDeps, Offer, Provider } from './provider.ts';
import { sdkFileProvider } from './sdk-file.ts';
import { oidcProvider } from './sts.ts';
import { uriProvider } from './uri.ts';

/**
 * The places in order: a profile named on purpose, the variables of a key, those of OIDC, mmai's current
 * profile unless a variable names one of the next two, aliyun-cli's config.json, the SDKs' credentials file, a URI, the metadata of
 * an ECS instance, which `ecs` may know of from a search before.
 */
export function credentialChain(profile: Profile, deps: CredentialDeps, ecs: Provider = ecsProvider(deps)): Provider[] {
  const fromProfile = profileProvider(profile, deps);
  // Where a variable names a profile of aliyun-cli or of the SDKs, mmai's current one would sign as another user.
  const isCurrent = !profile.isNamed && !profileByVariable(deps.env);
  return [
    ...(profile.isNamed ? [fromProfile] : []),
    environmentProvider(deps),
    oidcProvider(deps),
    ...(isCurrent ? [fromProfile] : []),
    aliyunProvider(deps),
    sdkFileProvider(deps),
    uriProvider(deps),
    ecs,
  ];
}

/**
 * The first credentials that a provider offers; calls `ask` before each provider is asked, and `pass` for each that offers none.
 * Throws exit 3 where none does.
 */
export async function findCredentials(
  chain: readonly Provider[],
  pass: (provider: Provider) => void = () => {},
  ask: (provider: Provider) => void = () => {},
): Promise<Found> {
  for (const provider of chain) {
    ask(provider);
    const credentials = await provider.find();
    if (credentials) return { provider, credentials };
    pass(provider);
  }
  throw new MmaiError(ExitCode.denied, (m) => m.credentials.none, {
    hint: (m) => m.credentials.noneHint,
  });
}

/** Where a key comes from; undefined where a request or a command gets it. */
export interface KeyOffer extends Pick<Offer, 'source' | 'accessKey'> {
  readonly origin: Origin;
}

/** A place that holds credentials with which something is wrong: the search ends there. */
interface FailedOffer extends Pick<KeyOffer, 'origin'> {
  readonly error: MmaiError;
}

/** The first place that offers credentials, by the environment and files alone: nothing is sent and no command is run. */
export async function firstOffer(
  profile: Profile,
  deps: Omit<CredentialDeps, 'transport'>,
): Promise<KeyOffer | FailedOffer | undefined> {
  for (const { origin, offer } of credentialChain(profile, { ...deps, transport: offline })) {
    try {
      const found = await offer();
      if (found) return { ...found, origin };
    } catch (error) {
      if (!(error instanceof MmaiError)) throw error;
      return { origin, error };
    }
  }
  return undefined;
}

// --- internal ---

const offline: Transport = {
  send: () => Promise.reject(new NetworkError('Aborted', 'an offer sends nothing')),
  renew() {},
  close() {},
};
