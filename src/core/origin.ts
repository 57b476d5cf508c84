/** The service's host by formula (no SDK has an exception for this product), or the endpoint as given; an origin without a path. */
export function serviceOrigin({ region, endpoint }: { region: string; endpoint?: string | undefined }): string {
  return endpoint ?? `https://multimediaai.${region}.aliyuncs.com`;
}

/** Where the host of a URL is connected to; IPv6 without brackets. */
export function addressOf({ protocol, hostname, port }: URL): { isSecure: boolean; host: string; port: number } {
  const isSecure = protocol === 'https:';
  return { isSecure, host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || (isSecure ? 443 : 80)) };
}

/** True of this machine's own names and addresses, as in a URL (`[::1]` with brackets). */
export function isLoopback(hostname: string): boolean {
  return /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/i.test(hostname);
}

/** True of plain http to another machine: whoever is in between can read and replay it. */
export function isExposed({ protocol, hostname }: Pick<URL, 'protocol' | 'hostname'>): boolean {
  return protocol !== 'https:' && !isLoopback(hostname);
}

/** The origin of `HOST[:PORT]` or `http(s)://HOST[:PORT]`; undefined for anything else. */
export function parseOrigin(text: string): string | undefined {
  const address = /^https?:\/\//i.test(text) ? text : `https://${text}`;
  const isBare = /^https?:\/\/[^\s\\@?#/]+\/?$/i.test(address) && URL.canParse(address);
  const origin = isBare ? new URL(address).origin : '';
  // A URL's host may hold `$(…)` and quotes; ours goes into a script of --dry-run that is pasted into a shell.
  return /^https?:\/\/[\w.:[\]-]+$/.test(origin) ? origin : undefined;
}

/** The origin of a request's URL: such URLs have a path, and parsing each would take 2 µs a request. */
export function originOf(url: string): string {
  return url.slice(0, url.indexOf('/', 'https://'.length));
}
