import type { Command } from 'commander';
import { DRY_RUNS } from '../core/config/settings.ts';
import { usageError } from '../errors.ts';

/** What is read from the command line before commander parses it. */
export interface EarlyArguments {
  /** The value of `--lang`: help is printed while the command line is parsed, so its language is chosen before. */
  readonly lang: string | undefined;
  /** The value of `--profile`, which may have a language and a color. */
  readonly profile: string | undefined;
  readonly isDebug: boolean;
  /** The value of `--color`, for errors that no command can print. */
  readonly color: string | undefined;
  /** `-h`, whose help is short. */
  readonly isShortHelp: boolean;
  /** True if the command may be wanted: loading one costs time at every start. */
  wants(name: string): boolean;
}

export function readEarlyArguments(argv: readonly string[]): EarlyArguments {
  const words = beforeDashes(argv);
  return {
    lang: flagValue(words, '--lang'),
    profile: flagValue(words, '--profile'),
    color: flagValue(words, '--color'),
    isDebug: words.includes('--debug'),
    isShortHelp: words.includes('-h') && !words.includes('--help'),
    // Completion needs every command.
    wants: (name) => argv.includes(name) || argv[0] === 'complete',
  };
}

/** The words before `--`, behind which nothing is a flag. */
export function beforeDashes(words: readonly string[]): readonly string[] {
  return words.includes('--') ? words.slice(0, words.indexOf('--')) : words;
}

/** The value of the last `--flag value`, `--flag=value`, `-f value`, `-fvalue` or `-f=value`, also behind the one short switch: `-qf value`. */
export function flagValue(words: readonly string[], long: string, short?: string): string | undefined {
  const beginning = short ? new RegExp(`^-q*${short.slice(1)}=?`) : undefined;
  const values = words.flatMap((word, index) => {
    const next = words[index + 1] ?? '';
    if (word === long) return [next];
    if (word.startsWith(`${long}=`)) return [word.slice(long.length + 1)];
    return beginning?.test(word) ? [word.replace(beginning, '') || next] : [];
  });
  return values.at(-1);
}

/** The words of the command line as commander is to read them. Throws a usage error. */
export function commandLine(argv: readonly string[], program: Command): string[] {
  if (argv[0] === 'complete') return [...argv];
  const moved = leadingFlagsMoved(argv, program);
  const path = commandsOnPath(moved, program);
  const command = path.at(-1)!;
  const { commands, options } = command;
  // Not commander's own help command: it ends with what process.exitCode is.
  if ((commands.length > 0 || takesTasks(command)) && moved[path.length - 1] === 'help') {
    const words = moved.filter((word) => word !== 'help');
    return helpCall(words, program);
  }
  const flags = beforeDashes(moved).map((word, index, words) => withoutSign(word, words[index - 1], options));
  refuseValues(flags, options);
  if (takesTasks(command) && !flags.some((word) => HELP.includes(word))) refuseFields(flags);
  const dryRun = options.find(({ long }) => long === '--dry-run');
  const read = dryRun ? flags.map((word, index) => explicitDryRun(word, flags[index + 1], dryRun.optional)) : flags;
  return [...read, ...moved.slice(flags.length)];
}

/** The command that the words name. */
export function namedCommand(words: readonly string[], program: Command): Command {
  return commandsOnPath(words, program).at(-1)!;
}

/** Its arguments are task IDs. */
export function takesTasks({ registeredArguments }: Command): boolean {
  return registeredArguments[0]?.name() === 'taskId';
}

/** The command with those above it: `mmai config set`. */
export function fullName(command: Command): string {
  return command.parent ? `${fullName(command.parent)} ${command.name()}` : command.name();
}

// --- internal ---

function commandsOnPath(words: readonly string[], program: Command): Command[] {
  const commands = [program];
  let command = findCommand(program, words[0]);
  while (command) {
    commands.push(command);
    command = findCommand(command, words[commands.length - 1]);
  }
  return commands;
}

/** Commander calls `--json=true` an unknown option, although it knows `--json`. */
function refuseValues(words: readonly string[], options: Command['options']): void {
  for (const word of words) {
    const [flag, value] = word.split('=', 2);
    const option = options.find(({ long }) => long === flag);
    if (value !== undefined && option && !option.required && !option.optional) {
      throw usageError((m) => m.parser.noValue(option.long!));
    }
  }
}

const HELP = ['-h', '--help'];

/** `--json id,state`, as gh has it: here the fields would be task IDs. */
function refuseFields(words: readonly string[]): void {
  const fields = words[words.indexOf('--json') + 1];
  if (!words.includes('--json') || !/^[a-z]+(,[a-z]+)*$/i.test(fields ?? '')) return;
  throw usageError(
    (m) => m.usage.badTaskId(fields ?? ''),
    (m) => m.parser.noFields,
  );
}

/** `-o=json` as `-ojson`, as kubectl reads it: for commander the sign would belong to the value. Not where another flag has its value. */
function withoutSign(word: string, before: string | undefined, options: Command['options']): string {
  const [, flag] = /^-q*([a-z])=./s.exec(word) ?? [];
  // Most words are IDs, and there may be thousands.
  if (flag === undefined) return word;
  const isValue = options.some(({ long, short, required }) => required && (before === long || before === short));
  const isTaken = options.some(({ short, required }) => required && short === `-${flag}`);
  return isTaken && !isValue ? word.replace('=', '') : word;
}

/** Where `--dry-run` has an optional value, commander would take it from the next word: a task ID. */
function explicitDryRun(word: string, next: string | undefined, hasForms: boolean): string {
  if (word !== '--dry-run') return word;
  if (next !== undefined && DRY_RUNS.some((form) => form === next)) {
    throw usageError(
      (m) => m.usage.badTaskId(next),
      (m) => (hasForms ? m.parser.suggestion(`--dry-run=${next}`) : m.parser.noValue('--dry-run')),
    );
  }
  return hasForms ? '--dry-run=request' : word;
}

/** `mmai --profile work status 20` is `mmai status --profile work 20`, if the command has all of these flags. */
function leadingFlagsMoved(argv: readonly string[], program: Command): readonly string[] {
  for (const [start, word] of argv.entries()) {
    if (word === 'help' && areFlagsOf(program, argv.slice(0, start))) {
      return [...argv.slice(start), ...argv.slice(0, start)];
    }
    if (!findCommand(program, word)) continue;
    const [, ...path] = commandsOnPath(argv.slice(start), program);
    const end = start + path.length + (argv[start + path.length] === 'help' ? 1 : 0);
    const flags = argv.slice(0, start);
    if (areFlagsOf(path.at(-1)!, flags)) return [...argv.slice(start, end), ...flags, ...argv.slice(end)];
  }
  return argv;
}

function findCommand({ commands }: Command, word: string | undefined): Command | undefined {
  return commands.find((command) => command.name() === word || command.aliases().includes(word ?? ''));
}

/** True if the words are flags of the command and their values, and nothing else. */
function areFlagsOf({ options }: Command, words: readonly string[]): boolean {
  for (let index = 0; index < words.length; index++) {
    if (HELP.includes(words[index]!)) continue;
    // `-qojson` is `-q -o=json`.
    const word = words[index]!.replace(/^-q+(?=\w)/, '-').replace(/^(-\w)=?(.+)$/s, '$1=$2');
    const [flag = '', value] = word.split(/=(.*)/s);
    const option = options.find(({ long, short }) => flag === long || flag === short);
    if (!option) return false;
    if (option.required && value === undefined) index += 1;
    if (index >= words.length) return false;
  }
  return true;
}

/**
 * `help config set`, and `config help set`, is `config set --help`: commander's own looks at one word, and helps with whatever
 * it does not know.
 */
function helpCall(words: readonly string[], program: Command): string[] {
  let command = program;
  for (const [index, word] of words.entries()) {
    if (word.startsWith('-') || command.commands.length === 0) break;
    const below = findCommand(command, word);
    // Without the flag, so that commander refuses the word, and says which one is near.
    if (!below) return words.slice(0, index + 1);
    command = below;
  }
  // Behind a "--" it would be an argument of the command that sandbox is to run.
  return [...beforeDashes(words), '--help'];
}
