import assert from 'node:assert/strict';
import { runConfigCheck } from '../../src/commands/config/check.ts';
import type { ServiceOptions } from '../../src/commands/shared/options.ts';
import type { CommandDeps } from '../../src/deps.ts';
import { createTransport } from '../../src/io/net/transport.ts';
import { fakeClock } from './clock.ts';
import { fakeDeps } from './deps.ts';
import { sandbox, testKey } from './mmai.ts';
import { type Certificate, tlsServer } from './network.ts';

export const KEY = {
  ALIBABA_CLOUD_ACCESS_KEY_ID: testKey.accessKeyId,
  ALIBABA_CLOUD_ACCESS_KEY_SECRET: testKey.accessKeySecret,
  ALIBABA_CLOUD_ECS_METADATA_DISABLED: 'true',
};

export interface Row {
  readonly step: string;
  readonly state: string;
  readonly detail: string;
  readonly ms: number | null;
  readonly hint: string | null;
}

/** Runs the check with the real transport over loopback; its document. */
export async function check(
  options: ServiceOptions,
  env: Record<string, string> = {},
  overrides: Partial<CommandDeps> = {},
) {
  const deps = fakeDeps({
    env: { ...KEY, ...env },
    transport: ({ caFile }, observe) =>
      createTransport({ caFile, env: { ...env }, now: () => performance.now(), observe }),
    ...overrides,
  });
  // Quiet: on the virtual clock hours pass while the real network responds.
  const code = await runConfigCheck({ json: true, quiet: true, ...options }, deps);
  const document = JSON.parse(deps.stdout.text());
  assert.equal(document.exitCode, code);
  assert.equal(document.ok, code === 0);
  assert.equal(deps.stderr.text(), '');
  const row = (step: string): Row => document.steps.find((found: Row) => found.step === step);
  const states = Object.fromEntries(document.steps.map(({ step, state }: Row) => [step, state]));
  return { code, document, row, states, text: deps.stdout.text() };
}

/** The sandbox on the clock of the check, with https in front of it if wanted. */
export async function service(script: string, { offsetMs = 0, certificate = 'server' as Certificate } = {}) {
  // In the middle of a second: `Date` has whole ones, and the check takes their middle.
  const clock = fakeClock(Date.parse('2023-03-13T08:34:30.500Z'));
  const { url } = await sandbox({ script, now: () => clock.now() + offsetMs });
  return { clock, url, port: await tlsServer(url, certificate) };
}
