import type { Messages } from '../locales/en/messages.ts';
import { nearest } from '../text/nearest.ts';
import { failureExitCode, ownExitCodes } from './outcome.ts';
import { catalogue, cataloguedAs, classify, type FailureClass, type RetryRule } from './rpc/error-codes.ts';
import { isFinal, TASK_STATES, type TaskState, taskState } from './task.ts';

interface Wording {
  /** What to write after `mmai explain`. */
  readonly topic: string;
  readonly meaning: string;
  readonly hint: string;
}

/** One explanation; `meaning` and `hint` are sentences in the user's language, all else is for machines. */
export type Explanation =
  | (Wording & {
      readonly kind: 'status';
      readonly status: number | null;
      readonly state: TaskState;
      readonly final: boolean;
    })
  | (Wording & { readonly kind: 'exitCode'; readonly exitCode: number })
  | (Wording & { readonly kind: 'guide' })
  | (Wording & {
      readonly kind: 'errorCode';
      /** The code of the catalogue that an unlisted code is treated as; else null. */
      readonly countsAs: string | null;
      readonly class: FailureClass;
      readonly retry: RetryRule;
      readonly exitCode: number;
    });

/** Every word, number and code that has an explanation. A number may be both a status and an exit code. */
export function allExplanations(messages: Messages): Explanation[] {
  return Object.values(GROUPS).flatMap((group) => group(messages));
}

/** What a user may write after `mmai explain`, for completion and for the nearest match. */
export function allTopics(): string[] {
  return [...Object.keys(GROUPS), ...TASK_STATES, ...GUIDES, ...Object.keys(catalogue)];
}

/**
 * What is known about a topic, in any case: a group, a guide, a status (number, or word in English or the user's language), an
 * exit code, an HTTP status, an error code. Empty where nothing is.
 */
export function explain(topic: string, messages: Messages): Explanation[] {
  const wanted = topic.toLowerCase();
  const group = Object.hasOwn(GROUPS, wanted) ? GROUPS[wanted] : undefined;
  if (group) return group(messages);
  if (/^-?\d{1,9}$/.test(wanted)) return explainNumber(Number(wanted), messages);
  const guide = GUIDES.find((name) => name === wanted);
  if (guide) return [explainGuide(guide, messages)];
  const state = TASK_STATES.find((name) => wanted === name || wanted === messages.states[name].toLowerCase());
  if (state) return [explainState(state, messages)];
  if (cataloguedAs(topic) !== undefined) return [explainCode(topic, messages)];
  const own = ownExitCodes(topic);
  return exitCodes(messages).flatMap((code) => (own.includes(code) ? [explainExitCode(code, messages)] : []));
}

/** Whether the topic is listed, in any case. */
export function isTopic(topic: string): boolean {
  return allTopics().some((name) => name.toLowerCase() === topic.toLowerCase());
}

/** The topic that was most likely meant; undefined where none is near. */
export function nearestTopic(topic: string): string | undefined {
  return nearest(topic, allTopics());
}

// --- internal ---

/** How to use mmai for a purpose. */
const GUIDES = ['agents'] as const;

const GROUPS: Readonly<Record<string, (messages: Messages) => Explanation[]>> = {
  statuses: (messages) => TASK_STATES.map((state) => explainState(state, messages)),
  'exit-codes': (messages) => exitCodes(messages).map((code) => explainExitCode(code, messages)),
  'error-codes': (messages) => Object.keys(catalogue).map((code) => explainCode(code, messages)),
  guides: (messages) => GUIDES.map((name) => explainGuide(name, messages)),
};

/** The codes that these HTTP statuses come with: an error shows both. */
const HTTP_STATUSES: Readonly<Record<number, keyof typeof catalogue>> = {
  403: 'Forbidden',
  404: 'ResourceNotFound',
  429: 'Throttling',
  500: 'InternalError',
  503: 'ServiceUnavailable',
};

/** `0` to `3` are statuses and exit codes alike, so both are explained; a number that is neither may still be a status of a later service. */
function explainNumber(number: number, messages: Messages): Explanation[] {
  const code = HTTP_STATUSES[number];
  if (code) return [explainCode(code, messages)];
  const exitCode = exitCodes(messages).find((code) => code === number);
  const state = taskState(number);
  const status = { ...explainState(state, messages), topic: String(number), status: number };
  const exit = exitCode === undefined ? [] : [explainExitCode(exitCode, messages)];
  return state === 'unknown' && exit.length > 0 ? exit : [status, ...exit];
}

function explainState(state: TaskState, messages: Messages) {
  const status = state === 'unknown' ? null : TASK_STATES.indexOf(state);
  return {
    topic: state,
    kind: 'status',
    status,
    state,
    final: isFinal(state),
    ...messages.explain.statuses[state],
  } as const;
}

type ExitCodeOfTable = keyof Messages['exitCodes'];

function exitCodes(messages: Messages): ExitCodeOfTable[] {
  return Object.keys(messages.exitCodes).map((code) => Number(code) as ExitCodeOfTable);
}

function explainExitCode(exitCode: ExitCodeOfTable, { exitCodes: meanings, explain }: Messages): Explanation {
  const meaning = meanings[exitCode];
  return { topic: String(exitCode), kind: 'exitCode', exitCode, meaning, hint: explain.exitHints[exitCode] };
}

function explainGuide(topic: (typeof GUIDES)[number], { explain }: Messages): Explanation {
  return { topic, kind: 'guide', ...explain.guides[topic] };
}

function explainCode(given: string, { codes }: Messages): Explanation {
  const name = cataloguedAs(given)!;
  const isListed = name.toLowerCase() === given.toLowerCase();
  const { class: failureClass, retry, topic } = classify(given, 0);
  return {
    topic: isListed ? name : given,
    kind: 'errorCode',
    countsAs: isListed ? null : name,
    class: failureClass,
    retry,
    exitCode: failureExitCode(failureClass),
    ...codes[topic!],
  };
}
