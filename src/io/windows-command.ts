import type { Environment } from '../core/config/settings.ts';

/** What is started, and with which arguments. */
interface Started {
  readonly file: string;
  readonly args: readonly string[];
  /** The arguments are quoted already. */
  readonly isVerbatim?: true;
}

/**
 * A command as Windows starts it. Node starts programs only; what npm installs (`npm`, `mmai`) are batch files, which cmd.exe runs.
 * Undefined for one that is not found.
 */
export function windowsCommand(
  name: string,
  args: readonly string[],
  env: Environment,
  exists: (path: string) => boolean,
): Started | undefined {
  const extensions = (env.PATHEXT || '.COM;.EXE;.BAT;.CMD').split(';').filter(Boolean);
  const isWhole = extensions.some((extension) => name.toLowerCase().endsWith(extension.toLowerCase()));
  // One with a blank in it may stand in quotation marks.
  const directories = /[\\/]/.test(name) ? [''] : (env.PATH ?? '').replaceAll('"', '').split(';').filter(Boolean);
  const path = directories
    .flatMap((directory) => {
      const start = directory === '' ? name : `${directory.replace(/\\$/, '')}\\${name}`;
      return isWhole ? [start] : extensions.map((extension) => start + extension);
    })
    .find(exists);
  if (!path) return undefined;
  if (!/\.(bat|cmd)$/i.test(path)) return { file: path, args };
  const line = [escaped(`"${path}"`), ...args.map(quoted)].join(' ');
  return { file: env.ComSpec || 'cmd.exe', args: ['/d', '/s', '/c', `"${line}"`], isVerbatim: true };
}

// --- internal ---

/** An argument in quotes, as C programs read them, and as cmd.exe passes them on. */
function quoted(arg: string): string {
  return escaped(`"${arg.replace(/(\\*)"/g, '$1$1\\"').replace(/\\+$/, '$&$&')}"`);
}

/** With a caret before every character that cmd.exe acts on. */
function escaped(text: string): string {
  return text.replace(/[()%!^"<>&|;, ]/g, '^$&');
}
