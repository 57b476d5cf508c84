import { closeSync, fstatSync, readdirSync, statSync } from 'node:fs';

/** Closes the writing end of a named pipe once this process has it open for reading too: before, the pipe would seem empty. */
export async function closeOnceRead(path: string, writer: number): Promise<void> {
  while (openCount(path) < 2) await new Promise(setImmediate);
  closeSync(writer);
}

/** How many descriptors of this process are the file. */
function openCount(path: string): number {
  const { ino } = statSync(path);
  return readdirSync('/dev/fd').filter((name) => {
    try {
      return fstatSync(Number(name)).ino === ino;
    } catch {
      return false;
    }
  }).length;
}
