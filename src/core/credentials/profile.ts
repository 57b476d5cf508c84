import { type Text, usageError } from '../../errors.ts';
import type { Profile } from '../config/profiles.ts';
import { textOf } from '../record.ts';
import { commandOffer } from './aliyun.ts';
import { type CredentialDeps, createProvider, keyIn, type Provider, writtenKey } from './provider.ts';

const KEY = ['access-key-id', 'access-key-secret', 'security-token'] as const;
/** A command that prints a key, as aliyun-cli's mode External. */
const COMMAND = 'credential-process';
/** What a profile of mmai may hold of credentials. */
export const CREDENTIAL_KEYS = [...KEY, COMMAND] as const;

/** A profile of mmai's own. One that the user named must have a key (exit 2): the next place would sign as another user. */
export function profileProvider({ name, values, isNamed }: Profile, deps: CredentialDeps): Provider {
  const source: Text = (m) => (isNamed ? m.credentials.fromNamedProfile(name) : m.credentials.fromProfile(name));
  return createProvider({ source, origin: { from: 'profile', name } }, async () => {
    if (textOf(values, KEY[0]) || textOf(values, KEY[1])) return writtenKey(keyIn(values, KEY, source));
    const command = textOf(values, COMMAND);
    if (command !== undefined) return commandOffer({ command, name: COMMAND, source }, {}, { deps, above: [] });
    if (!isNamed) return undefined;
    throw usageError(
      (m) => m.credentials.noKeyInProfile(name),
      (m) => m.credentials.noKeyInProfileHint(name),
    );
  });
}
