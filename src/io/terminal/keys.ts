import { execFile } from 'node:child_process';
import type { LivePart } from './live-part.ts';

/**
 * Single keys from the terminal. Raw mode takes Ctrl-C, Ctrl-\ and Ctrl-Z from the kernel, so what the kernel would do is done
 * here: the signal goes to the whole process group. Undefined where nobody types: no terminal, or a job in the background,
 * which would be stopped for touching it.
 */
export async function createKeys(
  stdin: NodeJS.ReadStream,
  onKey: (key: string) => void,
): Promise<LivePart | undefined> {
  if (!stdin.isTTY || !(await isForeground())) return undefined;
  const read = (chunk: Buffer) => {
    for (const key of chunk.toString()) {
      const signal = SIGNAL_KEYS[key];
      if (signal) process.kill(0, signal);
      else onKey(key);
    }
  };
  return {
    start() {
      stdin.setRawMode(true);
      stdin.on('data', read).resume();
    },
    stop() {
      stdin.off('data', read).pause();
      stdin.setRawMode(false);
    },
  };
}

const SIGNAL_KEYS: Readonly<Record<string, NodeJS.Signals>> = {
  '\u0003': 'SIGINT',
  '\u001a': 'SIGTSTP',
  '\u001c': 'SIGQUIT',
};

/** `ps` marks the processes of the terminal's foreground group with a plus; without `ps` there are no keys. */
function isForeground(): Promise<boolean> {
  return new Promise((resolve) => {
    execFile('ps', ['-o', 'stat=', '-p', String(process.pid)], { timeout: 1000 }, (error, stdout) => {
      resolve(!error && stdout.includes('+'));
    });
  });
}
