import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { createServer } from 'node:tls';
import { testCaPem, testCertificates, testKeyPem } from '../fixtures/certificates.ts';
import { hangingPort, refusingPort } from '../support/dead-port.ts';
import { mmaiInProcess } from '../support/in-process.ts';
import { documentOf, endpointEnv, PATIENCE } from '../support/matrix.ts';
import { mmai, temporaryDirectory } from '../support/mmai.ts';
import { rawServer, serve } from '../support/raw-server.ts';

/** What a host does to everybody, so that no task of it is healthy: each is told, the document is whole, the exit code 4. */
const COMMANDS = {
  status: ['status', '1', '--retries', '1', '--json', '-q'],
  watch: ['watch', '1', '--error-budget', '1ms', '--timeout', PATIENCE, '--json', '-q'],
  'watch of two': ['watch', '1', '2', '--error-budget', '1ms', '--timeout', PATIENCE, '--json', '-q'],
};
const caFile = join(temporaryDirectory(), 'ca.pem');
writeFileSync(caFile, testCaPem);
/** A label of 64 letters is refused by the resolver itself: no question leaves the machine. */
const NO_HOST = `${'a'.repeat(64)}.invalid`;

type Endpoint = () => Promise<string>;
const tls =
  (name: keyof typeof testCertificates): Endpoint =>
  async () => {
    const { url } = await rawServer('', handshake(name));
    return url.replace('http:', 'https:');
  };
const https = async (port: Promise<number>) => `https://127.0.0.1:${await port}`;

const rows: [name: string, endpoint: Endpoint, code: string, failureClass: string, flags?: string[]][] = [
  ['refuses connections', () => https(refusingPort()), 'Network.ConnectionRefused', 'transient'],
  ['lets connecting hang', () => https(hangingPort()), 'Network.Timeout', 'transient'],
  ['lets the TLS handshake hang', () => plain(() => {}), 'Network.Timeout', 'transient'],
  [
    'resets within the handshake',
    () => plain((s) => s.once('data', () => s.resetAndDestroy())),
    'Network.ConnectionReset',
    'transient',
  ],
  [
    'speaks HTTP where TLS is due',
    () => plain((s) => s.once('data', () => s.end('HTTP/1.1 400 Bad\r\n\r\n'))),
    'Network.Protocol',
    'transient',
  ],
  [
    'speaks TLS where HTTP is due',
    async () => (await tls('good')()).replace('https', 'http'),
    'Network.ConnectionReset',
    'transient',
  ],
  ['has no address', async () => `https://${NO_HOST}`, 'Network.Dns', 'transient'],
  ['has a certificate of an unknown CA', tls('good'), 'Network.Certificate', 'request'],
  ['has a self-signed certificate', tls('selfsigned'), 'Network.Certificate', 'request'],
  ['has an expired certificate', tls('expired'), 'Network.CertificateExpired', 'request', ['--ca-file', caFile]],
  ['has a certificate not valid yet', tls('future'), 'Network.CertificateExpired', 'request', ['--ca-file', caFile]],
  ['has the certificate of another', tls('wronghost'), 'Network.CertificateName', 'request', ['--ca-file', caFile]],
];

describe('a host that', { concurrency: 8 }, () => {
  for (const [name, endpoint, code, failureClass, flags = []] of rows) {
    for (const [command, args] of Object.entries(COMMANDS)) {
      it(`${name}: ${command}`, async () => {
        const limit = ['--request-timeout', code === 'Network.Timeout' ? '400ms' : PATIENCE];
        let answeredAt = Number.POSITIVE_INFINITY;
        const onOutput = () => {
          answeredAt = performance.now();
        };
        // As a process: a connection that is still being made must not keep it alive. Its own limit would be 10 s.
        const launch = command === 'status' || code === 'Network.Timeout' ? mmai : mmaiInProcess;
        const ended = await launch([...args, ...limit, ...flags], { env: endpointEnv(await endpoint()), onOutput });
        const { tasks } = documentOf(ended);
        assert.equal(ended.code, 4);
        assert.ok(performance.now() - answeredAt < 6_000, 'it ends with its answer');
        for (const task of tasks) assert.deepEqual([task.error?.code, task.error?.class], [code, failureClass]);
      });
    }
  }

  it('has a good certificate, trusted by --ca-file, is asked', async () => {
    const { code } = await mmai(['status', '2', '--ca-file', caFile], { env: endpointEnv(await tls('good')()) });
    assert.equal(code, 0);
  });
});

describe('a host that meets one connection with a fault leaves the task on the other unharmed when it', () => {
  const budget = ['--error-budget', PATIENCE, '--timeout', PATIENCE, '--json', '-q', '--ca-file', caFile];
  const watchTwo = async (first: (socket: Socket) => void, flags: string[] = []) => {
    let connections = 0;
    const good = handshake('good');
    const { url } = await rawServer('', (socket) => (connections++ === 0 ? first : good)(socket));
    const args = ['watch', '2', '3', ...budget, ...flags];
    return mmaiInProcess(args, { env: endpointEnv(url.replace('http:', 'https:')) });
  };

  for (const [name, first, flags] of [
    ['resets', (socket: Socket) => void socket.resetAndDestroy(), []],
    ['lets the handshake hang', () => {}, ['--request-timeout', '300ms']],
  ] as const) {
    // The limit of a connection being made, 10 s, has to be no part of it.
    it(`${name}: both end well`, { timeout: 9_000 }, async () => {
      const ended = await watchTwo(first, [...flags]);
      const { tasks } = documentOf(ended);
      assert.deepEqual([ended.code, tasks.map(({ state }) => state)], [0, ['succeeded', 'succeeded']]);
    });
  }

  it('shows a bad certificate: the other ends well', async () => {
    const ended = await watchTwo(handshake('expired'));
    const { tasks } = documentOf(ended);
    assert.equal(ended.code, 4);
    assert.deepEqual(tasks.map(({ error }) => error?.code ?? 'none').sort(), ['Network.CertificateExpired', 'none']);
    assert.ok(tasks.every(({ error, state }) => error || state === 'succeeded'));
  });
});

async function plain(onConnection: (socket: Socket) => void): Promise<string> {
  return (await rawServer('', onConnection)).url.replace('http:', 'https:');
}

/** A TLS server behind a connection that something else has accepted. */
function handshake(name: keyof typeof testCertificates): (socket: Socket) => void {
  const options = { key: testKeyPem, cert: testCertificates[name] };
  const server = createServer(options, (secure) =>
    serve(
      secure.on('error', () => {}),
      'HTTP/1.1 500 Oops\r\n\r\n',
    ),
  );
  return (socket) => void server.on('tlsClientError', () => {}).emit('connection', socket);
}
