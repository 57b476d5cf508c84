import { type Text, usageError } from '../../errors.ts';
import { shortened } from '../../text/safe-text.ts';
import { isRecord, parseRecord, textOf } from '../record.ts';

/** What mmai's own config file holds. Values are text, keyed by setting name (`region`, `access-key-id` …). */
export interface Config {
  current: string;
  profiles: Record<string, Record<string, string>>;
}

/** The profile a run uses. */
export interface Profile {
  readonly name: string;
  readonly values: Readonly<Record<string, string>>;
  /** True when the user named it (`--profile`, `MMAI_PROFILE`): its keys then beat those in the environment. */
  readonly isNamed: boolean;
}

/** The file behind `mmai config`. `read` never writes; `update` is atomic and under a lock, so concurrent writers lose nothing. */
export interface ProfileStore {
  readonly path: string;
  /**
   * Throws a usage error that names the file when it cannot be read or parsed; never quotes its content. With `warn`, a file in
   * the default place that cannot be read counts as absent, with a warning; so is a secret warned about that others can read.
   */
  read(warn?: (text: Text) => void): Config;
  /**
   * Throws what `change` throws, and a usage error when the file cannot be written. `onWait` gets the path of the lock, once, if
   * another process has held it for a while.
   */
  update(change: (config: Config) => void, onWait?: (lock: string) => void): Promise<void>;
}

export const DEFAULT_PROFILE = 'default';

/** The keys of a profile whose values are never shown whole. */
export const SECRET_KEYS: readonly string[] = ['access-key-secret', 'security-token'];

export function emptyConfig(): Config {
  return { current: DEFAULT_PROFILE, profiles: {} };
}

/** The config, or undefined if the text is anything else. An object without profiles is another program's file, unless empty. */
export function parseConfig(text: string): Config | undefined {
  const value = parseRecord(text);
  if (!value) return undefined;
  const { current = DEFAULT_PROFILE, profiles = {} } = value;
  const isOurs = 'profiles' in value || Object.keys(value).length === 0;
  if (!isOurs || typeof current !== 'string' || !isRecord(profiles)) return undefined;
  const isText = (entry: unknown) => typeof entry === 'string';
  if (!Object.values(profiles).every((p) => isRecord(p) && Object.values(p).every(isText))) return undefined;
  // What a later version may have added beside them is kept.
  return { ...value, current, profiles: profiles as Config['profiles'] };
}

export function holdsSecret({ profiles }: Config): boolean {
  return Object.values(profiles).some((profile) => SECRET_KEYS.some((key) => profile[key]));
}

/**
 * The profile named by `--profile` or MMAI_PROFILE. Throws a usage error for an empty flag, as an unset variable of a script leaves it:
 * another key would sign.
 */
export function profileName(
  flag: string | undefined,
  env: { readonly MMAI_PROFILE?: string | undefined },
): string | undefined {
  if (flag === '') throw usageError((m) => m.usage.badProfileName(flag));
  return flag ?? textOf(env, 'MMAI_PROFILE');
}

/** The profile in use: the named one (else a usage error with `hint`), else the current one (which may be empty). */
export function selectProfile(
  config: Config,
  named: string | undefined,
  hint: Text = (m) => m.credentials.noSuchProfileHint,
): Profile {
  const name = named || config.current;
  const values = Object.hasOwn(config.profiles, name) ? config.profiles[name] : undefined;
  if (named && !values) {
    throw usageError((m) => m.credentials.noSuchProfile(shortened(name), Object.keys(config.profiles)), hint);
  }
  return { name, values: values ?? {}, isNamed: Boolean(named) };
}

/**
 * The profile in use, for what is needed before the command line is parsed or again during a wait: `flag` is the value of `--profile`.
 * Undefined where the file cannot be read or has no such profile: the command that needs it reports that.
 */
export async function earlyProfile(
  flag: string | undefined,
  { env, store }: { readonly env: Parameters<typeof profileName>[1]; readonly store: () => Promise<ProfileStore> },
): Promise<Profile | undefined> {
  try {
    return selectProfile((await store()).read(), profileName(flag, env));
  } catch {
    return undefined;
  }
}

/** A profile's name becomes a key of the file and a word on the command line. Throws a usage error. */
export function parseProfileName(text: string): string {
  if (!/^[\w][\w.@-]{0,63}$/.test(text) || text === '__proto__')
    throw usageError((m) => m.usage.badProfileName(shortened(text)));
  return text;
}
