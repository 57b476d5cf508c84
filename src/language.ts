import { type Environment, earlySetting } from './core/config/settings.ts';
import type { Deps } from './deps.ts';
import { en, type Language, type Messages } from './locales/en/messages.ts';

/** How mmai speaks to this user. */
interface Speech {
  readonly language: Language;
  /** True where only ASCII is sure to be shown. */
  readonly isAscii: boolean;
}

/**
 * The language: `--lang`, MMAI_LANG, `language` of the profile in use, the locale, the system. A locale whose character set is
 * not UTF-8 gets English in ASCII: it would show anything else as rubbish. Chosen before the command line is parsed, since help
 * is in that language too.
 */
export async function chooseSpeech(
  flags: { readonly lang: string | undefined; readonly profile: string | undefined },
  deps: Pick<Deps, 'env' | 'store' | 'systemLocale'>,
): Promise<Speech> {
  const { env } = deps;
  const isAscii = !isUtf8(firstOf(env, ['LC_ALL', 'LC_CTYPE', 'LANG']));
  const wanted = await earlySetting('language', flags.lang, flags.profile, deps);
  if (wanted) return { language: isChinese(wanted) ? 'zh' : 'en', isAscii };
  const locale = firstOf(env, ['LC_ALL', 'LC_MESSAGES', 'LANG']) || deps.systemLocale();
  return { language: isChinese(locale) && !isAscii ? 'zh' : 'en', isAscii };
}

export async function loadMessages({ language, isAscii }: Speech): Promise<Messages> {
  // Chinese was chosen explicitly then.
  if (language === 'zh') return (await import('./locales/zh/messages.ts')).zh;
  return isAscii ? (await import('./locales/ascii.ts')).asciiMessages(en) : en;
}

/** Gives what a text of others, such as a library for prompts, is shown as; undefined where that is the text itself. */
export async function standIns({ isAscii }: Speech): Promise<((text: string) => string) | undefined> {
  return isAscii ? (await import('./locales/ascii.ts')).inAscii : undefined;
}

// --- internal ---

function firstOf(env: Environment, names: readonly string[]): string {
  return names.map((name) => env[name]?.trim()).find(Boolean) ?? '';
}

function isChinese(locale: string): boolean {
  return /^zh/i.test(locale);
}

/** Whether a locale's character set is UTF-8, as nearly all are that name none; those of Chinese places are GBK or Big5. */
function isUtf8(locale: string): boolean {
  const charset = /\.([^@]*)/.exec(locale)?.[1];
  if (charset !== undefined) return /^utf-?8$/i.test(charset);
  return !/^(C|POSIX|zh_[A-Z]{2})$/i.test(locale);
}
