import assert from 'node:assert/strict';
import { after } from 'node:test';
import { NetworkError, type NetworkEvent } from '../../src/core/rpc/transport.ts';
import { createTransport, type TransportOptions } from '../../src/io/net/transport.ts';
import { caFile } from './network.ts';

export const SERVICE = 'https://multimediaai.cn-beijing.aliyuncs.com/';

export const PASSWORD = 'canary/p@ssword';

export const BASIC = `Basic ${btoa(`me:${PASSWORD}`)}`;

export async function transport(options: Partial<TransportOptions> = {}) {
  const events: NetworkEvent[] = [];
  const made = await createTransport({
    caFile,
    env: {},
    now: () => performance.now(),
    observe: (event) => events.push(event),
    ...options,
  });
  after(() => made.close());
  const get = (url: string, more = {}) => made.send({ method: 'GET', url, headers: {}, timeoutMs: 10_000, ...more });
  const steps = () => events.map(({ step }) => step);
  return { ...made, get, events, steps };
}

/** Until undici takes the connection of an answer that has just ended for a free one. */
export const idle = () => new Promise(setImmediate);

/** The error of a request; it must name `where`, and no secret. */
export async function failure(sent: Promise<unknown>, kind: string, message: RegExp): Promise<void> {
  await assert.rejects(sent, (error: Error) => {
    assert.ok(error instanceof NetworkError, String(error));
    assert.equal(error.kind, kind, error.message);
    assert.match(error.message, message);
    assert.doesNotMatch(error.message, /canary/);
    assert.ok(!error.message.includes(BASIC.slice(6)));
    return true;
  });
}
