import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, request, type Server } from 'node:http';
import { createServer as createTlsHttpServer } from 'node:https';
import { type AddressInfo, connect, createServer as createTcpServer, type Socket } from 'node:net';
import { after } from 'node:test';
import { fileURLToPath } from 'node:url';

/** A file of test/fixtures/tls; `make.sh` there tells how they are made. */
export const tlsFile = (name: string) => fileURLToPath(new URL(`../fixtures/tls/${name}`, import.meta.url));

/** The private authority that signed the certificates below. */
export const caFile = tlsFile('ca.pem');

export type Certificate = 'server' | 'expired' | 'other' | 'below';

/** https in front of an http origin (or of a fixed answer), with one of the certificates; its port on 127.0.0.1. */
export async function tlsServer(
  origin?: string,
  certificate: Certificate = 'server',
  onRequest: (incoming: IncomingMessage) => void = () => {},
): Promise<number> {
  const server = createTlsHttpServer({ ...pair(certificate) }, (incoming, outgoing) => {
    onRequest(incoming);
    if (origin === undefined) {
      outgoing.end('{"Status":2,"RequestId":"R"}');
      return;
    }
    const { method, url = '/', headers } = incoming;
    const onward = request(`${origin}${url}`, { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 0, answer.headers);
      answer.pipe(outgoing);
    });
    incoming.pipe(onward).on('error', () => outgoing.destroy());
  });
  return listen(server);
}

export interface ProxyOptions {
  /** The only value of Proxy-Authorization that is let in. */
  readonly authorization?: string;
  /** Where every tunnel and every forwarded request ends, on 127.0.0.1, whatever host it asks for. */
  readonly port: number;
  /** Answers to CONNECT (and to forwarded requests) instead of doing its work. */
  readonly refusal?: string | (() => string | undefined);
  /** Sent before the consent to CONNECT. */
  readonly interim?: string;
  /** The proxy itself speaks TLS. */
  readonly certificate?: Certificate;
}

/** A real proxy, with CONNECT for https and forwarding for http; `seen` has every request's first line and its authorization. */
export async function proxyServer(options: ProxyOptions) {
  const seen: { readonly line: string; readonly authorization: string | undefined }[] = [];
  const sockets = new Set<Socket>();
  const server = options.certificate ? createTlsHttpServer(pair(options.certificate)) : createServer();
  const look = ({ method, url, headers }: IncomingMessage): string | undefined => {
    const authorization = headers['proxy-authorization'];
    seen.push({ line: `${method} ${url?.split('?')[0]}`, authorization });
    if (options.authorization !== undefined && authorization !== options.authorization) {
      return 'HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n';
    }
    return typeof options.refusal === 'function' ? options.refusal() : options.refusal;
  };
  server.on('connect', (incoming: IncomingMessage, client: Socket, head: Buffer) => {
    const refusal = look(incoming);
    if (refusal !== undefined) return void client.end(refusal);
    const target = connect(options.port, '127.0.0.1', () => {
      client.write(`${options.interim ?? ''}HTTP/1.1 200 Connection established\r\n\r\n`);
      target.write(head);
      client.pipe(target).pipe(client);
    });
    for (const socket of [client, target]) {
      sockets.add(socket.on('error', () => {}));
    }
  });
  server.on('request', (incoming: IncomingMessage, outgoing) => {
    const refusal = look(incoming);
    if (refusal !== undefined) return void outgoing.socket?.end(refusal);
    const { method, headers, url = '' } = incoming;
    const { pathname, search } = new URL(url);
    const onward = request({ port: options.port, host: '127.0.0.1', path: pathname + search, method, headers });
    incoming.pipe(onward).on('response', (answer) => {
      outgoing.writeHead(answer.statusCode ?? 0, answer.headers);
      answer.pipe(outgoing);
    });
  });
  const port = await listen(server);
  after(() => {
    for (const socket of sockets) socket.destroy();
  });
  return { port, host: `127.0.0.1:${port}`, seen };
}

/** Speaks bytes of its own to whoever connects. */
export function rawServer(reply: string): Promise<number> {
  return listen(createTcpServer((socket) => void socket.on('error', () => {}).end(reply)));
}

/** Takes connections and never says a word. */
export function silentServer(onData: () => void = () => {}): Promise<number> {
  const sockets = new Set<Socket>();
  after(() => {
    for (const socket of sockets) socket.destroy();
  });
  return listen(createTcpServer((socket) => void sockets.add(socket.on('error', () => {}).on('data', onData))));
}

function pair(certificate: Certificate) {
  return { key: readFileSync(tlsFile('server.key')), cert: readFileSync(tlsFile(`${certificate}.pem`)) };
}

async function listen(server: Server | ReturnType<typeof createTcpServer>): Promise<number> {
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  after(() => {
    server.close();
    if ('closeAllConnections' in server) server.closeAllConnections();
  });
  return (server.address() as AddressInfo).port;
}
