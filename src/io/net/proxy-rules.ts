import { BlockList, isIP } from 'node:net';
import type { Environment } from '../../core/config/settings.ts';
import { addressOf, isLoopback } from '../../core/origin.ts';
import { type Text, usageError } from '../../errors.ts';
import type { Peer } from './opening.ts';

export interface ProxyServer {
  /** `http://host:port` or `https://host:port`, without user and password. */
  readonly origin: string;
  /** `host:port`, to be shown. */
  readonly host: string;
  /** The environment variable that names it. */
  readonly variable: string;
  /** The value of Proxy-Authorization, if a user is given. A secret. */
  readonly authorization: string | undefined;
  /** What is secret of it, in parts. */
  readonly secrets: readonly string[];
}

export interface ProxyChoice {
  /** Undefined: the host itself is connected to. */
  readonly proxy: ProxyServer | undefined;
  /** The variable or rule that decided, for `--debug`. */
  readonly why: Text;
}

/**
 * The proxy for a URL by curl's rules: `https_proxy` for https, `http_proxy` for http and neither for the other, lower case
 * before upper, an empty variable being none. Unlike curl's, HTTP_PROXY counts and ALL_PROXY does not, and a loopback host is never
 * proxied (Go's rule): a proxy's loopback is another machine's. Throws a usage error naming the variable, never its value, which may
 * hold a password.
 */
export function chooseProxy(url: URL, env: Environment): ProxyChoice {
  if (isLoopback(url.hostname)) return { proxy: undefined, why: (m) => m.network.steps.loopback };
  const names = url.protocol === 'https:' ? ['https_proxy', 'HTTPS_PROXY'] : ['http_proxy', 'HTTP_PROXY'];
  // A file of variables with CRLF leaves a carriage return at the end of each, of an empty one, too.
  const isSet = (name: string) => env[name]?.trim();
  const variable = names.find(isSet);
  if (!variable) {
    const ignored = ['all_proxy', 'ALL_PROXY'].find(isSet);
    const why: Text = ({ network: { steps } }) =>
      ignored ? steps.unsupported(names[1]!, ignored) : steps.noVariable(names[1]!);
    return { proxy: undefined, why };
  }
  const exempting = ['no_proxy', 'NO_PROXY'].find(isSet);
  if (exempting && isExempt(url, env[exempting] ?? '')) return { proxy: undefined, why: () => exempting };
  return { proxy: parseProxy(env[variable] ?? '', variable), why: () => variable };
}

/**
 * True if a NO_PROXY list names the host: `*`; a name, which covers its subdomains (`.name` and `*.name` are the same); an
 * IP address; a network like `10.0.0.0/8`; each but `*` and a network with `:port` if wanted. Commas or spaces part them.
 */
export function isExempt(url: URL, list: string): boolean {
  const { host: named, port } = addressOf(url);
  const host = named.replace(/\.$/, '');
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .some((entry) => {
      const [, name = '', onPort] = /^(\[[^\]]*\]|[^:]*|.*:.*:.*?)(?::(\d+))?$/.exec(entry) ?? [];
      return (
        entry === '*' ||
        ((onPort === undefined || Number(onPort) === port) && covers(name.replace(/^\[|\]$/g, ''), host))
      );
    });
}

/** The proxy as the end of a connection. */
export function proxyPeer({ origin, host: shown, variable }: ProxyServer): Peer {
  return { ...addressOf(new URL(origin)), isProxy: true, name: (m) => m.network.proxy(shown, variable) };
}

// --- internal ---

function covers(entry: string, host: string): boolean {
  const [address = '', prefix] = entry.split('/');
  const family = isIP(address);
  if (family === 0) {
    const name = entry.replace(/^\*?\.|\.$/g, '');
    return name !== '' && (host === name || host.endsWith(`.${name}`));
  }
  const all = family === 4 ? 32 : 128;
  // Node ends the process at a prefix like "-0".
  if (prefix !== undefined && !/^\d{1,3}$/.test(prefix)) return false;
  const bits = prefix === undefined ? all : Number(prefix);
  if (bits > all) return false;
  const network = new BlockList();
  network.addSubnet(address, bits, family === 4 ? 'ipv4' : 'ipv6');
  return network.check(host, isIP(host) === 4 ? 'ipv4' : 'ipv6');
}

function parseProxy(text: string, variable: string): ProxyServer {
  const address = text.includes('://') ? text : `http://${text}`;
  const url = URL.canParse(address) ? new URL(address) : undefined;
  // A "#" or "/" in a password that is not encoded ends the host: what is left would name another one.
  const isBare =
    url && /^https?:$/.test(url.protocol) && url.hostname && url.pathname === '/' && !url.search && !url.hash;
  const login = isBare ? loginOf(url) : undefined;
  if (!isBare || !login) {
    throw usageError(
      (m) => m.usage.badProxy(variable),
      (m) => m.usage.badProxyHint,
    );
  }
  return { origin: url.origin, host: `${url.hostname}:${addressOf(url).port}`, variable, ...login };
}

/** Basic authentication with the URL's user; undefined if an encoded character is none. */
function loginOf({ username, password }: URL): Pick<ProxyServer, 'authorization' | 'secrets'> | undefined {
  if (!username && !password) return { authorization: undefined, secrets: [] };
  try {
    const [user, secret] = [decodeURIComponent(username), decodeURIComponent(password)];
    const pair = Buffer.from(`${user}:${secret}`).toString('base64');
    // A token stands in place of the user, without a password.
    return { authorization: `Basic ${pair}`, secrets: [secret || user, pair] };
  } catch {
    return undefined;
  }
}
