import { DEFAULT_PROFILE, parseProfileName, selectProfile } from '../../core/config/profiles.ts';
import type { CommandDeps } from '../../deps.ts';
import { usageError } from '../../errors.ts';
import { visible } from '../../text/safe-text.ts';
import { type ConfigOptions, updateConfig } from './keys.ts';

/** `mmai config delete`: removes a profile with its key, after a prompt unless `--yes` is given. Throws a usage error. */
export async function deleteProfile(options: ConfigOptions, deps: CommandDeps, name: string): Promise<void> {
  const { messages, stderr, stdin } = deps;
  const store = await deps.store();
  selectProfile(store.read(), parseProfileName(name), (m) => m.config.profilesHint);
  if (!options.yes) {
    if (!stdin.isTerminal) throw usageError((m) => m.config.deleteNeedsYes(name));
    const isMeant = await (await deps.prompts()).confirm(
      messages.config.askDelete(name),
      messages.config.answers,
      false,
    );
    if (!isMeant) {
      stderr.write(`${messages.config.notDeleted(name)}\n`);
      return;
    }
  }
  let wasCurrent = false;
  await updateConfig(options, deps, (config) => {
    delete config.profiles[name];
    wasCurrent = config.current === name;
    if (wasCurrent) config.current = DEFAULT_PROFILE;
  });
  if (options.quiet) return;
  stderr.write(`${messages.config.deleted(name, visible(store.path))}\n`);
  if (wasCurrent && name !== DEFAULT_PROFILE) stderr.write(`${messages.config.nowCurrent(DEFAULT_PROFILE)}\n`);
}
