import { type Config, parseProfileName, profileName } from '../../core/config/profiles.ts';
import { type AliyunConfig, aliyunMode, aliyunPath, readAliyunConfig } from '../../core/credentials/aliyun-file.ts';
import { CREDENTIAL_KEYS } from '../../core/credentials/profile.ts';
import { type Fields, textOf } from '../../core/record.ts';
import type { CommandDeps } from '../../deps.ts';
import { usageError } from '../../errors.ts';
import type { Messages } from '../../locales/en/messages.ts';
import { jsonDocument, shortened, visible } from '../../text/safe-text.ts';
import { shellQuoted } from '../../text/shell-quoted.ts';
import { aligned } from '../../text/width.ts';
import { type ConfigOptions, checkError, checkedValue, updateConfig } from './keys.ts';

/** What became of a profile: `imported`; `kept` as mmai had it; or not copied, for its mode, its key or its name. */
type ImportOutcome = keyof Messages['config']['outcomes'];

interface Row {
  readonly name: string;
  /** In aliyun-cli's spelling; null for one that mmai does not know. */
  readonly mode: string | null;
  readonly outcome: ImportOutcome;
}

/**
 * Copies the profiles of aliyun-cli that hold a lasting key, with region and language. Roles, commands and tokens stay where they
 * are: mmai takes them from there, and a copy of a token would hide the one that aliyun-cli renews. Throws a usage error.
 */
export async function importProfiles(options: ConfigOptions, deps: CommandDeps): Promise<void> {
  const aliyun = await readAliyunConfig(deps);
  const path = visible(aliyunPath(deps) ?? '~/.aliyun/config.json');
  if (!aliyun) throw usageError((m) => m.config.noAliyun(path));
  const profile = profileName(options.profile, deps.env);
  if (profile !== undefined && !aliyun.profiles.has(profile)) {
    throw usageError((m) => m.credentials.noAliyunProfile(shortened(profile), path));
  }
  let rows: Row[] = [];
  await updateConfig(options, deps, (config) => {
    rows = copyProfiles(aliyun, config, profile, options.force === true);
  });
  printRows(rows, path, options, deps);
}

// --- internal ---

function copyProfiles(aliyun: AliyunConfig, config: Config, only: string | undefined, force: boolean): Row[] {
  // Without a profile of its own, mmai has signed as aliyun-cli does: it still does then, whether that profile is copied or not.
  const isFirst = Object.keys(config.profiles).length === 0;
  if (isFirst && isProfileName(aliyun.current)) config.current = aliyun.current;
  const chosen = [...aliyun.profiles].filter(([name]) => only === undefined || name === only);
  return chosen.map(([name, profile]) => {
    const mode = aliyunMode(profile) || null;
    const outcome = outcomeOf(name, mode, profile, config, force);
    if (outcome === 'imported') config.profiles[name] = copied(profile, config.profiles[name]);
    return { name, mode, outcome };
  });
}

function outcomeOf(name: string, mode: string | null, profile: Fields, config: Config, force: boolean): ImportOutcome {
  if (mode === null) return textOf(profile, 'mode') ? 'unknown' : 'empty';
  if (mode !== 'AK') return 'elsewhere';
  const [id, secret] = [textOf(profile, 'access_key_id'), textOf(profile, 'access_key_secret')];
  if (!id || !secret) return 'empty';
  if (checkError(() => [checkedValue('access-key-id', id), checkedValue('access-key-secret', secret)])) return 'badKey';
  if (!isProfileName(name)) return 'badName';
  return hasKey(config.profiles[name]) && !force ? 'kept' : 'imported';
}

/** Whether a profile has an AccessKey, any part of one, or a command that prints one. */
function hasKey(profile: Readonly<Record<string, string>> = {}): boolean {
  return CREDENTIAL_KEYS.some((key) => profile[key] !== undefined);
}

/** The key replaces whatever key there was, token and all; other settings stay. */
function copied(profile: Fields, before: Record<string, string> = {}): Record<string, string> {
  const { 'security-token': _, ...rest } = before;
  const settings = [
    ['region', textOf(profile, 'region_id')],
    ['language', textOf(profile, 'language')],
  ].filter(([name = '', value]) => value !== undefined && !checkError(() => checkedValue(name, value)));
  return {
    ...(Object.fromEntries(settings) as Record<string, string>),
    ...rest,
    'access-key-id': textOf(profile, 'access_key_id') ?? '',
    'access-key-secret': textOf(profile, 'access_key_secret') ?? '',
  };
}

function isProfileName(name: string): boolean {
  return !checkError(() => parseProfileName(name));
}

function printRows(
  rows: readonly Row[],
  path: string,
  { json }: ConfigOptions,
  { messages, stdout, platform }: CommandDeps,
): void {
  if (json) {
    stdout.write(jsonDocument({ path, profiles: rows }));
    return;
  }
  const { outcomes } = messages.config;
  const cells = rows.map(({ name, mode, outcome }) => {
    const word = shellQuoted(visible(name), platform);
    return [visible(name), mode ?? '-', outcomes[outcome](word)];
  });
  for (const line of aligned(cells)) stdout.write(`${line.join('  ')}\n`);
}
