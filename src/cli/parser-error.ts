import type { CommanderError } from 'commander';
import { type MmaiError, type Text, usageError } from '../errors.ts';
import { nearest } from '../text/nearest.ts';
import { withoutValue } from '../text/safe-text.ts';

/**
 * commander's refusal of a command line as an error of ours, in the user's language; undefined where it only printed help or
 * the version. Its errors carry a stable code, but what they are about stands in the English sentence alone.
 */
export function parserError({ code, message }: CommanderError): MmaiError | undefined {
  if (PRINTED.includes(code)) return undefined;
  const read = SENTENCES.find((sentence) => sentence.code === code);
  const parts = read?.pattern.exec(message);
  if (!read || !parts) return usageError(() => message.replace(/^error: /, ''));
  const { what = '', suggestion, count = '' } = parts.groups ?? {};
  return usageError(read.text(what, count), LEARNT_ELSEWHERE.get(what) ?? closest(what, suggestion) ?? read.hint);
}

// --- internal ---

const PRINTED = ['commander.help', 'commander.helpDisplayed', 'commander.version'];

/** What other programs take, and what to write here. */
const LEARNT_ELSEWHERE: ReadonlyMap<string, Text> = new Map<string, Text>([
  ['version', (m) => m.parser.suggestion('--version')],
  ['--exit-status', (m) => m.parser.exitStatus()],
]);

interface Sentence {
  readonly code: string;
  /** Greedy up to the last quote: what the user typed may hold quotes and line breaks itself. */
  readonly pattern: RegExp;
  readonly text: (what: string, count: string) => Text;
  /** What to do where no name is near. */
  readonly hint?: Text;
}

const SUGGESTION = String.raw`(?:\n\(Did you mean (?:one of )?(?<suggestion>[^?]*)\?\))?$`;

const SENTENCES: readonly Sentence[] = [
  {
    code: 'commander.unknownOption',
    pattern: new RegExp(String.raw`'(?<what>[\s\S]*)'${SUGGESTION}`),
    text: (what) => (m) => m.parser.unknownOption(withoutValue(what)),
    hint: (m) => m.parser.helpOptions(),
  },
  {
    code: 'commander.unknownCommand',
    pattern: new RegExp(String.raw`'(?<what>[\s\S]*)'${SUGGESTION}`),
    text: (what) => (m) => m.parser.unknownCommand(withoutValue(what)),
    hint: (m) => m.parser.helpCommands(),
  },
  {
    code: 'commander.missingArgument',
    pattern: /'(?<what>[\s\S]*)'/,
    text: (what) => (m) => m.parser.missingArgument(what),
  },
  {
    code: 'commander.optionMissingArgument',
    pattern: /'(?<what>[\s\S]*)'/,
    text: (what) => (m) => m.parser.missingValue(what),
  },
  {
    code: 'commander.excessArguments',
    pattern: /Expected (?<what>\d+) arguments? but got (?<count>\d+)/,
    text: (expected, given) => (m) => m.parser.excessArguments(Number(expected), Number(given)),
  },
];

/** The nearest of commander's suggestions, which go as far as `init` for `edit`. */
function closest(what: string, suggestion: string | undefined): Text | undefined {
  const name = suggestion && nearest(what, suggestion.split(', '));
  return name ? (m) => m.parser.suggestion(name) : undefined;
}
