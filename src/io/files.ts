// `promises`, not node:fs/promises: that is loaded on use, and a config file is read at every start.
import { closeSync, constants, fstatSync, openSync, promises, readSync, type Stats } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { dirname, resolve, sep } from 'node:path';
import { systemError } from '../errors.ts';
import { afterRunning } from './running-timer.ts';
import { retryWhileBusy } from './while-busy.ts';

/** Settings and credentials take some kilobytes; a larger file is something else. In bytes. */
const MAX_BYTES = 1024 * 1024;
/** For one file, from opening to closing. In ms. */
const LIMIT_MS = 10_000;
/** Between two tries to read or write a pipe whose other end is not ready. In ms. */
const PIPE_POLL_MS = 20;
/** Windows lacks it. Without it, opening a pipe waits for the other end, and no signal is handled meanwhile. */
const NONBLOCK = constants.O_NONBLOCK ?? 0;

interface FileLimits {
  /** Ends the call early: it rejects with ECANCELED. */
  readonly signal?: AbortSignal | undefined;
  /** The call rejects with ETIMEDOUT after this many ms; {@link LIMIT_MS} unless given. */
  readonly limitMs?: number;
}

interface ReadOptions extends FileLimits {
  /** {@link MAX_BYTES} unless given. */
  readonly maxBytes?: number;
  /** Read a pipe too, as `--ca-file <(command)` gives one. */
  readonly pipe?: boolean;
  /** Throws for an opened file that must not be used. */
  readonly check?: (opened: Stats) => void;
}

/**
 * A small file as UTF-8 without its byte order mark; undefined where there is none. Rejects with the system's error, whose `code`
 * says why; EFBIG for a file that is too large; EISDIR, and EINVAL for a pipe, a socket or a device, which may never end.
 */
export function readText(path: string, options: ReadOptions = {}): Promise<string | undefined> {
  const { maxBytes = MAX_BYTES, pipe = false, check } = options;
  const read = async (file: FileHandle, signal: AbortSignal) => {
    const opened = await file.stat();
    checkKind(opened, pipe);
    const buffer = Buffer.allocUnsafe(maxBytes + 1);
    let size = 0;
    for (let bytesRead = 1; bytesRead > 0 && size <= maxBytes; size += bytesRead) {
      ({ bytesRead } = await untilReady(signal, () => file.read(buffer, size, buffer.length - size, null)));
    }
    if (size > maxBytes) throw systemError('EFBIG');
    check?.(opened);
    return textOf(buffer, size);
  };
  const flags = constants.O_RDONLY | NONBLOCK;
  return withLimits(options, (signal) => withFile(path, flags, (file) => read(file, signal))).catch(undefinedIfAbsent);
}

/** {@link readText} at once, for mmai's own files, which every start reads: a thread pool costs more than the file. */
export function readTextSync(path: string, check?: ReadOptions['check']): string | undefined {
  try {
    // Another process may be about to replace it.
    const descriptor = retryWhileBusy(() => openSync(path, constants.O_RDONLY | NONBLOCK));
    try {
      const opened = fstatSync(descriptor);
      checkKind(opened, false);
      check?.(opened);
      const buffer = Buffer.allocUnsafe(MAX_BYTES + 1);
      let size = 0;
      while (size <= MAX_BYTES) {
        const bytesRead = readSync(descriptor, buffer, size, buffer.length - size, null);
        if (bytesRead === 0) return textOf(buffer, size);
        size += bytesRead;
      }
      throw systemError('EFBIG');
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    return undefinedIfAbsent(error as NodeJS.ErrnoException);
  }
}

/**
 * Writes a file that the user named, or adds lines to it, which begin on a line of their own. A pipe is written as fast as it is
 * read; one without a reader rejects with ENXIO. Rejects with the system's error.
 */
export function writeText(
  path: string,
  text: string,
  how: 'replace' | 'append',
  limits: FileLimits = {},
): Promise<void> {
  const { O_WRONLY, O_CREAT, O_APPEND, O_TRUNC } = constants;
  const flags = O_WRONLY | O_CREAT | NONBLOCK | (how === 'append' ? O_APPEND : O_TRUNC);
  return withLimits(limits, async (signal) => {
    const isWithinLine = how === 'append' && text !== '' && (await endsWithinLine(path));
    const bytes = Buffer.from(isWithinLine ? `\n${text}` : text);
    await withFile(path, flags, (file) => writeAll(file, bytes, signal));
  });
}

/**
 * The size in bytes of a file that is to be written, 0 for a pipe, and if there is none yet. Nothing is left behind. Rejects with
 * the system's error if it cannot be written.
 */
export function writableSize(path: string, limits: FileLimits = {}): Promise<number> {
  return withLimits(limits, async () => {
    const found = await promises.stat(path).catch(undefinedIf('ENOENT'));
    if (found?.isDirectory()) throw systemError('EISDIR');
    // Opened as it will be: in a directory such as /tmp Linux refuses another user's file even to root, who has all rights to it.
    if (found?.isFile()) await (await promises.open(path, 'a')).close();
    else await (found ? promises.access(path, constants.W_OK) : checkCreatable(path));
    return found?.size ?? 0;
  });
}

/**
 * Whether a path leads to the file or the pipe that standard output is, or to the file of standard error. A terminal or /dev/null
 * loses nothing by being written twice.
 */
export function isStandardOutput(path: string): Promise<boolean> {
  const [out, error] = [fstatSync(1), fstatSync(2)];
  const streams = [...(out.isCharacterDevice() ? [] : [out]), ...(error.isFile() ? [error] : [])];
  return withLimits({}, async () => {
    const found = await promises.stat(path).catch(() => undefined);
    return streams.some(({ dev, ino }) => found?.dev === dev && found.ino === ino);
  });
}

// --- internal ---

function undefinedIf(code: string) {
  return (error: NodeJS.ErrnoException): undefined => {
    if (error.code !== code) throw error;
  };
}

/** Rejects unless a file that is not there could be made: where a link without a target leads to, if it is one. */
async function checkCreatable(path: string): Promise<void> {
  const link = await promises.readlink(path).catch(() => undefined);
  if (link !== undefined) return checkCreatable(resolve(dirname(path), link));
  // Windows says of what is below a file only that it is not there.
  const directory = await promises.stat(dirname(path));
  if (!directory.isDirectory()) throw systemError('ENOTDIR');
  if (path.endsWith('/') || path.endsWith(sep)) throw systemError('EISDIR');
  // Tried, since rights do not say it: root has all, in a deleted directory too.
  const file = await promises.open(path, 'wx').catch(undefinedIf('EEXIST'));
  // Without one, another process has made it meanwhile.
  if (file) await file.close().then(() => promises.unlink(path));
}

/** Whether the last line of a file lacks its line break; true for a file that may be written but not read. */
async function endsWithinLine(path: string): Promise<boolean> {
  const found = await promises.stat(path).catch(undefinedIf('ENOENT'));
  if (!found?.isFile() || found.size === 0) return false;
  const readLast = (file: FileHandle) => file.read(Buffer.alloc(1), 0, 1, found.size - 1);
  const last = await withFile(path, constants.O_RDONLY, readLast).catch(undefinedIf('EACCES'));
  return !last || (last.bytesRead === 1 && last.buffer[0] !== 0x0a);
}

/** Opens the file for the work, and closes it after. */
async function withFile<T>(path: string, flags: number, work: (file: FileHandle) => Promise<T>): Promise<T> {
  const file = await promises.open(path, flags);
  try {
    return await work(file);
  } finally {
    await file.close();
  }
}

/** All of it, or nothing where a disk fills up: half an ID at the end of a list would be another task's. */
async function writeAll(file: FileHandle, bytes: Buffer, signal: AbortSignal): Promise<void> {
  const { size } = await file.stat();
  try {
    for (let written = 0; written < bytes.length; )
      written += (await untilReady(signal, () => file.write(bytes, written))).bytesWritten;
  } catch (error) {
    await file.truncate(size).catch(() => {});
    throw error;
  }
}

/** Checked on the descriptor: between a check of the path and the opening, another file could take its place. */
function checkKind(stat: Stats, pipe: boolean): void {
  if (stat.isDirectory()) throw systemError('EISDIR');
  if (!stat.isFile() && !(pipe && stat.isFIFO())) throw systemError('EINVAL');
}

function textOf(buffer: Buffer, size: number): string {
  return buffer.toString('utf8', 0, size).replace(/^\ufeff/, '');
}

/** Repeats an operation on a pipe until its other end is ready, or `signal` aborts. */
async function untilReady<T>(signal: AbortSignal, operation: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await operation();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN' || signal.aborted) throw error;
    }
    await new Promise((done) => setTimeout(done, PIPE_POLL_MS));
  }
}

/** Settles with `work`, or rejects at the limit or the signal: a file system that hangs, as NFS does, is not waited for. */
async function withLimits<T>(
  { signal, limitMs = LIMIT_MS }: FileLimits,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const stop = new AbortController();
  const cancel = () => stop.abort(systemError('ECANCELED'));
  if (signal?.aborted) throw systemError('ECANCELED');
  signal?.addEventListener('abort', cancel);
  const cancelLimit = afterRunning(limitMs, () => stop.abort(systemError('ETIMEDOUT')));
  try {
    return await new Promise<T>((resolve, reject) => {
      stop.signal.addEventListener('abort', () => reject(stop.signal.reason));
      work(stop.signal).then(resolve, reject);
    });
  } finally {
    cancelLimit();
    signal?.removeEventListener('abort', cancel);
  }
}

function undefinedIfAbsent(error: NodeJS.ErrnoException): undefined {
  // What opening a socket says, on macOS the second.
  if (error.code === 'ENXIO' || error.code === 'EOPNOTSUPP') throw systemError('EINVAL');
  if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') throw error;
}
