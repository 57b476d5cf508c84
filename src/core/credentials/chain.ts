import { ExitCode, MmaiError, type Text } from '../../errors.ts';
import type { Profile } from '../config/profiles.ts';
import type { Environment } from '../config/settings.ts';
import { aliyunProvider } from './aliyun.ts';
import type { Found } from './cache.ts';
import { ecsProvider } from './ecs.ts';
import { type CredentialDeps, keyIn, type Provider } from './provider.ts';
import { iniProvider } from './sdk-file.ts';
import { oidcProvider } from './sts.ts';
import { uriProvider } from './uri.ts';

/** An AccessKey's parts (id, secret, token): the key in a profile, and the variable that gives the same. */
export const CREDENTIAL_VARIABLES = {
  'access-key-id': 'ALIBABA_CLOUD_ACCESS_KEY_ID',
  'access-key-secret': 'ALIBABA_CLOUD_ACCESS_KEY_SECRET',
  'security-token': 'ALIBABA_CLOUD_SECURITY_TOKEN',
} as const;

/**
 * The places in order (specification §3): a profile named on purpose, the variables of a key, those of OIDC, mmai's current
 * profile, aliyun-cli's config.json, the SDKs' credentials file, a URI, the metadata of an ECS instance.
 */
export function credentialChain(profile: Profile, deps: CredentialDeps): Provider[] {
  const fromProfile = profileProvider(profile);
  return [
    ...(profile.isNamed ? [fromProfile] : []),
    environmentProvider(deps.env),
    oidcProvider(deps),
    ...(profile.isNamed ? [] : [fromProfile]),
    aliyunProvider(deps),
    iniProvider(deps),
    uriProvider(deps),
    ecsProvider(deps),
  ];
}

/** The first credentials that a provider offers, `pass` being told of those that offer none. Throws exit 3 with the list of what was tried. */
export async function findCredentials(
  chain: readonly Provider[],
  pass: (provider: Provider) => void = () => {},
): Promise<Found> {
  for (const provider of chain) {
    const credentials = await provider.find();
    if (credentials) return { provider, credentials };
    pass(provider);
  }
  throw new MmaiError(ExitCode.denied, (m) => m.credentials.none(chain.map((provider) => provider.source(m))), {
    hint: (m) => m.credentials.noneHint(),
  });
}

// --- internal ---

function environmentProvider(env: Environment): Provider {
  return pairProvider(env, Object.values(CREDENTIAL_VARIABLES), (m) => m.credentials.fromEnvironment());
}

function profileProvider({ name, values, isNamed }: Profile): Provider {
  return pairProvider(values, Object.keys(CREDENTIAL_VARIABLES), (m) =>
    isNamed ? m.credentials.fromNamedProfile(name) : m.credentials.fromProfile(name),
  );
}

/** Id, secret and perhaps a token under three names of one record. */
function pairProvider(record: Environment, names: readonly string[], source: Text): Provider {
  const [idName, secretName, tokenName] = names as [string, string, string];
  return {
    source,
    async find() {
      if (!record[idName]?.trim() && !record[secretName]?.trim()) return undefined;
      return keyIn(record, [idName, secretName, tokenName], source);
    },
  };
}
