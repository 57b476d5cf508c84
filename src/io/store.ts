import { chmodSync, lstatSync, readdirSync, renameSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { type Config, emptyConfig, holdsSecret, type ProfileStore, parseConfig } from '../core/config/profiles.ts';
import { abortCode, MmaiError, systemError, type Text, usageError } from '../errors.ts';
import { shellQuoted } from '../text/shell-quoted.ts';
import {
  actAsOwner,
  checkOpened,
  ForeignLinkError,
  followLinks,
  giveAsRoot,
  makeDirectory,
  ownerOf,
} from './directories.ts';
import { readTextSync } from './files.ts';
import type { LockOptions } from './lock.ts';
import { retryWhileBusy } from './while-busy.ts';

export interface StoreOptions extends Omit<LockOptions, 'onWait'> {
  readonly directory: string;
  /** The user named the directory: not to be able to read in it is then an error for every command. */
  readonly isNamed?: boolean;
}

/**
 * The file behind `mmai config`. Reading goes past `conf` on purpose: its constructor creates the directory, which a read-only
 * command must not do. Writing goes through it, under a lock, readable for the owner only, and takes its place at once.
 */
export function createStore({ directory: given, isNamed = false, ...lockOptions }: StoreOptions): ProfileStore {
  const directory = resolve(given);
  const path = join(directory, 'config.json');
  const { signal } = lockOptions;
  return {
    path,
    read: (warn) => readConfig(path, warn, isNamed),
    async update(change, onWait) {
      // Loaded before the lock is taken, so that no other writer waits for it.
      const { default: Conf } = await import('conf');
      const { stagedName, underLock } = await import('./lock.ts');
      // The loop delivers a signal that came together with the end of the input, whose last part is then missing.
      await new Promise(setImmediate);
      let restore = () => {};
      try {
        // The file itself, whatever name leads to it: a symbolic link stays one, and what it points to need not exist yet.
        const target = followLinks(path);
        restore = actAsOwner(dirname(target));
        makeDirectory(directory);
        closeDirectory(directory);
        const lock = `${target}.lock`;
        const work = (checkHeld: () => void) => {
          if (signal?.aborted) throw new MmaiError(abortCode(signal), (m) => m.config.stopped);
          const config = readConfig(path);
          change(config);
          const text = `${JSON.stringify(config, null, 2)}\n`;
          replace(target, () => stage(text, lock, stagedName(), Conf), checkHeld);
        };
        await underLock(lock, work, { ...lockOptions, onWait });
      } catch (error) {
        if (error instanceof ForeignLinkError) throw usageError((m) => m.config.foreignLink(path, error.link));
        throw cannotWrite(path, error, signal);
      } finally {
        restore();
      }
    },
  };
}

// --- internal ---

/** Without `warn`, and for a named file, one that cannot be read is an error. */
function readConfig(path: string, warn?: (text: Text) => void, isNamed = false): Config {
  let text: string | undefined;
  let mode = 0;
  try {
    text = readTextSync(path, (opened) => {
      mode = opened.mode;
      checkOpened(path, opened);
    });
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (!warn || isNamed) throw usageError((m) => m.config.unreadable(path, code));
    warn((m) => m.config.skipped(path, code));
  }
  if (text === undefined) return emptyConfig();
  const config = parseConfig(text);
  // Without a cause: the parser's message quotes the file, which holds secrets.
  if (!config) {
    throw usageError(
      (m) => m.config.malformed(path),
      (m) => m.config.malformedHint,
    );
  }
  // Windows has no such bits; its files take the rights of the user's own directory.
  if (warn && holdsSecret(config) && process.platform !== 'win32' && (mode & 0o044) !== 0) {
    warn((m) => m.config.openToOthers(shellQuoted(path, process.platform)));
  }
  return config;
}

/** Puts the file that `make` makes in the place of another. `checkHeld` throws once the lock is not ours any more. */
function replace(target: string, make: () => string, checkHeld: () => void): void {
  // conf would make the directory of a broken lock anew.
  checkHeld();
  try {
    const staged = make();
    giveAsRoot(staged, ownerOf(target));
    checkHeld();
    retryWhileBusy(() => renameSync(staged, target));
  } catch (error) {
    // What went with a broken lock is missing: then that is the reason.
    checkHeld();
    throw error;
  }
}

/**
 * Writes a file in the lock; its path. conf takes a short write, as a disk gives that fills up, for a success and would put half a
 * file in place: so what it wrote is read again before it takes the place of the file.
 */
function stage(text: string, lock: string, name: string, Conf: typeof import('conf').default): string {
  const staged = new Conf<Record<string, unknown>>({
    cwd: lock,
    configName: name,
    configFileMode: 0o600,
    serialize: () => text,
    deserialize: () => ({}),
  });
  staged.store = {};
  if (readTextSync(staged.path) !== text) throw systemError('ENOSPC');
  return staged.path;
}

/**
 * For the owner alone, unless another user owns it, it holds other things too, is made for sharing, as /tmp is, or is behind a
 * link: that is not ours.
 */
function closeDirectory(directory: string): void {
  const stats = lstatSync(directory);
  const isShared = stats.uid !== process.geteuid?.() || (stats.mode & 0o1000) !== 0;
  if (stats.isSymbolicLink() || isShared || (stats.mode & 0o077) === 0) return;
  if (!readdirSync(directory).every((name) => name.startsWith('config.json'))) return;
  try {
    chmodSync(directory, 0o700);
  } catch {
    // A file system without such rights: WSL's view of a Windows drive refuses to change them.
  }
}

/** What the system refused, as an error that names the file; any other error as it is. */
function cannotWrite(path: string, error: unknown, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted) return new MmaiError(abortCode(signal), (m) => m.config.stopped);
  const { code } = error as NodeJS.ErrnoException;
  if (error instanceof MmaiError || code === undefined) return error;
  const hint: Text | undefined = code === 'EBUSY' ? (m) => m.config.mountHint : undefined;
  return usageError((m) => m.config.unwritable(path, code), hint, error);
}
