import { constants, lchownSync, lstatSync, mkdirSync, readlinkSync, type Stats, statSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import type { Environment } from '../core/config/settings.ts';
import { systemError, usageError } from '../errors.ts';
import { shownPath } from '../text/safe-text.ts';

/**
 * Where mmai keeps its file: MMAI_CONFIG_DIR, else `mmai` in XDG_CONFIG_HOME, on Windows in %APPDATA%, else in ~/.config.
 * Throws a usage error.
 */
export function configDirectory(env: Environment, platform: string, home: string): string {
  const named = env.MMAI_CONFIG_DIR?.trim();
  if (!named) return baseDirectory(env, platform, ['XDG_CONFIG_HOME', 'APPDATA'], join(home, '.config'));
  // From the working directory, which may be anybody's, no settings are read, and no secrets are saved in it.
  if (!isAbsolute(named)) throw usageError((m) => m.usage.relativeDirectory('MMAI_CONFIG_DIR', shownPath(named)));
  return named;
}

/** Where state goes that may be lost: `mmai` in XDG_STATE_HOME, on Windows in %LOCALAPPDATA%, else in ~/.local/state. */
export function stateDirectory(env: Environment, platform: string, home: string): string {
  return baseDirectory(env, platform, ['XDG_STATE_HOME', 'LOCALAPPDATA'], join(home, '.local', 'state'));
}

/**
 * Makes a directory with those above it, for their owner only; fine if it exists. One `mkdir` a level, from the top: Node's own
 * `recursive` never returns where mkdir says ENOENT though the parent exists, as in /proc. Throws the system's error.
 */
export function makeDirectory(directory: string): void {
  const missing: string[] = [];
  let existing = resolve(directory);
  while (!ownerOf(existing) && existing !== dirname(existing)) {
    missing.unshift(existing);
    existing = dirname(existing);
  }
  for (const level of missing) {
    try {
      mkdirSync(level, { mode: 0o700 });
    } catch (error) {
      // Another process was quicker.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

/** A symbolic link in a path was made by another user, who could lead us anywhere with it. */
export class ForeignLinkError extends Error {
  readonly link: string;

  constructor(link: string) {
    super(`${link} belongs to another user`);
    this.link = link;
  }
}

/** The paths of files that other users could change when they were read. The file there now may be a safe one again. */
const readForeign = new Set<string>();

/**
 * To be called for each file that is read: remembers one that others can change, for {@link isForeign}. Throws EACCES where another
 * user's link led root to a file that is not that user's: what root reads for a user, it saves for that user.
 * @param opened the file itself: in another user's directory the path may lead to something else by now.
 */
export function checkOpened(path: string, opened: Pick<Stats, 'dev' | 'ino' | 'nlink' | 'uid' | 'mode'>): void {
  const user = process.geteuid?.();
  if (user !== undefined && canOthersChange([opened], user)) readForeign.add(path);
  if (user !== 0) return;
  let parts: Stats[] = [];
  try {
    parts = partsOf(followLinks(absolute(path)));
  } catch {
    // It is not what was opened, then.
  }
  const found = parts.at(-1);
  const isRoots = found?.isFile() && parts.every(({ uid }) => uid === 0);
  // Another process of that user's may have replaced their own.
  const isTheirs = opened.uid !== 0 && parts.some(({ uid }) => uid === opened.uid);
  // One that is open without a name, as a shell hands over what it was given as text, is found nowhere.
  const isOpened = opened.nlink === 0 || (found?.dev === opened.dev && found.ino === opened.ino);
  if (!found || !(isRoots || isTheirs || isOpened)) throw systemError('EACCES');
}

/** As many links as one path may go through. */
const MAX_LINKS = 40;

/**
 * Where an absolute path leads, with no link left in it; neither it nor its directory need exist. As the kernel does in /tmp, a link
 * is followed only if it is root's or ours, or if its owner has the directory that it leads to: otherwise root, in a user's home,
 * would write wherever that user likes. Throws a {@link ForeignLinkError}, and the system's error.
 */
export function followLinks(path: string, user = process.geteuid?.(), budget = { links: MAX_LINKS }): string {
  const directory = dirname(path);
  if (directory === path) return path;
  const real = join(followLinks(directory, user, budget), basename(path));
  const link = lstatSync(real, { throwIfNoEntry: false });
  if (!link?.isSymbolicLink()) return real;
  budget.links -= 1;
  if (budget.links < 0) throw systemError('ELOOP');
  const target = followLinks(absolute(readlinkSync(real), dirname(real)), user, budget);
  const isOurs = link.uid === 0 || link.uid === user;
  if (!isOurs && ownerOf(dirname(target))?.uid !== link.uid) throw new ForeignLinkError(real);
  return target;
}

/** Who owns `path`; undefined where nothing is. */
export function ownerOf(path: string): Stats | undefined {
  return statSync(path, { throwIfNoEntry: false });
}

/**
 * Makes root act as the owner of a directory until the returned function is called: that user can replace anything in it by a link at
 * any moment, and root would read, write and give away what the link leads to. What root creates there then belongs to that user, who
 * could not use it otherwise. Does nothing for other users. Throws EACCES where anybody may have made the directory, as in /tmp.
 * @param directory without links in it, as {@link followLinks} returns it.
 */
export function actAsOwner(directory: string): () => void {
  const stay = () => {};
  const parts = process.geteuid?.() === 0 ? partsOf(directory) : [];
  const owner = parts.at(-1);
  if (!owner || owner.uid === 0) return stay;
  // It is no home then, and whoever made it could read what root saves.
  const isAnybodys = parts.some(({ uid }, index) => uid !== 0 && ((parts[index - 1]?.mode ?? 0) & 0o002) !== 0);
  if (isAnybodys) throw systemError('EACCES');
  const [groups, group] = [process.getgroups!(), process.getegid!()];
  const restore = () => {
    process.seteuid!(0);
    process.setegid!(group);
    process.setgroups!(groups);
  };
  try {
    process.setgroups!([owner.gid]);
  } catch {
    // A container's root may not be allowed to.
    return stay;
  }
  try {
    process.setegid!(owner.gid);
    process.seteuid!(owner.uid);
    return restore;
  } catch {
    restore();
    return stay;
  }
}

/** Whether a user who is neither root nor ours can change a file, or could when it was read, or owns a link on the way to it. */
export function isForeign(path: string): boolean {
  try {
    if (process.geteuid === undefined) return false;
    return readForeign.has(path) || canOthersChange(partsOf(followLinks(path)), process.geteuid());
  } catch {
    return true;
  }
}

/**
 * Whether another user, but root, can change the last of these parts of a path: one who owns any of them, or anybody if all may write
 * the file. In a user namespace the machine's root is not 0: the owner of `/` counts as root above the first part that is 0's or `user`'s.
 * @param parts from `/` down.
 */
export function canOthersChange(parts: readonly Pick<Stats, 'uid' | 'mode'>[], user: number): boolean {
  const isTrusted = ({ uid }: { readonly uid: number }) => uid === 0 || uid === user;
  const first = parts.findIndex(isTrusted);
  if (first < 0) return true;
  const mode = parts.at(-1)!.mode;
  const isWritable = (mode & constants.S_IFMT) === constants.S_IFREG && (mode & 0o002) !== 0;
  return isWritable || parts.some((part, index) => !isTrusted(part) && (index > first || part.uid !== parts[0]!.uid));
}

/** A file of another user that root replaces keeps its owner. Only for a file in a directory of root's. */
export function giveAsRoot(path: string, owner: Stats | undefined): void {
  if (process.geteuid?.() !== 0 || !owner || (owner.uid === 0 && owner.gid === 0)) return;
  try {
    lchownSync(path, owner.uid, owner.gid);
  } catch {
    // A container's root may not be allowed to: then it stays root's.
  }
}

// --- internal ---

/** Not resolved: to the system a ".." after a link is above what that link leads to. */
function absolute(path: string, directory?: string): string {
  // The working directory may be gone.
  return isAbsolute(path) ? path : `${directory ?? process.cwd()}/${path}`;
}

/** What is there of a path without links, from `/` down. */
function partsOf(path: string): Stats[] {
  const parent = dirname(path);
  const stats = lstatSync(path, { throwIfNoEntry: false });
  return [...(parent === path ? [] : partsOf(parent)), ...(stats ? [stats] : [])];
}

/** By the XDG specification a relative path is invalid and to be ignored. */
function baseDirectory(env: Environment, platform: string, [xdg, windows]: [string, string], fallback: string): string {
  const candidates = [env[xdg], platform === 'win32' ? env[windows] : undefined];
  const base = candidates.map((path) => path?.trim()).find((path) => path && isAbsolute(path));
  return join(base ?? fallback, 'mmai');
}
