/**
 * Calls `stop` when the signal aborts: one listener for all of a signal. A listener for each, or a Set of them, keeps what has ended
 * from the quick garbage collection, each entry holding the next, a seventh of the CPU of a batch; and to remove one of thousands,
 * Node goes through all of them.
 */
export function listen(signal: AbortSignal, stop: () => void): void {
  const known = listeners.get(signal);
  if (known) return void known.stops.push(stop);
  const stops = [stop];
  const onAbort = () => {
    for (const stop of [...stops]) stop();
  };
  listeners.set(signal, { stops, onAbort });
  signal.addEventListener('abort', onAbort);
}

/** After `listen`. The last one leaves no listener: Node keeps a signal of `AbortSignal.any` or `timeout` alive while it has one. */
export function unlisten(signal: AbortSignal, stop: () => void): void {
  const { stops, onAbort } = listeners.get(signal)!;
  const last = stops.pop()!;
  if (last !== stop) stops[stops.indexOf(stop)] = last;
  if (stops.length > 0) return;
  listeners.delete(signal);
  signal.removeEventListener('abort', onAbort);
}

// --- internal ---

interface Listener {
  readonly stops: (() => void)[];
  readonly onAbort: () => void;
}

const listeners = new WeakMap<AbortSignal, Listener>();
