import type { Agent, Dispatcher } from 'undici';
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
        observe?.({ step: 'answer', detail: (m) => m.check.network.answered(status, url.host), ms: now() - start });
      const forwarder = url.protocol === 'http:' ? proxy : undefined;
      const exchange = new Exchange(request, proxy ? `${url.host} through proxy ${proxy.host}` : url.host, onHead);
      if (!exchange.isOver) agent.dispatch(dispatchOptions(request, url, forwarder), exchange);
      const response = await exchange.answer;
      if (forwarder) await refuseProxyAnswer(forwarder, response);
      return response;
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
      route = direct ? { proxy: undefined, why: (m) => m.check.network.direct } : routeTo(url, env);
      routes.set(key, route);
      const [proxy, { why }] = [route.proxy?.host, route];
      observe?.({ step: 'proxy', detail: (m) => m.check.network.way(url.host, proxy, why(m)), ms: 0, proxy });
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

/** A proxy that forwards gets the whole URL as the path (RFC 9112 §3.2.2). */
function dispatchOptions(
  { method, headers, body }: HttpRequest,
  url: URL,
  forwarder: ProxyServer | undefined,
): Dispatcher.DispatchOptions {
  const path = url.pathname + url.search;
  if (!forwarder) {
    // Written out: what an object made by spreading holds is left to V8's slow collection, 1 KB and a fifth of the CPU a request.
    return { origin: url.origin, path, method, headers, body: body ?? null, headersTimeout: 0, bodyTimeout: 0 };
  }
  const { origin, authorization } = forwarder;
  const more = { host: url.host, ...(authorization && { 'proxy-authorization': authorization }) };
  const forwarded = { ...headers, ...more };
  return {
    origin,
    path: url.origin + path,
    method,
    headers: forwarded,
    body: body ?? null,
    headersTimeout: 0,
    bodyTimeout: 0,
  };
}

/** The service answers in JSON or XML: a web page of an error is the proxy's own, as is the wish for a password. */
async function refuseProxyAnswer(proxy: ProxyServer, { status, headers }: HttpResponse): Promise<void> {
  const type = headers['content-type'];
  if (status !== 407 && !(status >= 400 && /html/i.test(type ?? ''))) return;
  const { proxyRefusal } = await import('./tunnel.ts');
  throw proxyRefusal(proxy, status, 'to the request', type);
}

/**
 * A request under way: undici's handler, which collects the answer, and one time limit from connecting to the last byte, for
 * undici's own are per phase. undici heeds an abort only once the connection is made, so the promise does not wait for it.
 * Without the stream, the abort controller and the promise a chunk of `Agent.request`: a quarter of the CPU of a batch.
 */
class Exchange implements Dispatcher.DispatchHandler {
  readonly answer: Promise<HttpResponse>;
  isOver = false;
  readonly #request: HttpRequest;
  readonly #where: string;
  readonly #onHead: (status: number) => void;
  readonly #stop = () => this.#fail(new NetworkError('Aborted', 'stopped'));
  readonly #timer: NodeJS.Timeout | undefined;
  readonly #chunks: Buffer[] = [];
  #resolve!: (response: HttpResponse) => void;
  #reject!: (error: NetworkError) => void;
  #controller: Dispatcher.DispatchController | undefined;
  #status = 0;
  #headers: Record<string, string> = {};
  #size = 0;

  /** `where` names the other end in errors; `onHead` hears when the answer begins. */
  constructor(request: HttpRequest, where: string, onHead: (status: number) => void) {
    const { signal, timeoutMs } = request;
    this.#request = request;
    this.#where = where;
    this.#onHead = onHead;
    this.answer = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    const giveUp = () => this.#fail(new NetworkError('Timeout', `no answer from ${where} within ${timeoutMs} ms`));
    if (timeoutMs < Number.POSITIVE_INFINITY) this.#timer = setTimeout(giveUp, timeoutMs);
    if (signal) stopsOf(signal).push(this.#stop);
    if (signal?.aborted) this.#stop();
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.isOver) controller.abort(new NetworkError('Aborted', 'stopped'));
  }

  /** A 1xx comes before the answer and is none. */
  onResponseStart(_: unknown, status: number, headers: NodeJS.Dict<string | string[]>): void {
    if (status < 200) return;
    this.#onHead(status);
    this.#status = status;
    this.#headers = flatHeaders(headers);
  }

  onResponseData(_: unknown, chunk: Buffer): void {
    this.#size += chunk.byteLength;
    this.#chunks.push(chunk);
    if (this.#size <= MAX_BODY) return;
    this.#fail(new NetworkError('BodyTooLarge', `the answer is larger than ${MAX_BODY} bytes`));
  }

  onResponseEnd(): void {
    this.#end();
    // Copied, or a body of some bytes would keep all that the socket read with it.
    this.#resolve({ status: this.#status, headers: this.#headers, body: Buffer.concat(this.#chunks) });
  }

  onResponseError(_: unknown, error: unknown): void {
    this.#fail(error);
  }

  #fail(error: unknown): void {
    if (this.isOver) return;
    this.#end();
    const told = networkError(error, this.#where);
    this.#reject(told);
    this.#controller?.abort(told);
  }

  #end(): void {
    this.isOver = true;
    clearTimeout(this.#timer);
    const { signal } = this.#request;
    if (signal) remove(this.#stop, stopsOf(signal));
  }
}

const stopsBySignal = new WeakMap<AbortSignal, (() => void)[]>();

/**
 * What is called when the signal aborts: one listener for all requests. A listener for each, or a Set of them, keeps what has
 * ended from the quick garbage collection, each entry holding the next: a seventh of the CPU of a batch.
 */
function stopsOf(signal: AbortSignal): (() => void)[] {
  const known = stopsBySignal.get(signal);
  if (known) return known;
  const stops: (() => void)[] = [];
  stopsBySignal.set(signal, stops);
  signal.addEventListener('abort', () => {
    for (const stop of [...stops]) stop();
  });
  return stops;
}

/** Takes out an item that is in the list; the order is nobody's. */
function remove<T>(item: T, list: T[]): void {
  const last = list.pop()!;
  if (last !== item) list[list.indexOf(item)] = last;
}

/** Repeated headers come as a list. The object is made for this answer alone. */
function flatHeaders(headers: NodeJS.Dict<string | string[]>): Record<string, string> {
  for (const name in headers) if (typeof headers[name] !== 'string') headers[name] = [headers[name]].flat().join(', ');
  return headers as Record<string, string>;
}
