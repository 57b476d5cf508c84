import assert from 'node:assert/strict';
import { it } from 'node:test';
import { networkError } from '../../../src/io/net/network-errors.ts';

for (const [code, message] of [
  ['UNSPECIFIED', 'CA signature digest algorithm too weak'],
  ['UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY', 'unable to decode issuer public key'],
] as const) {
  it(`a certificate that OpenSSL refuses with ${code} is told as one, not as a broken connection`, () => {
    const { kind, message: text } = networkError(Object.assign(new Error(message), { code }), () => 'a.test');
    assert.deepEqual([kind, text], ['Certificate', `a.test: ${message}`]);
  });
}

it('a lack of memory is told as one, not as a broken connection', () => {
  const error = new RangeError('WebAssembly.Instance(): Out of memory: Cannot allocate Wasm memory for new instance');
  const { kind, message } = networkError(error, () => 'a.test');
  assert.deepEqual([kind, message], ['NoResources', 'a.test: not enough memory (ENOMEM)']);
});

it('a connection that was reset before it was looked at is told as one, not as a host that cannot be reached', () => {
  const error = { code: 'ECONNRESET', syscall: 'connect', address: '::1', port: 80 };
  const { kind, message } = networkError(Object.assign(new Error('connect ECONNRESET ::1:80'), error), () => 'a.test');
  assert.deepEqual([kind, message], ['ConnectionReset', 'a.test: connection reset (ECONNRESET ::1:80)']);
});

it('a host name that is too long to look up is reported as not found, not as a broken connection', () => {
  const error = Object.assign(new Error('getaddrinfo EINVAL aa'), { code: 'EINVAL', syscall: 'getaddrinfo' });
  assert.equal(networkError(error, () => 'aa').kind, 'Dns');
});
