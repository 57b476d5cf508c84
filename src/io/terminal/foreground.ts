import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';

/**
 * A check whether this process is in the foreground of its terminal: a job in the background must neither draw nor read keys, nor
 * one that has lost its terminal, with the shell that had it. A process that never had one may: a container's first, for one.
 */
export function createForegroundCheck(readStat = readOwnStat): () => Promise<boolean> {
  let hadTerminal = false;
  return async () => {
    if (process.platform === 'win32') return true;
    const stat = await readStat();
    if (stat === undefined) return isForegroundByPs();
    const place = placeByStat(stat);
    hadTerminal ||= place !== 'noTerminal';
    return place === 'foreground' || !hadTerminal;
  };
}

/** Where the process stands by /proc/self/stat (proc(5)): in the process group of the terminal or not; or no terminal controls it. */
export function placeByStat(stat: string): 'foreground' | 'background' | 'noTerminal' {
  // The name of the program, in parentheses, may hold blanks and parentheses.
  const [, , group, , , terminalGroup] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (terminalGroup === '-1') return 'noTerminal';
  return group === terminalGroup ? 'foreground' : 'background';
}

// --- internal ---

function readOwnStat(): Promise<string | undefined> {
  return readFile('/proc/self/stat', 'utf8').catch(() => undefined);
}

/** `ps` marks the processes of the terminal's foreground group with a plus; without `ps` nothing is known, so nothing is drawn. */
function isForegroundByPs(): Promise<boolean> {
  return new Promise((resolve) => {
    execFile('ps', ['-o', 'stat=', '-p', String(process.pid)], { timeout: 1000 }, (error, stdout) => {
      resolve(!error && stdout.includes('+'));
    });
  });
}
