import { choice, serviceOrigin } from '../../core/config/settings.ts';
import { getTaskStatus } from '../../core/rpc/client.ts';
import { type ApiCall, signedRequest } from '../../core/rpc/request.ts';
import { canonicalizedQueryString } from '../../core/rpc/signature.ts';
import type { TaskId } from '../../core/task.ts';
import type { CommandDeps } from '../../deps.ts';
import { ExitCode } from '../../errors.ts';
import type { Setup } from './session.ts';

const FORMS = { request: describeRequests, curl: curlScript, node: nodeScript };

/** Stands for the key, which is not looked for: some places would have to be asked over the network. */
const PLACEHOLDER = { accessKeyId: 'ACCESS_KEY_ID', accessKeySecret: '' };

/** Prints what would be sent, as a description, a shell script or a Node script; sends nothing and needs no key. */
export function dryRun(form: string, ids: readonly TaskId[], { values }: Setup, deps: CommandDeps): number {
  const write = FORMS[choice('request', 'curl', 'node')(form, '--dry-run')];
  const calls = ids.map((id) => getTaskStatus({ ...values, origin: serviceOrigin(values) }, id));
  deps.stdout.write(write(calls, deps));
  return ExitCode.ok;
}

/** The request of each call; its signature is that of the placeholder, so it is not shown. */
function describeRequests(calls: readonly ApiCall[], { clock, nonce }: CommandDeps): string {
  const hide = (text: string) => text.replace(/([?&,]Signature=)[^&]*/g, '$1********');
  const describe = (call: ApiCall) => {
    const stamp = { now: clock.now(), nonce: nonce() };
    const { method, url, headers, body } = signedRequest(call, PLACEHOLDER, stamp);
    const shown = Object.entries(headers).map(([name, value]) => `${name}: ${hide(value)}`);
    return [`${method} ${hide(url)}`, ...shown, ...(body ? ['', hide(body)] : []), ''].join('\n');
  };
  return calls.map(describe).join('\n');
}

/**
 * A script for any POSIX shell with curl and openssl. It signs by itself, from the usual variables, so that it holds no
 * secret and works again tomorrow (a signed URL dies after 15 minutes and serves once).
 */
function curlScript(calls: readonly ApiCall[], { messages }: CommandDeps): string {
  const call = (one: ApiCall) => {
    const { RegionId = '', TaskId = '' } = one.parameters;
    // The parameters stand in their sorted order, since the shell does not sort.
    const start = canonicalizedQueryString({ Action: one.action });
    const middle = canonicalizedQueryString({ Format: one.format.toUpperCase(), RegionId });
    const end = canonicalizedQueryString({ TaskId });
    const method = one.method.toUpperCase();
    const send =
      one.method === 'get' ? `curl -sS "${one.origin}/?$signed"` : `curl -sS "${one.origin}/" --data "$signed"`;
    return `# ${messages.tasks([TaskId])}
nonce=$(openssl rand -hex 16) && time=$(date -u +%Y-%m-%dT%H%%3A%M%%3A%SZ)
query="AccessKeyId=$ALIBABA_CLOUD_ACCESS_KEY_ID&${start}&${middle}\${token:+&SecurityToken=$token}&SignatureMethod=HMAC-SHA1&SignatureNonce=$nonce&SignatureVersion=1.0&${end}&Timestamp=$time&Version=${one.version}"
signature=$(printf '${method}&%%2F&%s' "$(printf %s "$query" | sed 's/%/%25/g; s/&/%26/g; s/=/%3D/g')" |
  openssl dgst -sha1 -hmac "$ALIBABA_CLOUD_ACCESS_KEY_SECRET&" -binary | openssl base64 | encode)
signed="$query&Signature=$signature"
${send}
echo
`;
  };
  return `# ${messages.dryRun.curl()}
: "\${ALIBABA_CLOUD_ACCESS_KEY_ID:?}" "\${ALIBABA_CLOUD_ACCESS_KEY_SECRET:?}"
encode() { sed 's/%/%25/g; s/+/%2B/g; s,/,%2F,g; s/=/%3D/g'; }
token=$(printf %s "\${ALIBABA_CLOUD_SECURITY_TOKEN-}" | encode)
${calls.map(call).join('')}`;
}

/** The same calls through the official SDK core, \`npm install @alicloud/pop-core\`. */
function nodeScript(calls: readonly ApiCall[], { messages }: CommandDeps): string {
  const [{ origin, version, action, method, format }] = calls as [ApiCall];
  const parameters = calls.map((call) => `  ${JSON.stringify(call.parameters)},`).join('\n');
  return `// npm install @alicloud/pop-core
import RPCClient from '@alicloud/pop-core';

const client = new RPCClient({
  endpoint: ${JSON.stringify(origin)},
  apiVersion: ${JSON.stringify(version)},
  accessKeyId: process.env.ALIBABA_CLOUD_ACCESS_KEY_ID,
  accessKeySecret: process.env.ALIBABA_CLOUD_ACCESS_KEY_SECRET,
  securityToken: process.env.ALIBABA_CLOUD_SECURITY_TOKEN,
});
for (const parameters of [
${parameters}
]) {
  console.log(await client.request(${JSON.stringify(action)}, parameters, { method: ${JSON.stringify(method.toUpperCase())} }));
}
`.replace(/\n$/, format === 'xml' ? `\n// ${messages.dryRun.alwaysJson()}\n` : '\n');
}
