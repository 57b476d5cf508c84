import { ExitCode, type Text } from '../../errors.ts';
import { formatDuration } from '../../text/duration.ts';
import { within } from '../clock.ts';
import { ownError } from '../outcome.ts';
import { CallError, networkCallError } from '../rpc/call-error.ts';
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
 * How long no further request is sent to an issuer that could not be reached, in ms: a thousand tasks do not each wait for it to
 * time out. Shorter than the delay before a retry, which does send one.
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
  deps: CacheDeps,
  lookUp: LookUp,
): (renew: boolean, until?: number) => Promise<AccessKey> {
  const cache = new CredentialCache(deps, lookUp);
  return (renew, until) => cache.accessKey(renew, until);
}

/** No credentials came from the place within `ms`. */
export function lateError(place: Text, ms: number): CallError {
  return networkCallError('Timeout', (m) => m.credentials.late(place(m), formatDuration(Math.max(0, ms))));
}

// --- internal ---

type CacheDeps = Pick<CredentialDeps, 'clock' | 'debug'>;
type LookUp = (isAgain: boolean, ask: (place: Provider) => void) => Promise<Found>;

class CredentialCache {
  readonly #deps: CacheDeps;
  readonly #lookUp: LookUp;
  #cached: Cached | undefined;
  /** The search or the renewal under way: where it looks, and since when on the monotonic clock. */
  #pending: Promise<Cached> | undefined;
  #place: Text = () => '';
  #startedAt = 0;
  #renewedAt = Number.NEGATIVE_INFINITY;
  #failed: { readonly error: CallError; readonly at: number } | undefined;

  constructor(deps: CacheDeps, lookUp: LookUp) {
    this.#deps = deps;
    this.#lookUp = lookUp;
  }

  async accessKey(renew: boolean, until = Number.POSITIVE_INFINITY): Promise<AccessKey> {
    const found = this.#current(renew);
    if (!this.#pending) return (await found).credentials.accessKey;
    const { clock } = this.#deps;
    // A place may take longer than the wait that needs its credentials: that is a failure like any other then, and not waited for.
    const late = () => {
      throw this.#failed?.error ?? lateError(this.#place, until - this.#startedAt);
    };
    const { credentials } = await within(clock, { ms: until - clock.monotonic() }, found, late);
    return credentials.accessKey;
  }

  async #current(renew: boolean): Promise<Cached> {
    const now = this.#deps.clock.now();
    const old = this.#cached;
    if (!old) return this.#once(() => this.#search(false));
    if (renew) {
      if (!this.#pending && Math.abs(now - this.#renewedAt) < FRESH_MS) return old;
      const found = await this.#once(() => this.#search(true));
      this.#renewedAt = this.#deps.clock.now();
      return found;
    }
    if (now >= old.expiresAt) return this.#once(() => refresh(old, this.#deps.debug));
    if (now >= old.dueAt && !this.#pending) this.#renewInBackground(old);
    return old;
  }

  #search(isAgain: boolean): Promise<Found> {
    return this.#lookUp(isAgain, ({ source }) => {
      this.#place = source;
    });
  }

  #renewInBackground(old: Cached): void {
    const { clock, debug } = this.#deps;
    this.#once(() => refresh(old, debug)).catch((error: Error) => {
      old.dueAt = clock.now() + PAUSE_MS;
      debug(`credentials: not renewed, still good: ${error.message}`);
    });
  }

  #once(start: () => Promise<Found>): Promise<Cached> {
    const failed = this.#failed;
    if (failed && Math.abs(this.#deps.clock.now() - failed.at) < FAILED_MS) return Promise.reject(failed.error);
    this.#pending ??= this.#load(start);
    return this.#pending;
  }

  async #load(start: () => Promise<Found>): Promise<Cached> {
    const { clock } = this.#deps;
    this.#startedAt = clock.monotonic();
    try {
      this.#cached = withTimes(await start(), clock.now());
      this.#failed = undefined;
      return this.#cached;
    } catch (error) {
      if (error instanceof CallError) this.#failed = { error, at: clock.now() };
      throw error;
    } finally {
      this.#pending = undefined;
    }
  }
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
