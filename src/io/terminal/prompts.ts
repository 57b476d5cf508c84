import { once } from 'node:events';
import { stripVTControlCharacters } from 'node:util';
import { abortCode, MmaiError, usageError } from '../../errors.ts';
import { giveSize } from './block.ts';
import { closeKeyboard, openKeyboard, raiseForGroup } from './keys.ts';

export interface Question {
  /** What an empty answer means. */
  readonly initial?: string;
  /** The sentence that refuses an answer, for which the user is then prompted again; undefined for a valid one. */
  readonly check?: (answer: string) => string | undefined;
}

/** One of the answers to choose from. */
interface Choice<T extends string> {
  readonly value: T;
  readonly label: string;
}

/**
 * Questions to a person at a terminal, written to stderr. Ctrl-C and Ctrl-D raise SIGINT, as Ctrl-C does elsewhere; the question then
 * throws an error with that exit code.
 */
export interface Prompts {
  /** A line of text. */
  text(question: string, options?: Question): Promise<string>;
  /** A line without echo. */
  secret(question: string, options?: Pick<Question, 'check'>): Promise<string>;
  /** Yes or no, in words; Enter is `initial`. */
  confirm(question: string, words: { readonly yes: string; readonly no: string }, initial: boolean): Promise<boolean>;
  /** One of some values; the first is marked at the beginning. */
  select<T extends string>(question: string, choices: readonly Choice<T>[]): Promise<T>;
}

/**
 * Prompts by @clack/prompts, whose only importer this is. When `signal` aborts, as on Ctrl-C, a prompt gives the terminal back
 * and throws; on Ctrl-Z it does that too, and begins anew when the job continues. `shown` is what a text is written as.
 * Throws a usage error where `output` is no terminal.
 */
export function createPrompts(
  output: NodeJS.WriteStream,
  signal: AbortSignal,
  shown?: (text: string) => string,
): Prompts {
  if (!output.isTTY) throw usageError((m) => m.config.promptsUnseen);
  // A terminal that knows no codes shows them: in Emacs, for one. What is drawn again stands below what was drawn before, then.
  if (process.env.TERM === 'dumb') replaceText(output, stripVTControlCharacters);
  if (shown) replaceText(output, shown);
  const ask = <T>(prompt: Prompt<T>) => answerTo(prompt, output, signal);
  return {
    async text(message, { initial = '', check } = {}) {
      const { text } = await import('@clack/prompts');
      const validate = (answer = '') => check?.(answer.trim() || initial);
      const shown = initial && { placeholder: initial, defaultValue: initial };
      return lineOf(await ask((options) => text({ message, validate, ...options, ...shown }))) || initial;
    },
    async secret(message, { check } = {}) {
      const { password } = await import('@clack/prompts');
      const validate = (answer = '') => check?.(answer.trim());
      return lineOf(await ask((options) => password({ message, validate, ...options, mask: '', clearOnError: true })));
    },
    async confirm(message, { yes, no }, initialValue) {
      const { confirm } = await import('@clack/prompts');
      return ask((options) => confirm({ message, initialValue, active: yes, inactive: no, ...options }));
    },
    async select(message, choices) {
      const { select } = await import('@clack/prompts');
      // Clack's instructions are in English only.
      const rest = { message, options: [...choices], showInstructions: false };
      const value = await ask((options) => select<string>({ ...rest, ...options }));
      return value as (typeof choices)[number]['value'];
    },
  };
}

// --- internal ---

interface PromptOptions {
  readonly input: NodeJS.ReadStream;
  readonly output: NodeJS.WriteStream;
  readonly signal: AbortSignal;
}

type Prompt<T> = (options: PromptOptions) => Promise<T>;

/** The answer to a prompt, which begins anew after Ctrl-Z. Throws an error with the exit code of SIGINT on Ctrl-C and Ctrl-D. */
async function answerTo<T>(
  prompt: Prompt<T>,
  output: NodeJS.WriteStream,
  signal: AbortSignal,
): Promise<Exclude<T, symbol>> {
  const closed = new AbortController();
  let closing: NodeJS.Immediate | undefined;
  let isSuspended = false;
  // Ctrl-D, or the terminal's end, closes what Clack reads without a word to Clack: all that is seen of it is the pause.
  const onPause = () => {
    closing ??= setImmediate(() => closed.abort());
  };
  const onKey = (_: string, key: { name?: string; readonly ctrl?: boolean }) => {
    // A program that types, as expect does, may send a line feed for Enter: Clack would drop what was typed before it.
    if (key.name === 'enter') key.name = 'return';
    if (!key.ctrl || key.name !== 'z' || process.platform === 'win32') return;
    // Node would stop the process, and then read nothing more.
    isSuspended = true;
    key.name = '';
    onPause();
  };
  const input = openKeyboard(process.stdin);
  input.once('pause', onPause).prependListener('keypress', onKey);
  giveSize(output);
  const both = AbortSignal.any([signal, closed.signal]);
  const answer = await prompt({ input, output, signal: both }).finally(() => {
    input.off('pause', onPause).off('keypress', onKey);
    closeKeyboard(input, process.stdin);
  });
  clearImmediate(closing);
  // Before the answer: Enter may have been read with Ctrl-Z, but was typed for the shell.
  if (isSuspended && !signal.aborted) {
    raiseForGroup('SIGTSTP');
    return answerTo(prompt, output, signal);
  }
  // Clack answers Ctrl-C, and the signal, with a symbol.
  if (typeof answer !== 'symbol') return answer as Exclude<T, symbol>;
  await interrupted(signal);
  throw new MmaiError(abortCode(signal), (m) => m.network.stopped);
}

/** Clack writes text only, but the stream may be written to by others. */
function replaceText(stream: NodeJS.WriteStream, shown: (text: string) => string): void {
  const { write } = stream;
  const replaced = (text: string | Uint8Array, ...rest: []) =>
    write.call(stream, typeof text === 'string' ? shown(text) : text, ...rest);
  stream.write = replaced as typeof write;
}

function lineOf(answer: string | undefined): string {
  return (answer ?? '').trim();
}

/** Does what the kernel does on Ctrl-C outside of raw mode, and waits until `signal` tells of it. */
async function interrupted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  // A listener of signals keeps no process alive, and the prompt has let go of the terminal.
  const alive = setInterval(() => {}, 1000);
  const aborted = once(signal, 'abort');
  raiseForGroup('SIGINT');
  await aborted;
  clearInterval(alive);
}
