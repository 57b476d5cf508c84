import type { Command } from 'commander';
import { DEFAULT_PROFILE, parseProfileName, selectProfile } from '../core/config/profiles.ts';
import { checkSetting, kebab, settingNames } from '../core/config/settings.ts';
import { CREDENTIAL_KEYS } from '../core/credentials/profile.ts';
import type { CommandDeps } from '../deps.ts';
import { ExitCode, MmaiError, usageError } from '../errors.ts';
import { nearest } from '../text/nearest.ts';
import { jsonDocument, masked, visible, withoutValue } from '../text/safe-text.ts';
import { type EffectiveValue, effectiveValues } from './config/effective.ts';
import { importProfiles } from './config/import.ts';
import { addCheckOptions, addCommonOptions } from './shared/options.ts';

interface ConfigOptions {
  readonly profile?: string;
  readonly reveal?: true;
  readonly showOrigin?: true;
  readonly json?: true;
  readonly quiet?: true;
}

const SECRETS = ['access-key-secret', 'security-token'];
const settingOfKey = new Map(settingNames.map((name) => [kebab(name), name]));
/** Every key that `config set` takes. */
export const CONFIG_KEYS = [...CREDENTIAL_KEYS, ...settingOfKey.keys()];

export function addConfigCommand(program: Command, deps: CommandDeps, done: (exitCode: number) => void): void {
  const { help } = deps.messages;
  const { flags } = help;
  const config = program.command('config').description(help.commands.config);
  const add = (name: keyof typeof help.config, usage = name as string) => {
    const command = config.command(usage).description(help.config[name]);
    for (const argument of command.registeredArguments) {
      const text = help.configArguments[argument.name() as keyof typeof help.configArguments];
      argument.description = typeof text === 'string' ? text : text(CONFIG_KEYS);
    }
    return addCommonOptions(command.option('--profile <name>', flags.profile), flags);
  };
  /** commander gives the words, then the options. Every action ends well or throws. */
  const act =
    (action: (options: ConfigOptions, deps: CommandDeps, word: string, value?: string) => Promise<void>) =>
    async (...given: unknown[]) => {
      const words = given.slice(0, -2) as [string, string?];
      await action(given.at(-2) as ConfigOptions, deps, ...words);
      done(ExitCode.ok);
    };
  add('init').action(act(initProfile));
  add('set', 'set <key> [value]').action(act(setKey));
  add('get', 'get <key>').option('--reveal', flags.reveal).action(act(getKey));
  add('list')
    .option('--show-origin', flags.showOrigin)
    .option('--reveal', flags.reveal)
    .option('--json', flags.listJson)
    .action(act(listSettings));
  add('unset', 'unset <key>').action(act(unsetKey));
  add('path').action(act(printPath));
  add('use', 'use <name>').action(act(useProfile));
  const check = addCheckOptions(add('check'), deps.messages);
  check.action(async (options) => done(await (await import('./config/check.ts')).runConfigCheck(options, deps)));
  add('profiles').option('--json', flags.listJson).action(act(listProfiles));
  add('import').option('--force', flags.force).option('--json', flags.listJson).action(act(importProfiles));
}

async function initProfile(options: ConfigOptions, deps: CommandDeps): Promise<void> {
  const { messages, stdin, stderr } = deps;
  if (!stdin.isTerminal) throw usageError((m) => m.config.initNeedsTerminal());
  const store = await deps.store();
  const name = targetProfile(options, deps, store.read().current);
  const prompts = await deps.prompts();
  const answer = (key: string, text: string) => {
    if (text === '') throw usageError((m) => m.config.emptyValue(key));
    return text;
  };
  const id = answer('access-key-id', await prompts.text(messages.config.askId()));
  const secret = answer('access-key-secret', await prompts.secret(messages.config.askSecret()));
  const region = await prompts.text(messages.config.askRegion(), 'cn-beijing');
  checkSetting('region', region);
  await store.update((config) => {
    if (Object.keys(config.profiles).length === 0) config.current = name;
    config.profiles[name] = { ...config.profiles[name], 'access-key-id': id, 'access-key-secret': secret, region };
    // A token belongs to the pair it came with.
    delete config.profiles[name]['security-token'];
  });
  if (!options.quiet) stderr.write(`${messages.config.stored(name, visible(store.path))}\n`);
}

async function setKey(options: ConfigOptions, deps: CommandDeps, key: string, given?: string): Promise<void> {
  checkKey(key);
  const value = given === undefined || given === '-' ? await askValue(key, deps) : given;
  if (value === '') throw usageError((m) => m.config.emptyValue(key));
  const setting = settingOfKey.get(key);
  if (setting) checkSetting(setting, value);
  const store = await deps.store();
  const name = targetProfile(options, deps, store.read().current);
  await store.update((config) => {
    if (Object.keys(config.profiles).length === 0) config.current = name;
    config.profiles[name] = { ...config.profiles[name], [key]: value };
  });
  if (value === given && SECRETS.includes(key) && !options.quiet) {
    deps.stderr.write(`${deps.messages.warning}${deps.messages.config.secretInArguments(key)}\n`);
  }
}

async function askValue(key: string, deps: CommandDeps): Promise<string> {
  const { signal, stdin } = deps;
  if (!stdin.isTerminal) {
    const text = await stdin.text();
    // A signal ends the reading early: half a secret must not be stored.
    if (signal.aborted) throw new MmaiError(ExitCode.interrupted, (m) => m.config.stopped());
    return text.trim();
  }
  const prompts = await deps.prompts();
  return SECRETS.includes(key) ? prompts.secret(key) : prompts.text(key);
}

async function getKey(options: ConfigOptions, deps: CommandDeps, key: string): Promise<void> {
  checkKey(key);
  const found = (await effectiveValues(options, deps, [key])).find((row) => row.key === key);
  const { source, value } = found ?? {};
  if (!found) throw usageError((m) => m.config.notSet(key));
  if (value === undefined && source) throw usageError((m) => m.config.notWritten(key, source(m)));
  deps.stdout.write(`${shown(found, options, deps)}\n`);
}

async function listSettings(options: ConfigOptions, deps: CommandDeps): Promise<void> {
  const rows = await effectiveValues(options, deps, CONFIG_KEYS);
  if (options.json) {
    const origin = (row: EffectiveValue) => (options.showOrigin ? { origin: row.origin } : {});
    const value = (row: EffectiveValue) => (row.value === undefined ? null : shown(row, options, deps));
    const entries = rows.map((row) => ({ key: row.key, value: value(row), ...origin(row) }));
    deps.stdout.write(jsonDocument({ settings: entries }));
    return;
  }
  const keyWidth = Math.max(...rows.map(({ key }) => key.length));
  const valueWidth = Math.max(...rows.map((row) => shown(row, options, deps).length));
  for (const row of rows) {
    const value = shown(row, options, deps);
    const origin = options.showOrigin
      ? `${value.padEnd(valueWidth)}  ${visible((row.source ?? ((m) => m.config.origin(row.origin)))(deps.messages))}`
      : value;
    deps.stdout.write(`${row.key.padEnd(keyWidth)}  ${origin}\n`);
  }
}

async function unsetKey(options: ConfigOptions, deps: CommandDeps, key: string): Promise<void> {
  checkKey(key);
  const store = await deps.store();
  const { name, values } = selectProfile(store.read(), options.profile || deps.env.MMAI_PROFILE);
  if (!Object.hasOwn(values, key)) throw usageError((m) => m.config.notSet(key));
  await store.update((config) => {
    delete config.profiles[name]?.[key];
  });
}

async function printPath(_: ConfigOptions, deps: CommandDeps): Promise<void> {
  deps.stdout.write(`${visible((await deps.store()).path)}\n`);
}

async function useProfile(_: ConfigOptions, deps: CommandDeps, name: string): Promise<void> {
  const store = await deps.store();
  selectProfile(store.read(), parseProfileName(name));
  await store.update((config) => {
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

// --- internal ---

function shown({ key, value }: EffectiveValue, { reveal }: ConfigOptions, { messages }: CommandDeps): string {
  if (value === undefined) return messages.config.obtained();
  return visible(SECRETS.includes(key) && !reveal ? masked(value) : value);
}

function checkKey(key: string): void {
  if (CONFIG_KEYS.includes(key)) return;
  const near = nearest(key, CONFIG_KEYS);
  throw usageError(
    (m) => m.config.unknownKey(withoutValue(key), CONFIG_KEYS),
    near === undefined ? undefined : (m) => m.parser.suggestion(near),
  );
}

function targetProfile(options: ConfigOptions, { env }: CommandDeps, current: string): string {
  return parseProfileName(options.profile || env.MMAI_PROFILE || current || DEFAULT_PROFILE);
}
