import { type IncomingMessage, request } from 'node:http';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { NetworkError, type NetworkFailure, type NetworkStep } from '../../core/rpc/transport.ts';
import type { Text } from '../../errors.ts';
import type { ProxyServer } from './proxy-rules.ts';

/** The other end of a connection. */
export interface Target {
  readonly isSecure: boolean;
  /** A name or an address; IPv6 without brackets. */
  readonly host: string;
  readonly port: number;
}

/** The steps a connection is made of, which a tunnel puts together anew; `where` names the other end in errors. */
export interface Steps {
  tcp(target: Target, where: string): Promise<Socket>;
  tls(socket: Socket, target: Target, step: 'tls' | 'proxyTls', where: string): Promise<TLSSocket>;
  /** Bounds a part of the opening in time, ends it when connections are abandoned, and names what breaks the socket. */
  guard<T>(socket: Socket, where: string, work: Promise<T>): Promise<T>;
  /** Starts a step; the function it returns tells that the step has ended well. */
  tell(step: NetworkStep): (detail: Text) => void;
}

/**
 * Opens a connection to the target through the proxy, by HTTP's CONNECT. Rejects with a {@link NetworkError} that names the
 * proxy, never its password.
 */
export async function openTunnel(
  target: Target,
  proxy: ProxyServer,
  { tcp, tls, guard, tell }: Steps,
): Promise<Socket> {
  const { protocol, hostname } = new URL(proxy.origin);
  const [, port] = /:(\d+)$/.exec(proxy.host) ?? [];
  const end = { isSecure: protocol === 'https:', host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) };
  const where = `proxy ${proxy.host}`;
  const plain = await tcp(end, where).catch((error: NetworkError) => {
    // What is wrong is the way, not the host: another explanation than that of a host refusing.
    throw new NetworkError('Proxy', error.message, error);
  });
  const socket = end.isSecure ? await tls(plain, end, 'proxyTls', where) : plain;
  const tellTunnel = tell('tunnel');
  const status = await guard(socket, where, askForTunnel(socket, target, proxy));
  tellTunnel((m) => m.check.network.tunnel(status, proxy.host));
  return socket;
}

// --- internal ---

/** Resolves with the status of the proxy's consent. */
function askForTunnel(socket: Socket, target: Target, proxy: ProxyServer): Promise<number> {
  const host = target.host.includes(':') ? `[${target.host}]` : target.host;
  const authority = `${host}:${target.port}`;
  const { authorization } = proxy;
  return new Promise((resolve, reject) => {
    const asked = request({
      method: 'CONNECT',
      path: authority,
      headers: { host: authority, ...(authorization && { 'proxy-authorization': authorization }) },
      createConnection: () => socket,
    });
    asked.on('connect', (response, _, head) => {
      const status = response.statusCode ?? 0;
      if (status >= 200 && status < 300 && head.byteLength === 0) return resolve(status);
      socket.destroy();
      reject(refusal(response, authority, proxy));
    });
    asked.on('error', (error) => reject(new NetworkError('Proxy', `proxy ${proxy.host}: ${error.message}`, error)));
    asked.end();
  });
}

function refusal(response: IncomingMessage, authority: string, proxy: ProxyServer): NetworkError {
  const { statusCode = 0, statusMessage = '', headers } = response;
  return proxyRefusal(proxy, statusCode, `${statusMessage} to CONNECT ${authority}`, headers['content-type']);
}

/** The error for a proxy's own answer to a request or to CONNECT; `saying` is put after its status. */
export function proxyRefusal(
  proxy: ProxyServer,
  status: number,
  saying: string,
  contentType: string | undefined,
): NetworkError {
  const page = /html/i.test(contentType ?? '') ? ', with a web page' : '';
  const given = proxy.authorization ? '; it does not accept the user name and password' : '';
  const detail = status === 407 ? given : page;
  return new NetworkError(kindOf(status), `proxy ${proxy.host} answered HTTP ${status} ${saying}${detail}`);
}

function kindOf(status: number): NetworkFailure {
  if (status === 407) return 'ProxyAuthentication';
  return status >= 400 && status < 500 ? 'ProxyRefused' : 'Proxy';
}
