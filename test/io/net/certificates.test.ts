import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { constants, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { temporaryDirectory } from '../../support/mmai.ts';
import { failure, SERVICE, transport } from '../../support/net-transport.ts';
import { caFile, proxyServer, tlsFile, tlsServer } from '../../support/network.ts';
import { closeOnceRead } from '../../support/pipe.ts';

describe('certificates', () => {
  it('are read from a file or a pipe that ends, not from a device or a pipe in which nothing comes', async () => {
    await assert.rejects(transport({ caFile: '/dev/zero' }), { exitCode: 2, message: /--ca-file: .*EINVAL/ });
    const pipe = join(temporaryDirectory(), 'pipe');
    execFileSync('mkfifo', [pipe]);
    await assert.rejects(transport({ caFile: pipe }), { exitCode: 2, message: /--ca-file/ });
    const descriptor = openSync(pipe, constants.O_RDWR | constants.O_NONBLOCK);
    const controller = new AbortController();
    const made = transport({ caFile: pipe, signal: controller.signal });
    controller.abort();
    await assert.rejects(made, { exitCode: 2, message: /ECANCELED/ });
    writeSync(descriptor, readFileSync(caFile));
    const read = transport({ caFile: pipe });
    await closeOnceRead(pipe, descriptor);
    await read;
  });

  const isNode20 = process.versions.node.startsWith('20.');
  it('of NODE_EXTRA_CA_CERTS are no pipe, for which Node would wait', { skip: isNode20 && 'read before' }, async () => {
    const pipe = join(temporaryDirectory(), 'pipe');
    execFileSync('mkfifo', [pipe]);
    const refused = {
      exitCode: 2,
      message: /^NODE_EXTRA_CA_CERTS: cannot read .*pipe: EINVAL \(not a regular file\)$/,
    };
    await assert.rejects(transport({ env: { NODE_EXTRA_CA_CERTS: pipe } }), refused);
    for (const path of [caFile, '/dev/fd/99', '/proc/1/fd/99', '/dev/null', join(pipe, 'none')])
      (await transport({ env: { NODE_EXTRA_CA_CERTS: path } })).close();
  });

  it('of a private authority are trusted with --ca-file', async () => {
    const { get } = await transport();
    assert.equal((await get(`https://localhost:${await tlsServer()}/`)).status, 200);
  });

  it('of a private authority are not trusted without', async () => {
    const { get } = await transport({ caFile: undefined });
    await failure(get(`https://localhost:${await tlsServer()}/`), 'Certificate', /localhost:\d+: unable to verify/);
  });

  it('that have expired are refused, with or without a proxy', async () => {
    const port = await tlsServer(undefined, 'expired');
    const { get } = await transport();
    await failure(get(`https://localhost:${port}/`), 'CertificateExpired', /localhost:\d+: certificate has expired/);
    const proxy = await proxyServer({ port });
    const behind = await transport({ env: { HTTPS_PROXY: `http://${proxy.host}` } });
    await failure(behind.get(SERVICE), 'CertificateExpired', /multimediaai\S+ through proxy 127.*has expired/);
  });

  it('of another host are refused, with both names told', async () => {
    const { get } = await transport();
    const sent = get(`https://localhost:${await tlsServer(undefined, 'other')}/`);
    await failure(sent, 'CertificateName', /localhost.*elsewhere\.test/);
  });

  it('are checked by address too', async () => {
    const { get } = await transport();
    assert.equal((await get(`https://127.0.0.1:${await tlsServer()}/`)).status, 200);
    const sent = get(`https://127.0.0.1:${await tlsServer(undefined, 'other')}/`);
    await failure(sent, 'CertificateName', /127\.0\.0\.1.*elsewhere\.test|IP: 127/);
  });

  for (const [name, file] of [
    ['a file that is not there', '/nowhere/ca.pem'],
    ['a file without certificates', tlsFile('make.sh')],
    ['a private key', tlsFile('server.key')],
  ] as const) {
    it(`are not read from ${name}: a usage error`, () =>
      assert.rejects(transport({ caFile: file }), { exitCode: 2, message: /^--ca-file/ }));
  }
});
