import type { Text } from '../../errors.ts';
import { isExposed, isLoopback } from '../origin.ts';
import { textOf } from '../record.ts';
import { textField } from '../rpc/response-fields.ts';
import { issuedCredentials, plainCall } from './issuer.ts';
import { type CredentialDeps, type Credentials, createProvider, denied, type Provider } from './provider.ts';

export const URI_VARIABLE = 'ALIBABA_CLOUD_CREDENTIALS_URI';
/** A part of the path that is so long may be a secret; a shorter one is a word, such as "credentials". */
const MIN_WORD = 16;

/** A service of the user's own, or of the platform, that hands out credentials. */
export function uriProvider(deps: CredentialDeps): Provider {
  const source: Text = (m) => m.credentials.fromUri(URI_VARIABLE);
  return createProvider({ source, origin: { from: 'environment', name: URI_VARIABLE } }, async () => {
    const uri = textOf(deps.env, URI_VARIABLE);
    return uri ? { source, obtain: () => credentialsFrom(uri, deps, source) } : undefined;
  });
}

/**
 * GET of the URI; a 200 with AccessKeyId, AccessKeySecret, SecurityToken and Expiration. Its path may be a secret, so it is
 * never shown. Throws exit 3.
 */
export async function credentialsFrom(uri: string, deps: CredentialDeps, source: Text): Promise<Credentials> {
  const url = URL.canParse(uri) ? new URL(uri) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password) {
    throw denied((m) => m.credentials.badUri(source(m)));
  }
  if (isExposed(url)) deps.warn((m) => m.credentials.plainUri(source(m), url.origin));
  url.hash = '';
  const words = url.pathname.split('/').filter((word) => word.length >= MIN_WORD);
  for (const secret of [...words, ...url.searchParams.values()]) deps.redactor.add(secret);
  const hint: Text = (m) => m.credentials.uriHint;
  const request = { method: 'GET', url: url.href, headers: {}, direct: isLoopback(url.hostname) } as const;
  // The official clients differ: aliyun-cli wants Code to be "Success", the SDK does not look at it. A refusal says so in either.
  const call = plainCall(deps, request, (fields) =>
    ['Success', undefined].includes(textField(fields, 'code')) ? fields : undefined,
  );
  return issuedCredentials(call, undefined, { source, hint }, deps);
}
