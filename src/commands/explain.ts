import type { Command } from 'commander';
import { choice } from '../core/config/settings.ts';
import { allExplanations, type Explanation, explain, nearestTopic } from '../core/explanations.ts';
import type { CommandDeps } from '../deps.ts';
import { ExitCode, usageError } from '../errors.ts';
import { compileQuery } from '../output/query.ts';
import { jsonDocument, shortened, visible } from '../text/safe-text.ts';
import { padded, widest, wrapped } from '../text/width.ts';
import { addCommonOptions, chosenOutput } from './shared/options.ts';
import { formsOf, type Printers, printAnswer } from './shared/print.ts';

const PRINTERS: Printers<ExplainAnswer> = {
  text: ({ topic, document: { explanations } }, deps) =>
    topic === undefined
      ? topicList(explanations, deps)
      : explanations.map((explanation) => paragraph(explanation, deps)).join('\n'),
  json: ({ document }) => jsonDocument(document),
  tsv: null,
  ndjson: null,
  raw: null,
};

interface ExplainAnswer {
  /** Undefined for the list of all topics. */
  readonly topic: string | undefined;
  readonly document: { readonly explanations: readonly Explanation[] };
}

interface ExplainOptions {
  readonly output?: string;
  readonly json?: true;
  readonly query?: string;
}

export function addExplainCommand(program: Command, deps: CommandDeps, done: (exitCode: number) => void): void {
  const { help } = deps.messages;
  const { flags } = help;
  // Without a value of its own, so that one that was given is known.
  const output = program
    .createOption(`-o, --output <${formsOf(PRINTERS).join('|')}>`, flags.output)
    .default(undefined, 'text');
  const command = program
    .command('explain')
    .description(help.commands.explain)
    .argument('[topic]', help.arguments.topic)
    .addOption(output)
    .option('--json', flags.json)
    .option('--query <jmespath>', flags.query);
  addCommonOptions(command, flags).action(async (topic: string | undefined, options: ExplainOptions) =>
    done(await runExplain(topic, options, deps)),
  );
}

/** Prints what is known about a topic, or the list of topics, without a request. An unknown topic is a usage error. */
export async function runExplain(
  topic: string | undefined,
  options: ExplainOptions,
  deps: CommandDeps,
): Promise<number> {
  const output = choice(...formsOf(PRINTERS))(chosenOutput(options) ?? 'text', '--output');
  const query = await compileQuery(options.query);
  const explanations = topic === undefined ? allExplanations(deps.messages) : known(topic, deps);
  await printAnswer({ topic, document: { explanations } }, PRINTERS, query, { output, color: 'never' }, deps);
  return ExitCode.ok;
}

// --- internal ---

/** A wrapped meaning has at least this many columns; fewer would leave one word a line. */
const MIN_MEANING = 24;

function known(topic: string, { messages }: CommandDeps): Explanation[] {
  const found = explain(topic, messages);
  if (found.length > 0) return found;
  throw usageError(
    (m) => m.explain.unknownTopic(shortened(topic)),
    (m) => m.explain.unknownTopicHint(nearestTopic(topic)),
  );
}

/** The topics under the headings of their kinds, each with its meaning in a column beside it. */
function topicList(explanations: readonly Explanation[], { messages, stdout }: CommandDeps): string {
  const columns = columnsOf(stdout);
  const section = (kind: Explanation['kind']) => {
    const rows = explanations.filter((explanation) => explanation.kind === kind);
    const width = widest(rows.map(({ topic }) => topic));
    return `${messages.explain.groups[kind]}\n${rows.map((row) => topicRow(row, width, columns)).join('')}`;
  };
  return [section('status'), section('exitCode'), section('errorCode'), section('guide')].join('\n');
}

/** In a terminal that is too narrow for a second column, the meaning stands below its topic. */
function topicRow({ topic, meaning }: Explanation, width: number, columns: number): string {
  const isNarrow = columns - width - 4 < MIN_MEANING;
  const indent = isNarrow ? 4 : width + 4;
  const text = wrapped(meaning, columns - indent);
  const start = isNarrow ? `  ${topic}\n${' '.repeat(indent)}` : `  ${padded(topic, width)}  `;
  return `${start}${text.replaceAll('\n', `\n${' '.repeat(indent)}`)}\n`;
}

/** Where the text goes to no terminal, its lines are not broken. */
function columnsOf(stdout: CommandDeps['stdout']): number {
  return stdout.isTerminal ? stdout.size().columns : Number.POSITIVE_INFINITY;
}

function paragraph(explanation: Explanation, { messages, stdout }: CommandDeps): string {
  const { hint, explain: words, states, labelled } = messages;
  const lines = [explanation.meaning, `${hint}${explanation.hint}`];
  if (explanation.kind === 'errorCode') {
    if (explanation.countsAs) lines.push(`${words.countsAs}${explanation.countsAs}`);
    const { class: kind, retry } = explanation;
    const rule = kind === 'auth' || kind === 'notFound' || kind === 'throttle' ? kind : retry;
    lines.push(`${words.retried}${words.retries[rule]}`);
    lines.push(`${words.exitsWith}${explanation.exitCode}`);
  }
  let name = explanation.topic;
  if (explanation.kind === 'status') {
    const word = states[explanation.state];
    name = explanation.status === null ? word : labelled(String(explanation.status), word);
  }
  const width = Math.max(columnsOf(stdout) - 2, MIN_MEANING);
  const body = lines.flatMap((line) => wrapped(line, width).split('\n')).map((line) => `  ${line}\n`);
  return `${words.kinds[explanation.kind]} ${visible(name)}\n${body.join('')}`;
}
