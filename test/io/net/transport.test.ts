import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { after, describe, it } from 'node:test';
import { MAX_IN_FLIGHT, NetworkError } from '../../../src/core/rpc/transport.ts';
import { en } from '../../../src/locales/en/messages.ts';
import { refusingPort } from '../../support/dead-port.ts';
import { failure, idle, transport } from '../../support/net-transport.ts';
import { rawServer, silentServer, tlsServer } from '../../support/network.ts';
import { reply, serve, rawServer as socketServer } from '../../support/raw-server.ts';

it('port 0 is not taken for the default one', async () => {
  const { get } = await transport();
  await assert.rejects(get('http://127.0.0.1:0/'), ({ message }: Error) => !/127\.0\.0\.1:80\b/.test(message));
});

describe('connections', () => {
  it('are timed step by step', async () => {
    const { get, events, steps } = await transport();
    await get(`https://localhost:${await tlsServer()}/`);
    assert.deepEqual(steps(), ['proxy', 'dns', 'tcp', 'tls', 'answer']);
    assert.match(events[3]!.detail(en), /^TLSv1\.3 with localhost/);
    for (const { ms } of events) assert.ok(ms >= 0);
  });

  for (const [name, closedAt] of [
    ['that was kept from an earlier request', 2],
    ['that is new, after its handshake', 1],
  ] as const) {
    it(`${name} and is closed by the server ${closedAt === 2 ? 'is' : 'is not'} stale`, async () => {
      let requests = 0;
      const port = await tlsServer(undefined, 'server', ({ socket }) => {
        requests += 1;
        if (requests === closedAt) socket.destroy();
      });
      const { get } = await transport();
      const url = `https://localhost:${port}/`;
      if (closedAt === 2) await get(url);
      await idle();
      await assert.rejects(get(url), { kind: 'ConnectionReset', isStale: closedAt === 2 });
    });
  }

  it('have an answer when the response begins, not with what may come before it', async () => {
    const { url } = await socketServer(`HTTP/1.1 103 Early Hints\r\n\r\n${reply('200 OK', '{}')}`);
    const { get, events } = await transport();
    await get(`${url}/?TaskId=1&`);
    const answers = events.filter(({ step }) => step === 'answer').map(({ detail }) => detail(en));
    assert.equal(answers.length, 1);
    assert.match(answers[0]!, /\b200\b/);
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

  it('that are idle are closed by renew', { timeout: 3000 }, async () => {
    let onClosed = () => {};
    const closed = new Promise<void>((resolve) => (onClosed = resolve));
    const { url } = await socketServer('', (socket) =>
      serve(
        socket.on('close', () => onClosed()),
        '',
      ),
    );
    const { get, renew } = await transport();
    await get(`${url}/`);
    renew();
    await closed;
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

  it('that are made already, or were begun later, do not end with one that hangs', async () => {
    const port = await tlsServer();
    const opened: Socket[] = [];
    const pass = (socket: Socket) => socket.pipe(connect(port, '127.0.0.1')).pipe(socket);
    let onOpened = () => {};
    const isOpened = new Promise<void>((resolve) => (onOpened = resolve));
    const relay = await socketServer('', (socket) => {
      onOpened();
      // The first is passed on once the second, which is not, is there.
      if (opened.push(socket) === 2) pass(opened[0]!);
    });
    const { get } = await transport();
    const url = `${relay.url.replace('http://127.0.0.1', 'https://localhost')}/`;
    const first = get(url);
    await isOpened;
    const hanging = get(url, { timeoutMs: 300 });
    assert.equal((await first).status, 200);
    await idle();
    // One takes the connection that is made, the other a new one.
    const [second, later] = [get(url), get(url, { timeoutMs: 5000 })];
    assert.equal((await second).status, 200);
    await failure(hanging, 'Timeout', /the TLS handshake did not finish$/);
    assert.equal(opened.length, 3);
    pass(opened[2]!);
    assert.equal((await later).status, 200);
    await idle();
    assert.equal((await get(url)).status, 200);
    assert.equal(opened.length, 3);
  });

  it('to the same host resume the session of the one before', async () => {
    const { get, renew, events } = await transport();
    const url = `https://localhost:${await tlsServer()}/`;
    for (let request = 1; request <= 2; request += 1) {
      await get(url);
      await idle();
      renew();
    }
    const secured = events.filter(({ step }) => step === 'tls').map(({ detail }) => /resumed/.test(detail(en)));
    assert.deepEqual(secured, [false, true]);
  });

  it('over which no response comes are told as such, and closed', { timeout: 5000 }, async () => {
    let onClosed = () => {};
    const closed = new Promise<void>((resolve) => (onClosed = resolve));
    const { url } = await socketServer('', (socket) => void socket.resume().on('close', () => onClosed()));
    const { get } = await transport();
    const sentence = /^no response from \S+ within 0.1s: connected, but no complete response arrived$/;
    await failure(get(`${url}/`, { timeoutMs: 100 }), 'Timeout', sentence);
    await closed;
  });

  it('carry no request that was given up before they were there', { timeout: 5000 }, async () => {
    let onClosed = () => {};
    const closed = new Promise<void>((resolve) => (onClosed = resolve));
    let requests = 0;
    const { url } = await socketServer('', (socket) => {
      serve(socket, '');
      socket.on('data', () => (requests += 1)).on('close', () => onClosed());
    });
    const { get, renew } = await transport();
    const controller = new AbortController();
    const givenUp = get(`${url}/`, { signal: controller.signal });
    controller.abort();
    await failure(givenUp, 'Aborted', /interrupted/);
    // Once the connection is there, renew closes it.
    renew();
    await closed;
    assert.equal(requests, 0);
  });

  it('end with the signal of their requests, whatever became of others with the same one', {
    timeout: 5000,
  }, async () => {
    const { url } = await socketServer(() => {});
    const { get } = await transport();
    const controller = new AbortController();
    const { signal } = controller;
    const late = get(`${url}/?TaskId=1&`, { signal, timeoutMs: 100 });
    const hanging = [1, 2].map(() => get(`${url}/?TaskId=1&`, { signal, timeoutMs: Number.POSITIVE_INFINITY }));
    assert.equal((await get(`${url}/`, { signal })).status, 200);
    await failure(late, 'Timeout', /within 0.1s/);
    await idle();
    assert.ok(!process.getActiveResourcesInfo().includes('Timeout'), 'no timer outlasts its request');
    controller.abort();
    await Promise.all(hanging.map((sent) => failure(sent, 'Aborted', /interrupted/)));
    // On Node 20 and 22 that would keep a signal of AbortSignal.any, and all that it holds, for ever.
    assert.deepEqual(getEventListeners(signal, 'abort'), [], 'nothing is left on the signal');
  });

  it('have no time limit where none is wanted', async () => {
    const { get } = await transport();
    const url = `https://localhost:${await tlsServer()}/`;
    assert.equal((await get(url, { timeoutMs: Number.POSITIVE_INFINITY })).status, 200);
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
