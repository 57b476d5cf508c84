import { choice, DRY_RUNS } from '../../../core/config/settings.ts';
import type { TaskOperation } from '../../../core/operations/task-operation.ts';
import { serviceOrigin } from '../../../core/origin.ts';
import { type ApiCall, signedRequest } from '../../../core/rpc/request.ts';
import type { ResponseInfo } from '../../../core/rpc/response.ts';
import type { TaskId } from '../../../core/task.ts';
import type { CommandDeps } from '../../../deps.ts';
import { conflict, ExitCode } from '../../../errors.ts';
import { jsonDocument } from '../../../text/safe-text.ts';
import type { Setup } from '../session.ts';
import { curlScript } from './curl-script.ts';
import { nodeScript } from './node-script.ts';

/** Stands for the AccessKey, which is not looked for: some places are on the network. */
const PLACEHOLDER = { accessKeyId: 'ACCESS_KEY_ID', accessKeySecret: '' };

/**
 * Prints what would be sent, as a description, a shell script or a Node script; sends nothing and needs no AccessKey. Throws a
 * usage error for a form that cannot do what the flags say.
 */
export async function dryRun(
  given: string | true,
  operation: Pick<TaskOperation<ResponseInfo>, 'request'>,
  readIds: () => Promise<readonly TaskId[]>,
  { values }: Setup,
  deps: CommandDeps,
): Promise<number> {
  const form = given === true ? 'request' : choice(...DRY_RUNS)(given, '--dry-run');
  const isJson = values.output === 'json';
  if (form !== 'request' && isJson) throw conflict(`--dry-run=${form}`, '--output json');
  if (form === 'node' && values.signature === 'acs3') throw conflict('--dry-run=node', '--signature acs3');
  const calls = (await readIds()).map((id) => operation.request({ ...values, origin: serviceOrigin(values) }, id));
  if (form === 'curl') deps.stdout.write(curlScript(calls, values.caFile, deps.messages));
  else if (form === 'node') deps.stdout.write(nodeScript(calls, deps.messages));
  else {
    const requests = calls.map((call) => describe(call, deps));
    deps.stdout.write(isJson ? jsonDocument({ requests }) : requests.map(asText).join('\n'));
  }
  return ExitCode.ok;
}

// --- internal ---

interface DescribedRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

/** The request of a call. Its signature is that of the placeholder, so it is not shown. */
function describe(call: ApiCall, { clock, nonce }: CommandDeps): DescribedRequest {
  const hide = (text: string) => text.replace(/([?&,]Signature=)[^&]*/g, '$1********');
  const stamp = { now: clock.now(), nonce: nonce() };
  const { method, url, headers, body } = signedRequest(call, PLACEHOLDER, stamp);
  const shown = Object.entries(headers).map(([name, value]) => [name, hide(value)] as const);
  return { method, url: hide(url), headers: Object.fromEntries(shown), body: body ? hide(body) : null };
}

function asText({ method, url, headers, body }: DescribedRequest): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return [`${method} ${url}`, ...lines, ...(body ? ['', body] : []), ''].join('\n');
}
