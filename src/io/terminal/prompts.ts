import { ExitCode, MmaiError } from '../../errors.ts';

/** Questions to a person at a terminal, asked on stderr. */
export interface Prompts {
  /** A line of text; an empty answer gives `initial`. Throws exit 130 on Ctrl-C. */
  text(question: string, initial?: string): Promise<string>;
  /** A line without echo. Throws exit 130 on Ctrl-C. */
  secret(question: string): Promise<string>;
}

/** Prompts by @clack/prompts, whose only importer this is. When `signal` aborts, a prompt gives the terminal back and throws as on Ctrl-C. */
export function createPrompts(output: NodeJS.WriteStream, signal?: AbortSignal): Prompts {
  const options = { output, ...(signal && { signal }) };
  return {
    async text(question, initial = '') {
      const { text } = await import('@clack/prompts');
      return answered(
        await text({ message: question, ...options, ...(initial && { placeholder: initial, defaultValue: initial }) }),
      );
    },
    async secret(question) {
      const { password } = await import('@clack/prompts');
      return answered(await password({ message: question, ...options, mask: '' }));
    },
  };
}

/** Clack answers Ctrl-C with a symbol. */
function answered(answer: string | symbol | undefined): string {
  if (typeof answer === 'symbol') throw new MmaiError(ExitCode.interrupted, (m) => m.config.stopped());
  return (answer ?? '').trim();
}
