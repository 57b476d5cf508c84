/**
 * The service at its leanest, in a process of its own: one socket read, one fixed answer, over http and, given a
 * certificate, https. A task with an id from 10^12 on runs for as many polls as its last three digits say, and has then
 * succeeded; every other one has succeeded at once. Prints its URLs as one line of JSON and ends with its stdin.
 */
import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';

const ANSWERS = [1, 2].map((status) => {
  const body = `{"RequestId":"cc53a4b3-8002-4717-a1d8-208be4492834","Status":${status}}`;
  return `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
});
const polls = new Map<string, number>();

/** Answers each request that a chunk holds; a body, if there is one, comes with its head or is passed over. */
function serve(socket: Socket): void {
  let head = '';
  socket.setNoDelay();
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk) => {
    head += chunk.toString('latin1');
    for (let end = head.indexOf('\r\n\r\n'); end >= 0; end = head.indexOf('\r\n\r\n')) {
      socket.write(answerTo(head.slice(0, end)));
      const length = /content-length: (\d+)/i.exec(head.slice(0, end))?.[1] ?? 0;
      head = head.slice(end + 4 + Number(length));
    }
  });
}

function answerTo(head: string): string {
  const id = /TaskId=(\d{13,})/.exec(head)?.[1];
  if (!id) return ANSWERS[1]!;
  const seen = (polls.get(id) ?? 0) + 1;
  polls.set(id, seen);
  return ANSWERS[seen > Number(id.slice(-3)) ? 1 : 0]!;
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return (server.address() as AddressInfo).port;
}

const [key, cert] = process.argv.slice(2).map((path) => readFileSync(path));
const http = `http://127.0.0.1:${await listen(createServer(serve))}`;
const https = key && cert && `https://localhost:${await listen(createTlsServer({ key, cert }, serve))}`;
process.stdout.write(`${JSON.stringify({ http, https })}\n`);
process.stdin.on('end', () => process.exit()).resume();
