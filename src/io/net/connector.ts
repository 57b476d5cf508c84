import { connect, isIP, type Socket } from 'node:net';
import type { SecureContext } from 'node:tls';
import { NetworkError, type NetworkEvent } from '../../core/rpc/transport.ts';
import { networkError } from './network-errors.ts';
import type { ProxyServer } from './proxy-rules.ts';
import type { Steps, Target } from './tunnel.ts';

/** A connection takes longer than this only when nobody is there. In ms. */
const CONNECT_TIMEOUT_MS = 10_000;

/** What connections are made with, and who hears of it. */
export interface ConnectorOptions {
  /** Undefined: Node's own authorities and those of NODE_EXTRA_CA_CERTS. */
  readonly secureContext: SecureContext | undefined;
  /** Milliseconds that only ever grow. */
  readonly now: () => number;
  readonly observe: ((event: NetworkEvent) => void) | undefined;
}

/**
 * Opens connections and tells how long each part took. undici's own connector does neither tell that nor let go of a
 * connection that is still being opened, which would keep the process for seconds after the answer to the user.
 */
export class Connector implements Steps {
  readonly #options: ConnectorOptions;
  readonly #opening = new Set<Socket>();
  /** A session by host spares the next connection half of the TLS handshake. */
  readonly #sessions = new Map<string, Buffer>();

  constructor(options: ConnectorOptions) {
    this.#options = options;
  }

  /** Rejects with a {@link NetworkError} that names the host, and the proxy if there is one. */
  async open(target: Target, proxy: ProxyServer | undefined): Promise<Socket> {
    const where = proxy ? `${target.host} through proxy ${proxy.host}` : target.host;
    const socket = proxy
      ? await (await import('./tunnel.ts')).openTunnel(target, proxy, this)
      : await this.tcp(target, where);
    return target.isSecure ? this.tls(socket, target, 'tls', where) : socket;
  }

  /** Ends what is being opened. */
  abandon(): void {
    for (const socket of this.#opening) socket.destroy(new NetworkError('Aborted', 'stopped'));
  }

  readonly tcp: Steps['tcp'] = async ({ host, port }, where) => {
    const tell = { dns: this.tell('dns'), tcp: this.tell('tcp') };
    const socket = connect({ host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: 60_000 });
    socket.once('lookup', (error, address) => {
      if (!error) tell.dns((m) => m.check.network.name(host, String(address)));
      tell.tcp = this.tell('tcp');
    });
    await this.guard(socket, where, arrived(socket, 'connect'));
    const { remoteAddress = '', remotePort = port } = socket;
    tell.tcp((m) => m.check.network.connected(remoteAddress, remotePort));
    return socket;
  };

  readonly tls: Steps['tls'] = async (socket, target, step, where) => {
    const tell = this.tell(step);
    const { secureContext } = this.#options;
    const key = `${target.host}:${target.port}`;
    const session = this.#sessions.get(key);
    // Not imported above: node:tls takes as long as a whole request over plain http. Not awaited: the socket is open by now.
    const secured = process.getBuiltinModule('node:tls').connect({
      socket,
      host: target.host,
      servername: isIP(target.host) ? '' : target.host,
      ALPNProtocols: ['http/1.1'],
      ...(secureContext && { secureContext }),
      ...(session && { session }),
    });
    secured.on('session', (fresh) => this.#sessions.set(key, fresh));
    await this.guard(secured, where, arrived(secured, 'secureConnect'));
    const [protocol, isResumed] = [secured.getProtocol() ?? 'TLS', secured.isSessionReused()];
    tell((m) => m.check.network.secured(protocol, target.host, isResumed));
    return secured;
  };

  readonly tell: Steps['tell'] = (step) => {
    const { now, observe } = this.#options;
    const start = now();
    return (detail) => observe?.({ step, detail, ms: now() - start });
  };

  readonly guard: Steps['guard'] = (socket, where, work) => {
    const giveUp = () =>
      socket.destroy(new NetworkError('Timeout', `${where}: no connection within ${CONNECT_TIMEOUT_MS} ms`));
    const timer = setTimeout(giveUp, CONNECT_TIMEOUT_MS);
    this.#opening.add(socket);
    const broken = new Promise<never>((_, reject) => {
      // Stays: an error before undici takes over the socket must not be an uncaught one; undici then sees it closed.
      socket.on('error', (error) => reject(networkError(error, where)));
      socket.once('close', () => reject(new NetworkError('ConnectionReset', `${where}: closed the connection`)));
    });
    return Promise.race([work, broken]).finally(() => {
      clearTimeout(timer);
      this.#opening.delete(socket);
    });
  };
}

function arrived(socket: Socket, event: 'connect' | 'secureConnect'): Promise<void> {
  return new Promise((resolve) => socket.once(event, () => resolve()));
}
