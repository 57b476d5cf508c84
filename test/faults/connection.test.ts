import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { describe, it } from 'node:test';
import { MAX_IN_FLIGHT } from '../../src/core/rpc/transport.ts';
import { createClient } from '../../src/index.ts';
import { matrix } from '../support/matrix.ts';
import { testKey } from '../support/mmai.ts';
import { ok, rawServer, reply } from '../support/raw-server.ts';

const HEAD = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n';
const reset = (socket: Socket) => socket.resetAndDestroy();
/** Sends, and cuts the connection once the bytes are out. */
const thenReset = (text: string) => (socket: Socket) => void socket.write(text, () => setTimeout(reset, 20, socket));
const thenHang = (text: string) => (socket: Socket) => void socket.write(text);
/** A byte now and then: each phase makes progress, the whole never ends. */
const trickle = (text: string) => (socket: Socket) => {
  let at = 0;
  const timer = setInterval(() => socket.write(text.charAt(at++) || ' '), 20);
  socket.on('close', () => clearInterval(timer));
};
const broken = ['Network.ConnectionReset', 'transient'] as const;
const timeout = ['Network.Timeout', 'transient'] as const;
const protocol = ['Network.Protocol', 'transient'] as const;

matrix('a connection that', [
  { name: 'is reset before the headers', play: reset, expected: broken, isSpawned: true },
  { name: 'is reset within the headers', play: thenReset('HTTP/1.1 200 OK\r\nContent-'), expected: broken },
  { name: 'is reset after the headers', play: thenReset(HEAD), expected: broken },
  { name: 'is reset within the body', play: thenReset(`${HEAD}{"Status":2`), expected: broken },
  { name: 'is closed without a byte', play: (socket) => socket.end(), expected: broken },
  { name: 'is closed within the headers', play: 'HTTP/1.1 200 OK\r\nContent-', expected: broken },
  { name: 'is closed within the body', play: `${HEAD}{"Status":2,`, expected: broken },
  { name: 'hangs before the headers', play: thenHang(''), expected: timeout, isSpawned: true },
  { name: 'hangs within the headers', play: thenHang('HTTP/1.1 200 OK\r\nContent-'), expected: timeout },
  { name: 'hangs after the headers', play: thenHang(HEAD), expected: timeout, isSpawned: true },
  { name: 'hangs within the body', play: thenHang(`${HEAD}{"Status":2`), expected: timeout },
  { name: 'trickles', play: trickle(reply('200 OK', '{"Status":2}', ['Content-Length: 10000'])), expected: timeout },
  {
    name: 'never ends its headers',
    play: thenHang(`HTTP/1.1 200 OK\r\nX: ${'x'.repeat(1 << 20)}`),
    expected: protocol,
  },
  { name: 'speaks another protocol', play: 'SSH-2.0-OpenSSH_9.9\r\n', expected: protocol },
  { name: 'speaks no protocol', play: new Uint8Array(100), expected: protocol },
]);

it('a connection that is being opened ends when the client is closed', async () => {
  let onConnected = () => {};
  const connected = new Promise<void>((resolve) => (onConnected = resolve));
  const { url } = await rawServer('', () => onConnected());
  const client = createClient({ accessKey: testKey, endpoint: url.replace('http:', 'https:') });
  const sent = client.getTaskStatus('1', { retries: 0 });
  await connected;
  client.close();
  const reply = await sent;
  assert.equal(!reply.ok && reply.failure.code, 'Network.Aborted');
});

describe('a connection that was kept from an earlier request', () => {
  for (const [name, close] of [
    ['reset', (socket: Socket) => socket.resetAndDestroy()],
    ['closed', (socket: Socket) => socket.end()],
  ] as const) {
    it(`and is ${name} when it is used again is no failure: the request is sent at once over a new one`, async () => {
      const { url } = await rawServer('', (socket) => {
        let requests = 0;
        socket.on('data', () => (++requests === 1 ? socket.write(ok('{"Status":2}')) : close(socket)));
      });
      const client = createClient({ accessKey: testKey, endpoint: url });
      for (let call = 1; call <= 3; call += 1) {
        const reply = await client.getTaskStatus('1', { retries: 0 });
        assert.equal(reply.ok, true, `call ${call}`);
      }
      // The second one got a connection of its own.
      assert.equal(client.traffic.retries, 1);
      client.close();
    });
  }

  it('and was closed with all others that were kept is no failure: the new one is none of them', async () => {
    const { url } = await rawServer('', (socket) => {
      let requests = 0;
      socket.on('data', () => (++requests === 1 ? socket.write(ok('{"Status":2}')) : socket.resetAndDestroy()));
    });
    const client = createClient({ accessKey: testKey, endpoint: url });
    const ids = Array.from({ length: MAX_IN_FLIGHT }, (_, index) => String(index + 1));
    for (const call of [1, 2, 3]) {
      const replies = await Promise.all(ids.map((id) => client.getTaskStatus(id, { retries: 0 })));
      assert.equal(replies.filter(({ ok }) => ok).length, ids.length, `call ${call}`);
    }
    client.close();
  });

  it('is closed by renewConnections', { timeout: 3000 }, async () => {
    let onClosed = () => {};
    const closed = new Promise<void>((resolve) => (onClosed = resolve));
    const { url } = await rawServer('', (socket) => {
      socket.on('data', () => socket.write(ok('{"Status":2}'))).on('close', () => onClosed());
    });
    const client = createClient({ accessKey: testKey, endpoint: url });
    await client.getTaskStatus('1');
    client.renewConnections();
    await closed;
  });

  it('is not what a new one is that is reset: that is a failure', async () => {
    const { url } = await rawServer('', (socket) => socket.on('data', () => socket.resetAndDestroy()));
    const client = createClient({ accessKey: testKey, endpoint: url });
    const reply = await client.getTaskStatus('1', { retries: 0 });
    assert.deepEqual([reply.ok, client.traffic.requests], [false, 1]);
    client.close();
  });
});
