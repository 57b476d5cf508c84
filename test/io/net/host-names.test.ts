import assert from 'node:assert/strict';
import { getDefaultAutoSelectFamily, type LookupFunction, setDefaultAutoSelectFamily } from 'node:net';
import { after, describe, it } from 'node:test';
import { NetworkError } from '../../../src/core/rpc/transport.ts';
import { networkError } from '../../../src/io/net/network-errors.ts';
import { systemDeps } from '../../../src/system.ts';
import { hangingPort } from '../../support/dead-port.ts';
import { failure, transport } from '../../support/net-transport.ts';
import { caFile, rawServer } from '../../support/network.ts';

/** Gives every name these addresses. */
const resolvingTo =
  (...addresses: string[]): LookupFunction =>
  (_, __, callback) =>
    callback(
      null,
      addresses.map((address) => ({ address, family: 4 })),
    );

describe('a host name', () => {
  it('with a far address and a dead one is connected to: an address is tried for longer than a far round trip', async () => {
    const port = await hangingPort(600);
    const { get } = await transport({ lookup: resolvingTo('127.0.0.1', '127.0.0.3') });
    // The connection is made after a second.
    assert.equal((await get(`http://two.test:${port}/`)).status, 204);
  });

  it('with a dead address is tried at the next one within half of what the request may take', async () => {
    const port = await hangingPort();
    const { get } = await transport({ lookup: resolvingTo('127.0.0.1', '127.0.0.3') });
    await failure(get(`http://two.test:${port}/`, { timeoutMs: 1000 }), 'Timeout', /127\.0\.0\.1:\d+ 127\.0\.0\.3:\d+/);
  });

  it('with several addresses is tried at each, also where Node was told to try the first only', async () => {
    const before = getDefaultAutoSelectFamily();
    setDefaultAutoSelectFamily(false);
    after(() => setDefaultAutoSelectFamily(before));
    const { get } = await transport({ lookup: resolvingTo('127.0.0.3', '127.0.0.1') });
    const port = await rawServer('HTTP/1.1 204 No Content\r\n\r\n');
    assert.equal((await get(`http://two.test:${port}/`)).status, 204);
  });

  it('whose lookup hangs ends the request at its limit, named as what did not finish', async () => {
    const { get } = await transport({ lookup: () => {} });
    const late = /^no response from slow\.test within 0.05s: the DNS lookup did not finish$/;
    await failure(get('http://slow.test/', { timeoutMs: 50 }), 'Timeout', late);
  });

  it('is looked up within limits of the resolver by the command line, for a lookup cannot be cancelled, unless the user has set some', async () => {
    const { RES_OPTIONS: before } = process.env;
    const seen: (string | undefined)[] = [];
    const { get } = await transport({
      lookup: (_, __, callback) => {
        seen.push(process.env.RES_OPTIONS);
        callback(new Error('none'), '');
      },
    });
    for (const set of [undefined, 'timeout:9']) {
      if (set === undefined) delete process.env.RES_OPTIONS;
      else process.env.RES_OPTIONS = set;
      // A program that imports mmai keeps its own.
      await assert.rejects(get('http://a.test/'), NetworkError);
      (await systemDeps().transport({ caFile })).close();
      await assert.rejects(get('http://a.test/'), NetworkError);
    }
    if (before === undefined) delete process.env.RES_OPTIONS;
    else process.env.RES_OPTIONS = before;
    assert.deepEqual(seen, [undefined, 'timeout:2 attempts:2', 'timeout:9', 'timeout:9']);
  });

  for (const [code, kind, sentence] of [
    ['ENOTFOUND', 'Dns', 'host not found'],
    ['EAI_AGAIN', 'Dns', 'temporary DNS failure'],
    ['EMFILE', 'NoResources', 'too many open files in this process'],
    ['ENOBUFS', 'NoResources', 'no buffer space left for sockets'],
    ['EPERM', 'Unreachable', 'the connection is not permitted on this machine'],
  ] as const) {
    it(`whose lookup fails with ${code} is told in a sentence`, async () => {
      const error = Object.assign(new Error(`getaddrinfo ${code} a.test`), { code, syscall: 'getaddrinfo' });
      const { get } = await transport({ lookup: (_, __, callback) => callback(error, '') });
      await failure(get('http://a.test/'), kind, new RegExp(`^a\\.test: ${sentence} \\(${code}\\)$`));
    });
  }
});

for (const code of ['ENETDOWN', 'EAFNOSUPPORT', 'EPROTONOSUPPORT', 'EINVAL'] as const) {
  it(`a connection that cannot be opened because of ${code} is not told as one that was closed`, () => {
    const message = `connect ${code} ::1:80 - Local (undefined:undefined)`;
    const one = Object.assign(new Error(message), { code, syscall: 'connect', address: '::1', port: 80 });
    for (const error of [one, Object.assign(new AggregateError([one]), { code })]) {
      const { kind, message: text } = networkError(error, () => 'a.test');
      assert.deepEqual([kind, text], ['Unreachable', `a.test: ${code} ::1:80`]);
    }
  });
}
