import { statSync } from 'node:fs';

/** Of Node 22.15 and newer, but not on Windows: runs another program in place of this one. */
type Execve = (file: string, words: readonly string[], env: NodeJS.ProcessEnv) => never;

const SELF = '/proc/self/exe';

/**
 * Ends the process with a code. `process.exit` waits for Node's threads, and one of them perhaps for a file system or a name server
 * that hangs: the exit code would come late or never. Another Node in place of this one ends at once, its threads with it. On
 * Node 20 a lookup delays the exit for some seconds, and a file system as long as it hangs.
 */
export function exitNow(code: number): never {
  const { execve } = process as { execve?: Execve };
  const isBusy = process.getActiveResourcesInfo().some((name) => /^(?:FSReq|GetAddrInfoReq)/.test(name));
  if (isBusy && execve && statSync(SELF, { throwIfNoEntry: false })) {
    // What is set for Node, a module to load first for instance, is not for this one; LD_LIBRARY_PATH may be.
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('NODE_')));
    execve(SELF, ['node', '-e', `process.exit(${code})`], env);
  }
  process.exit(code);
}
