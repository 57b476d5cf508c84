import { constants } from 'node:fs';
import { open } from 'node:fs/promises';

/** A file that holds credentials has some kilobytes; one beyond this is something else. In bytes. */
const MAX_BYTES = 1024 * 1024;
/** O_NONBLOCK, which Windows lacks: without it the opening of a pipe waits for somebody who writes. */
const OPENING = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/**
 * A small file as UTF-8; undefined where there is none. Rejects with the system's error, whose `code` says why; EFBIG for a file
 * over 1 MiB, EINVAL for what is no file: a pipe could be waited on for ever.
 */
export async function readText(path: string): Promise<string | undefined> {
  try {
    const file = await open(path, OPENING);
    try {
      const stat = await file.stat();
      if (stat.isDirectory()) throw coded('EISDIR');
      if (!stat.isFile()) throw coded('EINVAL');
      if (stat.size > MAX_BYTES) throw coded('EFBIG');
      return await file.readFile('utf8');
    } finally {
      await file.close();
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}

// --- internal ---

function coded(code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(code), { code });
}
