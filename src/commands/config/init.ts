import type { CommandDeps } from '../../deps.ts';
import { ExitCode, usageError } from '../../errors.ts';
import type { Prompts } from '../../io/terminal/prompts.ts';
import { masked, visible } from '../../text/safe-text.ts';
import { answerCheck, type ConfigOptions, targetProfile, updateConfig } from './keys.ts';
import { changeProfile } from './set.ts';

/**
 * `mmai config init`: prompts for AccessKey and region, each checked in its prompt and what is saved already offered, saves
 * them together and offers to check them; the exit code is then that of the check. Throws a usage error.
 */
export async function initProfile(options: ConfigOptions, deps: CommandDeps): Promise<number> {
  const { messages, stdin, stderr } = deps;
  if (!stdin.isTerminal) throw usageError((m) => m.config.initNeedsTerminal);
  const store = await deps.store();
  const { current, profiles } = store.read();
  const name = targetProfile(options, deps, current);
  const prompts = await deps.prompts();
  const saved = profiles[name] ?? {};
  const answers = await askProfile(prompts, saved, deps);
  let dropped = false;
  await updateConfig(options, deps, (config) => {
    dropped = changeProfile(config, name, changed(answers, saved));
  });
  if (!options.quiet) {
    if (dropped) stderr.write(`${messages.config.tokenDropped(name)}\n`);
    stderr.write(`${messages.config.stored(name, visible(store.path))}\n`);
  }
  if (!(await prompts.confirm(messages.config.askCheck, messages.config.answers, true))) return ExitCode.ok;
  return (await import('./check.ts')).runConfigCheck({ ...options, profile: name }, deps);
}

// --- internal ---

/** Without what was kept: another process may have changed it since it was offered. The parts of an AccessKey belong together. */
function changed(
  { region, ...key }: Readonly<Record<string, string>>,
  saved: Readonly<Record<string, string>>,
): Record<string, string> {
  const isKeyKept = Object.entries(key).every(([name, value]) => saved[name] === value);
  return { ...(!isKeyKept && key), ...(region !== undefined && region !== saved.region && { region }) };
}

async function askProfile(
  prompts: Prompts,
  saved: Readonly<Record<string, string>>,
  { messages }: CommandDeps,
): Promise<Record<string, string>> {
  const { config: words } = messages;
  const before = (key: string, fallback = '') => ({
    initial: saved[key] ?? fallback,
    check: answerCheck(key, messages),
  });
  const id = await prompts.text(words.askId, before('access-key-id'));
  // A secret belongs to its ID.
  const kept = id === saved['access-key-id'] ? saved['access-key-secret'] : undefined;
  const question = kept === undefined ? words.askSecret : words.askSecretAgain(masked(kept));
  const checkSecret = (answer: string) => answerCheck('access-key-secret', messages)(answer || (kept ?? ''));
  const secret = (await prompts.secret(question, { check: checkSecret })) || (kept ?? '');
  const region = await prompts.text(words.askRegion, before('region', 'cn-beijing'));
  return { 'access-key-id': id, 'access-key-secret': secret, region };
}
