/** `npm run try -- watch 1`: the program from source, against a sandbox of its own. */
import { randomUUID } from 'node:crypto';
import { main } from '../src/main.ts';
import { startSandbox } from '../src/sandbox/server.ts';

const accessKey = { accessKeyId: 'sandbox-key', accessKeySecret: 'sandbox-secret' };
const sandbox = await startSandbox({ accessKeys: [accessKey], now: Date.now, nextId: randomUUID });
sandbox.unref();
Object.assign(process.env, {
  MMAI_ENDPOINT: sandbox.url,
  ALIBABA_CLOUD_ACCESS_KEY_ID: accessKey.accessKeyId,
  ALIBABA_CLOUD_ACCESS_KEY_SECRET: accessKey.accessKeySecret,
});
(await main(process.argv.slice(2)))();
