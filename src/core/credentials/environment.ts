import type { Text } from '../../errors.ts';
import { textOf } from '../record.ts';
import { type CredentialDeps, createProvider, keyIn, type Provider, writtenKey } from './provider.ts';

/** The spellings that aliyun-cli and the SDKs know, the first that gives an id or a secret wins. */
const PREFIXES = ['ALIBABA_CLOUD', 'ALIBABACLOUD', 'ALICLOUD'] as const;

/** All variables that a key may be in. */
export const KEY_VARIABLES: readonly string[] = PREFIXES.flatMap(variables);

/** The variables of a key. One spelling gives all of them: a secret or a token fits no other id. */
export function environmentProvider(deps: CredentialDeps): Provider {
  const { env } = deps;
  const families = PREFIXES.map(variables);
  const found = families.find(([id, secret]) => textOf(env, id) ?? textOf(env, secret));
  const [id, secret, token] = found ?? families[0]!;
  const source: Text = (m) => m.credentials.fromEnvironment(id, secret);
  return createProvider(
    { source, origin: { from: 'environment', name: id } },
    async () => found && writtenKey(keyIn(env, [id, secret, token], source)),
  );
}

// --- internal ---

function variables(prefix: string) {
  return [`${prefix}_ACCESS_KEY_ID`, `${prefix}_ACCESS_KEY_SECRET`, `${prefix}_SECURITY_TOKEN`] as const;
}
