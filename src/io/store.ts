import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Config, DEFAULT_PROFILE, type ProfileStore } from '../core/config/profiles.ts';
import type { Environment } from '../core/config/settings.ts';
import { isRecord } from '../core/record.ts';
import { MmaiError, usageError } from '../errors.ts';

/** Where mmai keeps its file: MMAI_CONFIG_DIR, else `mmai` in XDG_CONFIG_HOME, on Windows in %APPDATA%, else in ~/.config. */
export function configDirectory(env: Environment, platform: string, home: string): string {
  if (env.MMAI_CONFIG_DIR) return env.MMAI_CONFIG_DIR;
  if (env.XDG_CONFIG_HOME) return join(env.XDG_CONFIG_HOME, 'mmai');
  if (platform === 'win32' && env.APPDATA) return join(env.APPDATA, 'mmai');
  return join(home, '.config', 'mmai');
}

/** A lock is held for some ms, so one older than this is what a killed writer left behind. In ms. */
const STALE_MS = 10_000;

export interface StoreOptions {
  readonly directory: string;
  /** How long a writer waits for the others before it gives up. Longer than a dead lock lasts. */
  readonly patienceMs?: number;
}

/**
 * The file behind `mmai config`. Reading goes past `conf` on purpose: its constructor creates the directory, which a read-only
 * command must not do. Writing goes through it, under a lock, with nobody but the owner allowed in, and takes its place at once.
 */
export function createStore({ directory: given, patienceMs = 15_000 }: StoreOptions): ProfileStore {
  const directory = resolve(given);
  const path = join(directory, 'config.json');
  let conf: typeof import('conf') | undefined;
  return {
    path,
    read: () => readConfig(path),
    async update(change) {
      // Loaded before the lock is taken, so that no other writer waits for it.
      conf ??= await import('conf');
      const { default: Conf } = conf;
      try {
        makeDirectory(directory);
        await underLock(`${path}.lock`, patienceMs, () => {
          const config = readConfig(path);
          change(config);
          replace(path, `${JSON.stringify(config, null, 2)}\n`, Conf);
        });
      } catch (error) {
        throw cannotWrite(path, error);
      }
    },
  };
}

// --- internal ---

function readConfig(path: string): Config {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return { current: DEFAULT_PROFILE, profiles: {} };
    throw usageError((m) => m.config.unreadable(path, code ?? ''));
  }
  const config = parseConfig(text);
  // Without a cause: the parser's message quotes the file, which holds secrets.
  if (!config)
    throw usageError(
      (m) => m.config.torn(path),
      (m) => m.config.tornHint(),
    );
  return config;
}

/** The config, or undefined if the text is anything else. An object without profiles is another program's file, unless empty. */
function parseConfig(text: string): Config | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isRecord(value)) return undefined;
  const { current = DEFAULT_PROFILE, profiles = {} } = value;
  const isOurs = 'profiles' in value || Object.keys(value).length === 0;
  if (!isOurs || typeof current !== 'string' || !isRecord(profiles)) return undefined;
  const isText = (entry: unknown) => typeof entry === 'string';
  if (!Object.values(profiles).every((p) => isRecord(p) && Object.values(p).every(isText))) return undefined;
  // What a later version may have added beside them is kept.
  return { ...value, current, profiles: profiles as Config['profiles'] };
}

/**
 * Puts `text` in place of the file at once, whole or not at all. conf takes a short write, as a disk gives that fills up, for a
 * success and would put a torn file in place: so it writes beside, and what it wrote is read again before it takes the place.
 */
function replace(path: string, text: string, Conf: typeof import('conf').default): void {
  // A symbolic link stays one, and renaming works within a file system only.
  const target = existsSync(path) ? realpathSync(path) : path;
  const [cwd, name] = [dirname(target), basename(target)];
  const leftovers = () => readdirSync(cwd).filter((entry) => entry.startsWith(`${name}.new`));
  for (const entry of leftovers()) rmSync(join(cwd, entry), { force: true });
  try {
    const staged = new Conf<Record<string, unknown>>({
      ...{ cwd, configName: name, fileExtension: 'new', configFileMode: 0o600 },
      serialize: () => text,
      deserialize: () => ({}),
    });
    staged.store = {};
    if (readFileSync(staged.path, 'utf8') !== text) throw Object.assign(new Error('short write'), { code: 'ENOSPC' });
    keepOwner(staged.path, target);
    renameSync(staged.path, target);
  } catch (error) {
    for (const entry of leftovers()) rmSync(join(cwd, entry), { force: true });
    throw error;
  }
}

/** What root changes for somebody stays theirs. */
function keepOwner(path: string, target: string): void {
  const owner = statSync(target, { throwIfNoEntry: false });
  const { uid } = statSync(path);
  if (owner && uid === 0) chownSync(path, owner.uid, owner.gid);
}

/** For the owner alone, unless it holds other things too or is made for sharing, as /tmp is: that is not ours to close. */
function makeDirectory(directory: string): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const isSticky = (statSync(directory).mode & 0o1000) !== 0;
  const isShared = isSticky || readdirSync(directory).some((name) => !name.startsWith('config.json'));
  if (!isShared) chmodSync(directory, 0o700);
}

/** Does the work while no other process does. It is synchronous, so that only a hard kill can leave the lock behind. */
async function underLock(lock: string, patienceMs: number, work: () => void): Promise<void> {
  const start = performance.now();
  while (!take(lock)) {
    const waited = performance.now() - start;
    if (waited > patienceMs) throw usageError((m) => m.config.locked(lock, `${patienceMs / 1000} s`));
    breakStale(lock);
    // Hundreds of writers that looked every few ms would leave the one with the lock no processor to write with.
    await delay(10 + Math.random() * Math.min(waited, 1000));
  }
  try {
    work();
  } finally {
    release(lock);
  }
}

/** Breaks a dead lock under a lock of its own, after another look: two that saw the same dead one would break each other's live one. */
function breakStale(lock: string): void {
  const breaker = `${lock}.break`;
  if (!isStale(lock) || !take(breaker)) return;
  if (isStale(lock)) release(lock);
  release(breaker);
}

function isStale(lock: string): boolean {
  return Date.now() - (statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Number.NaN) > STALE_MS;
}

function take(lock: string): boolean {
  try {
    mkdirSync(lock, { mode: 0o700 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function release(lock: string): void {
  rmSync(lock, { recursive: true, force: true });
}

/** What the system refused, as an error that names the file; any other error as it is. */
function cannotWrite(path: string, error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (error instanceof MmaiError || code === undefined) return error;
  return usageError((m) => m.config.unwritable(path, code), undefined, error);
}
