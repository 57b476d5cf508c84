import { setMaxListeners } from 'node:events';

/** Whether a value is an AbortSignal. Not by its class: a test runner's environment may have another. */
export function isSignal(value: Partial<AbortSignal> | null): value is AbortSignal {
  return typeof value?.aborted === 'boolean' && typeof value.addEventListener === 'function';
}

const followers = new WeakMap<AbortSignal, AbortSignal>();

/**
 * A signal that follows the caller's, one for all of its calls: Node warns of more than ten listeners on the same one. The call must
 * keep a reference to the caller's: on Node 20 the follower's is weak, and a signal of `AbortSignal.timeout` would never abort.
 */
export function followerOf(signal: AbortSignal): AbortSignal {
  // Node cannot follow one of another class.
  if (!(signal instanceof AbortSignal)) return signal;
  const known = followers.get(signal);
  if (known) return known;
  const follower = AbortSignal.any([signal]);
  setMaxListeners(0, follower);
  followers.set(signal, follower);
  return follower;
}
