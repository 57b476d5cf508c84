import assert from 'node:assert/strict';
import { type ClientOptions, createClient } from '../../src/core/client.ts';
import type { Failure } from '../../src/core/rpc/response.ts';
import { parseTaskId } from '../../src/core/task.ts';
import { createRedactor } from '../../src/text/redactor.ts';
import { fakeClock } from './clock.ts';
import { fakeTransport } from './transport.ts';

export const id = parseTaskId('9223372036854775807');
export const key = { accessKeyId: 'testid', accessKeySecret: 'testsecret' };

export function client(answers: Parameters<typeof fakeTransport>, overrides: Partial<ClientOptions> = {}) {
  const clock = fakeClock();
  const { transport, requests } = fakeTransport(...answers);
  let nonces = 0;
  const options: ClientOptions = {
    origin: 'https://multimediaai.cn-beijing.aliyuncs.com',
    region: 'cn-beijing',
    method: 'get',
    format: 'json',
    signature: 'v1',
    transport,
    clock,
    random: () => 0.5,
    nonce: () => `nonce-${++nonces}`,
    redactor: createRedactor(),
    credentials: async () => key,
    requestTimeoutMs: 10_000,
    debug: () => {},
    ...overrides,
  };
  return { client: createClient(options), requests, clock };
}

export const query = (url: string) => new URL(url).searchParams;

export async function failureOf(reply: Promise<{ ok: boolean }>): Promise<Failure> {
  const settled = (await reply) as { ok: boolean; failure: Failure };
  assert.equal(settled.ok, false);
  return settled.failure;
}
