import { ExitCode } from '../errors.ts';
import type { FailureClass } from './rpc/error-codes.ts';
import { isFinal, type TaskState } from './task.ts';

/**
 * Why a task is watched no longer. `running` is what `--until running` waits for; the timeouts are those of one task,
 * `--queue-timeout` and `--stall-timeout`.
 */
export const TASK_ENDS = [
  'succeeded',
  'failed',
  'running',
  'notFound',
  'unanswered',
  'queueTimeout',
  'stallTimeout',
] as const;
export type TaskEnd = (typeof TASK_ENDS)[number];

/** The task got to what was waited for. */
export function isSuccess(end: string | null): end is 'succeeded' | 'running' {
  return end === 'succeeded' || end === 'running';
}

/** The task has not ended, and was not given up. */
export function isUnfinished(outcome: string): outcome is 'pending' | 'notChecked' {
  return outcome === 'pending' || outcome === 'notChecked';
}

/** The ends of a task that goes on, but took longer than its own limits allow. */
export const TOO_SLOW = ['queueTimeout', 'stallTimeout'] as const satisfies readonly TaskEnd[];
type TooSlow = (typeof TOO_SLOW)[number];

export function isTooSlow(end: string | null): end is TooSlow {
  return TOO_SLOW.some((one) => one === end);
}

/** Why the wait is over. `denied` and `error` come with the failure or the error that ended it. */
export const WAIT_ENDS = [
  'met',
  'ended',
  'failFast',
  'outOfReach',
  'denied',
  'deadline',
  'interrupted',
  'error',
] as const;
export type WaitEnd = (typeof WAIT_ENDS)[number];

/**
 * What is known of one task when the command ends. `unanswered` covers every failure but "no such task"; `notChecked` is a task
 * without any response.
 */
export type Outcome = 'succeeded' | 'failed' | 'running' | 'pending' | 'notChecked' | 'notFound' | 'unanswered';

/** The exit code of each kind of failure. */
const FAILURE_CODES: Readonly<Record<FailureClass, ExitCode>> = {
  transient: ExitCode.unanswered,
  throttle: ExitCode.unanswered,
  skew: ExitCode.unanswered,
  auth: ExitCode.denied,
  permission: ExitCode.denied,
  account: ExitCode.denied,
  notFound: ExitCode.notFound,
  request: ExitCode.unanswered,
};

/** What mmai's own errors are called in machine formats, by the exit code that they end with; the classes of failures are among theirs. */
const OWN_ERRORS: Readonly<Record<number, OwnError>> = {
  [ExitCode.usage]: { code: 'Mmai.Usage', class: 'usage' },
  [ExitCode.denied]: { code: 'Mmai.Credentials', class: 'auth' },
  [ExitCode.unanswered]: { code: 'Mmai.Unavailable', class: 'transient' },
  [ExitCode.outputFailed]: { code: 'Mmai.Output', class: 'output' },
  [ExitCode.bug]: { code: 'Mmai.Bug', class: 'bug' },
};
const INTERRUPTED: OwnError = { code: 'Mmai.Interrupted', class: 'interrupted' };

interface OwnError {
  readonly code: string;
  readonly class: string;
}

/** Code and class of an error of mmai's own that ends with this exit code. */
export function ownError(exitCode: number): OwnError {
  return OWN_ERRORS[exitCode] ?? INTERRUPTED;
}

/** The exit codes that an error of mmai's own ends with, by its code in any case; none for the code of a service's error. */
export function ownExitCodes(code: string): readonly number[] {
  const wanted = code.toLowerCase();
  // An interrupted request has a code of the network's.
  if (wanted === 'network.aborted' || wanted === INTERRUPTED.code.toLowerCase()) {
    return [ExitCode.hangup, ExitCode.interrupted, ExitCode.terminated];
  }
  return Object.keys(OWN_ERRORS)
    .map(Number)
    .filter((exitCode) => OWN_ERRORS[exitCode]?.code.toLowerCase() === wanted);
}

/** The exit code of a command whose request failed like this. */
export function failureExitCode(failureClass: FailureClass): ExitCode {
  return FAILURE_CODES[failureClass];
}

/** The failure concerns the caller (AccessKey, permission, account), so it would meet every other task too. */
export function isDenied({ class: failureClass }: { readonly class: FailureClass }): boolean {
  return FAILURE_CODES[failureClass] === ExitCode.denied;
}

/** The outcome of a task in this state. */
export function stateOutcome(state: TaskState): Outcome {
  return isFinal(state) ? state : 'pending';
}

/** The outcome of a task whose requests failed like this. */
export function failureOutcome(failureClass: FailureClass): 'notFound' | 'unanswered' {
  return failureClass === 'notFound' ? 'notFound' : 'unanswered';
}

/** The outcome of a watched task; its end is null while it is watched. A task that took too long is still pending. */
export function watchedOutcome({ outcome, state, failure }: WatchedTask): Outcome {
  if (outcome === null && state === null && failure === null) return 'notChecked';
  return outcome === null || isTooSlow(outcome) ? 'pending' : outcome;
}

/** What {@link watchedOutcome} looks at. */
interface WatchedTask {
  readonly outcome: TaskEnd | null;
  readonly state: TaskState | null;
  readonly failure: unknown;
}

/** The exit code of `status`: of requests that failed or, with `--exit-status`, of the states too. */
export function statusExitCode(outcomes: readonly Outcome[], tellsState: boolean): number {
  if (tellsState) return foldOutcomes(outcomes, ExitCode.pending);
  const unanswered = outcomes.filter((outcome) => outcome === 'unanswered' || outcome === 'notFound');
  return foldOutcomes(unanswered, ExitCode.ok);
}

/** The exit code of `result`: of requests that failed, and of tasks that have not ended. A task that failed has a result. */
export function resultExitCode(outcomes: readonly Outcome[]): number {
  return foldOutcomes(
    outcomes.filter((outcome) => outcome !== 'failed'),
    ExitCode.pending,
  );
}

/** How a wait ends that an error with this exit code ends. */
export function errorEnd(exitCode: number): 'denied' | 'interrupted' | 'error' {
  if (exitCode === ExitCode.denied) return 'denied';
  return exitCode > 128 ? 'interrupted' : 'error';
}

/** The exit code of a wait: `timeoutCode` where tasks are still pending. */
export function waitExitCode(end: WaitEnd, outcomes: Iterable<Outcome>, timeoutCode: number): number {
  if (end === 'met') return ExitCode.ok;
  if (end === 'denied') return ExitCode.denied;
  // Any error that is expected has an exit code of its own.
  if (end === 'error') return ExitCode.bug;
  if (end === 'outOfReach') return outOfReachCode(new Set(outcomes));
  return end === 'interrupted' ? ExitCode.interrupted : foldOutcomes(outcomes, timeoutCode);
}

// --- internal ---

/** The condition cannot be met any more, unless it is unknown how a task ended. */
function outOfReachCode(seen: ReadonlySet<Outcome>): number {
  return seen.has('unanswered') && !seen.has('failed') ? ExitCode.unanswered : ExitCode.failed;
}

/** One exit code for many tasks: failed, else unanswered, else not found, else pending, else ok. */
function foldOutcomes(outcomes: Iterable<Outcome>, pendingCode: number): number {
  const seen = new Set(outcomes);
  if (seen.has('failed')) return ExitCode.failed;
  if (seen.has('unanswered')) return ExitCode.unanswered;
  if (seen.has('notFound')) return ExitCode.notFound;
  if (seen.has('pending') || seen.has('notChecked')) return pendingCode;
  return ExitCode.ok;
}
