import { gapMs, LAST_POLL_MARGIN_MS, LAST_POLL_MERGE_MS } from '../../core/wait/pace.ts';
import type { WaiterOptions } from '../../core/wait/waiter.ts';
import type { CommandDeps } from '../../deps.ts';
import { ExitCode } from '../../errors.ts';
import { formatDuration } from '../../text/duration.ts';
import { jsonDocument } from '../../text/safe-text.ts';

/** Prints when a task would be asked about, had it no change of state; nothing is sent. */
export function printPlan(plan: WaiterOptions, asJson: boolean, { messages, stdout }: CommandDeps): number {
  const { atMs, worstLagMs, horizonMs } = pollTimes(plan);
  const tasks = plan.ids.length;
  if (asJson) {
    const document = { tasks, pollsPerTask: atMs.length, requests: atMs.length * tasks, worstLagMs, horizonMs, atMs };
    stdout.write(jsonDocument(document));
    return ExitCode.ok;
  }
  for (const at of atMs) stdout.write(`+${formatDuration(at)}\n`);
  const [within, lag] = [formatDuration(horizonMs), formatDuration(worstLagMs)];
  stdout.write(`${messages.watch.plan(atMs.length, tasks, within, lag)}\n`);
  return ExitCode.ok;
}

/**
 * Times of the polls of a task in ms since the start, for a day at most; the last one is that before the deadline. Their jitter
 * is left out, but counts for the worst lag; --max-rps makes many tasks wait for their turn.
 */
function pollTimes(plan: WaiterOptions) {
  const horizonMs = Math.min(plan.timeoutMs, 24 * 3_600_000);
  const roundMs = (plan.ids.length / plan.maxRps) * 1000;
  const gapAt = (at: number, chance: number) => {
    const random = () => chance;
    const gap = Math.max(gapMs(at, plan, random), roundMs);
    const left = horizonMs - at;
    return gap > left - LAST_POLL_MARGIN_MS - LAST_POLL_MERGE_MS ? left : gap;
  };
  const atMs = [0];
  let worstLagMs = 0;
  for (let at = 0, gap = 0; at < horizonMs; at += gap) {
    gap = gapAt(at, 0.5);
    worstLagMs = Math.max(worstLagMs, gapAt(at, 1));
    atMs.push(at + gap);
  }
  return { atMs, worstLagMs, horizonMs };
}
