import type { Socket } from 'node:net';
import { abortedError } from '../../core/rpc/transport.ts';
import { timeoutError } from './network-errors.ts';
import { Opening, type OpeningOptions, type OpeningStep, type Peer } from './opening.ts';
import type { ProxyServer } from './proxy-rules.ts';

/**
 * Opens connections and reports how long each step took. undici's own connector does not report that, nor does it close a
 * connection that is still being opened, which would keep the process for seconds after its result.
 */
export interface Connector {
  /** A connection to the peer, through the proxy if there is one. Rejects with a NetworkError that names them. */
  open(peer: Peer, proxy: ProxyServer | undefined): Promise<Socket>;
  /** The step at which a connection to the peer is being opened; undefined if none is. */
  stepTowards(peer: Peer): OpeningStep | undefined;
  /** Ends the openings to the peer that began by `since`: a request sent then has timed out, and the next would wait for them. */
  closeOlder(peer: Peer, since: number): void;
  /** Ends what is being opened. */
  close(): void;
}

export function createConnector(options: OpeningOptions): Connector {
  const openings = new Set<Opening>();
  /** By host: a session spares the next connection half of the TLS handshake. */
  const sessions = new Map<string, Buffer>();
  return {
    async open(peer, proxy) {
      const opening = new Opening(peer, options, sessions);
      openings.add(opening);
      try {
        const socket = proxy
          ? await (await import('./tunnel.ts')).openTunnel(peer, proxy, opening)
          : await opening.tcp(peer);
        return peer.isSecure ? await opening.tls(socket, peer) : socket;
      } finally {
        openings.delete(opening);
      }
    },
    stepTowards: (peer) => [...openings].find((opening) => opening.peer === peer)?.step,
    closeOlder(peer, since) {
      for (const opening of openings) {
        const { startedAt, step } = opening;
        if (opening.peer !== peer || startedAt > since) continue;
        opening.close(timeoutError(peer.name, options.now() - startedAt, step));
      }
    },
    close() {
      for (const opening of openings) opening.close(abortedError());
    },
  };
}
