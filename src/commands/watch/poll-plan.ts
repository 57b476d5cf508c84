import type { Context } from '../../context.ts';
import { formatDuration } from '../../core/duration.ts';
import { jsonDocument } from '../../core/text.ts';
import { gapMs } from '../../core/wait/pace.ts';
import type { WaiterOptions } from '../../core/wait/waiter.ts';
import { ExitCode } from '../../errors.ts';

/** Prints when a task would be asked about, had it no change of state; nothing is sent. */
export function printPlan(plan: WaiterOptions, asJson: boolean, { messages, stdout }: Context): number {
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

/** Times of the polls in ms since the start, without jitter, for a day at most; the last one is that before the deadline. */
function pollTimes(plan: WaiterOptions) {
  const horizonMs = Math.min(plan.timeoutMs, 24 * 3_600_000);
  const atMs = [0];
  let worstLagMs = 0;
  for (let at = 0, gap = 0; at < horizonMs; at += gap) {
    gap = Math.min(
      gapMs(at, plan, () => 0.5),
      horizonMs - at,
    );
    worstLagMs = Math.max(worstLagMs, gap);
    if (gap > 0) atMs.push(at + gap);
  }
  return { atMs, worstLagMs, horizonMs };
}
