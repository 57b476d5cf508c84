import type { Text } from '../../errors.ts';
import { isExposed } from '../config/settings.ts';
import { signedRequest } from '../rpc/request.ts';
import { canonicalizedQueryString } from '../rpc/signature.ts';
import { askIssuer } from './issuer.ts';
import {
  type CredentialDeps,
  type Credentials,
  createProvider,
  denied,
  isOn,
  type Provider,
  readFileOf,
} from './provider.ts';

/** A role to assume. Field names are STS's own in lower case; help document "AssumeRole", version 2015-04-01. */
export interface Role {
  readonly arn: string;
  readonly sessionName: string | undefined;
  /** How long its credentials are good, in s: 900 to the role's limit. STS's default is 3600. */
  readonly durationSeconds?: number | undefined;
  readonly externalId?: string | undefined;
  readonly policy?: string | undefined;
  /** Which STS is asked; where these are not given the variables decide. */
  readonly stsEndpoint?: string | undefined;
  readonly stsRegion?: string | undefined;
  readonly isVpc?: boolean | undefined;
}

/** What the service logs as the caller where nobody chose a name. */
const SESSION_NAME = 'mmai';
const VERSION = '2015-04-01';

/** AssumeRole: the role's credentials for those of somebody it trusts. Throws exit 3. */
export async function assumeRole(
  deps: CredentialDeps,
  by: Credentials,
  role: Role,
  source: Text,
  until: number,
): Promise<Credentials> {
  const origin = stsOrigin(role, deps, source);
  const parameters = {
    RoleArn: role.arn,
    RoleSessionName: sessionName(role, deps),
    DurationSeconds: String(role.durationSeconds || 3600),
    ...(role.externalId && { ExternalId: role.externalId }),
    ...(role.policy && { Policy: role.policy }),
  };
  const call = { origin, action: 'AssumeRole', version: VERSION, parameters } as const;
  const hint: Text = (m) => m.credentials.assumeRoleHint();
  const request = (now: number) => {
    const signed = { ...call, method: 'post', format: 'json', signature: 'v1' } as const;
    const { signedTexts: _, ...rest } = signedRequest(signed, by.accessKey, { now, nonce: deps.nonce() });
    return rest;
  };
  return askIssuer(deps, { source, hint, until, request, pick: (document) => document.Credentials });
}

/** AssumeRoleWithOIDC: the role's credentials for the token in a file, which is read each time, since whoever wrote it renews it. Not signed. */
export async function assumeRoleWithOidc(
  deps: CredentialDeps,
  { providerArn, tokenFile, ...role }: Role & { readonly providerArn: string; readonly tokenFile: string },
  source: Text,
  until: number,
): Promise<Credentials> {
  const origin = stsOrigin(role, deps, source);
  const tokenSource: Text = (m) => m.credentials.tokenFile(tokenFile, source(m));
  const token = await readFileOf(tokenSource, tokenFile, deps);
  if (token === undefined) throw denied((m) => m.credentials.unreadable(tokenSource(m), 'ENOENT'));
  const hint: Text = (m) => m.credentials.oidcHint();
  const form = canonicalizedQueryString({
    OIDCProviderArn: providerArn,
    OIDCToken: token.trim(),
    RoleArn: role.arn,
    RoleSessionName: sessionName(role, deps),
    DurationSeconds: String(role.durationSeconds || 3600),
  });
  const request = (now: number) => {
    const Timestamp = `${new Date(now).toISOString().slice(0, 19)}Z`;
    const query = { Action: 'AssumeRoleWithOIDC', Format: 'JSON', Timestamp, Version: VERSION };
    return {
      method: 'POST' as const,
      url: `${origin}/?${canonicalizedQueryString(query)}`,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: form,
    };
  };
  return askIssuer(deps, { source, hint, until, request, pick: (document) => document.Credentials });
}

/** The variables that Kubernetes' pod identity (RRSA) sets; `ALIBABACLOUD_` is how aliyun-cli spells them too. */
export function oidcProvider(deps: CredentialDeps): Provider {
  const { env } = deps;
  const source: Text = (m) => m.credentials.fromOidc();
  const value = (name: string) =>
    env[`ALIBABA_CLOUD_${name}`]?.trim() || env[`ALIBABACLOUD_${name}`]?.trim() || undefined;
  return createProvider(
    deps,
    { source, origin: { from: 'environment', name: 'ALIBABA_CLOUD_OIDC_TOKEN_FILE' } },
    async () => {
      const [arn, providerArn, tokenFile] = [value('ROLE_ARN'), value('OIDC_PROVIDER_ARN'), value('OIDC_TOKEN_FILE')];
      // A role alone is what other tools read too, with a key of their own.
      if (!providerArn && !tokenFile) return undefined;
      const missing = !arn ? 'ROLE_ARN' : !providerArn ? 'OIDC_PROVIDER_ARN' : !tokenFile ? 'OIDC_TOKEN_FILE' : '';
      if (!arn || !providerArn || !tokenFile) {
        throw denied((m) => m.credentials.halfConfigured(source(m), `ALIBABA_CLOUD_${missing}`));
      }
      const role = { arn, providerArn, tokenFile, sessionName: value('ROLE_SESSION_NAME') };
      return { source, obtain: (until) => assumeRoleWithOidc(deps, role, source, until) };
    },
  );
}

// --- internal ---

function sessionName({ sessionName }: Role, { env }: CredentialDeps): string {
  return sessionName ?? (env.ALIBABA_CLOUD_ROLE_SESSION_NAME?.trim() || SESSION_NAME);
}

/** `http(s)://host[:port]` of STS: as given, else that of the region, else the one for everybody. */
function stsOrigin(role: Role, { env }: CredentialDeps, source: Text): string {
  const endpoint = role.stsEndpoint ?? env.ALIBABA_CLOUD_STS_ENDPOINT?.trim();
  const region = role.stsRegion ?? env.ALIBABA_CLOUD_STS_REGION?.trim();
  const prefix = (role.isVpc ?? isOn(env.ALIBABA_CLOUD_VPC_ENDPOINT_ENABLED)) ? 'sts-vpc' : 'sts';
  const host = endpoint || (region ? `${prefix}.${region}.aliyuncs.com` : 'sts.aliyuncs.com');
  const url = /^https?:\/\//i.test(host) ? host : `https://${host}`;
  const isBare = /^https?:\/\/[\w.:[\]-]+\/?$/i.test(url) && URL.canParse(url);
  // The answer is a key: in the clear, anybody on the way could take it.
  if (!isBare || isExposed(new URL(url))) throw denied((m) => m.credentials.badSts(source(m)));
  return new URL(url).origin;
}
