import type { Argument, Command, Option } from 'commander';

/** One thing the word under the cursor may become. */
export interface Candidate {
  readonly value: string;
  readonly description: string;
}

/** What the command tree does not hold; called only where it is needed. */
type Sources = Readonly<Record<SourceName, () => Promise<readonly Candidate[]>>>;

type SourceName = 'profiles' | 'configKeys' | 'topics' | 'recentTasks';

/** `files`: the shell completes a path itself. */
type Completion = readonly Candidate[] | 'files';

/**
 * What may stand at the cursor. `words` are those before it, without `mmai`, `word` is the one under it. The tree is the one
 * source: commands, flags, and the values that a placeholder such as `<json|xml>` names.
 */
export async function complete(
  program: Command,
  words: readonly string[],
  word: string,
  sources: Sources,
): Promise<Completion> {
  const place = locate(program, words);
  if (place.awaited) return values(placeholder(place.awaited), word, '', sources);
  const inline = /^(--[^=]+=)([\s\S]*)$/.exec(word);
  if (inline && !place.onlyOperands) {
    const option = findOption(place.command, inline[1]!.slice(0, -1));
    return option ? values(placeholder(option), inline[2]!, inline[1]!, sources) : [];
  }
  if (word.startsWith('-') && !place.onlyOperands) return flags(place, word);
  return place.command.commands.length > 0 ? commands(place, word) : operands(program, place, word, sources);
}

// --- internal ---

interface Place {
  readonly command: Command;
  readonly operands: readonly string[];
  /** After `help`. */
  readonly isHelp: boolean;
  readonly given: readonly Option[];
  /** The flag before the cursor, when it still wants its value. */
  readonly awaited: Option | undefined;
  /** After `--`. */
  readonly onlyOperands: boolean;
}

/** What a placeholder with alternatives may name besides words to be typed as they are. */
const KINDS = ['duration', 'n', 'host', 'url'];

/** Placeholders for a path, or a command, which may be one. */
const PATHS = ['path', 'file', 'command'];

/** Placeholders and arguments whose values come from elsewhere. */
const LISTED: Readonly<Record<string, SourceName>> = {
  name: 'profiles',
  key: 'configKeys',
  topic: 'topics',
  taskId: 'recentTasks',
};

function locate(program: Command, words: readonly string[]): Place {
  let command = program;
  const operands: string[] = [];
  const given: Option[] = [];
  let awaited: Option | undefined;
  let onlyOperands = false;
  let isHelp = false;
  for (const word of words) {
    if (awaited) {
      awaited = undefined;
    } else if (!onlyOperands && word === '--') {
      onlyOperands = true;
    } else if (!onlyOperands && /^-./.test(word)) {
      const option = findOption(command, word.replace(/=[\s\S]*$/, ''));
      if (option) given.push(option);
      if (option?.required && !word.includes('=')) awaited = option;
    } else if (word === 'help' && command.commands.length > 0) {
      isHelp = true;
    } else {
      const below = operands.length === 0 ? findCommand(command, word) : undefined;
      if (below) command = below;
      else operands.push(word);
    }
  }
  return { command, operands, isHelp, given, awaited, onlyOperands };
}

function findCommand(command: Command, name: string): Command | undefined {
  return command.commands.find((below) => below.name() === name || below.aliases().includes(name));
}

/** The option of this name; of the program one that any command has, since it may stand before the command. */
function findOption(command: Command, flag: string): Option | undefined {
  return findOptions(command, flag)[0];
}

function findOptions(command: Command, flag: string): Option[] {
  const places = command.parent ? [command] : [command, ...command.commands];
  return places.flatMap(visibleOptions).filter(({ long, short }) => flag === long || flag === short);
}

function visibleOptions(command: Command): Option[] {
  return command.createHelp().visibleOptions(command);
}

function flags({ command, given }: Place, word: string): Candidate[] {
  return visibleOptions(command)
    .filter((option) => !given.some((other) => other.long === option.long))
    .flatMap((option) => {
      // A short flag is for those who know it; offered alone it would only double the list.
      const flag = [option.long, option.short].find((name) => name?.startsWith(word));
      return flag ? [{ value: flag, description: option.description }] : [];
    });
}

function commands({ command, operands, isHelp }: Place, word: string): Candidate[] {
  if (operands.length > 0) return [];
  return command
    .createHelp()
    .visibleCommands(command)
    .flatMap((below) =>
      [below.name(), ...below.aliases()].map((value) => ({ value, description: below.description() })),
    )
    .filter(({ value }) => value.startsWith(word) && !(isHelp && value === 'help'));
}

async function operands(
  program: Command,
  { command, operands, isHelp }: Place,
  word: string,
  sources: Sources,
): Promise<Completion> {
  const argument = isHelp ? undefined : argumentAt(command, operands.length);
  if (!argument) return [];
  const names = argument.name() === 'value' ? settingValues(program, operands[0]!) : argument.name();
  const found = await values(names, word, '', sources);
  return found === 'files' ? found : found.filter(({ value }) => !operands.includes(value));
}

/** A setting has the values of its flag in all commands. The flag has its name, but for `language`. */
function settingValues(program: Command, key: string): string {
  const names = findOptions(program, key === 'language' ? '--lang' : `--${key}`).flatMap((option) =>
    placeholder(option).split('|'),
  );
  return [...new Set(names)].join('|');
}

function argumentAt({ registeredArguments: list }: Command, index: number): Argument | undefined {
  return list[index] ?? (list.at(-1)?.variadic ? list.at(-1) : undefined);
}

/** `<json|xml>` of `--format <json|xml>`, without its brackets. */
function placeholder({ flags }: Option): string {
  return /[<[](.*)[\]>]/.exec(flags)?.[1] ?? '';
}

/** The values a placeholder stands for, each with `prefix` in front. Any case matches: the service's codes are hard to type. */
async function values(names: string, word: string, prefix: string, sources: Sources): Promise<Completion> {
  if (PATHS.includes(names)) return 'files';
  const found: Candidate[] = [];
  for (const name of names.split('|')) {
    if (Object.hasOwn(LISTED, name)) found.push(...(await sources[LISTED[name]!]()));
    else if (names.includes('|') && !KINDS.includes(name)) found.push({ value: name, description: '' });
  }
  return found
    .filter(({ value }) => value.toLowerCase().startsWith(word.toLowerCase()))
    .map(({ value, description }) => ({ value: prefix + value, description }));
}
