import { closeSync, constants, fstatSync, openSync, type Stats, writeSync } from 'node:fs';
import type { Output } from '../deps.ts';
import { type MmaiError, systemError } from '../errors.ts';
import { openAgain } from './own-opening.ts';
import { setBlocking, unblock } from './terminal/unblocked.ts';

interface OutputOptions {
  readonly fd: 1 | 2;
  /** Gets the error of each write that failed. */
  readonly onError: (error: NodeJS.ErrnoException) => void;
  /** Why what was written is incomplete: `flush` throws it. */
  readonly failure?: () => MmaiError | undefined;
  /** Whether a signal ends the process by itself: only then may a write block it. */
  readonly mayBlock: () => boolean;
  /** Clears what is drawn at a terminal, writes, and draws again. */
  readonly writeAbove: (write: () => void) => void;
  /** {@link StandardOutput.pending} of the other output, if it goes to the same place: what is written now comes after that. */
  readonly pendingOther: () => NodeJS.WriteStream | undefined;
}

/**
 * Standard output or standard error. Writes to terminals, pipes and sockets through Node, to pipes directly while that may block. For
 * files and devices Node counts a short write as a whole one, so that a full disk or a limit on file sizes would cost the rest without
 * a word.
 */
export class StandardOutput implements Output {
  readonly isPipe: boolean;
  hasWritten = false;
  readonly #options: OutputOptions;
  readonly #stat: Stats;
  /** Makes Node's own stream, with the first call. */
  readonly #openStandard: () => NodeJS.WriteStream;
  #stream: NodeJS.WriteStream | undefined;
  #hasFailed = false;

  constructor(options: OutputOptions) {
    const { fd } = options;
    this.#options = options;
    this.#stat = fstatSync(fd);
    this.isPipe = this.#stat.isFIFO() || this.#stat.isSocket();
    const name = fd === 1 ? 'stdout' : 'stderr';
    this.#openStandard = Object.getOwnPropertyDescriptor(process, name)!.get!;
    // Node itself uses standard error whenever a connection closes.
    if (this.#stat.isFIFO()) Object.defineProperty(process, name, { get: () => this.open(), configurable: true });
  }

  get isTerminal(): boolean {
    return this.#stat.isCharacterDevice() && this.open().isTTY === true;
  }

  size(): { columns: number; rows: number } {
    const { columns, rows }: { columns?: number; rows?: number } = this.isTerminal ? this.open() : {};
    return { columns: columns || 80, rows: rows || 24 };
  }

  /** The stream; opening both takes a tenth of `--help`. */
  open(): NodeJS.WriteStream {
    if (this.#stream) return this.#stream;
    const { fd, pendingOther } = this.#options;
    const stream = (this.#stat.isFIFO() && ownStream(fd)) || this.#openStandard();
    this.#stream = stream.on('error', (error) => this.#fail(error));
    if (stream.isTTY) unblock(stream, fd);
    keepOrder(stream, pendingOther);
    return stream;
  }

  /** The stream while its reader has not taken everything. */
  pending(): NodeJS.WriteStream | undefined {
    return this.#stream?.writable && this.#stream.writableLength > 0 ? this.#stream : undefined;
  }

  write(text: string | Uint8Array): void {
    this.hasWritten = true;
    if (this.isTerminal) this.#options.writeAbove(() => this.#writeToTerminal(text));
    else if (this.isPipe && (this.#stream || !this.#options.mayBlock())) this.open().write(text);
    else this.#writeDirectly(text);
  }

  get isBehind(): boolean {
    return (this.#options.pendingOther() ?? this.#stream)?.writableNeedDrain === true;
  }

  async drained(): Promise<boolean> {
    if (this.isBehind) await this.#taken();
    else await new Promise(setImmediate);
    return !this.#hasFailed;
  }

  async flush(): Promise<void> {
    const { fd, failure } = this.#options;
    await this.#taken();
    if (fd === 1 && this.#stat.isFile() && !this.#hasFailed) closeAnother(fd, (error) => this.#fail(error));
    const error = failure?.();
    if (error) throw error;
  }

  // --- internal ---

  #fail(error: NodeJS.ErrnoException): void {
    this.#hasFailed = true;
    this.#options.onError(error);
  }

  #writeToTerminal(text: string | Uint8Array): void {
    // The other stream reports an error to its own output.
    const done = this.#options.pendingOther() && ((error?: Error | null) => error && this.#fail(error));
    this.open().write(text, done);
  }

  #writeDirectly(text: string | Uint8Array): void {
    const { fd } = this.#options;
    // A document with a gap is of no use; a log goes on once its disk is no longer full.
    if (this.#hasFailed && fd === 1) return;
    this.#hasFailed = false;
    const bytes = typeof text === 'string' ? Buffer.from(text) : text;
    const rest = bytes.subarray(writeAll(fd, bytes, (error) => this.#fail(error)));
    // A pipe that does not block, and is full: Node's stream writes the rest.
    if (rest.byteLength > 0 && !this.#hasFailed) this.open().write(rest);
  }

  /** Resolves when the readers of this output, and of the other one before it, have taken everything. */
  async #taken(): Promise<void> {
    const other = this.#options.pendingOther();
    if (other) await new Promise<void>((done) => other.write('', () => done()));
    const stream = this.#stream;
    // A device that is full refuses a write of nothing, too. What goes there and to files is written at once.
    if (!stream || !(this.isPipe || stream.isTTY)) return;
    if (stream.writable) await new Promise<void>((done) => stream.write('', () => done()));
    // A closed pipe is reported by an event after the write's callback.
    await new Promise(setImmediate);
  }
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

/** What others write to the stream, a prompt or a drawing, comes after what is pending on the other output, too. */
function keepOrder(stream: NodeJS.WriteStream, pendingOther: OutputOptions['pendingOther']): void {
  const { write } = stream;
  stream.write = ((...given: Parameters<typeof write>) => write.apply(pendingOther() ?? stream, given)) as typeof write;
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
