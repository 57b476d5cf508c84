import { type Profile, profileName, selectProfile } from '../../core/config/profiles.ts';
import { kebab, type Origin, resolveSettings, type SettingName, settingNames } from '../../core/config/settings.ts';
import type { KeyOffer } from '../../core/credentials/chain.ts';
import { CREDENTIAL_KEYS } from '../../core/credentials/profile.ts';
import type { CommandDeps } from '../../deps.ts';
import type { Text } from '../../errors.ts';
import { exactDuration } from '../../text/duration.ts';
import { createWarn } from '../shared/warn.ts';
import type { ConfigOptions } from './keys.ts';

/** A value in effect, with where it comes from. */
export interface EffectiveValue {
  readonly key: string;
  /** Undefined for a key that a request or a command gets. */
  readonly value: string | undefined;
  readonly origin: Origin;
  /** Of a key: its origin in words. */
  readonly source?: Text;
}

/** What would be used now, with where it comes from: every setting that has a value and, if `wantsKey`, the parts of the key. */
export async function effectiveValues(
  options: ConfigOptions,
  deps: CommandDeps,
  wantsKey: boolean,
): Promise<EffectiveValue[]> {
  const { env } = deps;
  const warn = createWarn(options.quiet === true, deps);
  const config = (await deps.store()).read(warn);
  const profile = selectProfile(config, profileName(options.profile, env));
  const { values, origins } = resolveSettings({}, env, profile);
  const settings = settingNames.flatMap((name) => settingRow(name, values[name], origins[name]));
  return [...(wantsKey ? await credentialRows(profile, deps, warn) : []), ...settings];
}

// --- internal ---

/** The key that would sign; of one that a request or a command gets, only from where. What is wrong with it is a warning here. */
async function credentialRows(
  profile: Profile,
  deps: CommandDeps,
  warn: (text: Text) => void,
): Promise<EffectiveValue[]> {
  const { firstOffer } = await import('../../core/credentials/chain.ts');
  const offer = await firstOffer(profile, { ...deps, warn });
  const stored = storedRows(profile);
  if (!offer) return stored;
  const command = stored.filter(({ key }) => key === 'credential-process');
  if (!('error' in offer)) return [...keyRows(offer), ...command];
  warn(offer.error.text);
  // Part of a key is shown, since it is saved, but not where the search fails at a place before the profile: no key would be used then.
  return offer.origin.from === 'profile' ? stored : command;
}

/** What the profile holds of credentials, a whole key or not. */
function storedRows({ name, values }: Profile): EffectiveValue[] {
  const origin: Origin = { from: 'profile', name };
  return CREDENTIAL_KEYS.flatMap((key) => (values[key] ? [{ key, value: values[key], origin }] : []));
}

function keyRows({ accessKey, origin, source }: KeyOffer): EffectiveValue[] {
  const token = accessKey?.securityToken;
  return [
    { key: 'access-key-id', value: accessKey?.accessKeyId, origin, source },
    { key: 'access-key-secret', value: accessKey?.accessKeySecret, origin, source },
    ...(token === undefined ? [] : [{ key: 'security-token', value: token, origin, source }]),
  ];
}

function settingRow(name: SettingName, value: unknown, origin: Origin): EffectiveValue[] {
  if (value === undefined) return [];
  const text = name === 'requestTimeout' ? exactDuration(value as number) : String(value);
  return [{ key: kebab(name), value: text, origin }];
}
