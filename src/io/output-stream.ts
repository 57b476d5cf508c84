import { fstatSync, writeSync } from 'node:fs';

/** Writes the whole of it, now or when the reader takes it; what cannot be written is reported to `onError` only. */
export type Write = (data: string | Uint8Array) => void;

/**
 * Writes to standard output or standard error. Terminals, pipes and sockets are Node's to write to. For files and devices Node
 * counts a short write as a whole one, so that a full disk or a limit on file sizes would cost the rest without a word.
 */
export function createWrite(
  stream: NodeJS.WriteStream,
  fd: 1 | 2,
  onError: (error: NodeJS.ErrnoException) => void,
): Write {
  stream.on('error', onError);
  if (stream.isTTY || isPipe(fd)) return (data) => void stream.write(data);
  let hasFailed = false;
  return (data) => {
    if (hasFailed) return;
    try {
      writeAll(fd, typeof data === 'string' ? Buffer.from(data) : data);
    } catch (error) {
      hasFailed = true;
      onError(error as NodeJS.ErrnoException);
    }
  };
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
