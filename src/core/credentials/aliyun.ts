import type { Text } from '../../errors.ts';
import { shortened, visible } from '../../text/safe-text.ts';
import { type Fields, textOf } from '../record.ts';
import {
  ALIYUN_MODES,
  type AliyunConfig,
  aliyunMode,
  aliyunOffVariable,
  aliyunPath,
  profileByVariable,
  readAliyunConfig,
} from './aliyun-file.ts';
import { metadataCredentials } from './ecs.ts';
import { checkExternalAllowed, type ExternalCommand, printedProfile, refuseForeign, validFor } from './external.ts';
import { loginOffer } from './login.ts';
import {
  type CredentialDeps,
  type Credentials,
  createProvider,
  denied,
  keyIn,
  type Offer,
  type Provider,
  requireField,
  writtenKey,
} from './provider.ts';
import { oidcRoleCredentials, type Role, roleCredentials } from './sts.ts';
import { credentialsFrom, URI_VARIABLE } from './uri.ts';

const KEY = ['access_key_id', 'access_key_secret'] as const;
const TEMPORARY_KEY = [...KEY, 'sts_token'] as const;

/** The profile of aliyun-cli's config.json that a variable names, else the current one. */
export function aliyunProvider(deps: CredentialDeps): Provider {
  const path = aliyunPath(deps) ?? '~/.aliyun/config.json';
  const off = aliyunOffVariable(deps.env);
  const source: Text = (m) =>
    off ? m.credentials.off(m.credentials.fromAliyun(path), off) : m.credentials.fromAliyun(path);
  return createProvider({ source, origin: { from: 'file', name: path } }, async () => {
    const config = off ? undefined : await readAliyunConfig(deps, deps.warn);
    if (!config || config.profiles.size === 0) return undefined;
    const named = profileByVariable(deps.env);
    const name = named?.name ?? (config.current || 'default');
    // The variable names a profile of the credentials file too: it is looked for there next.
    if (named && !config.profiles.has(name)) return undefined;
    return profileOffer(name, { deps, config, above: [] });
  });
}

/** What the command prints is a profile of aliyun-cli, read over the fields of `own`, as aliyun-cli does; but no further command. */
export function commandOffer(command: ExternalCommand, own: Fields, lookup: Lookup): Offer {
  const { deps } = lookup;
  const { source } = command;
  checkExternalAllowed(deps.env, source);
  const obtain = async (): Promise<Credentials> => {
    const printed = await printedProfile(command, deps);
    const offered = offerByMode(aliyunMode(printed), { ...own, ...printed }, source, lookup);
    return { ...(await offered.obtain()), ...validFor(printed, deps) };
  };
  return { source, obtain };
}

// --- internal ---

/** One look into the file; without `config` there is none, and no profile to refer to. */
interface Lookup {
  readonly deps: CredentialDeps;
  readonly config?: AliyunConfig;
  /** The profiles that refer to this one through `source_profile`. */
  readonly above: readonly string[];
}

/** Undefined for a profile with nothing in it, as aliyun-cli makes them. */
function profileOffer(name: string, { deps, config, above }: Lookup): Offer | undefined {
  if (!config) return undefined;
  const { path, profiles } = config;
  const profile = profiles.get(name);
  if (!profile) {
    throw denied(
      (m) => m.credentials.noAliyunProfile(visible(shortened(name)), path),
      (m) => m.credentials.noAliyunProfileHint,
    );
  }
  if (above.includes(name)) throw denied((m) => m.credentials.circle(visible(name), path));
  const mode = aliyunMode(profile);
  const source: Text = (m) => m.credentials.fromAliyunProfile(visible(name), mode || '?', path);
  if (mode === '' || (mode === 'AK' && !KEY.some((key) => textOf(profile, key)))) return undefined;
  return offerByMode(mode, profile, source, { deps, config, above: [...above, name] });
}

function offerByMode(mode: string | undefined, profile: Fields, source: Text, lookup: Lookup): Offer {
  const { deps } = lookup;
  switch (mode) {
    case 'AK':
      return writtenKey(keyIn(profile, KEY, source));
    case 'StsToken':
      requireField(profile, 'sts_token', source);
      return writtenKey(keyIn(profile, TEMPORARY_KEY, source));
    case 'RamRoleArn':
      return roleOffer(writtenKey(keyIn(profile, TEMPORARY_KEY, source)), profile, source, deps);
    case 'ChainableRamRoleArn': {
      requireField(profile, 'source_profile', source);
      // With its blanks, as other names.
      const base = profileOffer(profile.source_profile as string, lookup);
      if (!base) throw denied((m) => m.credentials.emptySource(source(m)));
      return roleOffer(base, profile, source, deps);
    }
    case 'OIDC':
      return oidcOffer(profile, source, lookup);
    case 'EcsRamRole': {
      const role = textOf(profile, 'ram_role_name');
      return { source, obtain: () => metadataCredentials(deps, { role, source }) };
    }
    case 'External':
      return externalOffer(profile, source, lookup);
    case 'CredentialsURI': {
      checkExternalAllowed(deps.env, source);
      const uri = textOf(profile, 'credentials_uri') ?? textOf(deps.env, URI_VARIABLE);
      const given = uri ?? requireField(profile, 'credentials_uri', source);
      return { source, obtain: () => credentialsFrom(given, deps, source) };
    }
    case 'CloudSSO':
    case 'OAuth':
      return loginOffer(mode, profile, source, deps);
    default:
      throw denied(
        (m) => m.credentials.unknownMode(source(m), ALIYUN_MODES),
        (m) => m.credentials.unknownModeHint,
      );
  }
}

/** A role assumed with a token in a file. */
function oidcOffer(profile: Fields, source: Text, { deps, config }: Lookup): Offer {
  const providerArn = requireField(profile, 'oidc_provider_arn', source);
  const tokenFile = requireField(profile, 'oidc_token_file', source);
  const role = { ...roleOf(profile, source), providerArn, tokenFile };
  const key = { name: 'oidc_token_file', source, file: config?.path };
  return {
    source,
    obtain: async () => {
      await refuseForeign(key, deps);
      return oidcRoleCredentials(deps, role, source);
    },
  };
}

/** A role assumed with the key that `base` offers. */
function roleOffer(base: Offer, profile: Fields, source: Text, deps: CredentialDeps): Offer {
  const role = roleOf(profile, source);
  return { source, obtain: async () => roleCredentials(deps, await base.obtain(), role, source) };
}

function externalOffer(profile: Fields, source: Text, lookup: Lookup): Offer {
  const { process_command: _, mode: __, ...own } = profile;
  const command = requireField(profile, 'process_command', source);
  return commandOffer({ command, name: 'process_command', source, file: lookup.config?.path }, own, lookup);
}

function roleOf(profile: Fields, source: Text): Role {
  return {
    arn: requireField(profile, 'ram_role_arn', source),
    sessionName: textOf(profile, 'ram_session_name'),
    durationSeconds: Number(profile.expired_seconds) || undefined,
    externalId: textOf(profile, 'external_id'),
    stsEndpoint: textOf(profile, 'sts_endpoint'),
    stsRegion: textOf(profile, 'sts_region'),
    isVpc: typeof profile.enable_vpc === 'boolean' ? profile.enable_vpc : undefined,
  };
}
