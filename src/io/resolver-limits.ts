let ownLimits: string | undefined;

/**
 * Limits of glibc's resolver. A lookup cannot be cancelled, and on Node 20 it delays the exit: with three name servers that do not
 * respond by a minute. With these it is 2 or 3 s, twice that with a search list: name servers are asked one after another, none
 * again, since what fails is tried again anyway. No signal can end the first process of a container meanwhile; its servers are near.
 */
export function lookupLimits(servers: number, pid: number): string {
  return `timeout:${servers > 1 || pid === 1 ? 1 : 2} attempts:1`;
}

/** Limits the lookups of this process, unless the user has set limits. */
export function limitLookups(): void {
  if (process.env.RES_OPTIONS !== undefined) return;
  ownLimits = lookupLimits(process.getBuiltinModule('node:dns').getServers().length, process.pid);
  process.env.RES_OPTIONS = ownLimits;
}

/** The user's environment, for other programs: they have no use for our limits. */
export function userEnvironment(): NodeJS.ProcessEnv {
  const { RES_OPTIONS, ...env } = process.env;
  return RES_OPTIONS === ownLimits ? env : process.env;
}
