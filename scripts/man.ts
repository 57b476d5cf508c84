import type { Command } from 'commander';
import { EXAMPLES } from '../src/cli/examples.ts';
import { en } from '../src/locales/en/messages.ts';
import { version } from '../src/version.ts';

/** The man page in troff's man(7) macros, from the command tree with every command loaded. Without a date, so that it changes only with the tree. */
export function manPage(program: Command): string {
  const codes = Object.entries(en.exitCodes);
  return [
    `.TH MMAI 1 "" "mmai ${version}" "User Commands"`,
    '.SH NAME',
    `mmai \\- ${escaped(en.help.program)}`,
    '.SH SYNOPSIS',
    ...commandsBelow(program).map(({ path, command }) => `.B mmai ${path}\n${escaped(command.usage())}\n.br`),
    '.SH OPTIONS',
    ...options(program),
    '.SH COMMANDS',
    ...commandsBelow(program).flatMap(({ path, command }) => section(path, command)),
    '.SH VALUES',
    ...Object.entries(en.help.values).flatMap(([name, text]) => ['.TP', `.I <${name}>`, escaped(text)]),
    '.SH EXIT STATUS',
    ...codes.flatMap(([code, meaning]) => ['.TP', `.B ${code}`, escaped(meaning)]),
    '.SH EXAMPLES',
    ...examples(''),
    '',
  ].join('\n');
}

/** Every command that does something, by its path: `config set`. */
export function commandsBelow(command: Command, path: readonly string[] = []): { path: string; command: Command }[] {
  if (command.commands.length === 0) return [{ path: path.join(' '), command }];
  const visible = command.createHelp().visibleCommands(command);
  return command.commands
    .filter((below) => visible.includes(below))
    .flatMap((below) => commandsBelow(below, [...path, below.name()]));
}

function section(path: string, command: Command): string[] {
  const list = command.registeredArguments.flatMap((argument) => [
    '.TP',
    `.I ${escaped(argument.name())}`,
    escaped(argument.description),
  ]);
  return [
    `.SS mmai ${path}${command.alias() ? ` (${command.alias()})` : ''}`,
    escaped(command.description()),
    ...list,
    ...options(command),
    ...examples(path),
  ];
}

function options(command: Command): string[] {
  const help = command.createHelp();
  return help
    .visibleOptions(command)
    .flatMap((option) => ['.TP', `.B ${escaped(option.flags)}`, escaped(help.optionDescription(option))]);
}

function examples(path: string): string[] {
  const lines = EXAMPLES[path];
  return lines ? ['.PP', '.nf', '.RS', ...lines.map(escaped), '.RE', '.fi'] : [];
}

/** A hyphen is one to copy, no line of text begins like a macro, and troff reads ASCII only. */
function escaped(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/^([.'])/gm, '\\&$1')
    .replace(/[^\x00-\x7f]/gu, (c) => `\\[u${c.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}]`);
}
