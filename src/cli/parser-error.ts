import type { Command, CommanderError } from 'commander';
import { kebab, settingNames, settingOfFlag } from '../core/config/settings.ts';
import { CREDENTIAL_KEYS } from '../core/credentials/profile.ts';
import { isTopic } from '../core/explanations.ts';
import { type MmaiError, type Text, usageError } from '../errors.ts';
import { nearest } from '../text/nearest.ts';
import { withoutValue } from '../text/safe-text.ts';
import { fullName, takesTasks } from './arguments.ts';

/**
 * A command line that commander does not accept as an error of ours, in the user's language; undefined where it only printed help.
 * `command` is the one that refused it. Commander's errors carry a stable code, but what they are about stands in the
 * English sentence alone.
 */
export function parserError({ code, message }: CommanderError, command: Command): MmaiError | undefined {
  if (code === 'commander.help') return undefined;
  const read = SENTENCES[code];
  const parts = (read?.pattern ?? QUOTED).exec(message);
  if (!read || !parts) return usageError(() => message.replace(/^error: /, ''));
  const { what = '', count = '' } = parts.groups ?? {};
  return usageError(read.text(what, count), read.hint?.(what, command));
}

// --- internal ---

/** What to write here for words of gh, kubectl, aws and aliyun-cli; the first that the command has. */
const FOREIGN_WORDS: Readonly<Record<string, readonly string[]>> = {
  'mmai watch': ['-w', '-f', '--watch', '--wait', '--waiter', '--follow'],
  'mmai status': ['get', 'describe'],
  'mmai result': ['logs'],
  'mmai config init': ['init', 'login', 'auth'],
  'mmai config check': ['check', 'doctor'],
  list: ['ls', 'show', 'view'],
  delete: ['rm', 'remove'],
  use: ['switch', 'use-context'],
  profiles: ['list-profiles', 'get-contexts', 'current-context'],
  '--version': ['version', '-v'],
  '--debug': ['-v', '-vv', '--verbose'],
  '--query': ['--jq'],
  '--region': ['--region-id', '--RegionId'],
  '--profile': ['-p'],
  '--port': ['-p'],
  '--endpoint': ['--endpoint-url'],
  '--ca-file': ['-k', '--insecure', '--no-verify-ssl'],
  '--retries': ['--retry', '--retry-count', '--max-retries'],
  '--request-timeout': ['--connect-timeout', '--read-timeout'],
  '--quiet': ['-s', '--silent'],
  '--color never': ['--no-color'],
  '--exit-status': ['--exit-code'],
  '--until': ['--for'],
  '--interval': ['-n', '--delay', '--poll'],
  '--timeout': ['-t', '--max-wait', '--wait-timeout'],
};

/** Flags for what stands here without one. */
const TASK_ID_FLAGS = ['--id', '--task', '--task-id', '--taskId', '--TaskId'];

/** Commands that list what there is. */
const LISTING_WORDS = ['ls', 'list', 'list-tasks', 'ps', 'history'];

/** Flags for an exit code that tells the outcome. */
const EXIT_CODE_FLAGS = ['--exit-status', '--exit-code'];

function suggestion(word: string): Text {
  return (m) => m.parser.suggestion(word);
}

/** What was probably meant by a word that the command does not know. */
function meant(word: string, command: Command): Text | undefined {
  const names = namesIn(command);
  const isKnown = (instead: string) =>
    instead.startsWith('mmai ') ? instead !== fullName(command) : names.includes(instead.split(' ')[0]!);
  const foreign = Object.keys(FOREIGN_WORDS).find((name) => FOREIGN_WORDS[name]!.includes(word) && isKnown(name));
  const near = foreign ?? nearest(word, names);
  return near === undefined ? undefined : suggestion(near);
}

/** The flags and the commands below that help lists. */
function namesIn(command: Command): string[] {
  const help = command.createHelp();
  const flags = help.visibleOptions(command).map(({ long, short }) => long ?? short ?? '');
  return [...flags, ...help.visibleCommands(command).flatMap((below) => [below.name(), ...below.aliases()])];
}

function meantFlag(word: string, command: Command): Text | undefined {
  const flag = word.split('=', 1)[0]!;
  // It may stand before the command, but not instead of one.
  if (!command.parent && (flag === '--profile' || settingOfFlag(flag))) return suggestion(`mmai COMMAND ${flag}`);
  if (takesTasks(command) && TASK_ID_FLAGS.includes(flag)) return suggestion(`${fullName(command)} ID`);
  if (command.name() === 'watch' && flag === '--raw') return suggestion('mmai status ID --raw');
  if (command.name() === 'watch' && EXIT_CODE_FLAGS.includes(flag)) return (m) => m.parser.exitStatus;
  if (['-o', '--output'].includes(flag) && namesIn(command).includes('--json')) return suggestion('--json');
  const isOfConfig = command.parent?.name() === 'config';
  const key = [...CREDENTIAL_KEYS, ...settingNames.map(kebab)].find((name) => flag === `--${name}`);
  if (isOfConfig && key) return suggestion(`mmai config set ${key} VALUE`);
  return meant(flag, command);
}

/** What is a task ID, an operation of the service or a topic of `explain` where a command should be, or lists tasks. */
function misplaced(word: string, command: Command): Text | undefined {
  if (!command.parent && LISTING_WORDS.includes(word)) return (m) => m.parser.noListing;
  const operation = /^get-?task-?(status|result)$/i.exec(word);
  if (operation) return suggestion(`mmai ${operation[1]!.toLowerCase()}`);
  if (/^[1-9]\d{0,18}$/.test(word)) return suggestion(`mmai status ${word}`);
  return isTopic(word) ? suggestion(`mmai explain ${word}`) : undefined;
}

interface Sentence {
  /** {@link QUOTED} unless given. */
  readonly pattern?: RegExp;
  readonly text: (what: string, count: string) => Text;
  readonly hint?: (what: string, command: Command) => Text;
}

/** Greedy up to the last quote: what the user typed may hold quotes and line breaks itself. */
const QUOTED = /'(?<what>[\s\S]*)'/;

const SENTENCES: Readonly<Record<string, Sentence>> = {
  'commander.unknownOption': {
    text: (what) => (m) => m.parser.unknownOption(withoutValue(what)),
    hint: (what, command) => meantFlag(what, command) ?? ((m) => m.parser.helpOptions(fullName(command))),
  },
  'commander.unknownCommand': {
    text: (what) => (m) => m.parser.unknownCommand(withoutValue(what)),
    hint: (what, command) =>
      meant(what, command) ?? misplaced(what, command) ?? ((m) => m.parser.helpCommands(fullName(command))),
  },
  'commander.missingArgument': { text: (what) => (m) => m.parser.missingArgument(what) },
  'commander.optionMissingArgument': { text: (what) => (m) => m.parser.missingValue(what) },
  'commander.excessArguments': {
    pattern: /Expected (?<what>\d+) arguments? but got (?<count>\d+)/,
    text: (expected, given) => (m) => m.parser.excessArguments(Number(expected), Number(given)),
  },
};
