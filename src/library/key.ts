import { within } from '../core/clock.ts';
import { lateError } from '../core/credentials/cache.ts';
import { type CallError, networkCallError } from '../core/rpc/call-error.ts';
import type { AccessKey } from '../core/rpc/signature.ts';
import { usageError } from '../errors.ts';
import { systemClock } from '../io/system-clock.ts';
import { expected } from './options.ts';

/** Limits of the call that needs the key; `until` on the monotonic clock. */
interface KeyLimits {
  readonly until: number;
  readonly signal: AbortSignal | undefined;
}

/**
 * What the caller's function finds, within the limits of the call: it may read a file or ask a service. Rejects with what it throws,
 * with a usage error for what is no key, and with a {@link CallError} where a limit comes first.
 */
export async function findKey(find: () => Promise<AccessKey>, { until, signal }: KeyLimits): Promise<AccessKey> {
  const limitMs = until - systemClock.monotonic();
  const late = () => {
    throw signal?.aborted ? stopped() : lateError(() => 'accessKey', limitMs);
  };
  return checkAccessKey(await within(systemClock, { ms: limitMs, signal }, find(), late));
}

/**
 * The key, whether it was given or a function returned it: a token read from a file may end with a line break. A copy, since an object
 * of a class may have its values in getters, and hold other ones later.
 */
export function checkAccessKey(accessKey: AccessKey): AccessKey {
  const { accessKeyId, accessKeySecret, securityToken } = (accessKey ?? {}) as AccessKey;
  const isText = (value: unknown) => typeof value === 'string' && value !== '';
  const hasToken = typeof (securityToken ?? '') === 'string';
  if (!isText(accessKeyId) || !isText(accessKeySecret) || !hasToken)
    throw expected('accessKey', 'accessKey', accessKey);
  const key = { accessKeyId, accessKeySecret, ...(securityToken && { securityToken }) };
  for (const [name, value] of Object.entries(key)) {
    if (!/^[\x21-\x7e]*$/.test(value)) throw usageError((m) => m.config.badValue(`accessKey.${name}`));
  }
  return key;
}

// --- internal ---

function stopped(): CallError {
  return networkCallError('Aborted', (m) => m.network.stopped);
}
