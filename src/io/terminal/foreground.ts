import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';

/** Whether this process is in the foreground of its terminal: a job in the background must neither draw nor read keys. */
export async function isForeground(): Promise<boolean> {
  if (process.platform === 'win32') return true;
  const stat = await readFile('/proc/self/stat', 'utf8').catch(() => undefined);
  return stat === undefined ? isForegroundByPs() : isForegroundByStat(stat);
}

/**
 * Reads it from /proc/self/stat (proc(5)): the process group is that of the terminal. Where no terminal controls the process, after
 * setsid or the end of its shell, what it writes to is another's.
 */
export function isForegroundByStat(stat: string): boolean {
  // The name of the program, in parentheses, may hold blanks and parentheses.
  const [, , group, , , terminalGroup] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return group === terminalGroup;
}

// --- internal ---

/** `ps` marks the processes of the terminal's foreground group with a plus; without `ps` nothing is known, so nothing is drawn. */
function isForegroundByPs(): Promise<boolean> {
  return new Promise((resolve) => {
    execFile('ps', ['-o', 'stat=', '-p', String(process.pid)], { timeout: 1000 }, (error, stdout) => {
      resolve(!error && stdout.includes('+'));
    });
  });
}
