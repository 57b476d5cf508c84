import { OUTPUTS, type Settings } from '../../core/config/settings.ts';
import type { CommandDeps, Output } from '../../deps.ts';
import { conflict } from '../../errors.ts';
import { QUERY_FORMS, type Query } from '../../output/query.ts';
import { chosenOutput, type ServiceOptions } from './options.ts';

/** A form of the answer on stdout: what `--output` takes. */
type Form = Settings['output'];

/** How a command prints its answer in each form; null for a form that it does not have. Its flag, help and completion follow from this. */
export type Printers<Answer> = Readonly<Record<Form, Printer<Answer> | null>>;

type Printer<Answer> = (
  answer: Answer,
  deps: CommandDeps,
  settings: Pick<Settings, 'color'>,
) => Printed | Promise<Printed>;

/** Pieces of any size, made as they are written. The service's bodies are bytes. */
type Printed = string | Iterable<string | Uint8Array>;

/** Characters in one write: less takes longer, more is memory. */
const PORTION = 65_536;

/** The forms that a command has, in the order in which help names them. */
export function formsOf<Answer>(printers: Printers<Answer>): Form[] {
  return OUTPUTS.filter((form) => printers[form] !== null);
}

/** {@link formsOf}, with a query only those that can show what it finds. Throws a usage error for a query and a form that cannot. */
export function allowedForms<Answer>(
  printers: Printers<Answer>,
  options: Pick<ServiceOptions, 'query' | 'output' | 'json' | 'raw'>,
): Form[] {
  const forms = formsOf(printers);
  if (options.query === undefined) return forms;
  const wanted = chosenOutput(options);
  const unqueried = forms.find((form) => form === wanted && QUERY_FORMS[form] === null);
  if (unqueried) throw conflict('--query', options.raw ? '--raw' : `--output ${unqueried}`);
  return forms.filter((form) => QUERY_FORMS[form] !== null);
}

/** Prints an answer, or what a query finds in its document. Throws a usage error for a query that does not fit it. */
export async function printAnswer<Answer extends { readonly document: object }>(
  answer: Answer,
  printers: Printers<Answer>,
  query: Query | undefined,
  settings: Pick<Settings, 'output' | 'color'>,
  deps: CommandDeps,
): Promise<void> {
  const { output } = settings;
  const printed = query
    ? QUERY_FORMS[output]?.(query(answer.document))
    : await printers[output]?.(answer, deps, settings);
  await writeAll(typeof printed === 'string' ? [printed] : (printed ?? []), deps.stdout);
}

// --- internal ---

/** Keeps no more than a portion in memory, however slowly the reader takes it. */
async function writeAll(pieces: Iterable<string | Uint8Array>, stdout: Output): Promise<void> {
  let isFirst = true;
  for (const portion of portions(pieces)) {
    if (!isFirst && !(await stdout.drained())) return;
    stdout.write(portion);
    isFirst = false;
  }
}

function* portions(pieces: Iterable<string | Uint8Array>): Iterable<string | Uint8Array> {
  let text = '';
  for (const piece of pieces) {
    if (typeof piece === 'string') text += piece;
    if (typeof piece === 'string' && text.length < PORTION) continue;
    if (text) yield text;
    if (typeof piece !== 'string') yield piece;
    text = '';
  }
  if (text) yield text;
}
