import { connect, createServer } from 'node:net';
import { after } from 'node:test';
import { Worker } from 'node:worker_threads';

/** A port that was free a moment ago: nobody listens. */
export function unusedPort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

const NEVER_ACCEPTS = `
  const { parentPort } = require('node:worker_threads');
  const server = require('node:net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
    parentPort.postMessage(server.address().port);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  });`;

/**
 * A port where connecting hangs: a thread listens, never accepts, and its queue is full, so that the system drops whatever
 * comes after. Closed when the test file ends.
 */
export async function hangingPort(): Promise<number> {
  const worker = new Worker(NEVER_ACCEPTS, { eval: true });
  after(() => worker.terminate());
  const port = await new Promise<number>((resolve) => worker.once('message', resolve));
  // The queue of 1 takes two; the third waits for ever.
  const fillers = [1, 2, 3].map(() => connect(port, '127.0.0.1').on('error', () => {}));
  after(() => fillers.map((filler) => filler.destroy()));
  await Promise.all(fillers.slice(0, 2).map((filler) => new Promise((resolve) => filler.once('connect', resolve))));
  return port;
}
