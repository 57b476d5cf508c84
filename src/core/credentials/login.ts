import type { Text } from '../../errors.ts';
import { isExposed } from '../origin.ts';
import { type Fields, textOf } from '../record.ts';
import { fieldsOf } from '../rpc/response-fields.ts';
import { issuedCredentials, type PickKey, plainCall } from './issuer.ts';
import { type CredentialDeps, denied, keyIn, type Offer, requireField, writtenKey } from './provider.ts';

const KEY = ['access_key_id', 'access_key_secret', 'sts_token'] as const;
/** The hosts of aliyun-cli's OAuth log-in, by `oauth_site_type`. */
const OAUTH_ORIGINS: Readonly<Record<string, string>> = {
  CN: 'https://oauth.aliyun.com',
  INTL: 'https://oauth.alibabacloud.com',
};

/**
 * A log-in of aliyun-cli through a browser: the STS credentials that it keeps in its file, and once they have expired others for
 * its access token, as aliyun-cli gets them. Only aliyun-cli renews the access token itself: that uses up the refresh token in its file.
 */
export function loginOffer(mode: 'CloudSSO' | 'OAuth', profile: Fields, source: Text, deps: CredentialDeps): Offer {
  const validForMs = msUntil(profile.sts_expiration, deps);
  if (validForMs > 0 && KEY.every((name) => textOf(profile, name))) {
    return writtenKey({ ...keyIn(profile, KEY, source), validForMs });
  }
  const expiry = mode === 'CloudSSO' ? 'cloud_sso_access_token_expire' : 'oauth_access_token_expire';
  const token = textOf(profile, mode === 'CloudSSO' ? 'access_token' : 'oauth_access_token');
  const name = textOf(profile, 'name') ?? '';
  // It goes into a command that is pasted into a shell.
  const word = /^[\w.@-]+$/.test(name) ? name : 'NAME';
  const hint: Text = (m) => m.credentials.loginHint(word, mode);
  if (!token || !(msUntil(profile[expiry], deps) > 0)) throw denied((m) => m.credentials.loginExpired(source(m)), hint);
  const exchange = mode === 'CloudSSO' ? cloudSsoExchange(profile, source) : oauthExchange(profile, source);
  const { pick, ...request } = exchange;
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  deps.redactor.addTemporary(token);
  const call = plainCall(deps, { method: 'POST', ...request, headers }, pick);
  return { source, obtain: () => issuedCredentials(call, undefined, { source, hint }, deps) };
}

// --- internal ---

interface Exchange {
  readonly url: string;
  readonly body?: string;
  readonly pick: PickKey;
}

function cloudSsoExchange(profile: Fields, source: Text): Exchange {
  const signIn = requireField(profile, 'cloud_sso_sign_in_url', source);
  const url = URL.canParse(signIn) ? new URL(signIn) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || isExposed(url))
    throw denied((m) => m.credentials.badSignInUrl(source(m)));
  const body = JSON.stringify({
    AccountId: requireField(profile, 'cloud_sso_account_id', source),
    AccessConfigurationId: requireField(profile, 'cloud_sso_access_config', source),
  });
  return { url: `${url.origin}/cloud-credentials`, body, pick: (fields) => fieldsOf(fields.get('cloudcredential')) };
}

function oauthExchange(profile: Fields, source: Text): Exchange {
  const origin = OAUTH_ORIGINS[requireField(profile, 'oauth_site_type', source).toUpperCase()];
  if (!origin) throw denied((m) => m.credentials.badSite(source(m), Object.keys(OAUTH_ORIGINS)));
  return { url: `${origin}/v1/exchange`, pick: (fields) => fields };
}

/** From a time in s since the epoch; below 0 once it is over, NaN for what is no number. */
function msUntil(seconds: unknown, { clock }: CredentialDeps): number {
  return Number(seconds ?? 0) * 1000 - clock.now();
}
