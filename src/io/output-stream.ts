import { fstatSync, writeSync } from 'node:fs';

export interface Writer {
  /** Writes the whole of it, now or when the reader takes it; what cannot be written is reported to `onError` only. */
  write(data: string | Uint8Array): void;
  /** See `Output`. */
  drained(): Promise<boolean>;
}

/**
 * Writes to standard output or standard error. Terminals, pipes and sockets are Node's to write to. For files and devices Node
 * counts a short write as a whole one, so that a full disk or a limit on file sizes would cost the rest without a word.
 */
export function createWriter(
  stream: NodeJS.WriteStream,
  fd: 1 | 2,
  onError: (error: NodeJS.ErrnoException) => void,
): Writer {
  let hasFailed = false;
  const fail = (error: NodeJS.ErrnoException) => {
    hasFailed = true;
    onError(error);
  };
  stream.on('error', fail);
  const isNodes = stream.isTTY || isPipe(fd);
  return {
    write(data) {
      if (isNodes) return void stream.write(data);
      if (hasFailed) return;
      try {
        writeAll(fd, typeof data === 'string' ? Buffer.from(data) : data);
      } catch (error) {
        fail(error as NodeJS.ErrnoException);
      }
    },
    async drained() {
      if (stream.writableNeedDrain) await taken(stream);
      else await new Promise(setImmediate);
      return !hasFailed;
    },
  };
}

/** Resolves when everything that was written is taken, or never will be. */
export async function taken(stream: NodeJS.WriteStream): Promise<void> {
  if (stream.writable) await new Promise<void>((done) => stream.write('', () => done()));
  // A closed pipe is reported by an event after the write's callback.
  await new Promise(setImmediate);
}

/** True of the error of a writer whose reader is gone. A socket of which something was unread says ECONNRESET; Windows says EOF. */
export function isClosedPipe({ code = '' }: NodeJS.ErrnoException): boolean {
  return code === 'EPIPE' || code === 'ECONNRESET' || code === 'EOF' || code === 'ERR_STREAM_DESTROYED';
}

// --- internal ---

function isPipe(fd: number): boolean {
  const stat = fstatSync(fd);
  return stat.isFIFO() || stat.isSocket();
}

function writeAll(fd: number, data: Uint8Array): void {
  let rest = data;
  while (rest.byteLength > 0) {
    const written = writeSync(fd, rest);
    if (written === 0) throw Object.assign(new Error('nothing was written'), { code: 'EIO' });
    rest = rest.subarray(written);
  }
}
