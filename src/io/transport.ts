import type { Agent, Dispatcher } from 'undici';
import { type HttpRequest, type HttpResponse, NetworkError, type NetworkEvent, type Transport } from '../core/ports.ts';
import type { Environment } from '../core/settings.ts';
import { Connector } from './connector.ts';
import { MAX_BODY, networkError } from './network-errors.ts';
import { type ProxyServer, routeTo } from './proxy-rules.ts';

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
        observe?.({ step: 'answer', detail: `HTTP ${status} from ${way.host}, first byte`, ms: now() - start });
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
  const { proxy, why } = direct ? { proxy: undefined, why: 'never proxied' } : routeTo(url, env);
  const { host } = url;
  const through = proxy ? `through proxy ${proxy.host}` : 'no proxy';
  observe?.({ step: 'proxy', detail: `${host}: ${through} (${why})`, ms: 0, proxy: proxy?.host });
  const isSecure = url.protocol === 'https:';
  return {
    origin,
    host,
    where: proxy ? `${host} ${through}` : host,
    tunnel: isSecure ? proxy : undefined,
    forwarder: isSecure ? undefined : proxy,
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
    // Timers come before sockets: a turn later, what arrived while this process stood still (a busy machine) is not late.
    if (timeoutMs < Number.POSITIVE_INFINITY) this.#timer = setTimeout(setImmediate, timeoutMs, giveUp);
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
