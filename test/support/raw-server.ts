import { createServer, type Socket } from 'node:net';
import { after } from 'node:test';

/** What a server does once a request has arrived: bytes to send before it closes, or anything else. */
export type Play = string | Uint8Array | ((socket: Socket) => void);

/** A server without any HTTP of its own, on a free loopback port; `onConnection` takes the place of {@link serve}. */
export async function rawServer(
  play: Play,
  onConnection = (socket: Socket) => serve(socket, play),
): Promise<{ url: string }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => {}).on('close', () => sockets.delete(socket)));
    onConnection(socket);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  after(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return { url: `http://127.0.0.1:${(server.address() as { port: number }).port}` };
}

/** Answers the GETs of one connection: about task 1 with `play`, about any other well. */
export function serve(socket: Socket, play: Play): void {
  let head = '';
  socket.on('data', (chunk) => {
    head += chunk.toString('latin1');
    if (!head.includes('\r\n\r\n')) return;
    const isFaulty = /[?&]TaskId=1&/.test(head);
    head = '';
    act(socket, isFaulty ? play : succeeded);
  });
}

/** An HTTP answer as text; `headers` are added to, and win over, its Content-Length. */
export function reply(status: string, body: string, headers: readonly string[] = []): string {
  const length = headers.some((line) => /^(content-length|transfer-encoding):/i.test(line))
    ? []
    : [`Content-Length: ${Buffer.byteLength(body)}`];
  return `${[`HTTP/1.1 ${status}`, ...headers, ...length].join('\r\n')}\r\n\r\n${body}`;
}

/** A body as bytes in an answer that says 200. */
export function ok(body: string | Uint8Array, headers: readonly string[] = []): Uint8Array {
  const head = reply('200 OK', '', [`Content-Length: ${Buffer.byteLength(body)}`, ...headers]);
  return Buffer.concat([Buffer.from(head), Buffer.from(body)]);
}

const succeeded = ok('{"Status":2,"RequestId":"healthy"}', ['Content-Type: application/json']);

function act(socket: Socket, play: Play): void {
  if (typeof play === 'function') play(socket);
  else if (play === succeeded) socket.write(play);
  else socket.end(play);
}
