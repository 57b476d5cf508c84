import { type Text, usageError } from '../../errors.ts';

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
  /** Throws a usage error that names the file when it cannot be read or parsed; never quotes its content. */
  read(): Config;
  update(change: (config: Config) => void): Promise<void>;
}

export const DEFAULT_PROFILE = 'default';

/** The profile in use: the named one (else a usage error with `hint`), else the current one (which may be empty). */
export function selectProfile(
  config: Config,
  named: string | undefined,
  hint: Text = (m) => m.credentials.noSuchProfileHint(),
): Profile {
  const name = named || config.current;
  const values = Object.hasOwn(config.profiles, name) ? config.profiles[name] : undefined;
  if (named && !values) {
    throw usageError((m) => m.credentials.noSuchProfile(name, Object.keys(config.profiles)), hint);
  }
  return { name, values: values ?? {}, isNamed: Boolean(named) };
}

/** A profile's name becomes a key of the file and a word on the command line. Throws a usage error. */
export function parseProfileName(text: string): string {
  if (!/^[\w][\w.@-]{0,63}$/.test(text) || text === '__proto__') throw usageError((m) => m.usage.badProfileName(text));
  return text;
}
