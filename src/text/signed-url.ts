import { HIDDEN } from './redactor.ts';

/** The parameters that sign a URL, to OSS, its CDN and other storages, up to the end of the URL; `=` may be escaped in any way. */
const SIGNATURE =
  /((?:signature|security-?token|auth_key|\bsig)(?:=|%(?:25)*3d|\\+u003d|&(?:amp;)*#(?:61|x3d);))(?!\*{8})[!#-&(-;=?-~]+/gi;
/** The password of a URL. */
const PASSWORD = /(:(?:\\?\/){2}[^\s/?#@:]*:)[^\s/?#@]+(?=@)/g;

/** A text without what makes a signed URL, or one with a password, that it quotes usable. */
export function withoutUrlSecrets(text: string): string {
  return text.replace(SIGNATURE, `$1${HIDDEN}`).replace(PASSWORD, `$1${HIDDEN}`);
}
