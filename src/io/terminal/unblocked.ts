import { accessSync, constants, fstatSync, readlinkSync, statSync } from 'node:fs';

/**
 * Lets what a terminal does not take (after Ctrl-S, or over a connection that hangs) wait in memory: Node lets such a write block
 * the process, which then polls no task and hears no signal. Only where Node has an opening of the terminal for itself: in a
 * shared one the writes of other programs would fail.
 */
export function unblock(stream: NodeJS.WriteStream, descriptor: number): void {
  const { _handle: handle } = stream as { _handle?: { setBlocking?(isBlocking: boolean): unknown } };
  if (isOpenedAgain(descriptor)) handle?.setBlocking?.(false);
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
