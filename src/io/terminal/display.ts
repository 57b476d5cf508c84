import type { WriteStream } from 'node:tty';
import type { Live, LiveView } from './live.ts';

/** What is drawn at the terminal, if anything is. */
export interface Display {
  /** Writes where nothing is drawn: a warning, or an event of ndjson, would stand in the middle of it. */
  writeAbove(write: () => void): void;
  /** See `Deps.live`. */
  start(view: LiveView, onKeys: (keys: string) => void, stdout: WriteStream, stderr: WriteStream): Promise<Live>;
  /** Leaves the terminal to a command that asks for a password. */
  lendFor<T>(run: () => Promise<T>): Promise<T>;
}

export function createDisplay(signal: AbortSignal): Display {
  let live: Live | undefined;
  let isLent = false;
  return {
    writeAbove: (write) => (live ? live.writeAbove(write) : write()),
    async start(view, onKeys, stdout, stderr) {
      const { startLive } = await import('./live.ts');
      const { env, stdin } = process;
      live = await startLive(view, { env, stdin, stdout, stderr, signal, onKeys, isLent: () => isLent });
      return live;
    },
    async lendFor(run) {
      isLent = true;
      live?.lend();
      try {
        return await run();
      } finally {
        isLent = false;
        void live?.takeBack();
      }
    },
  };
}
