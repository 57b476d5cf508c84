import { named, type Subject, usageError } from '../../errors.ts';
import { parseDuration } from '../../text/duration.ts';
import { shortened, withoutValue } from '../../text/safe-text.ts';
import { parseOrigin } from '../origin.ts';
import { textOf } from '../record.ts';
import { earlyProfile, type Profile, type ProfileStore } from './profiles.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Where a value came from. `name` is the flag, the variable, the profile's name or the file's path. */
export interface Origin {
  readonly from: 'flag' | 'environment' | 'profile' | 'file' | 'default';
  readonly name: string;
}

interface Definition<T> {
  readonly flag: string;
  /** The flag with its placeholder. */
  readonly usage: string;
  /** Variables that give the value, first wins. */
  readonly variables: readonly string[];
  readonly fallback?: string;
  /** Text to value; `what` names the origin in the usage error it throws. */
  readonly parse: (text: string, what: Subject) => T;
}

export const OUTPUTS = ['text', 'json', 'ndjson', 'tsv', 'raw'] as const;
/** The forms of `--dry-run`. */
export const DRY_RUNS = ['request', 'curl', 'node'] as const;

/** Every setting that a flag, a variable or a profile can give. The key in a profile is the flag's name, but for `language`. */
const DEFINITIONS = {
  region: define('--region <id>', parseRegion, 'cn-beijing', [
    'ALIBABA_CLOUD_REGION_ID',
    'ALIBABACLOUD_REGION_ID',
    'ALICLOUD_REGION_ID',
  ]),
  endpoint: define('--endpoint <host|url>', parseEndpoint),
  language: define('--lang <zh|en>', parseLanguage),
  format: define('--format <json|xml>', choice('json', 'xml'), 'json'),
  signature: define('--signature <v1|acs3>', choice('v1', 'acs3'), 'v1'),
  method: define('--method <get|post>', choice('get', 'post'), 'get'),
  output: define('--output', choice(...OUTPUTS), 'text'),
  color: define('--color <auto|always|never>', choice('auto', 'always', 'never'), 'auto'),
  requestTimeout: define('--request-timeout <duration>', parseDuration, '10s'),
  retries: define('--retries <n>', wholeNumber(0, 20), '3'),
  caFile: define('--ca-file <path>', (text: string) => text),
} satisfies Record<string, Definition<unknown>>;

export type SettingName = keyof typeof DEFINITIONS;
/** Checked values; `requestTimeout` is in ms, Infinity for no limit. */
export type Settings = {
  readonly [K in SettingName]:
    | ReturnType<(typeof DEFINITIONS)[K]['parse']>
    | ((typeof DEFINITIONS)[K] extends { fallback: string } ? never : undefined);
};

export interface ResolvedSettings {
  readonly values: Settings;
  readonly origins: Readonly<Record<SettingName, Origin>>;
}

/**
 * Flag > `MMAI_*` > `ALIBABA_CLOUD_*` > profile > default. An empty variable counts as not set. Throws a usage error naming the
 * origin, a flag as `nameOf` has it.
 */
export function resolveSettings(
  flags: Readonly<Partial<Record<SettingName, string>>>,
  env: Environment,
  profile: Profile | undefined,
  nameOf: (name: SettingName) => string = (name) => DEFINITIONS[name].flag,
): ResolvedSettings {
  const values: Record<string, unknown> = {};
  const origins: Record<string, Origin> = {};
  for (const name of settingNames) {
    const definition: Definition<unknown> = DEFINITIONS[name];
    const { text, origin } = find(name, { text: flags[name], name: nameOf(name) }, env, profile);
    values[name] = text === undefined ? undefined : definition.parse(text, subjectOf(name, origin));
    origins[name] = origin;
  }
  return { values: values as Settings, origins: origins as ResolvedSettings['origins'] };
}

type EarlyDeps = { readonly env: Environment; readonly store: () => Promise<ProfileStore> };

/** The text of a setting before the command line is parsed: `flag` is the value of its flag, `profile` that of `--profile`. */
export async function earlySetting(
  name: SettingName,
  flag: string | undefined,
  profile: string | undefined,
  deps: EarlyDeps,
) {
  const wanted = (stored?: Profile) => find(name, { text: flag, name: '' }, deps.env, stored);
  const given = wanted();
  // A file that nothing depends on may lie in a home that hangs.
  return (given.origin.from === 'default' ? wanted(await earlyProfile(profile, deps)) : given).text;
}

/** The same of the color, for what is printed where the settings are not known, or one of them is wrong. */
export async function earlyColor(flag: string | undefined, profile: string | undefined, deps: EarlyDeps) {
  const text = (await earlySetting('color', flag, profile, deps))?.toLowerCase();
  return text === 'always' || text === 'never' ? text : 'auto';
}

export const settingNames = Object.keys(DEFINITIONS) as SettingName[];

/** The settings that name the service and how to call it: a wait that is resumed has them again, a client of the library takes them. */
export const serviceSettings = settingNames.filter(
  (name) => name !== 'language' && name !== 'output' && name !== 'color' && name !== 'retries',
);

/** A setting's flag with its placeholder: `--region <id>`. */
export function settingUsage(name: Exclude<SettingName, 'output'>): string {
  return DEFINITIONS[name].usage;
}

/** What help says of a setting's flag: the default, and the variable that gives the value; undefined for any other flag. */
export function settingOfFlag(flag: string): { fallback: string | undefined; variable: string } | undefined {
  const found = Object.values(DEFINITIONS).find((definition) => definition.flag === flag);
  return found && { fallback: found.fallback, variable: found.variables[0]! };
}

/** `caFile` as flags and the keys of a profile write it: `ca-file`. */
export function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`);
}

/** Throws the usage error that using `text` for this setting would throw. */
export function checkSetting(name: SettingName, text: string): void {
  DEFINITIONS[name].parse(text, kebab(name));
}

/** One of some words, in any case; `what` names the flag or setting in the usage error for any other. */
export function choice<const T extends string>(...allowed: T[]) {
  return (text: string, what: Subject): T => {
    const found = allowed.find((value) => value === text.toLowerCase());
    if (found === undefined) throw usageError((m) => m.usage.badChoice(named(what, m), shortened(text), allowed));
    return found;
  };
}

/** A whole number within bounds, both inclusive; `what` names the flag or setting in the usage error for anything else. */
export function wholeNumber(min: number, max: number) {
  return (text: string, what: Subject): number => {
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= min && value <= max))
      throw usageError((m) => m.usage.badNumber(named(what, m), shortened(text), min, max));
    return value;
  };
}

/** What a usage error about a setting of this origin names. */
export function subjectOf(name: SettingName, origin: Origin): Subject {
  return origin.from === 'profile' ? (m) => m.config.settingOf(kebab(name), origin.name) : origin.name;
}

// --- internal ---

function define<T, F extends string | undefined = undefined>(
  usage: string,
  parse: (text: string, what: Subject) => T,
  fallback?: F,
  variables: readonly string[] = [],
) {
  const flag = usage.split(' ', 1)[0]!;
  const own = `MMAI_${flag.slice(2).toUpperCase().replaceAll('-', '_')}`;
  return { flag, usage, variables: [own, ...variables], parse, fallback: fallback as F };
}

function find(
  name: SettingName,
  flag: { readonly text: string | undefined; readonly name: string },
  env: Environment,
  profile: Profile | undefined,
): { text: string | undefined; origin: Origin } {
  const { variables, fallback }: Definition<unknown> = DEFINITIONS[name];
  if (flag.text !== undefined) return { text: flag.text, origin: { from: 'flag', name: flag.name } };
  // A file of variables with CRLF leaves a carriage return at the end of each.
  const variable = variables.find((v) => textOf(env, v));
  if (variable) return { text: textOf(env, variable), origin: { from: 'environment', name: variable } };
  const stored = profile?.values[kebab(name)];
  if (stored) return { text: stored, origin: { from: 'profile', name: profile?.name ?? '' } };
  return { text: fallback, origin: { from: 'default', name: 'default' } };
}

/** `zh`, and also `zh_CN` or `zh-Hans`, which locales and browsers say. */
function parseLanguage(text: string, what: Subject): 'en' | 'zh' {
  const language = /^(en|zh)(?:[-_.]\w|$)/i.exec(text)?.[1]?.toLowerCase();
  if (language === undefined) throw usageError((m) => m.usage.badChoice(named(what, m), shortened(text), ['en', 'zh']));
  return language as 'en' | 'zh';
}

/** A region goes into a host name: anything but `a–z 0–9 -` could name another host. */
function parseRegion(text: string, what: Subject): string {
  if (!/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(text))
    throw usageError((m) => m.usage.badRegion(named(what, m), shortened(text)));
  return text;
}

function parseEndpoint(text: string, what: Subject): string {
  const origin = parseOrigin(text);
  if (origin === undefined) throw usageError((m) => m.usage.badEndpoint(named(what, m), withoutValue(text)));
  return origin;
}
