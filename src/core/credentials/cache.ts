import { ExitCode, type Text } from '../../errors.ts';
import { formatDuration } from '../../text/duration.ts';
import { within } from '../clock.ts';
import { ownError } from '../outcome.ts';
import { CallError, networkCallError } from '../rpc/call.ts';
import type { AccessKey } from '../rpc/signature.ts';
import { CommandError, type CredentialDeps, type Credentials, denied, type Provider } from './provider.ts';

export interface Found {
  readonly provider: Provider;
  readonly credentials: Credentials;
}

/**
 * How long before they expire temporary credentials are renewed, in ms: the five minutes of the AWS SDKs, and the error budget of a
 * wait. The 15 minutes of Alibaba Cloud's SDK are the whole life of the shortest STS token, which it thus requests at every call.
 */
export const LEAD_MS = 5 * 60_000;
/** How long after a failed renewal the next one is tried, with credentials still good. In ms. */
export const PAUSE_MS = 30_000;
/** Polls that were under way with the old key may all be refused: a renewal this fresh answers them too. In ms. */
export const FRESH_MS = 5000;
/**
 * So long an issuer that could not be reached is not asked again: a thousand tasks do not each wait for it to time out. Shorter than
 * the delay before a retry, which asks. In ms.
 */
export const FAILED_MS = 900;

interface Cached extends Found {
  /** When to renew, and when there is no way but to, in ms since the epoch. */
  dueAt: number;
  readonly expiresAt: number;
}

/**
 * Keeps credentials in memory, and renews temporary ones in the background before they expire, once however many callers there are. A
 * caller waits only for the very first ones and for a successor of expired ones, until `until` on the monotonic clock: the next one
 * waits on. `lookUp` goes through the chain and tells which place it asks: the first time, and when `renew` says that the service
 * refused the key. Rejects as the providers do, but that a command which cannot renew what it gave counts as a network that fails;
 * while credentials are still good a failed renewal is only reported to `debug`.
 */
export function cacheCredentials(
  { clock, debug }: Pick<CredentialDeps, 'clock' | 'debug'>,
  lookUp: (isAgain: boolean, ask: (place: Provider) => void) => Promise<Found>,
): (renew: boolean, until?: number) => Promise<AccessKey> {
  let cached: Cached | undefined;
  let pending: Promise<Cached> | undefined;
  let place: Text = () => '';
  let startedAt = 0;
  let renewedAt = Number.NEGATIVE_INFINITY;
  let failed: { readonly error: CallError; readonly at: number } | undefined;

  const load = async (start: () => Promise<Found>): Promise<Cached> => {
    startedAt = clock.monotonic();
    try {
      cached = withTimes(await start(), clock.now());
      return cached;
    } catch (error) {
      if (error instanceof CallError) failed = { error, at: clock.now() };
      throw error;
    } finally {
      pending = undefined;
    }
  };
  const once = (start: () => Promise<Found>): Promise<Cached> => {
    if (failed && Math.abs(clock.now() - failed.at) < FAILED_MS) return Promise.reject(failed.error);
    pending ??= load(start);
    return pending;
  };
  const renewInBackground = (old: Cached): void => {
    once(() => refresh(old, debug)).catch((error: Error) => {
      old.dueAt = clock.now() + PAUSE_MS;
      debug(`credentials: not renewed, still good: ${error.message}`);
    });
  };
  const ask = ({ source }: Provider) => {
    place = source;
  };
  const current = async (renew: boolean): Promise<Cached> => {
    const now = clock.now();
    const old = cached;
    if (!old) return once(() => lookUp(false, ask));
    if (renew) {
      if (!pending && Math.abs(now - renewedAt) < FRESH_MS) return old;
      const found = await once(() => lookUp(true, ask));
      renewedAt = clock.now();
      return found;
    }
    if (now >= old.expiresAt) return once(() => refresh(old, debug));
    if (now >= old.dueAt && !pending) renewInBackground(old);
    return old;
  };
  return async (renew, until = Number.POSITIVE_INFINITY) => {
    const found = current(renew);
    if (!pending) return (await found).credentials.accessKey;
    // A place may take longer than the wait that needs its credentials: that is a failure like any other then, and not waited for.
    const late = () => {
      throw lateError(place, until - startedAt);
    };
    const { credentials } = await within(clock, { ms: until - clock.monotonic() }, found, late);
    return credentials.accessKey;
  };
}

// --- internal ---

function lateError(place: Text, ms: number): CallError {
  return networkCallError('Timeout', (m) => m.credentials.late(place(m), formatDuration(ms)));
}

/** From the same place: another one would sign as another account. */
async function refresh({ provider, credentials }: Found, debug: CredentialDeps['debug']): Promise<Found> {
  const renewed = await provider.find().catch(tolerateCommand);
  if (!renewed) throw denied((m) => m.credentials.gone(credentials.source(m)));
  debug('credentials: renewed');
  return { provider, credentials: renewed };
}

/** The command worked before: a laptop that wakes may run it before it has a network. Always throws. */
function tolerateCommand(error: unknown): never {
  if (!(error instanceof CommandError)) throw error;
  const { text, hint } = error;
  const { failure } = networkCallError('Unreachable', text);
  const { code } = ownError(ExitCode.unanswered);
  throw new CallError({ ...failure, code, topic: undefined }, text, hint);
}

/** Credentials that live less than twice the lead are renewed at half their life; expired ones are used all the same: the service decides. */
function withTimes(found: Found, now: number): Cached {
  const { validForMs } = found.credentials;
  if (validForMs === undefined)
    return { ...found, dueAt: Number.POSITIVE_INFINITY, expiresAt: Number.POSITIVE_INFINITY };
  const life = Math.max(validForMs, PAUSE_MS);
  return { ...found, dueAt: now + life - Math.min(LEAD_MS, life / 2), expiresAt: now + life };
}
