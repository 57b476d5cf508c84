import { en, type Messages } from './locales/en/messages.ts';

/** Every exit code of mmai. The sentences beside them are `exitCodes` in the locales. */
export const ExitCode = {
  ok: 0,
  failed: 1,
  usage: 2,
  denied: 3,
  unanswered: 4,
  notFound: 5,
  pending: 8,
  bug: 70,
  outputFailed: 74,
  deadline: 124,
  hangup: 129,
  interrupted: 130,
  closedPipe: 141,
  terminated: 143,
} as const;

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

/** The signals that end a run in an orderly way, each with its exit code. */
export const SIGNAL_CODES = {
  SIGHUP: ExitCode.hangup,
  SIGINT: ExitCode.interrupted,
  /** Ctrl-Break on Windows; no signal elsewhere. */
  SIGBREAK: ExitCode.interrupted,
  SIGTERM: ExitCode.terminated,
} as const;

/** The signal that an exit code stands for. */
export function signalOf(exitCode: number): keyof typeof SIGNAL_CODES | undefined {
  const names = Object.keys(SIGNAL_CODES) as (keyof typeof SIGNAL_CODES)[];
  return names.find((name) => SIGNAL_CODES[name] === exitCode);
}

/** A sentence that does not yet know its language: chosen where the error arises, worded where it is shown. */
export type Text = (messages: Messages) => string;

/** The sentence in English, as programs and logs have it whatever the user's language. */
export function inEnglish(text: Text): string {
  return text(en);
}

/** What a usage error is about: a flag or a variable, which has one name in every language, or words. */
export type Subject = string | Text;

/** The subject in the user's language. */
export function named(subject: Subject, messages: Messages): string {
  return typeof subject === 'string' ? subject : subject(messages);
}

/**
 * What a user can do something about. Carries its exit code, a sentence (what happened, to what) and a hint (what to do);
 * `message` is the English sentence, for programs that import mmai. Anything else thrown is a bug of ours: exit 70.
 */
export class MmaiError extends Error {
  override readonly name: string = 'MmaiError';
  readonly exitCode: number;
  declare readonly text: Text;
  declare readonly hint: Text | undefined;

  constructor(exitCode: number, text: Text, options: { hint?: Text | undefined; cause?: unknown } = {}) {
    super(inEnglish(text), options.cause === undefined ? undefined : { cause: options.cause });
    this.exitCode = exitCode;
    // Not enumerable, since Node prints all other fields of an uncaught error.
    Object.defineProperties(this, { text: { value: text }, hint: { value: options.hint } });
  }
}

/** The exit code that ended a run early: the reason of its aborted signal. */
export function abortCode({ reason }: AbortSignal): number {
  return typeof reason === 'number' ? reason : ExitCode.interrupted;
}

/** The exit code of a run that would end with `code`: a signal or a failing stdout decides instead, once it aborted the signal. */
export function endCode(code: number, signal: AbortSignal): number {
  return signal.aborted ? abortCode(signal) : code;
}

/** The exit code of a run that the error ends: one that is not expected is a bug. */
export function exitCodeOf(error: unknown): number {
  return error instanceof MmaiError ? error.exitCode : ExitCode.bug;
}

/** Bad usage or configuration: exit 2, nothing was sent. */
export function usageError(text: Text, hint?: Text, cause?: unknown): MmaiError {
  return new MmaiError(ExitCode.usage, text, { hint, cause });
}

/** The usage error of two flags that contradict each other. */
export function conflict(one: string, other: string): MmaiError {
  return usageError((m) => m.usage.conflict(one, other));
}

/** An error like those of the system, with a code that tells what is wrong, such as ENOSPC. */
export function systemError(code: string): Error & { code: string } {
  return Object.assign(new Error(code), { code });
}
