import type { Text } from '../../errors.ts';
import { shownPath } from '../../text/safe-text.ts';
import { assumeRole, type RoleRequest } from '../operations/assume-role.ts';
import { assumeRoleWithOidc } from '../operations/assume-role-with-oidc.ts';
import { isExposed, parseOrigin } from '../origin.ts';
import { textOf } from '../record.ts';
import { issuedCredentials, issuingService } from './issuer.ts';
import {
  type CredentialDeps,
  type Credentials,
  createProvider,
  denied,
  isOn,
  type Provider,
  readFileOf,
  requireField,
} from './provider.ts';

/** A role to assume, as a profile or variables describe it. */
export interface Role extends Pick<RoleRequest, 'arn' | 'externalId' | 'policy'> {
  readonly sessionName: string | undefined;
  /** How long its credentials are good, in s: 900 to the role's limit. STS's default is 3600. */
  readonly durationSeconds?: number | undefined;
  /** Which STS to use; where these are not given the variables decide. */
  readonly stsEndpoint?: string | undefined;
  readonly stsRegion?: string | undefined;
  readonly isVpc?: boolean | undefined;
}

/** What the service logs as the caller where no name was chosen. */
const SESSION_NAME = 'mmai';
/** How long credentials are good if not configured; STS's own default. */
const DURATION_S = 3600;

/** The credentials of a role for those of an identity it trusts. Throws exit 3, and exit 4 for the network. */
export async function roleCredentials(
  deps: CredentialDeps,
  by: Credentials,
  role: Role,
  source: Text,
): Promise<Credentials> {
  const call = assumeRole(issuingService(deps), roleRequest(role, deps, source));
  const hint: Text = (m) => m.credentials.assumeRoleHint;
  return issuedCredentials(call, by.accessKey, { source, hint }, deps);
}

/**
 * The credentials of a role for the token in a file, which is read each time, since whoever wrote it renews it. Throws as
 * {@link roleCredentials}.
 */
export async function oidcRoleCredentials(
  deps: CredentialDeps,
  { providerArn, tokenFile, ...role }: Role & { readonly providerArn: string; readonly tokenFile: string },
  source: Text,
): Promise<Credentials> {
  const request = roleRequest(role, deps, source);
  const tokenSource: Text = (m) => m.credentials.tokenFile(shownPath(tokenFile), source(m));
  const token = (await readFileOf(tokenSource, tokenFile, deps))?.trim();
  if (token === undefined) throw denied((m) => m.credentials.unreadable(tokenSource(m), 'ENOENT'));
  deps.redactor.addTemporary(token);
  const call = assumeRoleWithOidc(issuingService(deps), { ...request, providerArn, token });
  const hint: Text = (m) => m.credentials.oidcHint;
  return issuedCredentials(call, undefined, { source, hint }, deps);
}

/** The variables that Kubernetes' pod identity (RRSA) sets; `ALIBABACLOUD_` is how aliyun-cli spells them too. */
export function oidcProvider(deps: CredentialDeps): Provider {
  const { env } = deps;
  const source: Text = (m) => m.credentials.fromOidc;
  const value = (name: string) => textOf(env, `ALIBABA_CLOUD_${name}`) ?? textOf(env, `ALIBABACLOUD_${name}`);
  const required = (name: string) => {
    const variable = `ALIBABA_CLOUD_${name}`;
    return requireField({ [variable]: value(name) }, variable, source);
  };
  return createProvider(
    { source, origin: { from: 'environment', name: 'ALIBABA_CLOUD_OIDC_TOKEN_FILE' } },
    async () => {
      // A role alone is what other tools read too, with a key of their own.
      if (!value('OIDC_PROVIDER_ARN') && !value('OIDC_TOKEN_FILE')) return undefined;
      const role = {
        arn: required('ROLE_ARN'),
        providerArn: required('OIDC_PROVIDER_ARN'),
        tokenFile: required('OIDC_TOKEN_FILE'),
        sessionName: value('ROLE_SESSION_NAME'),
      };
      return { source, obtain: () => oidcRoleCredentials(deps, role, source) };
    },
  );
}

// --- internal ---

function roleRequest(role: Role, deps: CredentialDeps, source: Text): RoleRequest {
  const { arn, externalId, policy } = role;
  const sessionName = role.sessionName ?? textOf(deps.env, 'ALIBABA_CLOUD_ROLE_SESSION_NAME') ?? SESSION_NAME;
  const durationSeconds = role.durationSeconds || DURATION_S;
  return { origin: stsOrigin(role, deps, source), arn, sessionName, durationSeconds, externalId, policy };
}

/** `http(s)://host[:port]` of STS: as given, else that of the region, else the one for everybody. */
function stsOrigin(role: Role, { env }: CredentialDeps, source: Text): string {
  const endpoint = role.stsEndpoint ?? textOf(env, 'ALIBABA_CLOUD_STS_ENDPOINT');
  const region = role.stsRegion ?? textOf(env, 'ALIBABA_CLOUD_STS_REGION');
  const prefix = (role.isVpc ?? isOn(env.ALIBABA_CLOUD_VPC_ENDPOINT_ENABLED)) ? 'sts-vpc' : 'sts';
  const host = endpoint || (region ? `${prefix}.${region}.aliyuncs.com` : 'sts.aliyuncs.com');
  const origin = parseOrigin(host);
  // The response is a key: unencrypted, anybody on the route could take it.
  if (origin === undefined || isExposed(new URL(origin))) throw denied((m) => m.credentials.badSts(source(m)));
  return origin;
}
