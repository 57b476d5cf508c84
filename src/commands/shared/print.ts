import type { Settings } from '../../core/config/settings.ts';
import type { CommandDeps } from '../../deps.ts';
import type { TaskRow } from '../../output/document.ts';
import { formatQueried, type Query } from '../../output/query.ts';
import { statusTable, statusTsv } from '../../output/table.ts';
import { jsonDocument } from '../../text/safe-text.ts';

/** Prints the document of a command about tasks in the form asked for. Throws a usage error for a query that does not fit it. */
export async function printAnswer(
  document: { readonly tasks: readonly TaskRow[] },
  query: Query | undefined,
  { output, color }: Settings,
  { stdout, style, messages }: CommandDeps,
): Promise<void> {
  if (query) stdout.write(formatQueried(query(document), output));
  else if (output === 'json') stdout.write(jsonDocument(document));
  else if (output === 'tsv') stdout.write(statusTsv(document.tasks));
  else stdout.write(statusTable(document.tasks, await style(stdout, color), messages));
}
