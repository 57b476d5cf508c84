import type { Command, HelpConfiguration } from 'commander';
import type { Messages } from '../locales/en/messages.ts';
import { displayWidth, wrapped } from '../text/width.ts';

/** commander's help in the user's language, with columns that hold where characters are two columns wide. */
export function helpConfiguration({ help }: Messages): HelpConfiguration {
  const { headings } = help;
  const localized = (text: string) =>
    text.replace('[options]', `[${headings.options}]`).replace('[command]', `[${headings.command}]`);
  return {
    displayWidth,
    minWidthToWrap: 20,
    boxWrap: wrapped,
    styleTitle: (title) => TITLES[title]?.(headings) ?? title,
    commandUsage: (command) => localized(usageOf(command)),
    // Without [options], which every command has.
    subcommandTerm: (command) =>
      [[command.name(), ...command.aliases()].join('|'), localized(command.usage().replace(/^\[options\] ?/, ''))]
        .join(' ')
        .trimEnd(),
    optionDescription(option) {
      const isTold = option.defaultValue !== undefined && (option.required || option.optional);
      return isTold ? option.description + headings.defaultValue(String(option.defaultValue)) : option.description;
    },
  };
}

/** What below a command's flags says how the values of some of them are written; undefined where none needs that. */
export function valueNotes(command: Command, { help }: Messages): string | undefined {
  const isTaken = (name: string) => command.options.some(({ flags }) => flags.includes(`<${name}`));
  const helper = command.createHelp();
  helper.prepareContext({ helpWidth: command.configureOutput().getOutHelpWidth?.() ?? 80 });
  const width = Math.max(...VALUES.map((name) => name.length)) + 2;
  const told = VALUES.filter(isTaken).map((name) => helper.formatItem(`<${name}>`, width, help.values[name], helper));
  return told.length === 0 ? undefined : `\n${help.headings.values}\n${told.join('\n')}`;
}

// --- internal ---

/** The placeholders of flags whose values have a grammar. */
const VALUES = ['duration', 'script'] as const;

const TITLES: Readonly<Record<string, (headings: Messages['help']['headings']) => string>> = {
  'Usage:': ({ usage }) => usage,
  'Arguments:': (headings) => headings.arguments,
  'Options:': ({ optionList }) => optionList,
  'Commands:': ({ commandList }) => commandList,
};

function usageOf(command: Command): string {
  const names: string[] = [];
  for (let at: Command | null = command; at; at = at.parent) names.unshift(at.name());
  return `${names.join(' ')} ${command.usage()}`;
}
