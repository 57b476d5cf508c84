import type { Command, Help, HelpConfiguration } from 'commander';
import { settingOfFlag } from '../core/config/settings.ts';
import type { Messages } from '../locales/en/messages.ts';
import { displayWidth, wrapped } from '../text/width.ts';
import { fullName } from './arguments.ts';
import { examplesOf } from './examples.ts';

/** commander's help in the user's language, with columns that hold where characters are two columns wide. */
export function helpConfiguration({ help }: Messages): HelpConfiguration {
  const { headings } = help;
  const localized = (text: string) =>
    text.replace('[options]', `[${headings.options}]`).replace('[command]', `[${headings.command}]`);
  return {
    displayWidth,
    minWidthToWrap: 20,
    boxWrap: wrapped,
    // commander joins title and usage with a blank, which a full-width colon has already.
    formatHelp: (command, helper) =>
      (Object.getPrototypeOf(helper) as Help).formatHelp
        .call(helper, command, helper)
        .replace(`${headings.usage} `, headings.usage),
    styleTitle: (title) => TITLES[title]?.(headings) ?? title,
    commandUsage: (command) => localized(usageOf(command)),
    // Without [options], which every command has.
    subcommandTerm: (command) =>
      [[command.name(), ...command.aliases()].join('|'), localized(command.usage().replace(/^\[options\] ?/, ''))]
        .join(' ')
        .trimEnd(),
    optionDescription(option) {
      // A flag with a default of its own is no setting.
      const own: string | undefined = option.defaultValueDescription ?? option.defaultValue?.toString();
      const setting = own === undefined ? settingOfFlag(option.long ?? '') : undefined;
      const fallback = own ?? setting?.fallback;
      const variable = setting?.variable ?? VARIABLES[option.long ?? ''];
      return option.description + headings.origins(fallback, variable);
    },
  };
}

/**
 * Adds to the help of a command, and of all below it, what stands under the flags: how values are written, the examples, the
 * exit codes. The short help (`-h`) has the flags that people type, and the examples.
 */
export function addHelpNotes(
  command: Command,
  messages: Messages,
  isShort: boolean,
  path: readonly string[] = [],
): void {
  const { help } = messages;
  const name = path.join(' ');
  const isHiding = isShort && path.length > 0;
  if (isHiding) for (const option of command.options) if (!COMMON.includes(option.long ?? '')) option.hideHelp();
  command.addHelpText('after', () =>
    [
      isShort ? undefined : valueNotes(command, messages),
      exampleNotes(name, messages),
      !isShort && Object.hasOwn(NEVER, name) ? exitCodeTable(name, command, messages) : undefined,
      isShort ? `\n${help.whole(['mmai', ...path, '--help'].join(' '))}` : undefined,
    ]
      .filter(Boolean)
      .join('\n'),
  );
  for (const below of command.commands) addHelpNotes(below, messages, isShort, [...path, below.name()]);
}

// --- internal ---

function exampleNotes(name: string, messages: Messages): string {
  const examples = examplesOf(name, messages);
  return examples.length > 0 ? `\n${messages.help.headings.examples}\n  ${examples.join('\n  ')}` : '';
}

/** How the values of some flags are written; undefined where the command has none of these. */
function valueNotes(command: Command, { help }: Messages): string | undefined {
  const isTaken = (name: string) => command.options.some(({ flags }) => flags.includes(`<${name}`));
  const helper = helperOf(command);
  const width = Math.max(...VALUES.map((name) => name.length)) + 2;
  const notes = VALUES.filter(isTaken).map((name) => helper.formatItem(`<${name}>`, width, help.values[name], helper));
  return notes.length === 0 ? undefined : `\n${help.headings.values}\n${notes.join('\n')}`;
}

/** The variables of flags that are no settings. */
const VARIABLES: Readonly<Record<string, string>> = { '--profile': 'MMAI_PROFILE', '--debug': 'MMAI_DEBUG' };

/** The commands whose help lists exit codes, by path, and the codes that each never has. */
const NEVER: Readonly<Record<string, readonly string[]>> = {
  '': [],
  status: ['124'],
  watch: ['8'],
  result: ['1', '124'],
};

/** The flags that people type, for the short help. */
const COMMON = [
  '--timeout',
  '--any',
  '--count',
  '--fail-fast',
  '--exec',
  '--exit-status',
  '--raw',
  '--output',
  '--json',
  '--show-origin',
  '--query',
  '--quiet',
  '--profile',
  '--region',
  '--dry-run',
  '--simulate',
  '--port',
  '--script',
  '--yes',
  '--reveal',
  '--help',
];

/** The placeholders of flags whose values have a grammar. */
const VALUES = ['duration', 'script'] as const;

function exitCodeTable(name: string, command: Command, { exitCodes, help }: Messages): string {
  const helper = helperOf(command);
  const lines = Object.entries(exitCodes)
    .filter(([code]) => !NEVER[name]?.includes(code))
    .map(([code, meaning]) => helper.formatItem(code.padStart(3), 3, meaning, helper));
  return `\n${help.after(lines.join('\n'))}`;
}

/** Formats items as wide as commander does. */
function helperOf(command: Command): Help {
  const helper = command.createHelp();
  helper.prepareContext({ helpWidth: command.configureOutput().getOutHelpWidth?.() ?? 80 });
  return helper;
}

const TITLES: Readonly<Record<string, (headings: Messages['help']['headings']) => string>> = {
  'Usage:': ({ usage }) => usage,
  'Arguments:': (headings) => headings.arguments,
  'Options:': ({ optionList }) => optionList,
  'Commands:': ({ commandList }) => commandList,
};

function usageOf(command: Command): string {
  return `${fullName(command)} ${command.usage()}`;
}
