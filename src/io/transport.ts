import type { Agent } from 'undici';
import { type HttpRequest, type HttpResponse, NetworkError, type NetworkEvent, type Transport } from '../core/ports.ts';
import type { Environment } from '../core/settings.ts';
import { Connector } from './connector.ts';
import { MAX_BODY, networkError } from './network-errors.ts';
import { type ProxyServer, type Route, routeTo } from './proxy-rules.ts';

/** As many requests as may be under way at once; each has a connection of its own. */
const CONNECTIONS = 8;

export interface TransportOptions {
  /** A PEM file with certificate authorities to trust besides the system's. */
  readonly caFile: string | undefined;
  /** Where the proxy variables and NODE_EXTRA_CA_CERTS are. */
  readonly env: Environment;
  /** Milliseconds that only ever grow. */
  readonly now: () => number;
  /** Gets every step of every request; nobody is told if left away. */
  readonly observe?: ((event: NetworkEvent) => void) | undefined;
}

/** The transport over undici, its only importer. Throws a usage error when the CA file cannot be read. */
export async function createTransport({ caFile, env, now, observe }: TransportOptions): Promise<Transport> {
  const { Agent } = await import('undici');
  const secureContext = caFile === undefined ? undefined : (await import('./certificates.ts')).trusting(caFile, env);
  const connector = new Connector({ secureContext, now, observe });
  const routeOf = routeFinder(env, observe);
  /** By proxy, since a connection through one is no other's. */
  let agents = new Map<string, Agent>();
  const retired = new Set<Agent>();
  const agentFor = (tunnel: ProxyServer | undefined): Agent => {
    const key = tunnel?.origin ?? '';
    const agent = agents.get(key) ?? newAgent(Agent, connector, tunnel);
    agents.set(key, agent);
    return agent;
  };

  return {
    async send(request) {
      const url = new URL(request.url);
      const { proxy } = routeOf(url, request.direct === true);
      const start = now();
      // http goes to the proxy as it is; only https needs a tunnel.
      const agent = agentFor(url.protocol === 'https:' ? proxy : undefined);
      const onHead = (status: number) =>
        observe?.({ step: 'answer', detail: `HTTP ${status} from ${url.host}, first byte`, ms: now() - start });
      return send(agent, request, url, proxy, onHead);
    },
    renew() {
      for (const agent of agents.values()) {
        retired.add(agent);
        agent.close().then(
          () => retired.delete(agent),
          () => {},
        );
      }
      agents = new Map();
    },
    async close() {
      connector.abandon();
      await Promise.all([...agents.values(), ...retired].map((agent) => agent.destroy()));
    },
  };
}

// --- internal ---

/** Decides the way to each origin once, and tells it. */
function routeFinder(env: Environment, observe: TransportOptions['observe']): (url: URL, direct: boolean) => Route {
  const routes = new Map<string, Route>();
  return (url, direct) => {
    const key = `${direct} ${url.origin}`;
    let route = routes.get(key);
    if (!route) {
      route = direct ? { proxy: undefined, why: 'never proxied' } : routeTo(url, env);
      routes.set(key, route);
      const proxy = route.proxy?.host;
      const way = proxy ? `through proxy ${proxy}` : 'no proxy';
      observe?.({ step: 'proxy', detail: `${url.host}: ${way} (${route.why})`, ms: 0, proxy });
    }
    return route;
  };
}

function newAgent(AgentOfUndici: typeof Agent, connector: Connector, tunnel: ProxyServer | undefined): Agent {
  return new AgentOfUndici({
    connections: CONNECTIONS,
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

/**
 * One request with one time limit from connecting to the last byte: undici's own limits are per phase, and 300 s. undici
 * heeds a signal only once the connection is made, hence the race.
 */
async function send(
  agent: Agent,
  request: HttpRequest,
  url: URL,
  proxy: ProxyServer | undefined,
  onHead: (status: number) => void,
): Promise<HttpResponse> {
  const { signal, timeoutMs } = request;
  const where = proxy ? `${url.host} through proxy ${proxy.host}` : url.host;
  const controller = new AbortController();
  const interrupted = new Promise<never>((_, reject) => {
    controller.signal.addEventListener('abort', () => reject(controller.signal.reason), { once: true });
  });
  const stop = () => controller.abort(new NetworkError('Aborted', 'stopped'));
  const giveUp = () => controller.abort(new NetworkError('Timeout', `no answer from ${where} within ${timeoutMs} ms`));
  const timer = timeoutMs < Number.POSITIVE_INFINITY ? setTimeout(giveUp, timeoutMs) : undefined;
  signal?.addEventListener('abort', stop, { once: true });
  if (signal?.aborted) stop();
  try {
    const forwarder = url.protocol === 'http:' ? proxy : undefined;
    const answer = exchange(agent, request, url, forwarder, controller.signal, onHead);
    return await Promise.race([answer, interrupted]);
  } catch (error) {
    throw networkError(error, where);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', stop);
  }
}

async function exchange(
  agent: Agent,
  request: HttpRequest,
  url: URL,
  forwarder: ProxyServer | undefined,
  signal: AbortSignal,
  onHead: (status: number) => void,
): Promise<HttpResponse> {
  const response = await agent.request({
    ...addressed(url, request.headers, forwarder),
    method: request.method,
    body: request.body ?? null,
    signal,
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  onHead(response.statusCode);
  const headers = flatHeaders(response.headers);
  const body = await readBody(response.body);
  if (forwarder) await refuseProxyAnswer(forwarder, response.statusCode, headers);
  return { status: response.statusCode, headers, body };
}

/** A proxy that forwards gets the whole URL as the path (RFC 9112 §3.2.2). */
function addressed(url: URL, headers: HttpRequest['headers'], forwarder: ProxyServer | undefined) {
  const path = `${url.pathname}${url.search}`;
  if (!forwarder) return { origin: url.origin, path, headers };
  const { origin, authorization } = forwarder;
  const more = { host: url.host, ...(authorization && { 'proxy-authorization': authorization }) };
  return { origin, path: `${url.origin}${path}`, headers: { ...headers, ...more } };
}

/** The service answers in JSON or XML: a web page of an error is the proxy's own, as is the wish for a password. */
async function refuseProxyAnswer(proxy: ProxyServer, status: number, headers: HttpResponse['headers']): Promise<void> {
  const type = headers['content-type'];
  if (status !== 407 && !(status >= 400 && /html/i.test(type ?? ''))) return;
  const { proxyRefusal } = await import('./tunnel.ts');
  throw proxyRefusal(proxy, status, 'to the request', type);
}

async function readBody(stream: AsyncIterable<Buffer>): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    size += chunk.byteLength;
    // Leaving the loop destroys the stream, and with it the connection.
    if (size > MAX_BODY) throw new NetworkError('BodyTooLarge', `the answer is larger than ${MAX_BODY} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function flatHeaders(headers: NodeJS.Dict<string | string[]>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value].flat().join(', ')]));
}
