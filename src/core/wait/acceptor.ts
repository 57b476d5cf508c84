import type { TaskReply } from '../client.ts';
import { failureOutcome, isDenied, type TaskEnd } from '../outcome.ts';
import { backoffMs } from '../rpc/backoff.ts';
import type { Failure } from '../rpc/response.ts';
import { isFinal, type TaskStatus, taskState } from '../task.ts';
import type { ResultEvent, RetryEvent, StateEvent } from './events.ts';
import { gapMs, type PaceOptions, type Throttle } from './pace.ts';
import { skipTime, type Watched } from './watched.ts';

/** How long trouble with one task is tolerated; spans in ms, Infinity for no limit. */
export interface AcceptorRules extends PaceOptions {
  /** What is waited for: a final state, or that a task has left the queue. */
  readonly until: 'ended' | 'running';
  /** Consecutive transient errors, from the first to the last. */
  readonly errorBudgetMs: number;
  /** A task not found, which one just submitted may be at first. */
  readonly notFoundGraceMs: number;
  /** The longest a task may be submitting, and the longest it may show no change. */
  readonly queueTimeoutMs: number;
  readonly stallTimeoutMs: number;
}

/** Polled again after `againInMs`, as a rule, and after `atMostMs` at the latest. */
export interface NextPoll {
  readonly againInMs: number;
  readonly atMostMs: number;
}

/** What a result means for a task: polled again after `againInMs`, ended, or denied, which ends the whole wait. */
export interface Acceptance {
  /** The event, but for when the task is polled again, which the queue decides. */
  readonly event?: Omit<StateEvent, 'nextPollMs'> | Omit<RetryEvent, 'delayMs'> | undefined;
  readonly next: NextPoll | { readonly end: TaskEnd } | { readonly denied: Failure };
}

const MIN_DELAY_MS = 1000;
/** A task is not given up before so many polls in a row failed, but for throttled ones, however long the requests took. */
const MIN_FAILURES = 3;
/** A server's hint is obeyed up to here; beyond, it is taken for a mistake. */
const MAX_HINT_MS = 600_000;

/** When a poll was sent, and when its response came, in ms since the wait began. */
interface PollTimes {
  readonly sentAt: number;
  readonly now: number;
}

interface AcceptorContext {
  readonly rules: AcceptorRules;
  readonly throttle: Throttle;
  readonly random: () => number;
}

/** Applies the reply to a poll to the task, and decides what follows. */
export function accept(task: Watched, reply: TaskReply, times: PollTimes, context: AcceptorContext): Acceptance {
  if (!reply.ok) return afterFailure(task, reply.failure, times, context);
  context.throttle.clean();
  const event = noteResult(task, reply.result, times.now);
  return { event, next: afterResult(task, hintMs(reply.result), times, context) };
}

/** The event of a task that has ended or is given up, `durationMs` after the start of the wait. */
export function resultEvent(task: Readonly<Watched>, outcome: TaskEnd, durationMs: number): ResultEvent {
  const { id, status, lagMaxMs, polls, requestId } = task;
  const state = task.state ?? 'unknown';
  const failure = task.failure ?? undefined;
  return { type: 'result', id, outcome, state, status, durationMs, lagMaxMs, polls, requestId, failure };
}

/** How long the server asks to wait, in ms; what is too long to be meant counts as {@link MAX_HINT_MS}. */
export function hintMs({ serverDelayMs = 0 }: Pick<TaskStatus | Failure, 'serverDelayMs'>): number {
  return Math.min(serverDelayMs, MAX_HINT_MS);
}

// --- internal ---

function afterResult(
  task: Watched,
  hint: number,
  { sentAt, now }: PollTimes,
  { rules, throttle, random }: AcceptorContext,
): Acceptance['next'] {
  const state = task.state!;
  if (isFinal(state)) {
    task.lagMaxMs = now - task.seenUnfinishedAt;
    return { end: state };
  }
  if (rules.until === 'running' && state === 'running') return { end: 'running' };
  task.seenUnfinishedAt = sentAt;
  const limit = taskLimit(task, rules);
  // A response that comes after the limit may tell of the state before it: the machine may have slept meanwhile.
  if (sentAt >= limit.at) return { end: limit.end };
  const gap = (chance: () => number) =>
    Math.min(gapMs(now - task.changedAt, rules, chance) * throttle.factor, Math.max(0, limit.at - now));
  // Earlier than the server asks it is polled in the last round only.
  return { againInMs: Math.max(gap(random), hint), atMostMs: hint > 0 ? Number.POSITIVE_INFINITY : gap(() => 1) };
}

function afterFailure(
  task: Watched,
  failure: Failure,
  { sentAt, now }: PollTimes,
  { rules, throttle, random }: AcceptorContext,
): Acceptance {
  const isThrottled = failure.class === 'throttle';
  if (isThrottled) throttle.throttled();
  task.failure = withGoneTopic(failure, task);
  if (isDenied(failure)) return { next: { denied: failure } };
  // The retry waited for its turn, or because the service asked it to, which tells nothing of the task.
  skipTime(task, Math.max(0, sentAt - (task.throttledAt ?? task.due)));
  task.throttledAt = isThrottled ? now : null;
  task.failures += 1;
  if (isThrottled) task.throttles += 1;
  const since = noteFailure(task, failure, now);
  const budget = budgetMs(failure, task, rules);
  const left = Math.max(0, budget - (now - since));
  if (budget === 0 || (left === 0 && task.failures - task.throttles >= MIN_FAILURES)) {
    return { next: { end: failureOutcome(failure.class) } };
  }
  const backoff = Math.max(MIN_DELAY_MS, backoffMs(task.failures, random) * throttle.factor);
  // The end of the budget gets a poll of its own, so that a late recovery is not missed by a long delay.
  const againInMs = Math.max(left > 0 ? Math.min(backoff, left) : backoff, hintMs(failure));
  const budgetLeftMs = left === Number.POSITIVE_INFINITY ? null : left;
  const { id, failures: attempt } = task;
  return {
    event: { type: 'retry', id, failure: task.failure, attempt, budgetLeftMs },
    next: { againInMs, atMostMs: Number.POSITIVE_INFINITY },
  };
}

/** Notes since when the failure has to be tolerated, and returns that. A response that is no result ends a row of errors, too. */
function noteFailure(task: Watched, { class: failureClass }: Failure, now: number): number {
  if (failureClass === 'notFound') task.missingSince ??= now;
  if (failureClass === 'notFound' || failureClass === 'throttle') {
    task.failingSince = null;
    return task.missingSince ?? now;
  }
  task.failingSince ??= now;
  return task.failingSince;
}

/** A task that was seen before and is not found now was not "just submitted". */
function withGoneTopic(failure: Failure, { state }: Watched): Failure {
  return failure.class === 'notFound' && state !== null ? { ...failure, topic: 'taskGone' } : failure;
}

/** The event, if the result shows another status than before. */
function noteResult(task: Watched, { status, requestId }: TaskStatus, now: number): Acceptance['event'] {
  task.failures = 0;
  task.throttles = 0;
  task.throttledAt = null;
  task.failingSince = null;
  task.missingSince = null;
  task.failure = null;
  task.requestId = requestId;
  if (status === task.status) return undefined;
  const { id, state: prev, polls, changedAt } = task;
  const state = taskState(status);
  task.state = state;
  task.status = status;
  task.seenAt ??= now;
  task.changedAt = now;
  const prevMs = now - changedAt;
  return { type: 'state', id, state, status, prev, ageMs: now, prevMs, polls, requestId };
}

/** How long this failure is tolerated, in ms. A throttling service works, so throttling ends at the deadline only. */
function budgetMs(failure: Failure, { state }: Watched, rules: AcceptorRules): number {
  if (failure.class === 'throttle') return Number.POSITIVE_INFINITY;
  if (failure.class === 'notFound') return rules.notFoundGraceMs;
  // A clock or a nonce that was corrected and failed again is treated like any transient error.
  const isPermanent = failure.retry === 'never' || (failure.retry === 'ifSeen' && state === null);
  return isPermanent ? 0 : rules.errorBudgetMs;
}

/** When the task is given up for showing no change, and what that is called. */
function taskLimit(task: Watched, rules: AcceptorRules): { at: number; end: TaskEnd } {
  const stallAt = task.changedAt + rules.stallTimeoutMs;
  const queueAt = task.state === 'submitting' ? task.changedAt + rules.queueTimeoutMs : Number.POSITIVE_INFINITY;
  return queueAt <= stallAt ? { at: queueAt, end: 'queueTimeout' } : { at: stallAt, end: 'stallTimeout' };
}
