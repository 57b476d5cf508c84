import { type Config, SECRET_KEYS } from '../../core/config/profiles.ts';
import { readWithin } from '../../core/input/read-within.ts';
import type { CommandDeps } from '../../deps.ts';
import { abortCode, MmaiError, usageError } from '../../errors.ts';
import { formatDuration } from '../../text/duration.ts';
import { answerCheck, type ConfigOptions, checkedValue, checkKey, targetProfile, updateConfig } from './keys.ts';

/** The longest value that is taken from standard input, in characters. */
const MAX_INPUT = 1024 * 1024;
/** The longest wait for it, in ms: a password manager that writes it may have to be unlocked. */
const IDLE_MS = 5 * 60_000;

/** `mmai config set`. Without a value, or with `-`, it is prompted for or read. Throws a usage error. */
export async function setKey(options: ConfigOptions, deps: CommandDeps, key: string, given?: string): Promise<void> {
  checkKey(key);
  const isGiven = given !== undefined && given !== '-';
  const value = checkedValue(key, isGiven ? given : await askValue(key, given === undefined && !options.quiet, deps));
  const store = await deps.store();
  const name = targetProfile(options, deps, store.read().current);
  let dropped = false;
  let hasKey = false;
  await updateConfig(options, deps, (config) => {
    dropped = changeProfile(config, name, { [key]: value });
    hasKey = config.profiles[name]?.['access-key-id'] !== undefined;
  });
  const { messages, stderr } = deps;
  if (options.quiet) return;
  if (hasKey && key === 'credential-process') stderr.write(`${messages.warning}${messages.config.keyFirst(name)}\n`);
  if (dropped) stderr.write(`${messages.config.tokenDropped(name)}\n`);
  if (isGiven && SECRET_KEYS.includes(key)) {
    stderr.write(`${messages.warning}${messages.config.secretInArguments(key)}\n`);
  }
}

/** Sets values of a profile, made if need be; the first one made is the current one. True if a security token was dropped. */
export function changeProfile(config: Config, name: string, values: Readonly<Record<string, string>>): boolean {
  if (Object.keys(config.profiles).length === 0) config.current = name;
  const before = config.profiles[name] ?? {};
  const { 'security-token': token, ...rest } = before;
  // A token belongs to the pair it came with.
  const isOther = (key: string) => values[key] !== undefined && values[key] !== before[key];
  const drops = token !== undefined && (isOther('access-key-id') || isOther('access-key-secret'));
  config.profiles[name] = { ...(drops ? rest : before), ...values };
  return drops;
}

// --- internal ---

async function askValue(key: string, isNoticed: boolean, deps: CommandDeps): Promise<string> {
  if (!deps.stdin.isTerminal) return readValue(isNoticed, deps);
  const prompts = await deps.prompts();
  // In the prompt, which goes on: what is pasted after its end goes to the shell.
  const question = { check: answerCheck(key, deps.messages) };
  return SECRET_KEYS.includes(key) ? prompts.secret(key, question) : prompts.text(key, question);
}

/** The value on standard input. Throws a usage error where it is too long or does not end. */
async function readValue(isNoticed: boolean, deps: CommandDeps): Promise<string> {
  const { signal, stderr, messages } = deps;
  let value = '';
  const take = (text: string) => {
    value += text;
    if (value.length > MAX_INPUT) throw usageError((m) => m.usage.inputTooLong);
  };
  const onWait = () => {
    if (isNoticed) stderr.write(`${messages.config.readingInput}\n`);
  };
  const isInTime = await readWithin(deps, take, { totalMs: Number.POSITIVE_INFINITY, idleMs: IDLE_MS, onWait });
  // A signal ends the reading early: half a secret must not be saved.
  if (signal.aborted) throw new MmaiError(abortCode(signal), (m) => m.config.stopped);
  if (!isInTime) throw usageError((m) => m.config.inputTimeout(formatDuration(IDLE_MS)));
  return value.trim();
}
