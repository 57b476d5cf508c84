import type { LivePart } from './live-part.ts';
import { outliveTerminal } from './lost-terminal.ts';

/**
 * Keys from the terminal, without Enter; a text that is pasted comes as one. Raw mode takes Ctrl-C, Ctrl-\ and Ctrl-Z from the kernel,
 * so what the kernel would do is done here: the signal goes to the whole process group. Start it in the foreground only: a job in the
 * background would be stopped.
 */
export function createKeys(
  stdin: NodeJS.ReadStream,
  onKeys: (keys: string) => void,
  platform: string = process.platform,
): LivePart {
  const read = (chunk: Buffer) => {
    const keys = chunk.toString();
    for (const key of new Set(keys)) {
      const signal = SIGNAL_KEYS[key];
      if (signal) raiseForGroup(signal, platform);
    }
    onKeys(keys);
  };
  outliveTerminal(stdin);
  return {
    start() {
      // A shell that took the job back has reset the mode, which Node does not know.
      stdin.setRawMode(false).setRawMode(true);
      stdin.on('data', read).resume();
    },
    stop({ ownsTerminal }) {
      stdin.off('data', read).pause();
      if (ownsTerminal) stdin.setRawMode(false);
    },
  };
}

/**
 * Does what the kernel does on a key like Ctrl-C, of which raw mode keeps it. Windows has Ctrl-C alone, and no signals to send: Node
 * would end the process at once, with exit code 1.
 */
export function raiseForGroup(signal: NodeJS.Signals, platform: string = process.platform): void {
  if (platform !== 'win32') process.kill(0, signal);
  else if (signal === 'SIGINT') process.emit(signal, signal);
}

// --- internal ---

const SIGNAL_KEYS: Readonly<Record<string, NodeJS.Signals>> = {
  '\u0003': 'SIGINT',
  '\u001a': 'SIGTSTP',
  '\u001c': 'SIGQUIT',
};
