import type { Command } from 'commander';
import { DEFAULT_PROFILE, type Profile, parseProfileName, selectProfile } from '../core/config/profiles.ts';
import {
  checkSetting,
  kebab,
  type Origin,
  resolveSettings,
  type SettingName,
  settingNames,
} from '../core/config/settings.ts';
import { CREDENTIAL_VARIABLES } from '../core/credentials/chain.ts';
import type { CommandDeps } from '../deps.ts';
import { ExitCode, MmaiError, usageError } from '../errors.ts';
import { nearest } from '../text/nearest.ts';
import { jsonDocument, masked, visible, withoutValue } from '../text/safe-text.ts';
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
const CREDENTIAL_KEYS = Object.keys(CREDENTIAL_VARIABLES);
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
  const found = (await effectiveValues(options, deps)).find((row) => row.key === key);
  if (!found) throw usageError((m) => m.config.notSet(key));
  deps.stdout.write(`${shown(found, options)}\n`);
}

async function listSettings(options: ConfigOptions, deps: CommandDeps): Promise<void> {
  const rows = await effectiveValues(options, deps);
  if (options.json) {
    const origin = (row: Row) => (options.showOrigin ? { origin: row.origin } : {});
    const entries = rows.map((row) => ({ key: row.key, value: shown(row, options), ...origin(row) }));
    deps.stdout.write(jsonDocument({ settings: entries }));
    return;
  }
  const keyWidth = Math.max(...rows.map(({ key }) => key.length));
  const valueWidth = Math.max(...rows.map((row) => shown(row, options).length));
  for (const row of rows) {
    const value = shown(row, options);
    const origin = options.showOrigin
      ? `${value.padEnd(valueWidth)}  ${visible(deps.messages.config.origin(row.origin))}`
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

interface Row {
  readonly key: string;
  readonly value: string;
  readonly origin: Origin;
}

/** What would be used now, with where it comes from: the profile's keys and every setting that has a value. */
async function effectiveValues(options: ConfigOptions, deps: CommandDeps): Promise<Row[]> {
  const { env } = deps;
  const profile = selectProfile((await deps.store()).read(), options.profile || env.MMAI_PROFILE);
  const { values, origins } = resolveSettings({}, env, profile);
  const settings = settingNames.flatMap((name) => settingRow(name, values[name], origins[name]));
  return [...credentialRows(profile, env), ...settings];
}

/** The first place that offers an id or a secret gives all three, as it does for signing: a token fits no other pair. */
function credentialRows(profile: Profile, env: CommandDeps['env']): Row[] {
  const row = (key: string, value: string | undefined, origin: Origin) => (value ? [{ key, value, origin }] : []);
  const ofProfile = CREDENTIAL_KEYS.flatMap((key) =>
    row(key, profile.values[key], { from: 'profile', name: `${key} of profile ${profile.name}` }),
  );
  const ofVariables = Object.entries(CREDENTIAL_VARIABLES).flatMap(([key, name]) =>
    row(key, env[name], { from: 'environment', name }),
  );
  const order = profile.isNamed ? [ofProfile, ofVariables] : [ofVariables, ofProfile];
  return order.find((rows) => rows.some(({ key }) => key !== 'security-token')) ?? order.flat();
}

function settingRow(name: SettingName, value: unknown, origin: Origin): Row[] {
  if (value === undefined) return [];
  const text = name === 'requestTimeout' ? durationText(value as number) : String(value);
  return [{ key: kebab(name), value: text, origin }];
}

function durationText(ms: number): string {
  if (ms === Number.POSITIVE_INFINITY) return 'none';
  return ms % 1000 === 0 ? `${ms / 1000}s` : `${ms}ms`;
}

function shown({ key, value }: Row, { reveal }: ConfigOptions): string {
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
