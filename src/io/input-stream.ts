import { usageError } from '../errors.ts';
import { setBlocking } from './terminal/unblocked.ts';

/** Standard input. */
export interface Input {
  readonly isTerminal: boolean;
  /** All that is piped in, piece by piece, until its end or until `stop` aborts. Throws a usage error where it cannot be read. */
  chunks(stop: AbortSignal): AsyncIterable<Uint8Array>;
}

/** The real one. */
export function createInput(): Input {
  return {
    // Read on use: opening standard input takes a tenth of the time of --help.
    get isTerminal() {
      return process.stdin.isTTY === true;
    },
    chunks: readChunks,
  };
}

// --- internal ---

async function* readChunks(stop: AbortSignal): AsyncGenerator<Uint8Array> {
  const { stdin } = process;
  const destroy = () => {
    // The next command may read on.
    setBlocking(stdin, true);
    stdin.destroy();
  };
  if (stop.aborted) return;
  stop.addEventListener('abort', destroy, { once: true });
  try {
    for await (const chunk of stdin) yield chunk as Uint8Array;
  } catch (error) {
    if (!stop.aborted) throw usageError((m) => m.usage.unreadableInput((error as NodeJS.ErrnoException).code ?? ''));
  } finally {
    stop.removeEventListener('abort', destroy);
  }
  // The signal that ended the program which wrote may end us too: it is there after one more turn of the event loop.
  await new Promise(setImmediate);
  await new Promise(setImmediate);
}
