import * as fs from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { Script } from 'node:vm';
import type { Environment } from './core/config/settings.ts';
import { isSwitchedOn } from './text/switched-on.ts';

/**
 * Loads the files of `dist/`, each a function of a module's variables (see scripts/build.ts), with the code that V8 compiled in an
 * earlier run: a quarter of the time of `mmai status`, of which Node's own `module.enableCompileCache` gains a third. Compiled code
 * is run as it is, so the cache must belong to this user and be safe from others; in any other case, and after any error, the
 * program is compiled from its source.
 */
interface CodeLoader {
  /** Loads a file of the loader's own directory, as `require` does. */
  load(name: string): unknown;
  /** Saves the compiled code of this run. Call it last, after a run that did its work. */
  save(): void;
}

/** A hash of all files of `dist/`, set by the build: 16 hexadecimal digits. */
declare const MMAI_BUILD: string;

/** Every file of the cache, temporary ones included, has a name of this form; no other file is ever removed. */
const FILE_NAME = /^code-[0-9a-f]{16}-v\d+\.\d+\.\d+[\w.-]*-[a-z0-9_]+-[a-z]+-[a-z-]+\.cjs(\.[a-z0-9]+\.tmp)?$/;
/** One task needs 11 MiB, a thousand 12, twenty thousand 30. In bytes. */
const MAX_HEAP = 2 ** 24;
/** Older files belong to versions that are gone, or are written again when they are needed; in ms. */
const MAX_AGE_MS = 30 * 86_400_000;
const EVERY_BYTE = Uint8Array.from({ length: 256 }, (_, byte) => byte);

/** `mmai` in XDG_CACHE_HOME, on Windows in %LOCALAPPDATA%, else in ~/.cache. Undefined for no cache. */
export function cacheDirectory(env: Environment, platform: string): string | undefined {
  if (isSwitchedOn(env.MMAI_NO_CACHE)) return undefined;
  // A file of variables with CRLF leaves a carriage return at the end of each.
  const xdg = env.XDG_CACHE_HOME?.trim();
  const local = platform === 'win32' && env.LOCALAPPDATA;
  const parts = xdg ? [xdg, 'mmai'] : local ? [local, 'mmai', 'cache'] : [attempt(homedir) ?? '', '.cache', 'mmai'];
  const directory = join(...parts);
  return isAbsolute(directory) ? directory : undefined;
}

/** @param command each has files of its own, since only functions that ran are in them; lower-case letters. */
export function createCodeLoader(directory: string | undefined, command: string): CodeLoader {
  const isUsable = (missing: 'refuse' | 'make') =>
    directory !== undefined && attempt(() => isSafe(directory, missing) && isOurs(fs.lstatSync(directory)));
  const isReadable = isUsable('refuse');
  const modules = new Map<string, { exports: unknown }>();
  const unsaved = new Map<string, Script>();
  const prefix = `code-${MMAI_BUILD}-${process.version}-${process.arch}-${command}-`;
  const pathOf = (name: string) => join(directory!, prefix + name);

  function load(name: string): unknown {
    const loaded = modules.get(name);
    if (loaded) return loaded.exports;
    const filename = join(__dirname, name);
    const cachedData = isReadable ? attempt(() => readCode(pathOf(name))) : undefined;
    // The text as it was read: V8 would copy one that is concatenated.
    const script = new Script(fs.readFileSync(filename, 'latin1'), { filename, ...(cachedData && { cachedData }) });
    if (!cachedData || script.cachedDataRejected) unsaved.set(name, script);
    const require = (id: string) => (id.startsWith('./') ? load(id.slice(2)) : process.getBuiltinModule(id));
    const module = { exports: {} };
    modules.set(name, module);
    script.runInThisContext().call(module.exports, module.exports, require, module, filename, __dirname);
    return module.exports;
  }

  function save(): void {
    // Without /proc Node throws when it is asked for its memory, too.
    attempt(() => {
      // In a longer run, or one of thousands of tasks, V8 has dropped the code that only the start needs, a tenth of the time of `status`.
      if (unsaved.size === 0 || process.uptime() > 60 || process.memoryUsage().heapTotal > MAX_HEAP) return;
      if (!isUsable('make')) return;
      for (const [name, script] of unsaved) writeCode(pathOf(name), script.createCachedData());
      removeOldFiles(directory!);
    });
  }

  return { load, save };
}

// --- internal ---

/** A full disk, a foreign or damaged file: nothing that goes wrong here may be more than a slower start. */
function attempt<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch {
    return undefined;
  }
}

/**
 * Whether only this user and root can change what `path` leads to: no part of it belongs to another user, and others may write
 * only where the sticky bit protects what is there (the rule of OpenSSH's StrictModes). `make` makes missing directories, below safe
 * ones and one at a time: `recursive` never ends below /proc, where mkdir says ENOENT though the parent exists.
 */
function isSafe(path: string, missing: 'refuse' | 'make'): boolean {
  const parent = dirname(path);
  if (parent !== path && !isSafe(parent, missing)) return false;
  if (missing === 'make' && !fs.lstatSync(path, { throwIfNoEntry: false })) attempt(() => fs.mkdirSync(path, 0o700));
  const stats = fs.lstatSync(path);
  if (process.geteuid && stats.uid !== 0 && stats.uid !== process.geteuid()) return false;
  if (stats.isSymbolicLink()) return isSafe(fs.realpathSync.native(path), 'refuse');
  return stats.isDirectory() && (!process.geteuid || (stats.mode & 0o022) === 0 || (stats.mode & 0o1000) !== 0);
}

/** A directory or file, but no link, that belongs to this user and that no other user can write. Windows has no such modes. */
function isOurs(stats: fs.Stats): boolean {
  if (stats.isSymbolicLink()) return false;
  return !process.geteuid || (stats.uid === process.geteuid() && (stats.mode & 0o022) === 0);
}

/** The checks are made on what was opened, so that nothing else can be read. Opening a pipe does not wait. */
function readCode(path: string): Buffer | undefined {
  const descriptor = fs.openSync(path, fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW | fs.constants.O_NONBLOCK);
  try {
    const stats = fs.fstatSync(descriptor);
    if (!stats.isFile() || !isOurs(stats) || stats.size > 2 ** 24) return undefined;
    const bytes = fs.readFileSync(descriptor);
    const size = (bytes.length - EVERY_BYTE.length) / 2;
    const code = bytes.subarray(0, size);
    const isWhole = bytes.subarray(size, -size).equals(EVERY_BYTE) && bytes.subarray(-size).reverse().equals(code);
    return isWhole ? code : undefined;
  } finally {
    fs.closeSync(descriptor);
  }
}

/**
 * Written whole under a name of its own and then renamed: other first runs read and write at the same time. With its mirror image,
 * for V8 does not check compiled code, and crashes on damaged code; between them every byte once, for lost pages in the middle, or a
 * byte replaced throughout, are alike in both. node:zlib, for a checksum, takes a twentieth of `--help`.
 */
function writeCode(path: string, code: Buffer): void {
  const temporary = `${path}.${Math.random().toString(36).slice(2)}.tmp`;
  try {
    const bytes = Buffer.concat([code, EVERY_BYTE, Buffer.from(code).reverse()]);
    fs.writeFileSync(temporary, bytes, { mode: 0o600, flag: 'wx' });
    fs.renameSync(temporary, path);
  } catch (error) {
    fs.rmSync(temporary, { force: true });
    throw error;
  }
}

function removeOldFiles(directory: string): void {
  for (const name of fs.readdirSync(directory).filter((name) => FILE_NAME.test(name))) {
    const path = join(directory, name);
    const stats = fs.lstatSync(path);
    if (stats.isFile() && Date.now() - stats.mtimeMs > MAX_AGE_MS) fs.unlinkSync(path);
  }
}
