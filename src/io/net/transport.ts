import type { LookupFunction } from 'node:net';
import type { SecureContext } from 'node:tls';
import type { Agent, Dispatcher } from 'undici';
import type { Environment } from '../../core/config/settings.ts';
import { addressOf, originOf } from '../../core/origin.ts';
import {
  type HttpRequest,
  type HttpResponse,
  MAX_IN_FLIGHT,
  type NetworkError,
  type NetworkEvent,
  type Transport,
} from '../../core/rpc/transport.ts';
import { type Subject, type Text, usageError } from '../../errors.ts';
import type { Redactor } from '../../text/redactor.ts';
import { type Connector, createConnector } from './connector.ts';
import { checkExtraCertificates } from './extra-certificates.ts';
import { Exchange, type ExchangeContext, markErrorsOfReused, tolerateContinue } from './http-exchange.ts';
import type { Peer } from './opening.ts';
import { chooseProxy, type ProxyChoice, type ProxyServer, proxyPeer } from './proxy-rules.ts';

export interface TransportOptions {
  /** A PEM file with certificate authorities to trust besides the system's. */
  readonly caFile: string | undefined;
  /** What an error of that file names: the flag, variable or profile. */
  readonly caFileFrom?: Subject | undefined;
  /** Where the proxy variables and NODE_EXTRA_CA_CERTS are. */
  readonly env: Environment;
  /** Milliseconds that only ever grow. */
  readonly now: () => number;
  /** Gets every step of every request. */
  readonly observe?: ((event: NetworkEvent) => void) | undefined;
  /** Gets what a proxy is logged in with, which it might quote. */
  readonly redactor?: Redactor | undefined;
  /** Ends the reading of the CA file, which may be a pipe. */
  readonly signal?: AbortSignal | undefined;
  /** Resolves host names; the system's lookup if left away. */
  readonly lookup?: LookupFunction;
}

/** The transport over undici, its only importer. Throws a usage error when the CA file cannot be read, or undici's parser not run. */
export async function createTransport(options: TransportOptions): Promise<Transport> {
  const { now, observe, lookup } = options;
  const { Agent } = await loadUndici(options);
  const secureContext = await trustedContext(options);
  const opening = { secureContext, now, observe, lookup, requestMs: Number.POSITIVE_INFINITY };
  const connector = createConnector(opening);
  const findRoute = routeFinder(options, connector);
  /** By route: a connection to or through a proxy is no other's. */
  const agents = new Map<Route, Agent>();
  const agentFor = (route: Route): Agent => {
    const agent = agents.get(route) ?? newAgent(Agent, connector, route);
    agents.set(route, agent);
    return agent;
  };

  async function send(request: HttpRequest): Promise<HttpResponse> {
    const route = findRoute(originOf(request.url), request.direct === true);
    const exchange = new Exchange(request, route, observe && responseObserver(observe, now, route));
    opening.requestMs = request.timeoutMs;
    if (!exchange.isOver) agentFor(route).dispatch(dispatchOptions(request, route), exchange);
    const sentAt = now();
    const response = await exchange.response.catch((error: NetworkError) => {
      if (error.kind === 'Timeout') connector.closeOlder(route.peer, sentAt);
      throw error;
    });
    if (route.forwarder) await refuseProxyResponse(route.forwarder, response);
    return response;
  }

  return {
    send,
    renew() {
      for (const agent of agents.values()) void agent.close().catch(() => {});
      agents.clear();
    },
    // undici keeps no process alive for idle connections; ending them would take a thirtieth of a run.
    close: () => connector.close(),
  };
}

// --- internal ---

/** Throws a usage error where its parser cannot run, or Node could not read the certificates that it reads meanwhile. */
async function loadUndici({ env, signal }: TransportOptions): Promise<typeof import('undici')> {
  if (!('WebAssembly' in globalThis)) {
    throw usageError(
      (m) => m.network.noWebAssembly,
      (m) => m.network.noWebAssemblyHint,
    );
  }
  if (env.NODE_EXTRA_CA_CERTS) await checkExtraCertificates(env.NODE_EXTRA_CA_CERTS, signal);
  return import('undici');
}

/** Undefined without a CA file: what Node trusts then counts. */
async function trustedContext(options: TransportOptions): Promise<SecureContext | undefined> {
  const { caFile, caFileFrom = '--ca-file', env, signal } = options;
  if (caFile === undefined) return undefined;
  const { contextTrusting } = await import('./certificates.ts');
  return contextTrusting({ path: caFile, from: caFileFrom }, env, signal);
}

/** How to get to an origin. */
interface Route extends ExchangeContext {
  readonly origin: string;
  readonly host: string;
  /** What is connected to: the host, or the proxy that forwards. */
  readonly peer: Peer;
  /** A proxy that https goes through; http is handed to one that forwards it. */
  readonly tunnel: ProxyServer | undefined;
  readonly forwarder: ProxyServer | undefined;
}

/** Hears when a response begins, and reports how long that took from now. */
function responseObserver(
  observe: NonNullable<TransportOptions['observe']>,
  now: () => number,
  { host }: Route,
): (status: number) => void {
  const start = now();
  return (status) =>
    observe({ step: 'answer', detail: (m) => m.network.steps.answered(status, host), ms: now() - start });
}

type RouteFinder = (origin: string, direct: boolean) => Route;

/** Chooses the route to each origin once, and reports it. */
function routeFinder({ env, observe, redactor }: TransportOptions, connector: Connector): RouteFinder {
  const known = { direct: new Map<string, Route>(), routed: new Map<string, Route>() };
  return (origin, direct) => {
    const routes = known[direct ? 'direct' : 'routed'];
    const found = routes.get(origin);
    if (found) return found;
    const url = new URL(origin);
    const { proxy, why }: ProxyChoice = direct
      ? { proxy: undefined, why: (m) => m.network.steps.direct }
      : chooseProxy(url, env);
    for (const secret of proxy?.secrets ?? []) redactor?.add(secret);
    observe?.({
      step: 'proxy',
      ms: 0,
      proxy: proxy?.host,
      detail: (m) => m.network.steps.route(url.host, proxy?.host, why(m)),
    });
    const route = createRoute(url, proxy, connector);
    routes.set(origin, route);
    return route;
  };
}

function createRoute(url: URL, proxy: ProxyServer | undefined, connector: Connector): Route {
  const { origin, host } = url;
  const name: Text = (m) => (proxy ? m.network.through(host, proxyPeer(proxy).name(m)) : host);
  const own: Peer = { ...addressOf(url), isProxy: false, name };
  const { isSecure } = own;
  const forwarder = isSecure ? undefined : proxy;
  const peer = forwarder ? proxyPeer(forwarder) : own;
  const stepTowards = () => connector.stepTowards(peer);
  return { origin, host, name, peer, tunnel: isSecure ? proxy : undefined, forwarder, stepTowards };
}

function newAgent(AgentOfUndici: typeof Agent, connector: Connector, { peer, tunnel }: Route): Agent {
  return new AgentOfUndici({
    connections: MAX_IN_FLIGHT,
    pipelining: 1,
    connect(_, callback) {
      connector.open(peer, tunnel).then(
        (socket) => callback(null, markErrorsOfReused(tolerateContinue(socket))),
        (error) => callback(error, null),
      );
    },
  });
}

/** A proxy that forwards gets the whole URL as the path (RFC 9112 §3.2.2). */
function dispatchOptions({ method, url, headers, body }: HttpRequest, route: Route): Dispatcher.DispatchOptions {
  const { origin, host, forwarder } = route;
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

/** The service responds in JSON or XML: an error as a web page is the proxy's own, and so is a 407. Throws for these. */
async function refuseProxyResponse(proxy: ProxyServer, response: HttpResponse): Promise<void> {
  const { status, headers } = response;
  if (status !== 407 && !(status >= 400 && /html/i.test(headers['content-type'] ?? ''))) return;
  const { proxyRefusal } = await import('./tunnel.ts');
  throw proxyRefusal(proxy, response, (m) => m.network.toRequest);
}
