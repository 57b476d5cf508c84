import { statSync } from 'node:fs';
import { restoreBlocking } from './output-stream.ts';

/** Of Node 22.15 and newer, but not on Windows: runs another program in place of this one. */
type Execve = (file: string, words: readonly string[], env: NodeJS.ProcessEnv) => never;

/** Not another Node, which would need the libraries, the loader and the permissions that this one was started with. */
const SHELL = '/bin/sh';
/** What Node's threads do: file operations, the closing of an opened file, lookups. */
const THREAD_WORK = /^(?:FSReq|CloseReq|GetAddrInfoReq)/;

/**
 * Ends the process with a code. `process.exit` waits for Node's threads, and one of them perhaps for a file system or a name server
 * that hangs: the exit code would come late or never. A shell in place of this process ends at once, its threads with it. On
 * Node 20 a lookup delays the exit for some seconds, and a file system as long as it hangs.
 */
export function exitNow(code: number): never {
  const { execve } = process as { execve?: Execve };
  const isBusy = process.getActiveResourcesInfo().some((name) => THREAD_WORK.test(name));
  if (isBusy && execve && statSync(SHELL, { throwIfNoEntry: false })) {
    try {
      restoreBlocking();
      execve(SHELL, ['sh', '-c', `exit ${code}`], {});
    } catch {
      // `node --permission` does not let it run programs; or an output was a terminal that is gone.
    }
  }
  process.exit(code);
}
