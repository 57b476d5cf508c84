import type { CommanderError } from 'commander';
import { isTopic } from '../core/explanations.ts';
import { type MmaiError, type Text, usageError } from '../errors.ts';
import { nearest } from '../text/nearest.ts';
import { withoutValue } from '../text/safe-text.ts';

/**
 * A command line that commander does not accept as an error of ours, in the user's language; undefined where it only printed help or
 * the version. `path` is the command that was refused, such as `mmai config`. Its errors carry a stable code, but what they are about stands in the English sentence alone.
 */
export function parserError({ code, message }: CommanderError, path: string): MmaiError | undefined {
  if (PRINTED.includes(code)) return undefined;
  const read = SENTENCES.find((sentence) => sentence.code === code);
  const parts = read?.pattern.exec(message);
  if (!read || !parts) return usageError(() => message.replace(/^error: /, ''));
  const { what = '', near, count = '' } = parts.groups ?? {};
  return usageError(read.text(what, count), FOREIGN_WORDS.get(what) ?? closest(what, near) ?? read.hint?.(what, path));
}

// --- internal ---

const PRINTED = ['commander.help', 'commander.helpDisplayed', 'commander.version'];

/** What other programs take, and what to write here. */
const FOREIGN_WORDS: ReadonlyMap<string, Text> = new Map<string, Text>([
  ...['version', '-v'].map((word) => [word, suggestion('--version')] as const),
  ...['-w', '--watch', '--wait', '--waiter', '--follow'].map((word) => [word, suggestion('mmai watch')] as const),
  ['--exit-status', (m) => m.parser.exitStatus()],
  ['--jq', suggestion('--query')],
  ...['--region-id', '--RegionId'].map((word) => [word, suggestion('--region')] as const),
  ...['-p'].map((word) => [word, suggestion('--profile')] as const),
]);

function suggestion(word: string): Text {
  return (m) => m.parser.suggestion(word);
}

/** What is a task ID or a topic of `explain` where a command should be. */
function misplaced(word: string): Text | undefined {
  if (/^[1-9]\d{0,18}$/.test(word)) return suggestion(`mmai status ${word}`);
  return isTopic(word) ? suggestion(`mmai explain ${word}`) : undefined;
}

interface Sentence {
  readonly code: string;
  /** Greedy up to the last quote: what the user typed may hold quotes and line breaks itself. */
  readonly pattern: RegExp;
  readonly text: (what: string, count: string) => Text;
  /** What to do where no name is near. */
  readonly hint?: (what: string, path: string) => Text;
}

const NEAR = String.raw`(?:\n\(Did you mean (?:one of )?(?<near>[^?]*)\?\))?$`;

const SENTENCES: readonly Sentence[] = [
  {
    code: 'commander.unknownOption',
    pattern: new RegExp(String.raw`'(?<what>[\s\S]*)'${NEAR}`),
    text: (what) => (m) => m.parser.unknownOption(withoutValue(what)),
    hint: (_, path) => (m) => m.parser.helpOptions(path),
  },
  {
    code: 'commander.unknownCommand',
    pattern: new RegExp(String.raw`'(?<what>[\s\S]*)'${NEAR}`),
    text: (what) => (m) => m.parser.unknownCommand(withoutValue(what)),
    hint: (what, path) => misplaced(what) ?? ((m) => m.parser.helpCommands(path)),
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
function closest(what: string, near: string | undefined): Text | undefined {
  const name = near && nearest(what, near.split(', '));
  return name ? suggestion(name) : undefined;
}
