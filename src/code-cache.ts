import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { Script } from 'node:vm';

/**
 * Loads the files of `dist/` with V8's compiled code from the last run: a quarter of the time of `mmai status`. Node's own
 * `module.enableCompileCache` keeps only what is compiled at once and gains a third of that. This file runs before everything
 * else and only in the built program; whatever goes wrong here, the file is compiled from its source.
 */
export interface CodeLoader {
  /** Loads a file of the loader's own directory, as `require` does. */
  load(name: string): unknown;
  /** Keeps the compiled code of this run. Call it last, after a run that did its work. */
  save(): void;
}

/** A cache untouched for longer belongs to a version that is gone, in ms. */
const MAX_AGE_MS = 30 * 86_400_000;
/** Longer runs keep nothing: V8 has dropped the code that only the start needs. In ms. */
const MAX_RUN_MS = 60_000;

/** Where caches are kept: `mmai` in XDG_CACHE_HOME, on Windows in %LOCALAPPDATA%, else in ~/.cache; undefined for nowhere. */
export function cacheRoot(env: Readonly<Record<string, string | undefined>>, platform: string): string | undefined {
  if (env.MMAI_NO_CACHE) return undefined;
  const root = namedRoot(env, platform);
  // From the working directory, which may be anybody's, no code is run.
  return isAbsolute(root) ? root : undefined;
}

/**
 * @param root where caches are kept, one directory for each build of mmai and version of Node.
 * @param command each has compiled code of its own, since only functions that ran are in it; lower-case letters.
 */
export function createCodeLoader(root: string, command: string): CodeLoader {
  const directory = join(root, cacheKey());
  const isTrusted = isOurs(directory);
  const loaded = new Map<string, { exports: unknown }>();
  const fresh = new Map<string, Script>();

  function load(name: string): unknown {
    const known = loaded.get(name);
    if (known) return known.exports;
    const module = { exports: {} };
    loaded.set(name, module);
    const filename = join(__dirname, name);
    const source = `(function(exports,require,module,__filename,__dirname){${readFileSync(filename, 'utf8')}\n})`;
    const cachedData = isTrusted ? readBlob(join(directory, `${command}-${name}`)) : undefined;
    const script = new Script(source, { filename, ...(cachedData && { cachedData }) });
    if (!cachedData || script.cachedDataRejected) fresh.set(name, script);
    const require = (id: string) => (id.startsWith('./') ? load(id.slice(2)) : process.getBuiltinModule(id));
    script.runInThisContext().call(module.exports, module.exports, require, module, filename, __dirname);
    return module.exports;
  }

  function save(): void {
    if (fresh.size === 0 || process.uptime() * 1000 > MAX_RUN_MS) return;
    try {
      mkdirSync(directory, { recursive: true, mode: 0o700 });
      if (!isOurs(directory)) return;
      for (const [name, script] of fresh) writeBlob(join(directory, `${command}-${name}`), script.createCachedData());
      removeOld(root);
    } catch {
      // A full disk, a read-only or foreign directory: the next run compiles again.
    }
  }

  return { load, save };
}

// --- internal ---

/** Empty, or relative, where the user has no home. */
function namedRoot(env: Readonly<Record<string, string | undefined>>, platform: string): string {
  if (env.XDG_CACHE_HOME) return join(env.XDG_CACHE_HOME, 'mmai');
  if (platform === 'win32' && env.LOCALAPPDATA) return join(env.LOCALAPPDATA, 'mmai', 'cache');
  try {
    return join(homedir(), '.cache', 'mmai');
  } catch {
    return '';
  }
}

/** V8 compares its own version and flags and the length of the source; that the source is another, the time of the build tells. */
function cacheKey(): string {
  const { version } = JSON.parse(readFileSync(join(__dirname, '../package.json'), 'utf8'));
  return `${version}-${process.version}-${process.arch}-${statSync(__filename).mtimeMs}`;
}

/** Compiled code is run unseen, so it must be nobody else's: under sudo, HOME may still be the user's. */
function isOurs(directory: string): boolean {
  try {
    const { uid, mode } = statSync(directory);
    return process.platform === 'win32' || (uid === process.getuid?.() && (mode & 0o022) === 0);
  } catch {
    return false;
  }
}

/**
 * V8 does not look at the content of its blob and crashes on a damaged one, so the blob stands in its file twice: a damaged one
 * differs from its twin. To load node:crypto for a digest takes a tenth of the time of --help.
 */
function readBlob(path: string): Buffer | undefined {
  try {
    // Reading a pipe or a device would not end.
    if (!statSync(path).isFile()) return undefined;
    const bytes = readFileSync(path);
    const half = bytes.length / 2;
    const blob = bytes.subarray(0, half);
    return blob.equals(bytes.subarray(half)) ? blob : undefined;
  } catch {
    return undefined;
  }
}

/** Under a name of its own first: other first runs read and write at the same time. */
function writeBlob(path: string, blob: Buffer): void {
  const temporary = `${path}.${process.pid}`;
  try {
    writeFileSync(temporary, Buffer.concat([blob, blob]), { mode: 0o600, flag: 'wx' });
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

function removeOld(root: string): void {
  for (const name of readdirSync(root)) {
    const path = join(root, name);
    if (Date.now() - statSync(path).mtimeMs > MAX_AGE_MS) rmSync(path, { recursive: true, force: true });
  }
}
