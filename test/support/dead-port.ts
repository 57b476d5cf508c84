import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { after } from 'node:test';
import { Worker } from 'node:worker_threads';

/**
 * A port where nobody listens while the test file runs. It is the near end of a connection, so that the system gives it to no
 * server: a port that was only free a moment ago was soon another test's.
 */
export async function refusingPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const holder = connect((server.address() as AddressInfo).port, '127.0.0.1');
  after(() => {
    holder.destroy();
    server.close();
  });
  await once(holder, 'connect');
  return holder.localPort!;
}

const ACCEPTS_LATE = `
  const { parentPort, workerData } = require('node:worker_threads');
  const answer = (socket) => socket.once('data', () => socket.end('HTTP/1.1 204 No Content\\r\\n\\r\\n'));
  const server = require('node:net').createServer(answer).listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
    parentPort.postMessage(server.address().port);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, workerData);
  });`;

/**
 * A port where connecting hangs: a thread listens, accepts nothing for so long (ms), and its queue is full, so that the system
 * drops what comes meanwhile. It comes again after a second, and is then answered with 204. Closed when the test file ends.
 */
export async function hangingPort(busyMs = Number.POSITIVE_INFINITY): Promise<number> {
  const worker = new Worker(ACCEPTS_LATE, { eval: true, workerData: busyMs });
  after(() => worker.terminate());
  const port = await new Promise<number>((resolve) => worker.once('message', resolve));
  // The queue of 1 takes two; the third waits for ever.
  const fillers = [1, 2, 3].map(() => connect(port, '127.0.0.1').on('error', () => {}));
  after(() => fillers.map((filler) => filler.destroy()));
  await Promise.all(fillers.slice(0, 2).map((filler) => new Promise((resolve) => filler.once('connect', resolve))));
  return port;
}
