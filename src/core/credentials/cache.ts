import type { AccessKey } from '../rpc/signature.ts';
import { type CredentialDeps, type Credentials, denied, type Provider } from './provider.ts';

export interface Found {
  readonly provider: Provider;
  readonly credentials: Credentials;
}

/**
 * How long before they expire temporary credentials are renewed, in ms: the five minutes of the AWS SDKs, and the error budget of a
 * wait. The 15 minutes of Alibaba Cloud's SDK are the whole life of the shortest STS token, which it thus asks for at every call.
 */
export const LEAD_MS = 5 * 60_000;
/** How long after a failed renewal the next one is tried, with credentials still good. In ms. */
export const PAUSE_MS = 30_000;
/** Polls that were under way with the old key may all be refused: a renewal this fresh answers them too. In ms. */
export const FRESH_MS = 5000;

interface Held extends Found {
  /** When to renew, and when there is no way but to, in ms since the epoch. */
  dueAt: number;
  readonly expiresAt: number;
}

/**
 * Keeps credentials in memory, and renews temporary ones in the background before they expire, once however many callers ask. A
 * caller waits only for the very first ones and for a successor of expired ones. `lookUp` goes through the chain: the first time,
 * and when `renew` says that the service refused the key. Rejects as the providers do; while credentials are still good a failed
 * renewal is only reported to `debug`.
 */
export function keepCredentials(
  { clock, debug }: Pick<CredentialDeps, 'clock' | 'debug'>,
  lookUp: (isAgain: boolean) => Promise<Found>,
): (renew: boolean) => Promise<AccessKey> {
  let held: Held | undefined;
  let pending: Promise<void> | undefined;
  let renewedAt = Number.NEGATIVE_INFINITY;

  const once = (load: () => Promise<Found>): Promise<void> => {
    pending ??= load()
      .then((found) => {
        held = hold(found, clock.now());
      })
      .finally(() => {
        pending = undefined;
      });
    return pending;
  };

  const refresh = async ({ provider, credentials }: Held): Promise<Found> => {
    const renewed = await provider.find();
    if (!renewed) throw denied((m) => m.credentials.gone(credentials.source(m)));
    debug('credentials: renewed');
    return { provider, credentials: renewed };
  };

  const refreshBehind = (old: Held): void => {
    once(() => refresh(old)).catch((error: Error) => {
      old.dueAt = clock.now() + PAUSE_MS;
      debug(`credentials: not renewed, still good: ${error.message}`);
    });
  };

  return async (renew) => {
    const now = clock.now();
    const old = held;
    if (!old) await once(() => lookUp(false));
    else if (renew) {
      if (pending || Math.abs(now - renewedAt) >= FRESH_MS) {
        await once(() => lookUp(true));
        renewedAt = clock.now();
      }
    } else if (now >= old.expiresAt) await once(() => refresh(old));
    else if (now >= old.dueAt && !pending) refreshBehind(old);
    return held!.credentials.accessKey;
  };
}

// --- internal ---

/** Credentials that live less than twice the lead are renewed at half their life; expired ones are used all the same: the service decides. */
function hold(found: Found, now: number): Held {
  const { validForMs } = found.credentials;
  if (validForMs === undefined)
    return { ...found, dueAt: Number.POSITIVE_INFINITY, expiresAt: Number.POSITIVE_INFINITY };
  const life = Math.max(validForMs, PAUSE_MS);
  return { ...found, dueAt: now + life - Math.min(LEAD_MS, life / 2), expiresAt: now + life };
}
