import type { CommandDeps } from '../../deps.ts';
import type { Text } from '../../errors.ts';
import { visible } from '../../text/safe-text.ts';

/** Writes a warning to stderr unless `quiet`, each one once. */
export function createWarn(quiet: boolean, { stderr, messages }: CommandDeps): (text: Text) => void {
  const written = new Set<string>();
  return (text) => {
    const line = visible(text(messages));
    if (!quiet && !written.has(line)) stderr.write(`${messages.warning}${line}\n`);
    written.add(line);
  };
}
