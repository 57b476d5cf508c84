import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { constants, openSync, readFileSync, writeSync } from 'node:fs';
import { createServer } from 'node:http';
import {
  type AddressInfo,
  connect,
  getDefaultAutoSelectFamily,
  type LookupFunction,
  setDefaultAutoSelectFamily,
} from 'node:net';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { MAX_IN_FLIGHT, NetworkError, type NetworkEvent } from '../../../src/core/rpc/transport.ts';
import { networkError } from '../../../src/io/net/network-errors.ts';
import { createTransport, type TransportOptions } from '../../../src/io/net/transport.ts';
import { en } from '../../../src/locales/en/messages.ts';
import { systemDeps } from '../../../src/system.ts';
import { createRedactor } from '../../../src/text/redactor.ts';
import { hangingPort, refusingPort } from '../../support/dead-port.ts';
import { temporaryDirectory } from '../../support/mmai.ts';
import { caFile, proxyServer, rawServer, silentServer, tlsFile, tlsServer } from '../../support/network.ts';
import { closeOnceRead } from '../../support/pipe.ts';
import { rawServer as socketServer } from '../../support/raw-server.ts';

const SERVICE = 'https://multimediaai.cn-beijing.aliyuncs.com/';
const PLAIN = 'http://multimediaai.cn-beijing.aliyuncs.com/?TaskId=1';
const PASSWORD = 'canary/p@ssword';
const USER = `me:${encodeURIComponent(PASSWORD)}@`;
const BASIC = `Basic ${btoa(`me:${PASSWORD}`)}`;

async function transport(options: Partial<TransportOptions> = {}) {
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
const idle = () => new Promise(setImmediate);

/** The error of a request; it must name `where`, and no secret. */
async function failure(sent: Promise<unknown>, kind: string, message: RegExp): Promise<void> {
  await assert.rejects(sent, (error: Error) => {
    assert.ok(error instanceof NetworkError, String(error));
    assert.equal(error.kind, kind, error.message);
    assert.match(error.message, message);
    assert.doesNotMatch(error.message, /canary/);
    assert.ok(!error.message.includes(BASIC.slice(6)));
    return true;
  });
}

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

  it('gets user and password, and keeps one connection for many requests', async () => {
    const proxy = await proxyServer({ port: await tlsServer(), authorization: BASIC });
    const { get, events } = await transport({ env: { https_proxy: `http://${USER}${proxy.host}` } });
    await get(SERVICE);
    await idle();
    await get(SERVICE);
    assert.deepEqual(
      proxy.seen.map(({ authorization }) => authorization),
      [BASIC],
    );
    assert.doesNotMatch(JSON.stringify(events), /canary/);
  });

  it('that rejects its login gets it once, however many requests there are: a wrong password sent over and over locks accounts', async () => {
    const proxy = await proxyServer({ port: 1, authorization: 'Basic other' });
    const { get } = await transport({ env: { HTTPS_PROXY: `http://${USER}${proxy.host}` } });
    const rejected = () => failure(get(SERVICE), 'ProxyAuthentication', /rejected the user name and password$/);
    await Promise.all(Array.from({ length: 3 * MAX_IN_FLIGHT }, rejected));
    await rejected();
    assert.equal(proxy.seen.length, 1);
  });

  it('that rejects its login after a while gets it from the requests under way only', async () => {
    let isChanged = false;
    const refusal = () => (isChanged ? 'HTTP/1.1 407 Who\r\nConnection: close\r\n\r\n' : undefined);
    const proxy = await proxyServer({ port: await tlsServer(), authorization: BASIC, refusal });
    const { get, renew } = await transport({ env: { HTTPS_PROXY: `http://${USER}${proxy.host}` } });
    await get(SERVICE);
    isChanged = true;
    renew();
    const rejected = () => failure(get(SERVICE), 'ProxyAuthentication', /rejected the user name and password$/);
    await Promise.all(Array.from({ length: 3 * MAX_IN_FLIGHT }, rejected));
    assert.equal(proxy.seen.length, 1 + MAX_IN_FLIGHT);
  });

  it('that is busy at first gets its login again from the next request, and then from all that wait', async () => {
    let answers = 0;
    const refusal = () => (answers++ < 2 ? 'HTTP/1.1 503 Busy\r\n\r\n' : undefined);
    const proxy = await proxyServer({ port: await tlsServer(), authorization: BASIC, refusal });
    const { get } = await transport({ env: { HTTPS_PROXY: `http://${USER}${proxy.host}` } });
    const sent = Array.from({ length: MAX_IN_FLIGHT }, () =>
      get(SERVICE).then(
        ({ status }) => status,
        ({ kind }) => kind,
      ),
    );
    assert.deepEqual((await Promise.all(sent)).sort(), [...Array(MAX_IN_FLIGHT - 2).fill(200), 'Proxy', 'Proxy']);
    assert.equal(proxy.seen.length, MAX_IN_FLIGHT);
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

  it('makes its login known as secret, for it may quote it', async () => {
    const redactor = createRedactor();
    const proxy = await proxyServer({ port: 1, refusal: 'HTTP/1.1 502 Bad Gateway\r\n\r\n' });
    const { get } = await transport({ env: { HTTPS_PROXY: `http://${USER}${proxy.host}` }, redactor });
    await assert.rejects(get(SERVICE), NetworkError);
    assert.doesNotMatch(redactor.redact(`a ${PASSWORD} b ${BASIC} c`), /canary|Basic \w/);
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

/** Gives every name these addresses. */
const resolvingTo =
  (...addresses: string[]): LookupFunction =>
  (_, __, callback) =>
    callback(
      null,
      addresses.map((address) => ({ address, family: 4 })),
    );

it('port 0 is not taken for the default one', async () => {
  const { get } = await transport();
  await assert.rejects(get('http://127.0.0.1:0/'), ({ message }: Error) => !/127\.0\.0\.1:80\b/.test(message));
});

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
  assert.equal(networkError(error, () => 'a.test').kind, 'NoResources');
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

it('a connection that was reset before it was looked at is told as one, not as a host that cannot be reached', () => {
  const error = { code: 'ECONNRESET', syscall: 'connect', address: '::1', port: 80 };
  const { kind, message } = networkError(Object.assign(new Error('connect ECONNRESET ::1:80'), error), () => 'a.test');
  assert.deepEqual([kind, message], ['ConnectionReset', 'a.test: connection reset (ECONNRESET ::1:80)']);
});

describe('connections', () => {
  it('are timed step by step', async () => {
    const { get, events, steps } = await transport();
    await get(`https://localhost:${await tlsServer()}/`);
    assert.deepEqual(steps(), ['proxy', 'dns', 'tcp', 'tls', 'answer']);
    assert.match(events[3]!.detail(en), /^TLSv1\.3 with localhost/);
    for (const { ms } of events) assert.ok(ms >= 0);
  });

  it('are dropped by renew, but for those at work', async () => {
    const port = await tlsServer();
    const { get, renew, steps } = await transport();
    await get(`https://localhost:${port}/`);
    await idle();
    await get(`https://localhost:${port}/`);
    await idle();
    assert.equal(steps().filter((step) => step === 'tcp').length, 1);
    const atWork = get(`https://localhost:${port}/`);
    renew();
    assert.equal((await atWork).status, 200);
    assert.equal((await get(`https://localhost:${port}/`)).status, 200);
    assert.equal(steps().filter((step) => step === 'tcp').length, 2);
  });

  it('that are still being opened end with close', async () => {
    const silent = createServer();
    const connected = new Promise((resolve) => silent.on('connection', resolve));
    await new Promise<void>((listening) => silent.listen(0, '127.0.0.1', listening));
    after(() => silent.close());
    const { get, close } = await transport();
    // The handshake never ends: the server speaks no TLS and waits for a request line.
    const sent = get(`https://localhost:${(silent.address() as AddressInfo).port}/`);
    const socket = (await connected) as { once(event: 'close', then: () => void): void };
    const closed = new Promise<void>((resolve) => socket.once('close', resolve));
    const failed = assert.rejects(sent, NetworkError);
    close();
    await Promise.all([failed, closed]);
  });

  it('that are still being opened do not outlive the time limit of a request, nor a signal', async () => {
    const { get } = await transport();
    const url = `https://localhost:${await silentServer()}/`;
    await failure(
      get(url, { timeoutMs: 500 }),
      'Timeout',
      /^no response from localhost:\d+ within 0.5s: the TLS handshake did not finish$/,
    );
    const controller = new AbortController();
    const sent = get(url, { signal: controller.signal, timeoutMs: Number.POSITIVE_INFINITY });
    controller.abort();
    await failure(sent, 'Aborted', /interrupted/);
    await failure(get(url, { signal: controller.signal }), 'Aborted', /interrupted/);
  });

  it('that nobody waits for any more keep no other request waiting, when as many hang as there may be', async () => {
    const port = await tlsServer();
    let connections = 0;
    const relay = await socketServer('', (socket) => {
      connections += 1;
      if (connections > MAX_IN_FLIGHT) socket.pipe(connect(port, '127.0.0.1')).pipe(socket);
    });
    const { get } = await transport();
    const url = relay.url.replace('http://127.0.0.1', 'https://localhost');
    const hanging = Array.from({ length: MAX_IN_FLIGHT }, () => get(`${url}/`, { timeoutMs: 500 }));
    await Promise.all(hanging.map((sent) => failure(sent, 'Timeout', /the TLS handshake did not finish$/)));
    assert.equal((await get(`${url}/`, { timeoutMs: 5000 })).status, 200);
  });

  it('are no timeout when the process stood still beyond the limit: what came meanwhile counts', async () => {
    const { get } = await transport();
    await failure(get(`http://127.0.0.1:${await refusingPort()}/`), 'ConnectionRefused', /ECONNREFUSED/); // undici is loaded
    await failure(get('http://127.0.0.1:0/'), 'ConnectionRefused', /\(ECONNREFUSED 127\.0\.0\.1:0\)/); // Node names no port
    const refused = get(`http://127.0.0.1:${await refusingPort()}/`, { timeoutMs: 20 });
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60);
    await failure(refused, 'ConnectionRefused', /ECONNREFUSED/);
  });

  it('to a server that speaks no TLS fail as a protocol error', async () => {
    const { get } = await transport();
    const port = await rawServer('HTTP/1.1 400 Bad\r\n\r\n');
    const sentence = /^localhost:\d+: the TLS handshake failed \([a-z ]+\)$/;
    await failure(get(`https://localhost:${port}/`), 'Protocol', sentence);
  });
});
