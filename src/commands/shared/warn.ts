import { taskState } from '../../core/task.ts';
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

/** How many unknown statuses a run warns of: a broken server may send another one each time. */
const MAX_STATUSES = 3;

/** The warning of an unknown status, once for each of the first ones; empty for any other. */
export function createStatusWarning({ messages }: CommandDeps): (id: string, status: number) => string {
  const seen = new Set<number>();
  return (id, status) => {
    if (taskState(status) !== 'unknown' || seen.has(status) || seen.size === MAX_STATUSES) return '';
    seen.add(status);
    return `${messages.warning}${messages.unknownStatus(id, status)}\n`;
  };
}
