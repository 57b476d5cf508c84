import { pollPlan } from '../../core/wait/plan.ts';
import type { WaiterOptions } from '../../core/wait/waiter-options.ts';
import type { CommandDeps } from '../../deps.ts';
import { ExitCode } from '../../errors.ts';
import type { Messages } from '../../locales/en/messages.ts';
import { formatDuration } from '../../text/duration.ts';
import { jsonDocument } from '../../text/safe-text.ts';

/** Prints when a task would be polled if its state did not change; nothing is sent. */
export function printPlan(options: WaiterOptions, asJson: boolean, { messages, stdout }: CommandDeps): number {
  const plan = pollPlan(options);
  if (asJson) {
    stdout.write(jsonDocument(plan));
    return ExitCode.ok;
  }
  const { tasks, pollsPerTask, requests, atMs, horizonMs, worstLagMs, notChecked } = plan;
  for (const line of planLines(atMs, messages)) stdout.write(`${line}\n`);
  const [within, lag] = [formatDuration(horizonMs), formatDuration(worstLagMs)];
  const { watch } = messages;
  const isEach = tasks * pollsPerTask === requests;
  stdout.write(
    `${isEach ? watch.plan(pollsPerTask, tasks, within, lag) : watch.planAtMost(requests, tasks, within, lag)}\n`,
  );
  if (notChecked > 0) stdout.write(`${watch.tooFew(notChecked)}\n`);
  return ExitCode.ok;
}

// --- internal ---

/** `+0ms`, `+1s` …; polls at a steady gap, four or more, are one line. The last poll, before the timeout, has a gap of its own. */
function planLines(atMs: readonly number[], { watch }: Messages): string[] {
  const at = (ms: number) => `+${formatDuration(ms)}`;
  const last = atMs.at(-1);
  const steadyMs = atMs.length < 3 ? 0 : atMs.at(-2)! - atMs.at(-3)!;
  const start = atMs.findIndex((ms, index) => index + 2 < atMs.length && atMs[index + 1]! - ms === steadyMs);
  if (last === undefined || start < 0 || atMs.length - start < 6) return atMs.map(at);
  return [...atMs.slice(0, start + 1).map(at), watch.thenEvery(formatDuration(steadyMs)), at(last)];
}
