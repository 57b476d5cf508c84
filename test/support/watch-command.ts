import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { run } from '../../src/cli.ts';
import type { Deps } from '../../src/deps.ts';
import { fakeDeps } from './deps.ts';
import { answer, type FakeAnswer, fakeTransport } from './transport.ts';

export const env = { ALIBABA_CLOUD_ACCESS_KEY_ID: 'id', ALIBABA_CLOUD_ACCESS_KEY_SECRET: 'secret' };
const schema = JSON.parse(
  readFileSync(new URL('../../src/output/watch-events.schema.json', import.meta.url), 'utf8'),
) as object;
export const matchesSchema = new Ajv2020({ allowUnionTypes: true, strictTypes: false }).compile(schema);

/** The whole program on a virtual clock: what it says, and what it asked. `life` tells what a task answers at a second. */
export async function watch(
  args: string[],
  life: (second: number, id: string) => FakeAnswer,
  overrides: (clock: Deps['clock'], deps: Deps) => Partial<Deps> = () => ({}),
) {
  const deps = fakeDeps({ env });
  const start = deps.clock.monotonic();
  const { transport, requests } = fakeTransport((request) =>
    life((deps.clock.monotonic() - start) / 1000, new URL(request.url).searchParams.get('TaskId')!),
  );
  const system = { ...deps, transport: async () => transport, ...overrides(deps.clock, deps) };
  const code = await run(['watch', ...args], system);
  const [stdout, stderr] = [deps.stdout.text(), deps.stderr.text()];
  return { code, stdout, stderr, requests, seconds: (deps.clock.monotonic() - start) / 1000 };
}

export const status = (value: number) => answer(200, { Status: value, RequestId: 'R' });
export const finishedAt = (second: number) => (now: number) => status(now >= second ? 2 : 1);
