import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { describe, it } from 'node:test';
import { mmaiInProcess } from '../support/in-process.ts';
import { endpointEnv, matrix, type Row } from '../support/matrix.ts';
import { mmai } from '../support/mmai.ts';
import { rawServer, reply } from '../support/raw-server.ts';

const BODY = '{"Status":2,"RequestId":"r"}';
const END = `Content-Length: ${BODY.length}\r\n\r\n${BODY}`;
const UPGRADE = 'Upgrade: websocket\r\nConnection: Upgrade\r\n';
const CHUNKED = 'Transfer-Encoding: chunked';
const protocol = ['Network.Protocol', 'transient'] as const;
const unreadable = ['Network.Unreadable', 'transient'] as const;
const timeout = ['Network.Timeout', 'transient'] as const;

/** Text again and again, megabytes a second, until the other end closes. */
const flood = (head: string, again: string) => (socket: Socket) => {
  socket.write(head);
  const pour = () => void (socket.destroyed || socket.write(again, () => setTimeout(pour, 1)));
  pour();
};
const line = (name: string, statusLine: string, expected: Row['expected'], more: Partial<Row> = {}): Row => ({
  name,
  play: `${statusLine}\r\n${END}`,
  expected,
  ...more,
});
const spawned = { isSpawned: true } as const;

matrix('a status line', [
  // Statuses that no HTTP has: an assertion of undici's was the end of these, and of every limit and signal with it.
  line('of status 000', 'HTTP/1.1 000 x', protocol, spawned),
  line('of status 001', 'HTTP/1.1 001 x', protocol),
  line('of status 099', 'HTTP/1.1 099 x', protocol, spawned),
  line('of status 099 that changes the protocol', `HTTP/1.1 099 x\r\n${UPGRADE.trimEnd()}`, protocol, spawned),
  line('of status 101 without Upgrade', 'HTTP/1.1 101 Switching', protocol, spawned),
  line('of status 101 with Upgrade', `HTTP/1.1 101 Switching\r\n${UPGRADE.trimEnd()}`, protocol, spawned),
  line('of status 102 with a body', 'HTTP/1.1 102 Processing', protocol),
  line('of status 199 with a body', 'HTTP/1.1 199 x', protocol),
  line('of status 200 with Upgrade', `HTTP/1.1 200 OK\r\n${UPGRADE.trimEnd()}`, 2),
  line('of status 204 with a body', 'HTTP/1.1 204 No Content', protocol),
  line('of status 304 with a body', 'HTTP/1.1 304 Not Modified', protocol),
  line('of status 600', 'HTTP/1.1 600 x', unreadable),
  line('of status 999', 'HTTP/1.1 999 x', unreadable),
  line('of status 1000', 'HTTP/1.1 1000 x', protocol),
  line('of one digit', 'HTTP/1.1 2 x', protocol),
  line('of letters', 'HTTP/1.1 abc x', protocol),
  line('of a negative status', 'HTTP/1.1 -20 x', protocol),
  line('of a hexadecimal status', 'HTTP/1.1 0xC8 x', protocol),
  line('without a status', 'HTTP/1.1', protocol),
  line('without a reason', 'HTTP/1.1 200', 2),
  line('with a reason of 1 MiB', `HTTP/1.1 200 ${'x'.repeat(1 << 20)}`, 2),
  line('of HTTP/9.9', 'HTTP/9.9 200 OK', protocol),
  line('of ICY', 'ICY 200 OK', protocol),
  line('that is a request', 'GET / HTTP/1.1', protocol),
  { name: 'that is missing, as in HTTP/0.9', play: BODY, expected: protocol },
  { name: 'of HTTP/2', play: new Uint8Array([0, 0, 0, 4, 0, 0, 0, 0, 0]), expected: protocol },
  { name: 'of an HTTP/2 client', play: 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', expected: protocol },
  {
    name: 'behind 1,000 early hints',
    play: `${'HTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\n'.repeat(1000)}HTTP/1.1 200 OK\r\n${END}`,
    expected: 2,
  },
  { name: 'of 103 without end', play: flood('', 'HTTP/1.1 103 x\r\n\r\n'.repeat(99)), expected: timeout, ...spawned },
  { name: 'of 100 without end', play: flood('', 'HTTP/1.1 100 x\r\n\r\n'.repeat(99)), expected: timeout },
  { name: 'whose reason never ends', play: flood('HTTP/1.1 200 ', 'x'.repeat(9999)), expected: timeout },
]);

matrix('headers that', [
  { name: 'never end', play: flood('HTTP/1.1 200 OK\r\n', 'a: b\r\n'.repeat(999)), expected: protocol, ...spawned },
  { name: 'have an empty name', play: reply('200 OK', BODY, [': x']), expected: protocol },
  { name: 'have a NUL', play: reply('200 OK', BODY, ['X: a\0b']), expected: protocol },
  { name: 'are folded', play: reply('200 OK', BODY, ['X: a', ' b']), expected: protocol },
  { name: 'end in bare line feeds', play: reply('200 OK', BODY).replaceAll('\r', ''), expected: protocol },
  {
    name: 'are named as parts of every object',
    play: reply('200 OK', BODY, ['__proto__: a', 'constructor: b']),
    expected: 2,
  },
  {
    name: 'name a length beyond all numbers',
    play: reply('200 OK', BODY, [`Content-Length: ${'9'.repeat(30)}`]),
    expected: protocol,
  },
  { name: 'name a length twice', play: reply('200 OK', BODY, ['Content-Length: 28, 28']), expected: protocol },
  { name: 'name chunks twice', play: reply('200 OK', `1c\r\n${BODY}\r\n0\r\n\r\n`, [CHUNKED, CHUNKED]), expected: 2 },
  { name: 'keep the connection for letters', play: reply('200 OK', BODY, ['Keep-Alive: timeout=abc']), expected: 2 },
  {
    name: 'keep the connection for ever',
    play: reply('200 OK', BODY, ['Keep-Alive: timeout=99999999999999']),
    expected: 2,
  },
]);

matrix('chunks', [
  {
    name: 'of one byte each, a hundred thousand',
    play: reply('200 OK', `${'1\r\n \r\n'.repeat(99_999)}c\r\n{"Status":2}\r\n0\r\n\r\n`, [CHUNKED]),
    expected: 2,
  },
  { name: 'with extensions', play: reply('200 OK', `1c;a=b;c="d"\r\n${BODY}\r\n0\r\n\r\n`, [CHUNKED]), expected: 2 },
  {
    name: 'of more bytes than a number holds',
    play: reply('200 OK', `${'f'.repeat(18)}\r\n${BODY}`, [CHUNKED]),
    expected: protocol,
  },
  { name: 'with trailers', play: reply('200 OK', `1c\r\n${BODY}\r\n0\r\nX-T: 1\r\n\r\n`, [CHUNKED]), expected: 2 },
  {
    name: 'with trailers without end',
    play: flood(`HTTP/1.1 200 OK\r\n${CHUNKED}\r\n\r\n1c\r\n${BODY}\r\n0\r\n`, 'a: b\r\n'.repeat(999)),
    expected: protocol,
  },
]);

describe('whatever a server sends', { concurrency: 4 }, () => {
  for (const [name, bytes] of [
    ['status 099', `HTTP/1.1 099 x\r\n${END}`],
    ['status 101', `HTTP/1.1 101 x\r\n${END}`],
    ['a change of protocol', `HTTP/1.1 101 x\r\n${UPGRADE}\r\n`],
    ['another protocol', 'SSH-2.0-OpenSSH_9.9\r\n'],
    ['a body that is too long', reply('200 OK', `${BODY}x`, ['Content-Length: 5'])],
  ] as const) {
    it(`is told in a sentence, not in JavaScript: ${name}`, async () => {
      const { url } = await rawServer(bytes);
      const { code, stderr } = await mmai(['status', '1', '--retries', '0'], { env: endpointEnv(url) });
      assert.equal(code, 4);
      assert.doesNotMatch(stderr, /falsy|assert|===|\(\w+\.|\\u\{a\}|undefined/i);
    });
  }

  it('is not told as a wrong length where a header behind Content-Length cannot be read', async () => {
    const { url } = await rawServer(reply('200 OK', BODY, [`Content-Length: ${BODY.length}`, 'X-Folded: a\r\n b']));
    const { stdout } = await mmaiInProcess(['status', '1', '--retries', '0', '--json'], { env: endpointEnv(url) });
    assert.match(
      JSON.parse(stdout).tasks[0].error.message,
      /^127\.0\.0\.1:\d+: the response does not follow HTTP\/1\.1$/,
    );
  });

  it('is told in Chinese where that is the language, and in English in the document', async () => {
    const { url } = await rawServer('HTTP/1.1 099 x\r\n\r\n');
    const { stdout, stderr } = await mmai(['status', '1', '--retries', '0', '--lang', 'zh', '--json'], {
      env: endpointEnv(url),
    });
    assert.match(stderr, /127\.0\.0\.1:\d+：响应的状态码 99 不符合预期/);
    assert.match(
      JSON.parse(stdout).tasks[0].error.message,
      /^127\.0\.0\.1:\d+: the response has the unexpected status 99$/,
    );
  });

  it('is told in Chinese too where the response is not of the service', async () => {
    const { stderr } = await mmaiInProcess(['status', '1', '--retries', '0', '--lang', 'zh', '--simulate', 'garbage']);
    assert.match(stderr, /^错误：任务 1：Network\.Unreadable（HTTP 200）：来自 127\.0\.0\.1:\d+ 的响应\n/);
  });

  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    it(`${signal} ends a wait that hears nothing but early hints`, async () => {
      const { url } = await rawServer(flood('', 'HTTP/1.1 103 x\r\n\r\n'.repeat(99)));
      const ended = await mmai(['watch', '1', '--debug', '--progress', 'none'], {
        env: endpointEnv(url),
        onError: (kill) => kill(signal),
      });
      assert.equal(ended.signal, signal);
    });
  }
});
