import type { ApiCall } from '../../../core/rpc/request.ts';
import type { Messages } from '../../../locales/en/messages.ts';

/**
 * The calls through the official SDK core, `npm install @alicloud/pop-core`, which signs with V1. Runs as `.js` of either module
 * system, as `.mjs`, and from standard input.
 */
export function nodeScript(calls: readonly ApiCall[], { dryRun }: Messages): string {
  const [{ origin, version, action, method, format }] = calls as [ApiCall];
  const parameters = calls.map((call) => `    ${JSON.stringify(call.parameters)},`).join('\n');
  const note = format === 'xml' ? `// ${dryRun.alwaysJson}\n` : '';
  return `// npm install @alicloud/pop-core
${note}async function main() {
  const { default: RPCClient } = await import('@alicloud/pop-core');
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
}
main();
`;
}
