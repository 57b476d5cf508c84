import { closeSync, constants, fstatSync, openSync, writeSync } from 'node:fs';
import type { Output } from '../deps.ts';
import { type MmaiError, systemError } from '../errors.ts';
import { openAgain } from './own-opening.ts';
import { setBlocking, unblock } from './terminal/unblocked.ts';

/** Standard output or standard error. */
export interface StandardOutput extends Output {
  /** Node's stream for it; opening both takes a tenth of `--help`. */
  open(): NodeJS.WriteStream;
  /** The stream while its reader has not taken everything. */
  behind(): NodeJS.WriteStream | undefined;
}

interface OutputOptions {
  readonly fd: 1 | 2;
  /** Hears of each write that failed. */
  readonly onError: (error: NodeJS.ErrnoException) => void;
  /** Why what was written is incomplete, for whoever flushes. */
  readonly failure?: () => MmaiError | undefined;
  /** Whether a signal ends the process by itself: only then may a write block it. */
  readonly mayBlock: () => boolean;
  /** Makes way for what is written to a terminal. */
  readonly writeAbove: (write: () => void) => void;
  /**
   * What the other output waits with, {@link StandardOutput.behind}, if it goes to the same place: what is written now comes
   * after that.
   */
  readonly ahead: () => NodeJS.WriteStream | undefined;
}

/**
 * Writes to terminals, pipes and sockets through Node, to pipes directly while that may block. For files and devices Node counts a
 * short write as a whole one, so that a full disk or a limit on file sizes would cost the rest without a word.
 */
export function createOutput({ fd, onError, failure, mayBlock, writeAbove, ahead }: OutputOptions): StandardOutput {
  const stat = fstatSync(fd);
  const isPipe = stat.isFIFO() || stat.isSocket();
  let stream: NodeJS.WriteStream | undefined;
  let hasFailed = false;
  let hasWritten = false;
  const fail = (error: NodeJS.ErrnoException) => {
    hasFailed = true;
    onError(error);
  };
  const name = fd === 1 ? 'stdout' : 'stderr';
  const standard = Object.getOwnPropertyDescriptor(process, name)!.get!;
  const open = () => {
    if (stream) return stream;
    stream = ((stat.isFIFO() && ownStream(fd)) || (standard() as NodeJS.WriteStream)).on('error', fail);
    if (stream.isTTY) unblock(stream, fd);
    keepOrder(stream, ahead);
    return stream;
  };
  // Node itself uses standard error whenever a connection closes.
  if (stat.isFIFO()) Object.defineProperty(process, name, { get: open, configurable: true });
  const writeToTerminal = (text: string | Uint8Array) => {
    // The other stream tells its own output of an error.
    const done = ahead() && ((error?: Error | null) => error && fail(error));
    open().write(text, done);
  };
  const isTerminal = () => stat.isCharacterDevice() && open().isTTY === true;
  const writeDirectly = (text: string | Uint8Array) => {
    // A document with a gap is of no use; a log goes on once its disk is no longer full.
    if (hasFailed && fd === 1) return;
    hasFailed = false;
    const bytes = typeof text === 'string' ? Buffer.from(text) : text;
    const rest = bytes.subarray(writeAll(fd, bytes, fail));
    // A pipe that does not block, and is full: Node's stream writes the rest.
    if (rest.byteLength > 0 && !hasFailed) open().write(rest);
  };
  const taken = async () => {
    const other = ahead();
    if (other) await new Promise<void>((done) => other.write('', () => done()));
    // A device that is full refuses a write of nothing, too. What goes there and to files is written at once.
    if (!stream || !(isPipe || stream.isTTY)) return;
    if (stream.writable) await new Promise<void>((done) => stream!.write('', () => done()));
    // A closed pipe is reported by an event after the write's callback.
    await new Promise(setImmediate);
  };
  return {
    get isTerminal() {
      return isTerminal();
    },
    isPipe,
    open,
    behind: () => (stream?.writable && stream.writableLength > 0 ? stream : undefined),
    size: () => windowSize(isTerminal() ? open() : {}),
    get hasWritten() {
      return hasWritten;
    },
    write(text) {
      hasWritten = true;
      if (isTerminal()) writeAbove(() => writeToTerminal(text));
      else if (isPipe && (stream || !mayBlock())) open().write(text);
      else writeDirectly(text);
    },
    get isBehind() {
      return (ahead() ?? stream)?.writableNeedDrain === true;
    },
    async drained() {
      if (this.isBehind) await taken();
      else await new Promise(setImmediate);
      return !hasFailed;
    },
    async flush() {
      await taken();
      if (fd === 1 && stat.isFile() && !hasFailed) closeAnother(fd, fail);
      const error = failure?.();
      if (error) throw error;
    },
  };
}

/** True of the error of a write whose reader is gone. A socket of which something was unread says ECONNRESET; Windows says EOF. */
export function isClosedPipe({ code = '' }: NodeJS.ErrnoException): boolean {
  return code === 'EPIPE' || code === 'ECONNRESET' || code === 'EOF' || code === 'ERR_STREAM_DESTROYED';
}

/** Whether both standard outputs go to the same place, as after `2>&1`. */
export function isOneOutput(): boolean {
  const [out, error] = [fstatSync(1), fstatSync(2)];
  return out.dev === error.dev && out.ino === error.ino;
}

/**
 * To be called before a signal ends the process, as Node does it at an exit of its own: a pipe or a socket that stays non-blocking
 * refuses what the next command writes to it while it is full.
 */
export function restoreBlocking(): void {
  for (const fd of [1, 2]) {
    const stat = fstatSync(fd);
    if (!stat.isFIFO() && !stat.isSocket()) continue;
    setBlocking(fd === 1 ? process.stdout : process.stderr, true);
  }
}

// --- internal ---

/**
 * A stream for another opening of a pipe, if it can be opened again: Node makes the one that it writes to non-blocking, so that what
 * other programs write to the same one, in the log of a CI step for instance, is refused while the pipe is full.
 */
function ownStream(fd: number): NodeJS.WriteStream | undefined {
  const own = openAgain(fd);
  if (own === undefined) return undefined;
  const { Socket } = process.getBuiltinModule('node:net');
  return new Socket({ fd: own, readable: false, writable: true }) as NodeJS.WriteStream;
}

/** Whoever writes to a terminal or a pipe, a prompt or a drawing too, comes after what the other output waits with. */
function keepOrder(stream: NodeJS.WriteStream, ahead: OutputOptions['ahead']): void {
  const { write } = stream;
  stream.write = ((...given: Parameters<typeof write>) => write.apply(ahead() ?? stream, given)) as typeof write;
}

function windowSize({ columns, rows }: { columns?: number; rows?: number }): { columns: number; rows: number } {
  return { columns: columns || 80, rows: rows || 24 };
}

/**
 * Opens the output's file again and closes it: a network file system, such as NFS, may report only then that the disk is full. The
 * descriptor itself stays open, since what is opened next would get its number.
 */
function closeAnother(fd: number, onError: (error: NodeJS.ErrnoException) => void): void {
  let own: number;
  try {
    own = openSync(`/dev/fd/${fd}`, constants.O_WRONLY);
  } catch {
    return;
  }
  try {
    closeSync(own);
  } catch (error) {
    onError(error as NodeJS.ErrnoException);
  }
}

/** How many bytes were written before an error, which is reported, or before a pipe that does not block was full. */
function writeAll(fd: number, data: Uint8Array, onError: (error: NodeJS.ErrnoException) => void): number {
  let at = 0;
  try {
    while (at < data.byteLength) {
      const written = writeSync(fd, data, at);
      if (written === 0) throw systemError('EIO');
      at += written;
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') onError(error as NodeJS.ErrnoException);
  }
  return at;
}
