import { exitCodeOf } from '../../errors.ts';
import { waitExitCode, watchedOutcome } from '../outcome.ts';
import type { EndEvent } from './events.ts';
import type { WaiterOptions } from './waiter-options.ts';

/** Why a wait is over. */
export type Ending = Pick<EndEvent, 'why' | 'failure' | 'error'>;

/** Whether a wait is over now that another of its tasks is `done`; `failed` are those of them that did not get to what is waited for. */
export function endOf(
  { mode, need, failFast, ids }: WaiterOptions,
  { done, failed }: { readonly done: number; readonly failed: number },
  isSuccess: boolean,
): Ending | undefined {
  if (done - failed >= need) return { why: 'met' };
  if (failFast && !isSuccess) return { why: 'failFast' };
  if (mode !== 'all' && ids.length - failed < need) return { why: 'outOfReach' };
  return done === ids.length ? { why: 'ended' } : undefined;
}

/** The event of the end, with the exit code. */
export function endEvent(
  ending: Ending,
  known: Pick<EndEvent, 'elapsedMs' | 'tasks' | 'results' | 'traffic'>,
  timeoutExitCode: number,
): EndEvent {
  const { why, error } = ending;
  const outcomes = known.tasks.map(watchedOutcome);
  const exitCode = error ? exitCodeOf(error) : waitExitCode(why, outcomes, timeoutExitCode);
  return { type: 'end', ...ending, exitCode, ...known };
}
