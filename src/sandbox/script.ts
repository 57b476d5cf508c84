import { usageError } from '../errors.ts';
import { parseDuration } from '../text/duration.ts';
import { shortened } from '../text/safe-text.ts';

/** What one request gets: a status, or a fault. `reason` belongs to `3(Download fail)`, `forMs` to `throttle(2s)` and `slow(2s)`. */
export type Step =
  | { readonly kind: 'status'; readonly status: number; readonly reason?: string }
  | { readonly kind: Fault; readonly forMs?: number };

export const FAULTS = [
  '500',
  'throttle',
  '404',
  'reset',
  'hang',
  'garbage',
  'html',
  'expired',
  'forbidden',
  'slow',
] as const;
export type Fault = (typeof FAULTS)[number];

interface ScriptedStep {
  readonly step: Step;
  /** So many polls get this step; with `holdMs`, every poll within that span does. */
  readonly times: number;
  readonly holdMs: number;
}

export interface Script {
  readonly byTask: ReadonlyMap<string, readonly ScriptedStep[]>;
  readonly others: readonly ScriptedStep[];
}

export const DEFAULT_SCRIPT = '0,1x3,2';

const TASK_SEPARATOR = /;/g;
/** PowerShell makes a list of an unquoted `0,1,2`, which a script passes on with blanks. */
const STEP_SEPARATOR = /\s*,\s*|\s+/g;

/** `0x2,1x3,2` for every task, `123=0,1,2;456=1,3` per task. Throws a usage error that names the bad step, or the task with two scripts. */
export function parseScript(text: string): Script {
  const byTask = new Map<string, readonly ScriptedStep[]>();
  let others: readonly ScriptedStep[] | undefined;
  for (const part of parts(text, TASK_SEPARATOR)) {
    const [, task, steps = ''] = /^(?:([1-9]\d{0,18})=)?\s*(.*)$/s.exec(part.trim()) ?? [];
    const parsed = parts(steps, STEP_SEPARATOR).map(parseStep);
    const isTwice = task ? byTask.has(task) : others !== undefined;
    if (isTwice) throw usageError((m) => m.sandbox.twoScripts(task));
    if (task) byTask.set(task, parsed);
    else others = parsed;
  }
  return { byTask, others: others ?? parseScript(DEFAULT_SCRIPT).others };
}

/** Plays the script to each task on its own: every request about it takes the next step, the last one stays. */
export class Player {
  readonly #script: Script;
  readonly #places = new Map<string, { index: number; polls: number; since: number }>();

  constructor(script: Script) {
    this.#script = script;
  }

  /** The step for a request about `task` at `now` (ms). */
  next(task: string, now: number): Step {
    const steps = this.#script.byTask.get(task) ?? this.#script.others;
    let place = this.#places.get(task) ?? { index: 0, polls: 0, since: now };
    if (place.index < steps.length - 1 && isOver(steps[place.index]!, place, now)) {
      place = { index: place.index + 1, polls: 0, since: now };
    }
    place.polls += 1;
    this.#places.set(task, place);
    return steps[place.index]!.step;
  }
}

// --- internal ---

/**
 * A text split at what matches `ends`, but not in parentheses: a reason may hold it. A lookahead to the next one would search
 * the rest each time.
 */
function parts(text: string, ends: RegExp): string[] {
  const found: string[] = [];
  const parenthesis = /[()]|$/g;
  let [start, next] = [0, -1];
  for (const { 0: end, index } of text.matchAll(ends)) {
    const after = index + end.length;
    if (next < after) {
      parenthesis.lastIndex = after;
      next = parenthesis.exec(text)!.index;
    }
    if (text[next] === ')') continue;
    found.push(text.slice(start, index));
    start = after;
  }
  return [...found, text.slice(start)];
}

function parseStep(text: string): ScriptedStep {
  const bad = () => usageError((m) => m.sandbox.badStep(shortened(text), FAULTS));
  const [, word, given, times = '1', hold] =
    /^(0|-?[1-9]\d{0,8}|[a-z]+)(?:\((.*)\))?(?:x([1-9]\d{0,6})|:(.+))?$/.exec(text) ?? [];
  const fault = FAULTS.find((name) => name === word);
  const takesSpan = fault === 'throttle' || fault === 'slow';
  const isStatus = word !== undefined && /\d$/.test(word) && !fault;
  const takesReason = word === '3' && given?.trim() !== '';
  if ((!isStatus && !fault) || (given !== undefined && !takesSpan && !takesReason)) throw bad();
  // A step without an end would be another word for the last one; a throttle or a delay without one has no meaning.
  const milliseconds = (span: string) => {
    const ms = parseDuration(span, shortened(text));
    if (ms === Number.POSITIVE_INFINITY) throw bad();
    return ms;
  };
  const lasts = { times: Number(times), holdMs: hold === undefined ? 0 : milliseconds(hold) };
  if (fault) return { step: { kind: fault, ...(given !== undefined && { forMs: milliseconds(given) }) }, ...lasts };
  return { step: { kind: 'status', status: Number(word), ...(given && { reason: given.trim() }) }, ...lasts };
}

function isOver({ times, holdMs }: ScriptedStep, place: { polls: number; since: number }, now: number): boolean {
  return holdMs > 0 ? now - place.since >= holdMs : place.polls >= times;
}
