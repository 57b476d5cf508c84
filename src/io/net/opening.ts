import { connect, isIP, type LookupFunction, type Socket } from 'node:net';
import type { ConnectionOptions, SecureContext, TLSSocket } from 'node:tls';
import type { NetworkError, NetworkEvent, NetworkStep } from '../../core/rpc/transport.ts';
import type { Text } from '../../errors.ts';
import { afterRunning } from '../running-timer.ts';
import { networkError, throwAsProxyError, timeoutError } from './network-errors.ts';

/** Each step of opening a connection takes longer than this only where no host responds. In ms. */
const STEP_TIMEOUT_MS = 10_000;

/** How long one of several addresses is tried before the next, at most, in ms. Node's own 250 ms is shorter than a far round trip. */
const ADDRESS_TIMEOUT_MS = 2000;

/** The other end of a connection. */
export interface Peer {
  readonly isSecure: boolean;
  /** A name or an address; IPv6 without brackets. */
  readonly host: string;
  readonly port: number;
  readonly isProxy: boolean;
  /** As errors name it. */
  readonly name: Text;
}

export type OpeningStep = Exclude<NetworkStep, 'proxy' | 'answer'>;

/** What connections are made with, and what observes it. */
export interface OpeningOptions {
  /** Undefined: Node's own authorities and those of NODE_EXTRA_CA_CERTS. */
  readonly secureContext: SecureContext | undefined;
  /** Milliseconds that only ever grow. */
  readonly now: () => number;
  readonly observe: ((event: NetworkEvent) => void) | undefined;
  /** What the latest request may take, in ms: one address gets half of it at most, so that the next is tried as well. */
  requestMs: number;
  /** Undefined: the system's. */
  readonly lookup?: LookupFunction | undefined;
}

/** A connection being opened, step by step. */
export class Opening {
  readonly peer: Peer;
  step: OpeningStep = 'tcp';
  readonly startedAt: number;
  readonly #options: OpeningOptions;
  readonly #sessions: Map<string, Buffer>;
  #socket: Socket | undefined;
  #closed: NetworkError | undefined;

  constructor(peer: Peer, options: OpeningOptions, sessions: Map<string, Buffer>) {
    this.peer = peer;
    this.startedAt = options.now();
    this.#options = options;
    this.#sessions = sessions;
  }

  close(error: NetworkError): void {
    this.#closed = error;
    this.#socket?.destroy(error);
  }

  async tcp({ host, port, isProxy, name }: Peer): Promise<Socket> {
    // It may have waited for others before this first step; later ones are over the socket that was destroyed.
    if (this.#closed) throw this.#closed;
    const isNamed = isIP(host) === 0;
    let report = this.start(isNamed ? 'dns' : 'tcp');
    const { lookup, requestMs } = this.#options;
    const addressMs = Math.max(1, Math.min(ADDRESS_TIMEOUT_MS, Math.ceil(requestMs / 2)));
    const socket = connect({
      host,
      port,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: 60_000,
      // Said, since people turn it off for all of Node, whose own timeout is too short for a distant host.
      ...{ autoSelectFamily: true, autoSelectFamilyAttemptTimeout: addressMs },
      ...(lookup && { lookup }),
    });
    socket.once('lookup', (error, address) => {
      if (error) return;
      report((m) => m.network.steps.name(host, String(address)));
      report = this.start('tcp');
    });
    const connected = this.within(socket, name, event(socket, 'connect'));
    await (isProxy ? connected.catch(throwAsProxyError) : connected);
    const { remoteAddress = '', remotePort = port } = socket;
    report((m) => m.network.steps.connected(remoteAddress, remotePort));
    return socket;
  }

  async tls(socket: Socket, { host, port, isProxy, name }: Peer): Promise<TLSSocket> {
    const report = this.start(isProxy ? 'proxyTls' : 'tls');
    const { secureContext } = this.#options;
    const key = `${host}:${port}`;
    const session = this.#sessions.get(key);
    const secured = connectVerified({
      socket,
      host,
      servername: isIP(host) ? '' : host,
      ALPNProtocols: ['http/1.1'],
      ...(secureContext && { secureContext }),
      ...(session && { session }),
    });
    secured.on('session', (fresh) => this.#sessions.set(key, fresh));
    await this.within(secured, name, event(secured, 'secureConnect'));
    const protocol = secured.getProtocol() ?? 'TLS';
    const isResumed = secured.isSessionReused();
    report((m) => m.network.steps.secured(protocol, host, isResumed));
    return secured;
  }

  /** Begins a step; the function it returns reports that the step has ended well. */
  start(step: OpeningStep): (detail: Text) => void {
    const { now, observe } = this.#options;
    const start = now();
    this.step = step;
    return (detail) => observe?.({ step, detail, ms: now() - start });
  }

  /** Waits for a step's work: bounds it in time, and rejects with a NetworkError when the socket breaks. */
  within<T>(socket: Socket, name: Text, work: Promise<T>): Promise<T> {
    this.#socket = socket;
    const expire = () => socket.destroy(timeoutError(name, STEP_TIMEOUT_MS, this.step));
    const cancelLimit = afterRunning(STEP_TIMEOUT_MS, expire);
    const broken = new Promise<never>((_, reject) => {
      // Stays: an error before undici takes over the socket must not be an uncaught one; undici then sees it closed.
      socket.on('error', (error) => reject(networkError(error, name)));
    });
    return Promise.race([work, broken]).finally(cancelLimit);
  }
}

// --- internal ---

/** NODE_TLS_REJECT_UNAUTHORIZED=0 changes a default; where Node sees it, it also warns that nothing is verified. */
function connectVerified(options: ConnectionOptions): TLSSocket {
  const { env } = process;
  const { NODE_TLS_REJECT_UNAUTHORIZED: setting } = env;
  if (setting === '0') env.NODE_TLS_REJECT_UNAUTHORIZED = '';
  try {
    // Not imported above: node:tls takes as long as a whole request over plain http. Not awaited: the socket is open by now.
    return process.getBuiltinModule('node:tls').connect({ ...options, rejectUnauthorized: true });
  } finally {
    if (setting === '0') env.NODE_TLS_REJECT_UNAUTHORIZED = setting;
  }
}

function event(socket: Socket, name: 'connect' | 'secureConnect'): Promise<void> {
  return new Promise((resolve) => socket.once(name, () => resolve()));
}
