import { ExitCode, MmaiError } from '../../errors.ts';

export interface Question {
  /** What an empty answer means. */
  readonly initial?: string;
  /** The sentence that refuses an answer, which is then asked for again; undefined for one that will do. */
  readonly check?: (answer: string) => string | undefined;
}

/** One of the answers to choose from. */
export interface Choice<T extends string> {
  readonly value: T;
  readonly label: string;
}

/** Questions to a person at a terminal, asked on stderr. Each throws exit 130 on Ctrl-C. */
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

/** Prompts by @clack/prompts, whose only importer this is. When `signal` aborts, a prompt gives the terminal back and throws as on Ctrl-C. */
export function createPrompts(output: NodeJS.WriteStream, signal?: AbortSignal): Prompts {
  const options = { output, ...(signal && { signal }) };
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
      return answered(value) as (typeof choices)[number]['value'];
    },
  };
}

// --- internal ---

function lineOf(answer: string | symbol | undefined): string {
  return (answered(answer) ?? '').trim();
}

/** Clack answers Ctrl-C with a symbol. */
function answered<T>(answer: T): Exclude<T, symbol> {
  if (typeof answer === 'symbol') throw new MmaiError(ExitCode.interrupted, (m) => m.config.stopped());
  return answer as Exclude<T, symbol>;
}
