import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after } from 'node:test';
import type { CredentialDeps } from '../../src/core/credentials/provider.ts';
import type { HttpRequest } from '../../src/core/rpc/transport.ts';
import { runCommand } from '../../src/io/command.ts';
import { readText } from '../../src/io/files.ts';
import { createTransport } from '../../src/io/net/transport.ts';
import { en } from '../../src/locales/en/messages.ts';
import { createRedactor } from '../../src/text/redactor.ts';
import { fakeClock } from './clock.ts';
import { refusingPort } from './dead-port.ts';
import { temporaryDirectory } from './mmai.ts';

type NamedFields = Readonly<Record<string, unknown>> & { readonly name: string };

/**
 * CredentialDeps to a home of their own, loopback and a virtual clock; where `issuers` listens, the metadata service's address
 * leads there.
 */
export async function credentialDeps(overrides: Partial<CredentialDeps> = {}, issuers?: { url: string }) {
  const home = temporaryDirectory();
  const real = await createTransport({ caFile: undefined, env: {}, now: () => 0 });
  after(() => real.close());
  const metadataUrl = issuers?.url ?? `http://127.0.0.1:${await refusingPort()}`;
  const requests: HttpRequest[] = [];
  const debugged: string[] = [];
  const warnings: string[] = [];
  const world: CredentialDeps = {
    env: {},
    platform: 'linux',
    clock: fakeClock(),
    redactor: createRedactor(),
    signal: new AbortController().signal,
    random: () => 0.5,
    nonce: () => '00000000-0000-4000-8000-000000000000',
    home: () => home,
    isInteractive: () => false,
    readText,
    isForeign: async () => false,
    runCommand: (line, limits) => runCommand(line, limits, process.platform),
    debug: (line) => debugged.push(line),
    warn: (text) => warnings.push(text(en)),
    transport: {
      send(request) {
        requests.push(request);
        const url = request.url.replace('http://100.100.100.200', metadataUrl);
        // The issuers always answer: on a busy machine a limit of a second would be a limit of the test.
        return real.send({ ...request, url, timeoutMs: 60_000 });
      },
      renew: () => real.renew(),
      close: () => real.close(),
    },
    ...overrides,
  };
  const write = (path: string, content: string | object) => {
    const file = join(home, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
    return file;
  };
  /** aliyun-cli's file with these profiles; the first one is current. */
  const aliyun = (...profiles: NamedFields[]) => write('.aliyun/config.json', { current: profiles[0]?.name, profiles });
  return { ...world, requests, debugged, warnings, homePath: home, write, aliyun };
}
