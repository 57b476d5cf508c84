import { once } from 'node:events';
import { abortCode, MmaiError } from '../../errors.ts';
import { raiseForGroup } from './keys.ts';

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

/** Questions to a person at a terminal, asked on stderr. Ctrl-C is the signal that it is elsewhere; each then throws its exit code. */
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

/** Prompts by @clack/prompts, whose only importer this is. When `signal` aborts, as on Ctrl-C, a prompt gives the terminal back and throws. */
export function createPrompts(output: NodeJS.WriteStream, signal: AbortSignal): Prompts {
  const options = { output, signal };
  /** Clack answers Ctrl-C, and the signal, with a symbol. */
  const answered = async <T>(answer: T): Promise<Exclude<T, symbol>> => {
    if (typeof answer !== 'symbol') return answer as Exclude<T, symbol>;
    if (!signal.aborted) {
      // A listener of signals keeps no process alive, and the prompt has let go of the terminal.
      const alive = setInterval(() => {}, 1000);
      const aborted = once(signal, 'abort');
      raiseForGroup('SIGINT');
      await aborted;
      clearInterval(alive);
    }
    throw new MmaiError(abortCode(signal), (m) => m.network.stopped);
  };
  const lineOf = async (answer: string | symbol | undefined) => ((await answered(answer)) ?? '').trim();
  return {
    async text(message, { initial = '', check } = {}) {
      const { text } = await import('@clack/prompts');
      const validate = (answer = '') => check?.(answer.trim() || initial);
      const shown = initial && { placeholder: initial, defaultValue: initial };
      return lineOf(await text({ message, validate, ...options, ...shown }));
    },
    async secret(message, { check } = {}) {
      const { password } = await import('@clack/prompts');
      const validate = (answer = '') => check?.(answer.trim());
      return lineOf(await password({ message, validate, ...options, mask: '' }));
    },
    async confirm(message, { yes, no }, initialValue) {
      const { confirm } = await import('@clack/prompts');
      return answered(await confirm({ message, initialValue, active: yes, inactive: no, ...options }));
    },
    async select(message, choices) {
      const { select } = await import('@clack/prompts');
      // Clack's instructions are in English only.
      const value = await select<string>({ message, options: [...choices], showInstructions: false, ...options });
      return (await answered(value)) as (typeof choices)[number]['value'];
    },
  };
}
