/**
 * Limits of glibc's resolver: a DNS lookup cannot be cancelled and delays the exit, with a name server that does not respond for
 * 20 s. With these it is 4 s, or 8 s with a search list. Of the first process of a container, which no signal can end meanwhile, a
 * quarter: there name servers are near, and what fails is tried again.
 */
export function lookupLimits(pid: number): string {
  return pid === 1 ? 'timeout:1 attempts:1' : 'timeout:2 attempts:2';
}

/** Limits the lookups of this process, unless the user has set limits. */
export function limitLookups(): void {
  process.env.RES_OPTIONS ??= lookupLimits(process.pid);
}

/** The user's environment, for other programs: they have no use for our limits. */
export function userEnvironment(): NodeJS.ProcessEnv {
  const { RES_OPTIONS, ...env } = process.env;
  return RES_OPTIONS === lookupLimits(process.pid) ? env : process.env;
}
