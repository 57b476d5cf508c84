import { MAX_IN_FLIGHT } from '../rpc/transport.ts';
import { LAST_POLL_MARGIN_MS, roundMargins } from './last-round.ts';
import { gapMs, JITTER, RateLimit } from './pace.ts';
import type { WaiterOptions } from './waiter-options.ts';

/** What a wait would do if no task changed its state. Spans in ms. */
interface PollPlan {
  readonly tasks: number;
  /** Of every task; some get one more where --max-rps leaves no time for all. */
  readonly pollsPerTask: number;
  /** The most there are. */
  readonly requests: number;
  /** Tasks that --max-rps leaves no time for. */
  readonly notChecked: number;
  /** The longest that a task can have ended unnoticed, while the service responds as usual. */
  readonly worstLagMs: number;
  readonly horizonMs: number;
  /** When the first task is polled. */
  readonly atMs: readonly number[];
}

/** What a request may take, for want of a measurement. */
const LATENCY_MS = 100;
const DAY_MS = 24 * 3_600_000;
/** More polls of one task than this are not listed. */
const MAX_POLLS = 100_000;
/** In place of chance: the jitter of a mean gap, and of the longest. */
const MEAN = () => 0.5;
const LONGEST = () => 1;

/** The plan of a wait, for a day and {@link MAX_POLLS} polls of a task at most. */
export function pollPlan(options: WaiterOptions): PollPlan {
  const { timeoutMs, maxRps } = options;
  const tasks = options.ids.length;
  const perSecond = Math.min(maxRps, (MAX_IN_FLIGHT * 1000) / LATENCY_MS);
  // As long as a round over all tasks takes; the last round ends just before the deadline.
  const roundMs = (tasks / perSecond) * 1000;
  const horizonMs = Math.min(timeoutMs, DAY_MS, MAX_POLLS * Math.max(gapMs(0, options, MEAN), roundMs));
  const capacity = Math.floor(((horizonMs - LATENCY_MS) / 1000 + 1) * perSecond);
  const notChecked = Math.max(0, tasks - capacity);
  const lastRoundMs = horizonMs - LAST_POLL_MARGIN_MS - new RateLimit(perSecond).restedDelay(tasks);
  const { mergeMs, earlyMs, apartMs } = roundMargins(options);
  const atMs = [0];
  for (let at = 0; at < lastRoundMs; ) {
    const gap = Math.max(gapMs(at, options, MEAN), roundMs);
    const longest = Math.max(gapMs(at, options, LONGEST), roundMs);
    const isLast = at + gap > lastRoundMs - mergeMs;
    const isDelayed = isLast && at + longest < lastRoundMs && at < lastRoundMs - earlyMs - apartMs;
    if (isDelayed) at = lastRoundMs - earlyMs;
    else at = isLast ? horizonMs : at + gap;
    atMs.push(Math.round(at));
  }
  const requests = Math.min(atMs.length * tasks, capacity);
  return {
    tasks,
    pollsPerTask: Math.max(1, Math.floor(requests / tasks)),
    requests,
    notChecked,
    worstLagMs: lastRoundMs > 0 ? worstLagMs(options, roundMs, horizonMs) : horizonMs,
    horizonMs,
    atMs,
  };
}

// --- internal ---

/** The longest gap that still ends before the deadline: gaps grow with the age of a task. */
function worstLagMs(options: WaiterOptions, roundMs: number, horizonMs: number): number {
  let [fits, late] = [0, horizonMs];
  while (late - fits > 1) {
    const age = (fits + late) / 2;
    if (age + worstGapMs(age, options, roundMs) <= horizonMs) fits = age;
    else late = age;
  }
  return Math.ceil(Math.min(worstGapMs(late, options, roundMs), horizonMs));
}

/** The longest from one poll of a task to its next, with the jitter of all tasks and the turns of the others. */
function worstGapMs(age: number, options: WaiterOptions, roundMs: number): number {
  const { mergeMs, earlyMs } = roundMargins(options);
  const gap = Math.max(gapMs(age, options, LONGEST), earlyMs);
  const isAlone = options.ids.length === 1;
  if (isAlone) return gap + LAST_POLL_MARGIN_MS;
  const jitter = options.intervalMs === 'auto' ? gap * JITTER : 0;
  return Math.max(gap + Math.min(roundMs, jitter + 1000), roundMs + jitter) + mergeMs + LAST_POLL_MARGIN_MS;
}
