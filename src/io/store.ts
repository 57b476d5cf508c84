import { chmodSync, existsSync, mkdirSync, readFileSync, realpathSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { type Config, DEFAULT_PROFILE, type ProfileStore } from '../core/profiles.ts';
import type { Environment } from '../core/settings.ts';
import { MmaiError, usageError } from '../errors.ts';

/** Where mmai keeps its file: MMAI_CONFIG_DIR, else `mmai` in XDG_CONFIG_HOME, on Windows in %APPDATA%, else in ~/.config. */
export function configDirectory(env: Environment, platform: string, home: string): string {
  if (env.MMAI_CONFIG_DIR) return env.MMAI_CONFIG_DIR;
  if (env.XDG_CONFIG_HOME) return join(env.XDG_CONFIG_HOME, 'mmai');
  if (platform === 'win32' && env.APPDATA) return join(env.APPDATA, 'mmai');
  return join(home, '.config', 'mmai');
}

/** A killed writer's lock is taken over after this; a live one renews it. In ms. */
const STALE_MS = 5000;
/** Writers wait for each other up to about 20 s before they give up. */
const LOCK_RETRIES = { retries: 200, minTimeout: 20, maxTimeout: 150, factor: 1.2, randomize: true };

/**
 * The file behind `mmai config`. Reading goes past `conf` on purpose: its constructor creates the directory, which a read-only
 * command must not do. Writing goes through it (atomic), under a lock, with nobody but the owner allowed in.
 */
export function createStore({ directory }: { directory: string }): ProfileStore {
  const path = join(directory, 'config.json');
  return {
    path,
    read: () => readConfig(path),
    async update(change) {
      const unlock = await lock(directory, path);
      try {
        const config = readConfig(path);
        change(config);
        await write(path, config);
      } catch (error) {
        throw error instanceof MmaiError ? error : cannotWrite(path, error);
      } finally {
        await unlock();
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
    if (code === 'ENOENT') return { current: DEFAULT_PROFILE, profiles: {} };
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

/** The config, or undefined if the text is anything else. */
function parseConfig(text: string): Config | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isRecord(value) || !isRecord(value.profiles ?? {})) return undefined;
  const profiles = Object.entries(value.profiles ?? {});
  const isText = (entry: unknown) => typeof entry === 'string';
  if (!profiles.every(([, profile]) => isRecord(profile) && Object.values(profile).every(isText))) return undefined;
  const current = typeof value.current === 'string' ? value.current : DEFAULT_PROFILE;
  return { current, profiles: Object.fromEntries(profiles) as Config['profiles'] };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

async function lock(directory: string, path: string): Promise<() => Promise<void>> {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    chmodSync(directory, 0o700);
  } catch (error) {
    throw cannotWrite(path, error);
  }
  const { default: lockfile } = await import('proper-lockfile');
  try {
    return await lockfile.lock(path, { realpath: false, stale: STALE_MS, retries: LOCK_RETRIES });
  } catch (error) {
    throw usageError((m) => m.config.locked(`${path}.lock`, (error as NodeJS.ErrnoException).code ?? ''));
  }
}

/** The only user of conf. A symbolic link (as dotfile managers make them) is followed, so that it stays one. */
async function write(path: string, config: Config): Promise<void> {
  const target = existsSync(path) ? realpathSync(path) : path;
  const { default: Conf } = await import('conf');
  const conf = new Conf<Record<string, unknown>>({
    cwd: dirname(target),
    configName: basename(target, extname(target)),
    fileExtension: extname(target).slice(1),
    configFileMode: 0o600,
    // Otherwise a profile called my.prod would be split in two.
    accessPropertiesByDotNotation: false,
  });
  conf.store = { ...config };
}

function cannotWrite(path: string, error: unknown): MmaiError {
  return usageError((m) => m.config.unwritable(path, (error as NodeJS.ErrnoException).code ?? String(error)));
}
