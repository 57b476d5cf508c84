import { setMaxListeners } from 'node:events';

/** Whether a value is an AbortSignal. Not by its class: a test runner's environment may have another. */
export function isSignal(value: Partial<AbortSignal> | null): value is AbortSignal {
  const isTarget = typeof value?.addEventListener === 'function' && typeof value.removeEventListener === 'function';
  return isTarget && typeof value.aborted === 'boolean';
}

/**
 * The caller's signal, for any number of calls at once: Node warns of more than ten listeners. Not one that follows it: those of
 * `AbortSignal.any` are kept by Node 20 and 22 for as long as anything listens.
 */
export function forManyCalls(signal: AbortSignal): AbortSignal {
  // Node knows those of its own class only.
  if (signal instanceof AbortSignal) setMaxListeners(0, signal);
  return signal;
}
