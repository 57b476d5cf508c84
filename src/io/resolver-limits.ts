/**
 * A DNS lookup cannot be cancelled. It keeps its thread and, on Node 20, the process: with a name server that does not respond,
 * 20 s by the limits of glibc's resolver. With these it is 4 s, or 8 s with a search list. Shorter ones would give up slow servers.
 */
const LIMITS = 'timeout:2 attempts:2';

/** Limits the lookups of this process, unless the user has set limits. */
export function limitLookups(): void {
  process.env.RES_OPTIONS ??= LIMITS;
}

/** The user's environment, for other programs: they have no use for our limits. */
export function userEnvironment(): NodeJS.ProcessEnv {
  const { RES_OPTIONS, ...env } = process.env;
  return RES_OPTIONS === LIMITS ? env : process.env;
}
