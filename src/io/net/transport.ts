import type { Agent, Dispatcher } from 'undici';
import type { Environment } from '../../core/config/settings.ts';
import {
  type HttpRequest,
  type HttpResponse,
  MAX_IN_FLIGHT,
  type NetworkEvent,
  type Transport,
} from '../../core/rpc/transport.ts';
import type { Text } from '../../errors.ts';
import type { Redactor } from '../../text/redactor.ts';
import { Connector } from './connector.ts';
import { Exchange } from './http-exchange.ts';
import { type ProxyServer, type Route, routeTo } from './proxy-rules.ts';

export interface TransportOptions {
  /** A PEM file with certificate authorities to trust besides the system's. */
  readonly caFile: string | undefined;
  /** Where the proxy variables and NODE_EXTRA_CA_CERTS are. */
  readonly env: Environment;
  /** Milliseconds that only ever grow. */
  readonly now: () => number;
  /** Gets every step of every request; nobody is told if left away. */
  readonly observe?: ((event: NetworkEvent) => void) | undefined;
  /** Gets what a proxy is logged in with, which it might quote. */
  readonly redactor?: Redactor | undefined;
}

/** The transport over undici, its only importer. Throws a usage error when the CA file cannot be read. */
export async function createTransport({ caFile, env, now, observe }: TransportOptions): Promise<Transport> {
  const { Agent } = await import('undici');
  const secureContext = caFile === undefined ? undefined : (await import('./certificates.ts')).trusting(caFile, env);
  const connector = new Connector({ secureContext, now, observe });
  const wayTo = wayFinder(env, observe);
  /** By proxy, since a connection through one is no other's. */
  let agents = new Map<string, Agent>();
  const agentFor = (tunnel: ProxyServer | undefined): Agent => {
    const key = tunnel?.origin ?? '';
    const agent = agents.get(key) ?? newAgent(Agent, connector, tunnel);
    agents.set(key, agent);
    return agent;
  };

  return {
    async send(request) {
      const way = wayTo(originOf(request.url), request.direct === true);
      const start = now();
      const onHead = (status: number) =>
        observe?.({ step: 'answer', detail: (m) => m.check.network.answered(status, way.host), ms: now() - start });
      const exchange = new Exchange(request, way.where, onHead);
      if (!exchange.isOver) agentFor(way.tunnel).dispatch(dispatchOptions(request, way), exchange);
      const response = await exchange.answer;
      if (way.forwarder) await refuseProxyAnswer(way.forwarder, response);
      return response;
    },
    renew() {
      for (const agent of agents.values()) void agent.close().catch(() => {});
      agents = new Map();
    },
    // undici keeps no process alive for idle connections; ending them would take a thirtieth of a run.
    close: () => connector.abandon(),
  };
}

// --- internal ---

/** How to get to an origin. */
interface Way {
  readonly origin: string;
  readonly host: string;
  /** The host, and the proxy on the way, as errors name them. */
  readonly where: string;
  /** A proxy that https goes through; http is handed to one that forwards it. */
  readonly tunnel: ProxyServer | undefined;
  readonly forwarder: ProxyServer | undefined;
}

/** The URLs that mmai makes have a path; parsing each again would take a tenth of a request. */
function originOf(url: string): string {
  return url.slice(0, url.indexOf('/', 'https://'.length));
}

/** Decides the way to each origin once, and tells it. */
function wayFinder(env: Environment, observe: TransportOptions['observe']): (origin: string, direct: boolean) => Way {
  const ways = { direct: new Map<string, Way>(), routed: new Map<string, Way>() };
  return (origin, direct) => {
    const known = ways[direct ? 'direct' : 'routed'];
    const way = known.get(origin) ?? decideWay(origin, direct, env, observe);
    known.set(origin, way);
    return way;
  };
}

function decideWay(origin: string, direct: boolean, env: Environment, observe: TransportOptions['observe']): Way {
  const url = new URL(origin);
  const { proxy, why }: Route = direct ? { proxy: undefined, why: (m) => m.check.network.direct } : routeTo(url, env);
  const { host } = url;
  const detail: Text = (m) => m.check.network.way(host, proxy?.host, why(m));
  observe?.({ step: 'proxy', detail, ms: 0, proxy: proxy?.host });
  const isSecure = url.protocol === 'https:';
  return {
    origin,
    host,
    where: proxy ? `${host} through proxy ${proxy.host}` : host,
    tunnel: isSecure ? proxy : undefined,
    forwarder: isSecure ? undefined : proxy,
  };
}

function newAgent(AgentOfUndici: typeof Agent, connector: Connector, tunnel: ProxyServer | undefined): Agent {
  return new AgentOfUndici({
    connections: MAX_IN_FLIGHT,
    pipelining: 1,
    connect({ protocol, hostname, port }, callback) {
      const isSecure = protocol === 'https:';
      const target = { isSecure, host: hostname, port: Number(port) || (isSecure ? 443 : 80) };
      connector.open(target, tunnel).then(
        (socket) => callback(null, socket),
        (error) => callback(error, null),
      );
    },
  });
}

/** A proxy that forwards gets the whole URL as the path (RFC 9112 §3.2.2). */
function dispatchOptions({ method, url, headers, body }: HttpRequest, way: Way): Dispatcher.DispatchOptions {
  const { origin, host, forwarder } = way;
  // Written out: what an object made by spreading holds is left to V8's slow collection, 1 KB and a fifth of the CPU a request.
  const request: Dispatcher.DispatchOptions = {
    origin,
    path: url.slice(origin.length),
    method,
    headers,
    body: body ?? null,
    headersTimeout: 0,
    bodyTimeout: 0,
  };
  if (!forwarder) return request;
  const { authorization } = forwarder;
  const forwarded = { ...headers, host, ...(authorization && { 'proxy-authorization': authorization }) };
  return { ...request, origin: forwarder.origin, path: url, headers: forwarded };
}

/** The service answers in JSON or XML: a web page of an error is the proxy's own, as is the wish for a password. */
async function refuseProxyAnswer(proxy: ProxyServer, { status, headers }: HttpResponse): Promise<void> {
  const type = headers['content-type'];
  if (status !== 407 && !(status >= 400 && /html/i.test(type ?? ''))) return;
  const { proxyRefusal } = await import('./tunnel.ts');
  throw proxyRefusal(proxy, status, 'to the request', type);
}
