import type { JSONValue } from '@jmespath-community/jmespath';
import type { Settings } from '../core/config/settings.ts';
import { usageError } from '../errors.ts';
import { isIterable, jsonDocument, jsonText, shortened, visible } from '../text/safe-text.ts';

/** Selects from a JSON document what the expression names. */
export type Query = (document: object) => unknown;

/** The JMESPath expression of `--query`, if there is one, ready to be put to a document. Throws a usage error for one that does not parse. */
export async function compileQuery(expression: string | undefined): Promise<Query | undefined> {
  if (expression === undefined) return undefined;
  const { compile, TreeInterpreter } = await import('@jmespath-community/jmespath');
  const refuse = (what: 'badQuery' | 'queryError', error: unknown) =>
    usageError(
      (m) => m.usage[what](shortened(expression), shortened(error instanceof Error ? error.message : String(error))),
      // Backquotes hold JSON; aws-cli takes bare words in them, too.
      expression.includes('`') ? (m) => m.usage.queryQuotes : undefined,
    );
  let ast: ReturnType<typeof compile>;
  try {
    ast = compile(expression);
  } catch (error) {
    throw refuse('badQuery', error);
  }
  return (document) => {
    // It finds elements of arrays alone.
    const arrays = Object.entries(document).map(([name, value]) => [name, isIterable(value) ? [...value] : value]);
    try {
      // It finds what objects inherit, too: `constructor` is a function, which is nothing in JSON.
      return JSON.parse(JSON.stringify(TreeInterpreter.search(ast, Object.fromEntries(arrays) as JSONValue)) ?? 'null');
    } catch (error) {
      throw refuse('queryError', error);
    }
  };
}

/** How the result of a query is printed in each form; null for a form that cannot be queried. */
export const QUERY_FORMS: Readonly<Record<Settings['output'], ((found: unknown) => string) | null>> = {
  text: bareLines,
  tsv: bareLines,
  json: jsonDocument,
  // Events are many, and the service's body is not our document.
  ndjson: null,
  raw: null,
};

// --- internal ---

/** A string stands bare; a list is a line for each element, the fields of an element tab-separated. */
function bareLines(found: unknown): string {
  const lines = Array.isArray(found) ? found : [found];
  return lines.map((line) => `${(Array.isArray(line) ? line : [line]).map(scalar).join('\t')}\n`).join('');
}

function scalar(value: unknown): string {
  return typeof value === 'string' ? visible(value) : jsonText(value ?? null);
}
