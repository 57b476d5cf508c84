import type { Command } from 'commander';
import { parseProfileName, profileName, SECRET_KEYS, selectProfile } from '../core/config/profiles.ts';
import { CREDENTIAL_KEYS } from '../core/credentials/profile.ts';
import type { CommandDeps } from '../deps.ts';
import { ExitCode, usageError } from '../errors.ts';
import type { Messages } from '../locales/en/messages.ts';
import { jsonDocument, masked, visible } from '../text/safe-text.ts';
import { aligned } from '../text/width.ts';
import { deleteProfile } from './config/delete.ts';
import { type EffectiveValue, effectiveValues } from './config/effective.ts';
import { importProfiles } from './config/import.ts';
import { initProfile } from './config/init.ts';
import { CONFIG_KEYS, type ConfigOptions, checkKey, updateConfig } from './config/keys.ts';
import { setKey } from './config/set.ts';
import { addCheckOptions, addCommonOptions } from './shared/options.ts';

export function addConfigCommand(program: Command, deps: CommandDeps, done: (exitCode: number) => void): void {
  const { help } = deps.messages;
  const { flags } = help;
  const config = program.command('config').description(help.commands.config);
  const add = (name: Subcommand, usage?: string) => addSubcommand(config, help, name, usage);
  const finish = async (work: Promise<void>) => {
    await work;
    done(ExitCode.ok);
  };
  add('init').action(async (options) => done(await initProfile(options, deps)));
  add('set', 'set <key> [value]').action((key, value, options) => finish(setKey(options, deps, key, value)));
  add('get', 'get <key>')
    .option('--reveal', flags.reveal)
    .action((key, options) => finish(getKey(options, deps, key)));
  add('list')
    .option('--show-origin', flags.showOrigin)
    .option('--reveal', flags.reveal)
    .option('--json', flags.listJson)
    .action((options) => finish(listSettings(options, deps)));
  add('unset', 'unset <key>').action((key, options) => finish(unsetKey(options, deps, key)));
  const remove = add('delete', 'delete <name>').option('-y, --yes', flags.yes);
  remove.action((name, options) => finish(deleteProfile(options, deps, name)));
  add('path').action(() => finish(printPath(deps)));
  add('use', 'use <name>').action((name, options) => finish(useProfile(options, deps, name)));
  const check = addCheckOptions(add('check'), deps.messages);
  check.action(async (options) => done(await (await import('./config/check.ts')).runConfigCheck(options, deps)));
  add('profiles')
    .option('--json', flags.listJson)
    .action((options) => finish(listProfiles(options, deps)));
  add('import')
    .option('--force', flags.force)
    .option('--json', flags.listJson)
    .action((options) => finish(importProfiles(options, deps)));
}

// --- internal ---

type Subcommand = keyof Messages['help']['config'];

function addSubcommand(
  config: Command,
  help: Messages['help'],
  name: Subcommand,
  usage: string = name,
): ReturnType<typeof addCommonOptions> {
  const command = config.command(usage).description(help.config[name]);
  for (const argument of command.registeredArguments) {
    const text = help.configArguments[argument.name() as keyof typeof help.configArguments];
    argument.description = typeof text === 'string' ? text : text(CONFIG_KEYS);
  }
  // Those that are about all profiles, or about the one that is their argument, would ignore it.
  if (!['delete', 'path', 'use', 'profiles'].includes(name)) command.option('--profile <name>', help.flags.profile);
  return addCommonOptions(command, help.flags);
}

async function getKey(options: ConfigOptions, deps: CommandDeps, key: string): Promise<void> {
  checkKey(key);
  const wantsKey = CREDENTIAL_KEYS.some((one) => one === key);
  const found = (await effectiveValues(options, deps, wantsKey)).find((row) => row.key === key);
  const { source, value } = found ?? {};
  if (!found) throw usageError((m) => m.config.notSet(key));
  if (value === undefined && source) throw usageError((m) => m.config.notWritten(key, source(m)));
  deps.stdout.write(`${shown(found, options, deps)}\n`);
}

async function listSettings(options: ConfigOptions, deps: CommandDeps): Promise<void> {
  const rows = await effectiveValues(options, deps, true);
  if (options.json) {
    const origin = (row: EffectiveValue) => (options.showOrigin ? { origin: row.origin } : {});
    const value = (row: EffectiveValue) => (row.value === undefined ? null : shown(row, options, deps));
    const entries = rows.map((row) => ({ key: row.key, value: value(row), ...origin(row) }));
    deps.stdout.write(jsonDocument({ settings: entries }));
    return;
  }
  const cells = rows.map((row) => {
    const source = row.source?.(deps.messages) ?? deps.messages.config.origin(row.origin);
    return [row.key, shown(row, options, deps), ...(options.showOrigin ? [visible(source)] : [])];
  });
  for (const line of aligned(cells)) deps.stdout.write(`${line.join('  ')}\n`);
}

async function unsetKey(options: ConfigOptions, deps: CommandDeps, key: string): Promise<void> {
  checkKey(key);
  const store = await deps.store();
  const { name, values } = selectProfile(store.read(), profileName(options.profile, deps.env));
  if (!Object.hasOwn(values, key)) return;
  await updateConfig(options, deps, (config) => {
    delete config.profiles[name]?.[key];
  });
}

async function printPath(deps: CommandDeps): Promise<void> {
  deps.stdout.write(`${visible((await deps.store()).path)}\n`);
}

async function useProfile(options: ConfigOptions, deps: CommandDeps, name: string): Promise<void> {
  const store = await deps.store();
  selectProfile(store.read(), parseProfileName(name));
  await updateConfig(options, deps, (config) => {
    // It may have been deleted since.
    selectProfile(config, name);
    config.current = name;
  });
}

async function listProfiles(options: ConfigOptions, deps: CommandDeps): Promise<void> {
  const { current, profiles } = (await deps.store()).read();
  const names = Object.keys(profiles).sort();
  if (options.json) {
    deps.stdout.write(jsonDocument({ current, profiles: names }));
    return;
  }
  for (const name of names) deps.stdout.write(`${name === current ? '*' : ' '} ${visible(name)}\n`);
}

function shown({ key, value }: EffectiveValue, { reveal }: ConfigOptions, { messages }: CommandDeps): string {
  if (value === undefined) return messages.config.obtained;
  return visible(SECRET_KEYS.includes(key) && !reveal ? masked(value) : value);
}
