import { type ApiCall, FORM } from '../../../core/rpc/request.ts';
import { canonicalizedQueryString } from '../../../core/rpc/signature.ts';
import type { Messages } from '../../../locales/en/messages.ts';
import { shellQuoted } from '../../../text/shell-quoted.ts';

/**
 * A script for any POSIX shell with curl and openssl. It signs by itself, from the usual variables, so that it holds no
 * secret and works again tomorrow (a signed URL is valid for 15 minutes and only once).
 */
export function curlScript(calls: readonly ApiCall[], caFile: string | undefined, messages: Messages): string {
  const isV1 = calls[0]?.signature !== 'acs3';
  const curl = caFile === undefined ? 'curl -sS' : `curl -sS --cacert ${shellQuoted(caFile, 'linux')}`;
  const bodies = calls.map((call) => {
    const title = `# ${messages.tasks([call.parameters.TaskId ?? ''], 1)}\n`;
    return title + (isV1 ? v1Call(call, curl) : acs3Call(call, curl));
  });
  return `# ${messages.dryRun.curl}
: "\${ALIBABA_CLOUD_ACCESS_KEY_ID:?}" "\${ALIBABA_CLOUD_ACCESS_KEY_SECRET:?}"
${HMAC}${isV1 ? V1_START : ACS3_START}${bodies.join('')}`;
}

// --- internal ---

/**
 * HMAC with the secret and what is given after it, of standard input. Not by `openssl dgst -hmac`: what is secret stands in no
 * argument, which other users see, but that of printf, which is the shell's own.
 */
const HMAC = `pad() {
  key=$(printf %s "$ALIBABA_CLOUD_ACCESS_KEY_SECRET$2" | od -An -v -tx1 | tr -d ' \\n') left=64
  while [ $left -gt 0 ]; do
    printf "\\\\$(printf %03o $((0x0$(printf %.2s "$key") ^ $1)))"
    key=\${key#??} left=$((left - 1))
  done
}
hmac() { { pad 54 "$2"; cat; } | openssl dgst "$1" -binary | { pad 92 "$2"; cat; } | openssl dgst "$1" -binary; }
`;

const V1_START = `encode() { sed 's/%/%25/g; s/+/%2B/g; s,/,%2F,g; s/=/%3D/g'; }
token=$(printf %s "\${ALIBABA_CLOUD_SECURITY_TOKEN-}" | encode)
`;

function v1Call({ origin, action, version, method, format, parameters }: ApiCall, curl: string): string {
  const { RegionId = '', TaskId = '' } = parameters;
  // The parameters stand in their sorted order, since the shell does not sort.
  const start = canonicalizedQueryString({ Action: action });
  const middle = canonicalizedQueryString({ Format: format.toUpperCase(), RegionId });
  const end = canonicalizedQueryString({ TaskId });
  const send = `${curl} "${origin}/"${method === 'get' ? ' -G' : ''}`;
  return `nonce=$(openssl rand -hex 16) && time=$(date -u +%Y-%m-%dT%H%%3A%M%%3A%SZ)
query="AccessKeyId=$ALIBABA_CLOUD_ACCESS_KEY_ID&${start}&${middle}\${token:+&SecurityToken=$token}&SignatureMethod=HMAC-SHA1&SignatureNonce=$nonce&SignatureVersion=1.0&${end}&Timestamp=$time&Version=${version}"
signature=$(printf '${method.toUpperCase()}&%%2F&%s' "$(printf %s "$query" | sed 's/%/%25/g; s/&/%26/g; s/=/%3D/g')" |
  hmac -sha1 '&' | openssl base64 | encode)
${send} -K - <<END
data = "$query&Signature=$signature"
END
echo
`;
}

const ACS3_START = `sha256() { openssl dgst -sha256 | sed 's/.* //'; }
token=\${ALIBABA_CLOUD_SECURITY_TOKEN-}
`;

function acs3Call({ origin, action, version, method, format, parameters }: ApiCall, curl: string): string {
  const query = canonicalizedQueryString(parameters);
  const isGet = method === 'get';
  const form = `content-type:${FORM['content-type']}`;
  const target = isGet ? `"${origin}/?${query}"` : `"${origin}/" --data "${query}" -H "${form}"`;
  return `nonce=$(openssl rand -hex 16) && time=$(date -u +%Y-%m-%dT%H:%M:%SZ)
hash=$(printf %s "${isGet ? '' : query}" | sha256)
names="${isGet ? '' : 'content-type;'}host;x-acs-action;x-acs-content-sha256;x-acs-date\${token:+;x-acs-security-token};x-acs-signature-nonce;x-acs-version"
canonical=$(printf '%s\\n' ${method.toUpperCase()} / "${isGet ? query : ''}" ${isGet ? '' : `"${form}" `}"host:${new URL(origin).host}" "x-acs-action:${action}" \\
  "x-acs-content-sha256:$hash" "x-acs-date:$time" \${token:+"x-acs-security-token:$token"} "x-acs-signature-nonce:$nonce" \\
  "x-acs-version:${version}" "" "$names" "$hash")
signature=$(printf 'ACS3-HMAC-SHA256\\n%s' "$(printf %s "$canonical" | sha256)" | hmac -sha256 '' | od -An -v -tx1 | tr -d ' \\n')
${curl} ${target} -H "accept: application/${format}" -H "x-acs-action: ${action}" -H "x-acs-version: ${version}" \\
  -H "x-acs-date: $time" -H "x-acs-signature-nonce: $nonce" -H "x-acs-content-sha256: $hash" -K - <<END
header = "authorization: ACS3-HMAC-SHA256 Credential=$ALIBABA_CLOUD_ACCESS_KEY_ID,SignedHeaders=$names,Signature=$signature"
header = "x-acs-security-token: $token"
END
echo
`;
}
