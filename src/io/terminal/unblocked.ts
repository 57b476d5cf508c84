import { accessSync, constants, fstatSync, readlinkSync, statSync } from 'node:fs';

/**
 * Lets what a terminal does not take (after Ctrl-S, or over a connection that hangs) wait in memory: Node lets such a write block
 * the process, which then polls no task and hears no signal. Only where Node has an opening of the terminal for itself: in a
 * shared one the writes of other programs would fail.
 */
export function unblock(stream: NodeJS.WriteStream, descriptor: number): void {
  if (isOpenedAgain(descriptor)) setBlocking(stream, false);
}

/** Whether reading or writing may wait. Node has no public way to say so. */
export function setBlocking(stream: object, isBlocking: boolean): void {
  (stream as { _handle?: { setBlocking?(isBlocking: boolean): unknown } })._handle?.setBlocking?.(isBlocking);
}

// --- internal ---

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
