import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { createServer, type TlsOptions } from 'node:tls';
import { testCaPem, testCertificates, testKeyPem } from '../fixtures/certificates.ts';
import type { Document } from '../support/matrix.ts';
import { mmai, temporaryDirectory, testKey } from '../support/mmai.ts';
import { caFile, proxyServer, tlsFile, tlsServer } from '../support/network.ts';
import { rawServer, serve } from '../support/raw-server.ts';

const directory = temporaryDirectory();
const file = (name: string, text: string) => {
  const path = join(directory, name);
  writeFileSync(path, text);
  return path;
};

/** An OpenSSL configuration that would switch verification off for whoever leaves it to OpenSSL. */
const LAX = `nodejs_conf = n\nopenssl_conf = n\n[n]\nssl_conf = s\n[s]\nsystem_default = d\n[d]\nVerifyMode = Once\nCipherString = ALL:aNULL:eNULL:@SECLEVEL=0\n`;
const lax = file('openssl.cnf', LAX);
const noConfig = file('none.cjs', '');
const authority = tlsFile('other.pem');

/** What others turn verification off with, or weaken TLS with, in Node or beside it. */
const switches: Record<string, Record<string, string>> = {
  'NODE_TLS_REJECT_UNAUTHORIZED=0': { NODE_TLS_REJECT_UNAUTHORIZED: '0' },
  'NODE_TLS_REJECT_UNAUTHORIZED=0 without warnings': { NODE_TLS_REJECT_UNAUTHORIZED: '0', NODE_NO_WARNINGS: '1' },
  '--tls-min-v1.0': { NODE_OPTIONS: '--tls-min-v1.0' },
  '--tls-max-v1.2': { NODE_OPTIONS: '--tls-max-v1.2 --tls-min-v1.0', NODE_TLS_REJECT_UNAUTHORIZED: '0' },
  '--tls-cipher-list': { NODE_OPTIONS: '--tls-max-v1.2 --tls-cipher-list=ALL:aNULL:eNULL:@SECLEVEL=0' },
  '--openssl-config': { NODE_OPTIONS: `--openssl-config=${lax}` },
  '--openssl-shared-config': { NODE_OPTIONS: '--openssl-shared-config', OPENSSL_CONF: lax },
  OPENSSL_CONF: { OPENSSL_CONF: lax },
  '--openssl-legacy-provider': { NODE_OPTIONS: '--openssl-legacy-provider' },
  '--use-openssl-ca': { NODE_OPTIONS: '--use-openssl-ca', SSL_CERT_FILE: authority, SSL_CERT_DIR: directory },
  '--use-bundled-ca': { NODE_OPTIONS: '--use-bundled-ca' },
  NODE_EXTRA_CA_CERTS: { NODE_EXTRA_CA_CERTS: authority },
  '--insecure-http-parser': { NODE_OPTIONS: `--insecure-http-parser --require=${noConfig}` },
  'the switches of other programs': {
    ...{ GIT_SSL_NO_VERIFY: '1', PYTHONHTTPSVERIFY: '0', npm_config_strict_ssl: 'false', ALICLOUD_INSECURE: 'true' },
    ...{ CURL_CA_BUNDLE: '', REQUESTS_CA_BUNDLE: '', SSL_VERIFY: 'false', NODE_REJECT_UNAUTHORIZED: '0' },
  },
};

const key = {
  ALIBABA_CLOUD_ACCESS_KEY_ID: testKey.accessKeyId,
  ALIBABA_CLOUD_ACCESS_KEY_SECRET: testKey.accessKeySecret,
};
const unknown = tlsServer();
const testCa = file('ca.pem', testCaPem);

async function failures(ids: readonly string[], env: Record<string, string>): Promise<string[]> {
  const { stdout, stderr } = await mmai(['status', ...ids, '--json', '--retries', '0'], { env: { ...key, ...env } });
  assert.ok(stdout, stderr);
  const { tasks }: Document = JSON.parse(stdout);
  return tasks.map(({ error }) => error?.code ?? 'none');
}

describe('TLS is verified, whatever is set', { concurrency: 4 }, () => {
  for (const [name, env] of Object.entries(switches)) {
    it(`${name}: an unknown authority, another host, an expired certificate are refused`, async () => {
      const codes = await failures(['1', '2', '3'], {
        ...env,
        MMAI_ENDPOINT: await badServers(),
        MMAI_CA_FILE: testCa,
      });
      assert.deepEqual(codes.sort(), ['Network.Certificate', 'Network.CertificateExpired', 'Network.CertificateName']);
    });
  }

  it('a server without any certificate is refused, though every cipher is allowed', async () => {
    const anonymous = await handshake({ ciphers: 'aNULL:@SECLEVEL=0', maxVersion: 'TLSv1.2' });
    const [code] = await failures(['1'], { ...switches['--tls-cipher-list'], MMAI_ENDPOINT: anonymous });
    assert.match(code!, /^Network\.(Certificate|Protocol)/);
  });

  it('a proxy that speaks TLS is verified too', async () => {
    const proxy = await proxyServer({ port: await tlsServer(), certificate: 'other' });
    const [code] = await failures(['1'], {
      ...{ HTTPS_PROXY: `https://${proxy.host}`, MMAI_CA_FILE: caFile, NODE_TLS_REJECT_UNAUTHORIZED: '0' },
    });
    assert.equal(code, 'Network.CertificateName');
    assert.deepEqual(proxy.seen, []);
  });

  it('STS is verified too', async () => {
    const requests: unknown[] = [];
    const sts = await tlsServer(undefined, 'server', (request) => requests.push(request));
    const env = {
      ...{ ALIBABA_CLOUD_ROLE_ARN: 'acs:ram::1:role/r', ALIBABA_CLOUD_OIDC_PROVIDER_ARN: 'acs:ram::1:oidc-provider/p' },
      ...{ ALIBABA_CLOUD_OIDC_TOKEN_FILE: file('token', 'token'), NODE_TLS_REJECT_UNAUTHORIZED: '0' },
      ALIBABA_CLOUD_STS_ENDPOINT: `https://localhost:${sts}`,
    };
    const { code, stderr } = await mmai(['status', '1'], { env });
    assert.ok(code === 3 || code === 4, stderr);
    assert.match(stderr, /Network\.Certificate/);
    assert.deepEqual(requests, []);
  });

  it('a variable that has no effect is said to have none, and Node does not say that it has', async () => {
    const env = { ...key, NODE_TLS_REJECT_UNAUTHORIZED: '0', MMAI_ENDPOINT: `https://localhost:${await unknown}` };
    const { stderr } = await mmai(['status', '1', '--retries', '0'], { env });
    assert.match(stderr, /^warning: NODE_TLS_REJECT_UNAUTHORIZED=0 has no effect on mmai/);
    assert.doesNotMatch(stderr, /insecure/);
  });
});

describe('the authorities of --ca-file', { concurrency: 4 }, () => {
  const server = tlsServer();
  const trusts = async (env: Record<string, string>, endpoint = server) => {
    const { code, stderr } = await mmai(['status', '1', '--retries', '0'], {
      env: { ...key, MMAI_ENDPOINT: `https://localhost:${await endpoint}`, MMAI_CA_FILE: authority, ...env },
    });
    assert.ok(code === 0 || /Network\.Certificate\b/.test(stderr), stderr);
    return code === 0;
  };

  it('are added to those of NODE_EXTRA_CA_CERTS', async () => {
    assert.equal(await trusts({}), false);
    assert.equal(await trusts({ NODE_EXTRA_CA_CERTS: caFile }), true);
  });

  it('are added to those of --use-openssl-ca', async () => {
    assert.equal(await trusts({ NODE_OPTIONS: '--use-openssl-ca', SSL_CERT_FILE: caFile }), true);
  });

  it('are added to those of the system with --use-system-ca, where Node has it', async () => {
    const hasIt = process.allowedNodeEnvironmentFlags.has('--use-system-ca');
    const flags = { NODE_OPTIONS: '--use-system-ca', SSL_CERT_FILE: caFile, SSL_CERT_DIR: directory };
    // Elsewhere than on Linux, the system's are not ours to choose.
    assert.equal(await trusts(hasIt && process.platform === 'linux' ? flags : { MMAI_CA_FILE: caFile }), true);
  });

  it('may be an intermediate one alone', async () => {
    const below = tlsServer(undefined, 'below');
    assert.equal(await trusts({ MMAI_CA_FILE: tlsFile('intermediate.pem') }, below), true);
    assert.equal(await trusts({ MMAI_CA_FILE: tlsFile('server.pem') }, below), false);
  });
});

/** Each connection meets the next of three servers: of an unknown authority, with an expired certificate, with that of another host. */
async function badServers(): Promise<string> {
  const servers: TlsOptions[] = [
    { key: readFileSync(tlsFile('server.key')), cert: readFileSync(tlsFile('server.pem')) },
    { key: testKeyPem, cert: testCertificates.expired },
    { key: testKeyPem, cert: testCertificates.wronghost },
  ];
  let connections = 0;
  const { url } = await rawServer('', (socket) => acceptor(servers[connections++ % servers.length]!)(socket));
  return url.replace('http:', 'https:');
}

/** A server that only does the handshake as told, without a certificate. */
async function handshake(options: TlsOptions): Promise<string> {
  const { url } = await rawServer('', acceptor({ key: testKeyPem, ...options }));
  return url.replace('http:', 'https:');
}

function acceptor(options: TlsOptions): (socket: Socket) => void {
  const server = createServer(options, (secure) => serve(secure, 'HTTP/1.1 200 OK\r\n\r\n'));
  return (socket) => void server.on('tlsClientError', () => {}).emit('connection', socket);
}
