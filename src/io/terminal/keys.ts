import { closeOpening, openAgain } from '../own-opening.ts';
import type { LivePart } from './live-part.ts';
import { outliveTerminal } from './lost-terminal.ts';

/** Standard input, where that is a terminal. */
export type Keyboard = NodeJS.ReadStream & { readonly fd: number };

/**
 * Keys from the terminal, without Enter; a text that is pasted comes as one. Raw mode takes Ctrl-C, Ctrl-\ and Ctrl-Z from the kernel:
 * `onSignal` gets what it would send. Start it in the foreground only: a job in the background would be stopped.
 */
export function createKeys(
  stdin: Keyboard,
  onKeys: (keys: string) => void,
  onSignal: (name: NodeJS.Signals) => void,
): LivePart {
  const read = (chunk: Buffer) => {
    const keys = chunk.toString();
    for (const key of new Set(keys)) {
      const signal = SIGNAL_KEYS[key];
      if (signal) onSignal(signal);
    }
    onKeys(keys);
  };
  let input: NodeJS.ReadStream | undefined;
  return {
    start() {
      input ??= openKeyboard(stdin);
      // A shell that took the job back has reset the mode, which Node does not know.
      input.setRawMode(false).setRawMode(true);
      input.on('data', read).resume();
    },
    stop({ ownsTerminal }) {
      input?.off('data', read).pause();
      if (!ownsTerminal || !input) return;
      closeKeyboard(input.setRawMode(false), stdin);
      input = undefined;
    },
  };
}

/**
 * Another opening of the terminal, so that it can be closed: Node's exit sets the modes of a terminal that was raw and is open, which
 * stops a job in the background instead (SIGTTOU). Standard input itself where it cannot be opened again, as on macOS.
 */
export function openKeyboard(stdin: Keyboard): NodeJS.ReadStream {
  const own = openAgain(stdin.fd);
  const input = own === undefined ? stdin : new (process.getBuiltinModule('node:tty').ReadStream)(own);
  outliveTerminal(input);
  // Node has opened the terminal once more by its name, if it has one here.
  if (own !== undefined && descriptorOf(input) !== own) closeOpening(own);
  return input;
}

/** Closes what {@link openKeyboard} opened. To be called in the foreground, with the modes as they were. */
export function closeKeyboard(input: NodeJS.ReadStream, stdin: Keyboard): void {
  if (input !== stdin) input.destroy();
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

/** What Node reads from. It has no public way to say so. */
function descriptorOf(input: object): number | undefined {
  return (input as { _handle?: { readonly fd?: number } })._handle?.fd;
}

const SIGNAL_KEYS: Readonly<Record<string, NodeJS.Signals>> = {
  '\u0003': 'SIGINT',
  '\u001a': 'SIGTSTP',
  '\u001c': 'SIGQUIT',
};
