import type { Text } from '../../errors.ts';
import { visible } from '../../text/safe-text.ts';
import {
  ALIYUN_MODES,
  type AliyunConfig,
  aliyunMode,
  aliyunOffVariable,
  aliyunPath,
  profileByVariable,
  readAliyunConfig,
} from './aliyun-file.ts';
import { askMetadata } from './ecs.ts';
import { runExternal } from './external.ts';
import {
  type CredentialDeps,
  type Credentials,
  denied,
  type Fields,
  isOn,
  keyIn,
  LIMIT_MS,
  need,
  type Provider,
  textOf,
} from './provider.ts';
import { assumeRole, assumeRoleWithOidc, type Role } from './sts.ts';
import { credentialsFrom, URI_VARIABLE } from './uri.ts';

const KEY = ['access_key_id', 'access_key_secret'] as const;
const TEMPORARY_KEY = [...KEY, 'sts_token'] as const;
/** aliyun-cli's way to forbid commands and URIs in a profile. */
const EXTERNAL_OFF = 'ALIBABA_CLOUD_DISABLE_EXTERNAL_PROCESS';

/** The profile of aliyun-cli's config.json that a variable names, else the current one. */
export function aliyunProvider(deps: CredentialDeps): Provider {
  const path = aliyunPath(deps) ?? '~/.aliyun/config.json';
  const off = aliyunOffVariable(deps.env);
  return {
    source: (m) => (off ? m.credentials.off(m.credentials.fromAliyun(path), off) : m.credentials.fromAliyun(path)),
    async find() {
      const until = deps.clock.monotonic() + LIMIT_MS;
      const config = off ? undefined : await readAliyunConfig(deps);
      if (!config || config.profiles.size === 0) return undefined;
      const named = profileByVariable(deps.env);
      const name = named?.name ?? (config.current || 'default');
      // The variable names a profile of the credentials file too: it is looked for there next.
      if (named && !config.profiles.has(name)) return undefined;
      return new AliyunProfiles(deps, config, until).credentialsOf(name, []);
    },
  };
}

// --- internal ---

/** One look into the file: its profiles may lean on each other. */
class AliyunProfiles {
  readonly #deps: CredentialDeps;
  readonly #config: AliyunConfig;
  /** When to give up, on the monotonic clock, whatever leans on what. */
  readonly #until: number;

  constructor(deps: CredentialDeps, config: AliyunConfig, until: number) {
    this.#deps = deps;
    this.#config = config;
    this.#until = until;
  }

  /** `above` are the profiles that lean on this one. Undefined for a profile with nothing in it, as aliyun-cli makes them. */
  async credentialsOf(name: string, above: readonly string[]): Promise<Credentials | undefined> {
    const { path, profiles } = this.#config;
    const profile = profiles.get(name);
    if (!profile) {
      throw denied(
        (m) => m.credentials.noAliyunProfile(visible(name), path),
        (m) => m.credentials.noAliyunProfileHint(),
      );
    }
    if (above.includes(name)) throw denied((m) => m.credentials.circle(visible(name), path));
    const mode = aliyunMode(profile);
    const source: Text = (m) => m.credentials.fromAliyunProfile(visible(name), mode || '?', path);
    if (mode === '' || (mode === 'AK' && !KEY.some((key) => textOf(profile, key)))) return undefined;
    return this.#byMode(mode, profile, source, [...above, name]);
  }

  async #byMode(mode: string | undefined, profile: Fields, source: Text, names: string[]): Promise<Credentials> {
    const [deps, until] = [this.#deps, this.#until];
    switch (mode) {
      case 'AK':
        return keyIn(profile, KEY, source);
      case 'StsToken':
        need(profile, 'sts_token', source);
        return keyIn(profile, TEMPORARY_KEY, source);
      case 'RamRoleArn': {
        const by = keyIn(profile, TEMPORARY_KEY, source);
        return assumeRole(deps, by, roleOf(profile, source), source, until);
      }
      case 'ChainableRamRoleArn': {
        const role = roleOf(profile, source);
        const by = await this.credentialsOf(need(profile, 'source_profile', source), names);
        if (!by) throw denied((m) => m.credentials.emptySource(source(m)));
        return assumeRole(deps, by, role, source, until);
      }
      case 'OIDC': {
        const [providerArn, tokenFile] = ['oidc_provider_arn', 'oidc_token_file'].map((n) => need(profile, n, source));
        const role = { ...roleOf(profile, source), providerArn: providerArn!, tokenFile: tokenFile! };
        return assumeRoleWithOidc(deps, role, source, until);
      }
      case 'EcsRamRole': {
        const question = { role: textOf(profile, 'ram_role_name'), isWanted: true, source, until };
        return (await askMetadata(deps, question)) as Credentials;
      }
      case 'External':
        return this.#external(profile, source, names);
      case 'CredentialsURI': {
        this.#checkExternal(source);
        const uri = textOf(profile, 'credentials_uri') ?? deps.env[URI_VARIABLE]?.trim();
        return credentialsFrom(uri || need(profile, 'credentials_uri', source), deps, source, until);
      }
      case 'CloudSSO':
      case 'OAuth':
        return this.#cached(mode, profile, source);
      default:
        throw denied(
          (m) => m.credentials.unknownMode(source(m), ALIYUN_MODES),
          (m) => m.credentials.unknownModeHint(),
        );
    }
  }

  /** What the command prints is a profile again, read over this one, as aliyun-cli does; but no further command. */
  async #external(profile: Fields, source: Text, names: string[]): Promise<Credentials> {
    this.#checkExternal(source);
    const printed = await runExternal(need(profile, 'process_command', source), this.#deps, source, this.#until);
    const { process_command: _, mode: __, ...own } = profile;
    const mode = aliyunMode(printed);
    if (!mode || mode === 'External' || mode === 'CredentialsURI') {
      throw denied(
        (m) => m.credentials.external.garbage(source(m), ''),
        (m) => m.credentials.externalHint(),
      );
    }
    const found = await this.#byMode(mode, { ...own, ...printed }, source, names);
    const end = Date.parse(textOf(printed, 'expiration') ?? '');
    return Number.isNaN(end) ? found : { ...found, validForMs: end - this.#deps.clock.now() };
  }

  /** The token that aliyun-cli keeps in its file between log-ins; to get another one takes a browser, which is its work. */
  #cached(mode: string, profile: Fields, source: Text): Credentials {
    const validForMs = Number(profile.sts_expiration ?? 0) * 1000 - this.#deps.clock.now();
    const isWhole = TEMPORARY_KEY.every((name) => textOf(profile, name));
    if (!isWhole || !(validForMs > 0)) {
      const name = visible(textOf(profile, 'name') ?? '');
      throw denied(
        (m) => m.credentials.loginExpired(source(m)),
        (m) => m.credentials.loginHint(name, mode),
      );
    }
    return { ...keyIn(profile, TEMPORARY_KEY, source), validForMs };
  }

  #checkExternal(source: Text): void {
    if (isOn(this.#deps.env[EXTERNAL_OFF])) throw denied((m) => m.credentials.forbidden(source(m), EXTERNAL_OFF));
  }
}

function roleOf(profile: Fields, source: Text): Role {
  return {
    arn: need(profile, 'ram_role_arn', source),
    sessionName: textOf(profile, 'ram_session_name'),
    durationSeconds: Number(profile.expired_seconds) || undefined,
    externalId: textOf(profile, 'external_id'),
    stsEndpoint: textOf(profile, 'sts_endpoint'),
    stsRegion: textOf(profile, 'sts_region'),
    isVpc: typeof profile.enable_vpc === 'boolean' ? profile.enable_vpc : undefined,
  };
}
