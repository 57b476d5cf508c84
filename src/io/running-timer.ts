/**
 * Calls back after `ms` in which this process ran; returns what cancels that. It counts in steps: a stop (SIGSTOP, `docker pause`),
 * which may stop the other side too, is one step at most. The callback comes a turn of the loop later, since timers come before what
 * happened meanwhile; with Infinity it never comes.
 */
export function afterRunning(ms: number, callback: () => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  let turn: NodeJS.Immediate | undefined;
  const end = () => {
    turn = setImmediate(callback);
  };
  const count = (leftMs: number) => {
    const stepMs = Math.min(leftMs, STEP_MS);
    timer = setTimeout(leftMs > stepMs ? () => count(leftMs - stepMs) : end, stepMs);
  };
  if (Number.isFinite(ms)) count(ms);
  return () => {
    clearTimeout(timer);
    clearImmediate(turn);
  };
}

// --- internal ---

const STEP_MS = 1000;
