/** What became of a request that got no usable response: behind its code, and in the JSON document's `message`. */
export const networkEn = {
  proxy: (host: string, variable: string) => `proxy ${host} (${variable})`,
  through: (host: string, proxy: string) => `${host} through ${proxy}`,
  /** Behind the code of a response that is not the service's. */
  requestTo: (host: string) => `response from ${host}`,
  stopped: 'interrupted',
  timeout: (where: string, limit: string) => `no response from ${where} within ${limit}`,
  noTurn: 'not sent within its time limit, since other requests of this client came first',
  unfinished: {
    dns: 'the DNS lookup did not finish',
    tcp: 'no TCP connection was made',
    proxyTls: 'the TLS handshake with the proxy did not finish',
    tunnel: 'the proxy did not respond to CONNECT',
    tls: 'the TLS handshake did not finish',
    answer: 'connected, but no complete response arrived',
  },
  closed: 'the connection was closed before the response was complete',
  tooLarge: 'the response is larger than 1 MiB',
  tls: (reason: string) => `the TLS handshake failed (${reason})`,
  certificate: (reason: string) => reason,
  /** `reason` is quoted from the parser, and may be empty. */
  http: (reason: string) => `the response does not follow HTTP/1.1${reason && ` (${reason})`}`,
  status: (status: number) => `the response has the unexpected status ${status}`,
  overflow: 'its headers are too large',
  /** What the system says, by its code. */
  system: {
    EACCES: 'the connection is not permitted on this machine',
    EADDRNOTAVAIL: 'no local address or port is available',
    EAI_AGAIN: 'temporary DNS failure',
    EAI_MEMORY: 'not enough memory for the DNS lookup',
    ECONNREFUSED: 'connection refused',
    ECONNRESET: 'connection reset',
    EHOSTUNREACH: 'no route to the host',
    EMFILE: 'too many open files in this process',
    ENETUNREACH: 'the network is unreachable',
    ENFILE: 'too many open files on this machine',
    ENOBUFS: 'no buffer space left for sockets',
    ENOMEM: 'not enough memory',
    ENOTFOUND: 'host not found',
    EPERM: 'the connection is not permitted on this machine',
    EPIPE: 'connection closed',
    ETIMEDOUT: 'connection timed out',
  } as Readonly<Record<string, string>>,
  proxyAnswered: (proxy: string, status: number, saying: string) =>
    `${proxy} returned HTTP ${status} ${saying}`.trimEnd(),
  toConnect: (reason: string, authority: string) => `${reason} to CONNECT ${authority}`.trimStart(),
  toRequest: 'to the request',
  webPage: ', with a web page',
  credentialsRefused: '; it rejected the user name and password',
  noWebAssembly: 'this Node.js runs without WebAssembly, which mmai needs to send requests',
  noWebAssemblyHint: 'run Node.js without --jitless and --lite-mode, which may be in NODE_OPTIONS',
  schemes: (offered: string) => `; it offers ${offered}, mmai only supports Basic`,
  /** The steps of a request, for `--debug` and `config check`. */
  steps: {
    name: (host: string, address: string) => `${host} is ${address}`,
    connected: (address: string, port: number) => `${address} port ${port}`,
    secured: (protocol: string, host: string, isResumed: boolean) =>
      `${protocol} with ${host}${isResumed ? ', session resumed' : ''}`,
    tunnel: (status: number, proxy: string) => `HTTP ${status} from proxy ${proxy}`,
    answered: (status: number, host: string) => `HTTP ${status} from ${host}, first byte received`,
    route: (host: string, proxy: string | undefined, why: string) =>
      `${host}: ${proxy === undefined ? 'no proxy' : `through proxy ${proxy}`} (${why})`,
    loopback: 'loopback',
    direct: 'never proxied',
    noVariable: (name: string) => `no ${name}`,
    unsupported: (name: string, other: string) => `no ${name}; ${other} is not supported`,
  },
};
