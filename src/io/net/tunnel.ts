import { type IncomingMessage, request } from 'node:http';
import type { Socket } from 'node:net';
import { NetworkError, type NetworkFailure } from '../../core/rpc/transport.ts';
import type { Text } from '../../errors.ts';
import { networkError } from './network-errors.ts';
import type { Opening, Peer } from './opening.ts';
import { type ProxyServer, proxyPeer } from './proxy-rules.ts';

/** What is known of a proxy's login. */
interface Login {
  /** Resolves when the opening that tries it first has ended. */
  tried?: Promise<unknown> | undefined;
  refusal?: NetworkError | undefined;
}

const logins = new WeakMap<ProxyServer, Login>();
/** How long a login that was refused is not tried again, in ms. */
const REFUSED_MS = 60_000;

/**
 * Opens a connection to the peer through the proxy, by HTTP's CONNECT. Rejects with a {@link NetworkError} that names the
 * proxy, never its password. A login is tried by one opening first, and not again once it is refused: a wrong password that is sent
 * for each of a hundred tasks locks accounts.
 */
export async function openTunnel(peer: Peer, proxy: ProxyServer, opening: Opening): Promise<Socket> {
  if (proxy.authorization === undefined) return connectTunnel(peer, proxy, opening);
  const login = logins.get(proxy) ?? {};
  logins.set(proxy, login);
  // Only where there is one: while this one waited for nothing, another could begin.
  if (login.tried) await login.tried;
  if (login.refusal) throw login.refusal;
  const connected = connectTunnel(peer, proxy, opening);
  const noteRefusal = (error: NetworkError) => {
    if (error.kind !== 'ProxyAuthentication') return;
    login.refusal = error;
    setTimeout(() => logins.delete(proxy), REFUSED_MS).unref();
  };
  const noted = connected.catch(noteRefusal);
  login.tried ??= noted;
  return connected;
}

/** What the head of a proxy's own response says. */
interface ProxyResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** The error for a proxy's own response to a request or to CONNECT; `saying` is put after its status. */
export function proxyRefusal(proxy: ProxyServer, { status, headers }: ProxyResponse, saying: Text): NetworkError {
  const isPage = /html/i.test(String(headers['content-type']));
  // Schemes only, not their parameters: those may be anything.
  const offered = [...String(headers['proxy-authenticate'] ?? '').matchAll(/(?:^|,)\s*([A-Za-z][\w-]*)(?=\s|,|$)/g)];
  const schemes = [...new Set(offered.map(([, scheme]) => scheme))].slice(0, 5).join(', ');
  const isOther = status === 407 && schemes !== '' && !/\bBasic\b/i.test(schemes);
  const isRefused = isAuthentication(status) && !isOther && proxy.authorization !== undefined;
  const { name } = proxyPeer(proxy);
  const end: Text = ({ network }) => {
    if (isOther) return network.schemes(schemes);
    if (isRefused) return network.credentialsRefused;
    return isPage ? network.webPage : '';
  };
  const text: Text = (m) => m.network.proxyAnswered(name(m), status, saying(m)) + end(m);
  return new NetworkError(isOther ? 'ProxyScheme' : kindOf(status), text);
}

// --- internal ---

async function connectTunnel(peer: Peer, proxy: ProxyServer, opening: Opening): Promise<Socket> {
  const end = proxyPeer(proxy);
  const plain = await opening.tcp(end);
  const socket = end.isSecure ? await opening.tls(plain, end) : plain;
  const report = opening.start('tunnel');
  const status = await opening.within(socket, end.name, requestTunnel(socket, peer, proxy));
  report((m) => m.network.steps.tunnel(status, proxy.host));
  return socket;
}

/** More interim responses than this are no use to anybody, and each takes memory until the last. */
const MAX_INTERIM = 100;

/** Resolves with the status of the proxy's consent, before which `interim` responses (1xx) came. */
function requestTunnel(socket: Socket, peer: Peer, proxy: ProxyServer, interim = 0): Promise<number> {
  const { host, port } = peer;
  const authority = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  const { authorization } = proxy;
  return new Promise((resolve, reject) => {
    const connecting = request({
      method: 'CONNECT',
      path: authority,
      headers: { host: authority, ...(authorization && { 'proxy-authorization': authorization }) },
      createConnection: () => socket,
    });
    connecting.on('connect', (response, _, head) => {
      const status = response.statusCode ?? 0;
      // Node takes the first response for the last. A request that is not ended sends nothing, but reads what comes next.
      if (status >= 100 && status < 200 && status !== 101 && interim < MAX_INTERIM) {
        socket.unshift(head);
        return resolve(requestTunnel(socket, peer, proxy, interim + 1));
      }
      if (status >= 200 && status < 300 && head.byteLength === 0) return resolve(status);
      socket.destroy();
      reject(refusal(response, authority, proxy));
    });
    connecting.on('error', (error) => {
      const { text } = networkError(error, proxyPeer(proxy).name);
      reject(new NetworkError('Proxy', text, error));
    });
    if (interim === 0) connecting.end();
  });
}

function refusal(response: IncomingMessage, authority: string, proxy: ProxyServer): NetworkError {
  const { statusCode: status = 0, statusMessage = '', headers } = response;
  return proxyRefusal(proxy, { status, headers }, (m) => m.network.toConnect(statusMessage, authority));
}

/** 401 is what some proxies say for 407. */
function isAuthentication(status: number): boolean {
  return status === 401 || status === 407;
}

/** A proxy that is busy or cannot reach the host may do so later; what it does not allow, it will not. */
function kindOf(status: number): NetworkFailure {
  if (isAuthentication(status)) return 'ProxyAuthentication';
  const mayPass = status === 408 || status === 425 || status === 429;
  return status >= 400 && status < 500 && !mayPass ? 'ProxyRefused' : 'Proxy';
}
