import { ExitCode, MmaiError, type Text } from '../errors.ts';
import type { Profile } from './profiles.ts';
import type { Environment } from './settings.ts';
import type { AccessKey } from './signature.ts';

export interface Credentials {
  readonly accessKey: AccessKey;
  /** Where they were found, for `--debug` and error messages. */
  readonly source: Text;
}

/** A place where credentials may be. Absent → undefined and the chain moves on; half configured → throws, for guessing past it would sign as somebody else. */
export interface Provider {
  readonly source: Text;
  find(): Promise<Credentials | undefined>;
}

/** An AccessKey's parts (id, secret, token): the key in a profile, and the variable that gives the same. */
export const CREDENTIAL_VARIABLES = {
  'access-key-id': 'ALIBABA_CLOUD_ACCESS_KEY_ID',
  'access-key-secret': 'ALIBABA_CLOUD_ACCESS_KEY_SECRET',
  'security-token': 'ALIBABA_CLOUD_SECURITY_TOKEN',
} as const;

/** The places in order (specification §3): a profile named on purpose, the environment, the current profile. */
export function credentialChain(profile: Profile, env: Environment): Provider[] {
  const fromProfile = profileProvider(profile);
  const fromEnvironment = environmentProvider(env);
  return profile.isNamed ? [fromProfile, fromEnvironment] : [fromEnvironment, fromProfile];
}

/** The first credentials that a provider offers. Throws exit 3 with the list of what was tried. */
export async function findCredentials(chain: readonly Provider[]): Promise<Credentials> {
  for (const provider of chain) {
    const found = await provider.find();
    if (found) return found;
  }
  throw new MmaiError(
    ExitCode.denied,
    (m) => m.credentials.none(chain.map((provider) => provider.source(m)).join('; ')),
    { hint: (m) => m.credentials.noneHint() },
  );
}

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
      const accessKeyId = record[idName]?.trim();
      const accessKeySecret = record[secretName]?.trim();
      const securityToken = record[tokenName]?.trim();
      if (!accessKeyId && !accessKeySecret) return undefined;
      if (!accessKeyId || !accessKeySecret) {
        throw new MmaiError(ExitCode.denied, (m) =>
          m.credentials.halfConfigured(source(m), accessKeyId ? secretName : idName),
        );
      }
      return { accessKey: { accessKeyId, accessKeySecret, ...(securityToken && { securityToken }) }, source };
    },
  };
}
