import { accessSync, constants, fstatSync, readlinkSync, statSync, write } from 'node:fs';
import type { Writable } from 'node:stream';

/**
 * Lets what a terminal does not take (after Ctrl-S, or over a connection that hangs) wait in memory: Node lets such a write block
 * the process, which then polls no task and hears no signal. Where Node has no opening of the terminal for itself, as of another
 * user's after `su`, or none is known, its writes must block, for those of other programs would fail otherwise: they do in a thread.
 */
export function unblock(stream: NodeJS.WriteStream, descriptor: number): void {
  if (isOpenedAgain(descriptor)) setBlocking(stream, false);
  else if (process.platform !== 'win32') writeInThread(stream, descriptor);
}

/** Whether to change the modes of a terminal that takes nothing may block: on Linux that waits for a write that blocks. */
export function mayBlockModeChange(stream: object): boolean {
  return process.platform === 'linux' && inThread.has(stream);
}

/** Makes a stream write to the descriptor in a thread of Node's. */
export function writeInThread(stream: Writable, descriptor: number): void {
  const writeAll = (bytes: Uint8Array, done: (error?: Error | null) => void) =>
    write(descriptor, bytes, (error, written) => {
      // Another program made it non-blocking.
      if (error?.code === 'EAGAIN') setTimeout(() => writeAll(bytes, done), RETRY_MS);
      else if (error || written === bytes.byteLength) done(error);
      else writeAll(bytes.subarray(written), done);
    });
  const _write: Writable['_write'] = (chunk: string | Uint8Array, encoding, done) =>
    writeAll(typeof chunk === 'string' ? Buffer.from(chunk, encoding) : chunk, done);
  // Without `_writev`, by which what has gathered would go the stream's own way.
  Object.assign(stream, { _write, _writev: undefined });
  inThread.add(stream);
}

/** Whether reading or writing may wait. Node has no public way to say so. */
export function setBlocking(stream: object, isBlocking: boolean): void {
  (stream as { _handle?: { setBlocking?(isBlocking: boolean): unknown } })._handle?.setBlocking?.(isBlocking);
}

// --- internal ---

const RETRY_MS = 10;
const inThread = new WeakSet<object>();

/** libuv opens a terminal again by its name, if there is one and this user may. Known on Linux only. */
function isOpenedAgain(descriptor: number): boolean {
  try {
    const name = readlinkSync(`/proc/self/fd/${descriptor}`);
    const [found, own] = [statSync(name), fstatSync(descriptor)];
    accessSync(name, constants.R_OK | constants.W_OK);
    return found.isCharacterDevice() && found.dev === own.dev && found.ino === own.ino;
  } catch {
    return false;
  }
}
