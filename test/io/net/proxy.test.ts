import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, describe, it } from 'node:test';
import { en } from '../../../src/locales/en/messages.ts';
import { refusingPort } from '../../support/dead-port.ts';
import { BASIC, failure, PASSWORD, SERVICE, transport } from '../../support/net-transport.ts';
import { proxyServer, rawServer, silentServer, tlsServer } from '../../support/network.ts';
import { rawServer as socketServer } from '../../support/raw-server.ts';

const PLAIN = 'http://multimediaai.cn-beijing.aliyuncs.com/?TaskId=1';

const USER = `me:${encodeURIComponent(PASSWORD)}@`;

describe('a proxy', () => {
  it('is asked for a tunnel for https, without the URL of the request', async () => {
    const proxy = await proxyServer({ port: await tlsServer() });
    const { get, steps, events } = await transport({ env: { HTTPS_PROXY: proxy.host } });
    assert.equal((await get(`${SERVICE}?Signature=x`)).status, 200);
    assert.deepEqual(proxy.seen, [
      { line: 'CONNECT multimediaai.cn-beijing.aliyuncs.com:443', authorization: undefined },
    ]);
    assert.deepEqual(steps(), ['proxy', 'tcp', 'tunnel', 'tls', 'answer']);
    assert.equal(
      events[0]!.detail(en),
      `multimediaai.cn-beijing.aliyuncs.com: through proxy ${proxy.host} (HTTPS_PROXY)`,
    );
  });

  it('that refuses a tunnel is left, though it keeps the connection open', { timeout: 5000 }, async () => {
    let onClosed = () => {};
    const closed = new Promise<void>((resolve) => (onClosed = resolve));
    const { url } = await socketServer('', (socket) => {
      socket
        .on('close', () => onClosed())
        .on('data', () => socket.write('HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n'));
    });
    const { get } = await transport({ env: { HTTPS_PROXY: url } });
    await failure(get(SERVICE), 'ProxyRefused', /403 No to CONNECT/);
    await closed;
  });

  it('may speak TLS itself, with the private authority', async () => {
    const proxy = await proxyServer({ port: await tlsServer(), certificate: 'server' });
    const { get, steps } = await transport({ env: { HTTPS_PROXY: `https://${proxy.host}` } });
    assert.equal((await get(SERVICE)).status, 200);
    assert.deepEqual(steps(), ['proxy', 'tcp', 'proxyTls', 'tunnel', 'tls', 'answer']);
  });

  it('that speaks TLS with an expired certificate is named', async () => {
    const proxy = await proxyServer({ port: await tlsServer(), certificate: 'expired' });
    const { get } = await transport({ env: { HTTPS_PROXY: `https://${proxy.host}` } });
    await failure(
      get(SERVICE),
      'CertificateExpired',
      new RegExp(`^proxy ${proxy.host} \\(HTTPS_PROXY\\): certificate has expired`),
    );
  });

  it('forwards http with the whole URL', async () => {
    const server = createServer((incoming, outgoing) => outgoing.end(incoming.headers.host)).listen(0, '127.0.0.1');
    after(() => server.close());
    await new Promise((listening) => server.once('listening', listening));
    const { port } = server.address() as AddressInfo;
    const proxy = await proxyServer({ port, authorization: BASIC });
    const { get } = await transport({ env: { HTTP_PROXY: `http://${USER}${proxy.host}` } });
    const { status, body } = await get(PLAIN);
    assert.equal(status, 200);
    assert.equal(new TextDecoder().decode(body), 'multimediaai.cn-beijing.aliyuncs.com');
    assert.equal(proxy.seen[0]!.line, 'GET http://multimediaai.cn-beijing.aliyuncs.com/');
  });

  for (const [status, type] of [
    [404, 'application/json'],
    [200, 'text/html'],
  ] as const) {
    it(`that forwards http passes on a ${status} in ${type}, which is no error page of its own`, async () => {
      const refusal = `HTTP/1.1 ${status} x\r\nContent-Type: ${type}\r\nContent-Length: 2\r\n\r\n{}`;
      const proxy = await proxyServer({ port: 1, refusal });
      const { get } = await transport({ env: { HTTP_PROXY: `http://${proxy.host}` } });
      assert.equal((await get(PLAIN)).status, status);
    });
  }

  it('is not asked for a loopback host, nor for a request that must be direct', async () => {
    const [port, proxy] = [await tlsServer(), await proxyServer({ port: 1 })];
    const { get, events } = await transport({ env: { HTTPS_PROXY: proxy.host, NO_PROXY: '' } });
    assert.equal((await get(`https://localhost:${port}/`)).status, 200);
    assert.equal((await get(`https://127.0.0.1:${port}/`, { direct: true })).status, 200);
    assert.deepEqual(proxy.seen, []);
    const ways = events.filter(({ step }) => step === 'proxy').map(({ detail }) => detail(en));
    assert.deepEqual(ways, [`localhost:${port}: no proxy (loopback)`, `127.0.0.1:${port}: no proxy (never proxied)`]);
  });

  it('is told in the time-out of a request', async () => {
    const host = `127.0.0.1:${await silentServer()}`;
    const { get } = await transport({ env: { HTTPS_PROXY: host } });
    await failure(
      get(SERVICE, { timeoutMs: 500 }),
      'Timeout',
      new RegExp(`through proxy ${host} \\(HTTPS_PROXY\\) within 0.5s: the proxy did not respond to CONNECT`),
    );
  });

  it('may respond to CONNECT with interim responses before its own', async () => {
    const interim = 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n';
    const proxy = await proxyServer({ port: await tlsServer(), interim });
    const { get } = await transport({ env: { HTTPS_PROXY: proxy.host } });
    assert.equal((await get(SERVICE)).status, 200);
  });

  const html = 'Content-Type: text/html\r\nContent-Length: 22\r\n\r\n<html>canary</html>...';
  const asks = (...schemes: string[]) =>
    `HTTP/1.1 407 No\r\n${schemes.map((scheme) => `Proxy-Authenticate: ${scheme}\r\n`).join('')}Content-Length: 0\r\n\r\n`;
  const refusals: [string, string, string, string, RegExp][] = [
    ['407', 'HTTP/1.1 407 Authenticate\r\nContent-Length: 0\r\n\r\n', 'ProxyAuthentication', SERVICE, /HTTP 407/],
    ['401', 'HTTP/1.1 401 Unauthorized\r\n\r\n', 'ProxyAuthentication', SERVICE, /rejected the user name/],
    [
      '407 for Digest',
      asks('Digest realm="canary", qop="auth"'),
      'ProxyScheme',
      SERVICE,
      /offers Digest, mmai only supports Basic$/,
    ],
    ['407 for two others', asks('Negotiate', 'NTLM'), 'ProxyScheme', SERVICE, /offers Negotiate, NTLM, mmai only/],
    ['407 for Basic too', asks('Negotiate', 'Basic realm="x"'), 'ProxyAuthentication', SERVICE, /rejected the user/],
    ['407 for Digest to plain http', asks('Digest realm="x"'), 'ProxyScheme', PLAIN, /offers Digest, mmai only/],
    ['408', 'HTTP/1.1 408 Request Timeout\r\n\r\n', 'Proxy', SERVICE, /HTTP 408 Request Timeout/],
    ['429', 'HTTP/1.1 429 Too Many Requests\r\n\r\n', 'Proxy', SERVICE, /HTTP 429/],
    ['503', 'HTTP/1.1 503 Service Unavailable\r\n\r\n', 'Proxy', SERVICE, /HTTP 503/],
    ['504', 'HTTP/1.1 504 Gateway Timeout\r\n\r\n', 'Proxy', SERVICE, /HTTP 504/],
    ['status 000', 'HTTP/1.1 000 x\r\n\r\n', 'Proxy', SERVICE, /HTTP 0 x/],
    ['status 099', 'HTTP/1.1 099 x\r\n\r\n', 'Proxy', SERVICE, /HTTP 99 x/],
    ['status 101', 'HTTP/1.1 101 x\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n', 'Proxy', SERVICE, /HTTP 101 x/],
    [
      '407 behind a 100',
      'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 407 No\r\n\r\n',
      'ProxyAuthentication',
      SERVICE,
      /407 No/,
    ],
    ['nothing but 100', 'HTTP/1.1 100 Continue\r\n\r\n'.repeat(999), 'Proxy', SERVICE, /HTTP 100 Continue/],
    ['status 999', 'HTTP/1.1 999 x\r\n\r\n', 'Proxy', SERVICE, /HTTP 999 x/],
    ['403', 'HTTP/1.1 403 Forbidden\r\n\r\n', 'ProxyRefused', SERVICE, /403 Forbidden to CONNECT multi\S+:443$/],
    ['502', 'HTTP/1.1 502 Bad Gateway\r\n\r\n', 'Proxy', SERVICE, /HTTP 502 Bad Gateway/],
    ['an HTML page', `HTTP/1.1 503 Busy\r\n${html}`, 'Proxy', SERVICE, /503 Busy.*with a web page/],
    ['an HTML page as consent', `HTTP/1.1 200 OK\r\n${html}`, 'Proxy', SERVICE, /200 OK.*with a web page/],
    ['a redirect', 'HTTP/1.1 302 Found\r\nLocation: http://x/\r\n\r\n', 'Proxy', SERVICE, /HTTP 302 Found/],
    ['407 to plain http', 'HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n', 'ProxyAuthentication', PLAIN, /HTTP 407/],
    ['a page to plain http', `HTTP/1.1 403 Forbidden\r\n${html}`, 'ProxyRefused', PLAIN, /403.*with a web page/],
  ];
  for (const [name, refusal, kind, url, message] of refusals) {
    it(`that answers ${name} is named, without its password`, async () => {
      const proxy = await proxyServer({ port: 1, refusal });
      const address = `http://${USER}${proxy.host}`;
      const { get } = await transport({ env: { HTTPS_PROXY: address, HTTP_PROXY: address } });
      const variable = url === PLAIN ? 'HTTP_PROXY' : 'HTTPS_PROXY';
      await failure(get(url), kind, new RegExp(`^proxy ${proxy.host} \\(${variable}\\) .*${message.source}`));
    });
  }

  const broken: [string, string, RegExp][] = [
    [
      'speaks no HTTP',
      'SSH-2.0-OpenSSH\r\n',
      /^proxy \S+ \(HTTPS_PROXY\): the response does not follow HTTP\/1\.1 \(Expected HTTP/,
    ],
    [
      'never ends its headers',
      `HTTP/1.1 200 OK\r\n${'a: b\r\n'.repeat(9999)}`,
      /^proxy \S+ \S+: the response does not follow HTTP/,
    ],
    ['has no status', 'HTTP/1.1 abc x\r\n\r\n', /^proxy \S+ \S+: the response does not follow HTTP/],
    ['hangs up', '', /^proxy \S+ \(HTTPS_PROXY\): connection reset \(ECONNRESET\)/],
  ];
  for (const [name, reply, message] of broken) {
    it(`that ${name} is named`, async () => {
      const { get } = await transport({ env: { HTTPS_PROXY: `127.0.0.1:${await rawServer(reply)}` } });
      await failure(get(SERVICE), 'Proxy', message);
    });
  }

  it('that nobody listens at is named', async () => {
    const host = `127.0.0.1:${await refusingPort()}`;
    const { get } = await transport({ env: { HTTPS_PROXY: `http://${USER}${host}` } });
    await failure(
      get(SERVICE),
      'Proxy',
      new RegExp(`^proxy ${host} \\(HTTPS_PROXY\\): connection refused \\(ECONNREFUSED ${host}\\)$`),
    );
  });

  it('that nobody listens at is named for plain http too, with its variable', async () => {
    const host = `127.0.0.1:${await refusingPort()}`;
    const { get } = await transport({ env: { http_proxy: `http://${USER}${host}` } });
    await failure(get(PLAIN), 'Proxy', new RegExp(`^proxy ${host} \\(http_proxy\\): connection refused`));
  });

  it('with an address that is none stops the request as a usage error', async () => {
    const { get } = await transport({ env: { HTTPS_PROXY: 'socks5://p:1' } });
    await assert.rejects(get(SERVICE), { exitCode: 2 });
  });
});
