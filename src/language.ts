import { DEFAULT_PROFILE } from './core/config/profiles.ts';
import type { Deps } from './deps.ts';
import { en, type Language, type Messages } from './locales/en/messages.ts';

/** The user's language: `--lang`, MMAI_LANG, the config's `language`, then the locale. Asked before the command line is parsed, since help speaks it too. */
export async function languageOf(argv: readonly string[], deps: Pick<Deps, 'env' | 'store'>): Promise<Language> {
  const { env } = deps;
  const at = argv.findIndex((word) => word === '--lang' || word.startsWith('--lang='));
  const flag = at < 0 ? undefined : (argv[at]?.split('=', 2)[1] ?? argv[at + 1]);
  const wanted = flag || env.MMAI_LANG || (await configured(deps));
  return /^zh/i.test(wanted || env.LC_ALL || env.LC_MESSAGES || env.LANG || '') ? 'zh' : 'en';
}

export async function loadMessages(language: Language): Promise<Messages> {
  return language === 'zh' ? (await import('./locales/zh/messages.ts')).zh : en;
}

/** A file that cannot be read is no reason to refuse help; the command that needs it reports it. */
async function configured({ env, store }: Pick<Deps, 'env' | 'store'>): Promise<string | undefined> {
  try {
    const config = (await store()).read();
    return config.profiles[env.MMAI_PROFILE || config.current || DEFAULT_PROFILE]?.language;
  } catch {
    return undefined;
  }
}
