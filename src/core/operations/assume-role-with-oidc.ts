import type { RpcCall, RpcService } from '../rpc/call.ts';
import { FORM, timestamp } from '../rpc/request.ts';
import { canonicalizedQueryString } from '../rpc/signature.ts';
import { type IssuedKey, type RoleRequest, roleParameters, STS_VERSION, stsCall } from './assume-role.ts';

/** AssumeRoleWithOIDC: the credentials of a role for a token of another issuer's, which stands in for a signature. */
export function assumeRoleWithOidc(
  service: RpcService,
  { providerArn, token, ...role }: RoleRequest & { readonly providerArn: string; readonly token: string },
): RpcCall<IssuedKey> {
  const body = canonicalizedQueryString({ OIDCProviderArn: providerArn, OIDCToken: token, ...roleParameters(role) });
  const query = (now: number) =>
    canonicalizedQueryString({
      Action: 'AssumeRoleWithOIDC',
      Version: STS_VERSION,
      Format: 'JSON',
      Timestamp: timestamp(now),
    });
  return {
    ...stsCall(service),
    signature: 'not signed',
    sign: ({ now }) => ({
      method: 'POST',
      url: `${role.origin}/?${query(now)}`,
      headers: FORM,
      body,
      secrets: [],
      signedTexts: [],
    }),
  };
}
