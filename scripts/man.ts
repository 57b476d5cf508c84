import type { Command } from 'commander';
import { examplesOf } from '../src/cli/examples.ts';
import { settingOfFlag } from '../src/core/config/settings.ts';
import { KEY_VARIABLES } from '../src/core/credentials/environment.ts';
import { en } from '../src/locales/en/messages.ts';
import { version } from '../src/version.ts';

/** Variables that are no settings; test/package.test.ts looks for every variable of `src/`. */
const ENVIRONMENT: readonly (readonly [names: string, text: string])[] = [
  [
    'ALIBABA_CLOUD_REGION_ID, ALIBABACLOUD_REGION_ID, ALICLOUD_REGION_ID',
    'region of the service, unless --region or MMAI_REGION is given',
  ],
  ['MMAI_PROFILE', 'profile to use; overrides the variables of an AccessKey'],
  ['MMAI_DEBUG', 'a switch, the same as --debug'],
  ['MMAI_CONFIG_DIR', 'directory of config.json, an absolute path'],
  ['MMAI_NO_CACHE', 'a switch: do not use or write the cache of compiled code'],
  ['MMAI_NO_RECENT', 'a switch: do not save the IDs of recent tasks'],
  ['MMAI_A11Y', 'a switch, for screen readers: print a line per change and redraw nothing'],
  [
    'NO_COLOR, FORCE_COLOR, CLICOLOR, CLICOLOR_FORCE',
    'whether to use color, unless --color, MMAI_COLOR or the color setting says so',
  ],
  [
    'LC_ALL, LC_MESSAGES, LC_CTYPE, LANG',
    'language of messages, unless --lang or MMAI_LANG is given, and character set',
  ],
  [
    KEY_VARIABLES.join(', '),
    'an AccessKey; for one issued by STS, also its security token; the first spelling that gives an ID or a secret gives all',
  ],
  ['ALIBABA_CLOUD_PROFILE, ALIBABACLOUD_PROFILE, ALICLOUD_PROFILE', 'profile of aliyun-cli and the SDKs to use'],
  [
    'ALIBABA_CLOUD_IGNORE_PROFILE, ALIBABACLOUD_IGNORE_PROFILE, ALIBABA_CLOUD_CLI_PROFILE_DISABLED',
    "a switch: do not read aliyun-cli's config file",
  ],
  ['ALIBABA_CLOUD_CREDENTIALS_FILE', 'credentials file of the SDKs'],
  ['ALIBABA_CLOUD_CREDENTIALS_URI', 'URI that returns temporary credentials'],
  [
    'ALIBABA_CLOUD_ROLE_ARN, ALIBABA_CLOUD_OIDC_PROVIDER_ARN, ALIBABA_CLOUD_OIDC_TOKEN_FILE',
    'a role to assume with an OIDC token; also spelled ALIBABACLOUD_…',
  ],
  ['ALIBABA_CLOUD_ROLE_SESSION_NAME', 'session name of the assumed role'],
  [
    'ALIBABA_CLOUD_STS_ENDPOINT, ALIBABA_CLOUD_STS_REGION, ALIBABA_CLOUD_VPC_ENDPOINT_ENABLED',
    'STS endpoint for assuming roles',
  ],
  ['ALIBABA_CLOUD_ECS_METADATA', 'RAM role of the ECS instance'],
  [
    'ALIBABA_CLOUD_ECS_METADATA_DISABLED, ALIBABA_CLOUD_IMDSV1_DISABLED',
    'switches: do not use instance metadata, or only IMDSv2',
  ],
  ['ALIBABA_CLOUD_DISABLE_EXTERNAL_PROCESS', 'a switch: do not run commands that print credentials'],
  [
    'HTTPS_PROXY, HTTP_PROXY, NO_PROXY',
    'the proxy, and the hosts that bypass it; the lower-case names take precedence',
  ],
  ['NODE_EXTRA_CA_CERTS', 'PEM file of additional CAs to trust, as --ca-file'],
  [
    'XDG_CONFIG_HOME, XDG_CACHE_HOME, XDG_STATE_HOME',
    'absolute paths in place of ~/.config, ~/.cache and ~/.local/state',
  ],
  ['CI', 'a switch: no choice of a task, no spinner'],
  [
    'GITHUB_ACTIONS, GITHUB_OUTPUT, GITHUB_STEP_SUMMARY',
    'detect GitHub Actions, and receive the outputs and the summary of watch',
  ],
  [
    'MMAI_TASK_ID, MMAI_STATE, MMAI_STATUS, MMAI_OUTCOME, MMAI_REQUEST_ID, MMAI_DURATION_MS',
    'set in the environment of a watch --exec command',
  ],
];

const FILES: readonly (readonly [path: string, text: string])[] = [
  [
    '~/.config/mmai/config.json',
    'profiles and settings; on Windows %APPDATA%\\mmai\\config.json. "mmai config path" prints the path',
  ],
  ['~/.cache/mmai', 'cache of compiled code, which may be deleted at any time; on Windows %LOCALAPPDATA%\\mmai\\cache'],
  [
    '~/.local/state/mmai/recent-tasks',
    'IDs of recent tasks, for completion, @last and the choice of a task; on Windows in %LOCALAPPDATA%\\mmai',
  ],
  ['~/.aliyun/config.json', 'profiles of aliyun-cli, only read'],
  ['~/.alibabacloud/credentials', 'AccessKeys of the SDKs, only read'],
];

/**
 * The man page in troff's man(7) macros, from the command tree with every command loaded. Without a date, so that it changes
 * only with the tree.
 */
export function manPage(program: Command): string {
  const commands = commandsBelow(program);
  const common = commonOptions([program, ...commands.map(({ command }) => command)]);
  return [
    `.TH MMAI 1 "" "mmai ${version}" "User Commands"`,
    '.SH NAME',
    `mmai \\- ${escaped(en.help.program)}`,
    '.SH SYNOPSIS',
    ...commands.map(({ path, command }) => `.B mmai ${path}\n${escaped(command.usage())}\n.br`),
    '.SH OPTIONS',
    'Options of mmai itself, and those that several commands share.',
    ...[...new Map([...options(program), ...common])].flatMap(([term, text]) => entry(term, text)),
    '.SH COMMANDS',
    ...commands.flatMap(({ path, command }) => section(path, command, common)),
    '.SH VALUES',
    ...Object.entries(en.help.values).flatMap(([name, text]) => ['.TP', `.I <${name}>`, escaped(text)]),
    '.SH EXIT STATUS',
    ...Object.entries(en.exitCodes).flatMap(([code, meaning]) => entry(code, meaning)),
    '.SH ENVIRONMENT',
    'A flag overrides a variable; an empty variable counts as not set. 0, false, no and off turn a switch off.',
    ...[...settings(commands), ...ENVIRONMENT].flatMap(([names, text]) => entry(names, text)),
    '.SH FILES',
    ...FILES.flatMap(([path, text]) => ['.TP', `.I ${escaped(path)}`, escaped(text)]),
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

/** The options that more than one command has with the same text, which are described once: text by term. */
function commonOptions(commands: readonly Command[]): ReadonlyMap<string, string> {
  const common = new Map<string, string>();
  const seen = new Set<string>();
  for (const [term, text] of commands.flatMap(options)) {
    if (seen.has(`${term}: ${text}`) && !common.has(term)) common.set(term, text);
    seen.add(`${term}: ${text}`);
  }
  return common;
}

function section(path: string, command: Command, common: ReadonlyMap<string, string>): string[] {
  const isCommon = ([term, text]: readonly [string, string]) => common.get(term) === text;
  const names = options(command)
    .filter(isCommon)
    .map(([term]) => /--[\w-]+/.exec(term)![0]);
  return [
    `.SS mmai ${path}${command.alias() ? ` (${command.alias()})` : ''}`,
    escaped(command.description()),
    ...command.registeredArguments.flatMap((argument) => [
      '.TP',
      `.I ${escaped(argument.name())}`,
      escaped(argument.description),
    ]),
    ...options(command).flatMap((option) => (isCommon(option) ? [] : entry(...option))),
    '.PP',
    `See OPTIONS for ${escaped(names.join(', '))}.`,
    ...examples(path),
  ];
}

function options(command: Command): (readonly [term: string, text: string])[] {
  const help = command.createHelp();
  return help.visibleOptions(command).map((option) => [option.flags, help.optionDescription(option)]);
}

/** The variable of each setting, with what its flag does. */
function settings(commands: readonly { command: Command }[]): readonly [names: string, text: string][] {
  const found = new Map<string, string>();
  for (const { long, description } of commands.flatMap(({ command }) => command.options)) {
    const variable = settingOfFlag(long ?? '')?.variable;
    if (variable && !found.has(variable)) found.set(variable, description);
  }
  return [...found];
}

function entry(term: string, text: string): string[] {
  return ['.TP', `.B ${escaped(term)}`, escaped(text)];
}

function examples(path: string): string[] {
  const lines = examplesOf(path, en);
  return lines.length > 0 ? ['.PP', '.nf', '.RS', ...lines.map(escaped), '.RE', '.fi'] : [];
}

/** A hyphen is one to copy, no line of text begins like a macro, and troff reads ASCII only. */
function escaped(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll('~', '\\(ti')
    .replace(/^([.'])/gm, '\\&$1')
    .replace(/[^\x00-\x7f]/gu, (c) => `\\[u${c.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}]`);
}
