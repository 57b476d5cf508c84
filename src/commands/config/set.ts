import { type Config, SECRET_KEYS } from '../../core/config/profiles.ts';
import type { CommandDeps } from '../../deps.ts';
import { ExitCode, MmaiError } from '../../errors.ts';
import { type ConfigOptions, checkedValue, checkKey, targetProfile } from './keys.ts';

/** `mmai config set`. Without a value, or with `-`, it is prompted for or read. Throws a usage error. */
export async function setKey(options: ConfigOptions, deps: CommandDeps, key: string, given?: string): Promise<void> {
  checkKey(key);
  const isGiven = given !== undefined && given !== '-';
  const value = checkedValue(key, isGiven ? given : await askValue(key, deps));
  const store = await deps.store();
  const name = targetProfile(options, deps, store.read().current);
  let dropped = false;
  await store.update((config) => {
    dropped = changeProfile(config, name, { [key]: value });
  });
  const { messages, stderr } = deps;
  if (options.quiet) return;
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

async function askValue(key: string, deps: CommandDeps): Promise<string> {
  const { signal, stdin } = deps;
  if (!stdin.isTerminal) {
    const text = await stdin.text();
    // A signal ends the reading early: half a secret must not be saved.
    if (signal.aborted) throw new MmaiError(ExitCode.interrupted, (m) => m.config.stopped());
    return text.trim();
  }
  const prompts = await deps.prompts();
  return SECRET_KEYS.includes(key) ? prompts.secret(key) : prompts.text(key);
}
