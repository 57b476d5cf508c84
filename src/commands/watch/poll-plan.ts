import { pollPlan } from '../../core/wait/plan.ts';
import type { WaiterOptions } from '../../core/wait/waiter-options.ts';
import type { CommandDeps } from '../../deps.ts';
import { ExitCode } from '../../errors.ts';
import { formatDuration } from '../../text/duration.ts';
import { jsonDocument } from '../../text/safe-text.ts';

/** Prints when a task would be polled if its state did not change; nothing is sent. */
export function printPlan(options: WaiterOptions, asJson: boolean, { messages, stdout }: CommandDeps): number {
  const plan = pollPlan(options);
  if (asJson) {
    stdout.write(jsonDocument(plan));
    return ExitCode.ok;
  }
  const { tasks, atMs, horizonMs, worstLagMs, notChecked } = plan;
  for (const at of atMs) stdout.write(`+${formatDuration(at)}\n`);
  const [within, lag] = [formatDuration(horizonMs), formatDuration(worstLagMs)];
  stdout.write(`${messages.watch.plan(atMs.length, tasks, within, lag)}\n`);
  if (notChecked > 0) stdout.write(`${messages.watch.tooFew(notChecked)}\n`);
  return ExitCode.ok;
}
