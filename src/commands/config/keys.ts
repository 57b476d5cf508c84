import { resolve } from 'node:path';
import { type Config, DEFAULT_PROFILE, parseProfileName, profileName } from '../../core/config/profiles.ts';
import { checkSetting, kebab, settingNames } from '../../core/config/settings.ts';
import { CREDENTIAL_KEYS } from '../../core/credentials/profile.ts';
import type { CommandDeps } from '../../deps.ts';
import { MmaiError, usageError } from '../../errors.ts';
import type { Messages } from '../../locales/en/messages.ts';
import { nearest } from '../../text/nearest.ts';
import { quotedPath, visible, withoutValue } from '../../text/safe-text.ts';

/** What commander gives for the flags of `config`; each of its commands has some of them. */
export interface ConfigOptions {
  readonly profile?: string;
  readonly quiet?: true;
  readonly json?: true;
  readonly reveal?: true;
  readonly showOrigin?: true;
  readonly yes?: true;
  readonly force?: true;
}

const settingOfKey = new Map(settingNames.map((name) => [kebab(name), name]));
/** Every key that `config set` takes. */
export const CONFIG_KEYS: readonly string[] = [...CREDENTIAL_KEYS, ...settingOfKey.keys()];

/** Throws the usage error for a key that is none, with the nearest one. */
export function checkKey(key: string): void {
  if (CONFIG_KEYS.includes(key)) return;
  // "access-key-secret SECRET" as one word, or with an equals sign.
  const [name = ''] = key.split(/[= \t]/, 1);
  const near = nearest(name, CONFIG_KEYS);
  throw usageError(
    (m) => m.config.unknownKey(withoutValue(key.replace(/(?<=\S)[ \t]+\S[\s\S]*/, ' …')), CONFIG_KEYS),
    near === undefined ? undefined : (m) => m.parser.suggestion(name === key ? near : `${near} VALUE`),
  );
}

/** `value` as it is saved for `key`. Throws a usage error that never quotes a secret. */
export function checkedValue(key: string, value: string): string {
  if (value === '') throw usageError((m) => m.config.emptyValue(key));
  const setting = settingOfKey.get(key);
  if (setting) checkSetting(setting, value);
  // No request could carry anything else: a line break, or a quotation mark from a word processor.
  else if (!(key === 'credential-process' ? /^[^\p{Cc}]+$/u : /^[\x21-\x7e]+$/).test(value)) {
    throw usageError((m) => m.config.badValue(key));
  }
  return key === 'ca-file' ? absolutePath(value) : value;
}

/** The error that a check throws for a bad value; undefined where it throws none. */
export function checkError(check: () => unknown): MmaiError | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    if (error instanceof MmaiError) return error;
    throw error;
  }
}

/** Says why an answer to a prompt cannot be saved for `key`; undefined where it can. */
export function answerCheck(key: string, messages: Messages): (answer: string) => string | undefined {
  return (answer) => {
    const error = checkError(() => checkedValue(key, answer));
    return error && visible(error.text(messages));
  };
}

/** The profile that a command changes, which need not exist. Throws a usage error for a name that is none. */
export function targetProfile(options: ConfigOptions, { env }: CommandDeps, current: string): string {
  return parseProfileName(profileName(options.profile, env) || current || DEFAULT_PROFILE);
}

/** Changes the config file. Throws what `change` throws, and a usage error when the file cannot be written. */
export async function updateConfig(
  { quiet }: ConfigOptions,
  { store, stderr, messages }: CommandDeps,
  change: (config: Config) => void,
): Promise<void> {
  const onWait = (lock: string) => stderr.write(`${visible(messages.config.waiting(lock))}\n`);
  await (await store()).update(change, quiet ? undefined : onWait);
}

// --- internal ---

/** A file is read from any working directory later. Throws a usage error where ours has been deleted. */
function absolutePath(path: string): string {
  try {
    return resolve(path);
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    throw usageError((m) => m.usage.unreadableFile('ca-file', quotedPath(path), code));
  }
}
