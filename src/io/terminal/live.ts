import type { Environment } from '../../core/config/settings.ts';
import { createBlock, type WindowSize } from './block.ts';
import { createKeys } from './keys.ts';
import type { Drawing, LivePart } from './live-part.ts';
import { createTaskbar } from './taskbar.ts';

/** The window, and whether keys are read. */
export interface LiveWindow extends WindowSize {
  readonly hasKeys: boolean;
}

/** What is drawn: one line beside a spinner, or a block of lines that fits the window; and how much is done, from 0 to 1. */
export type LiveView = { readonly share: () => number } & (
  | { readonly line: () => string }
  | { readonly block: (window: LiveWindow) => readonly string[] }
);

export interface LiveOptions {
  readonly env: Environment;
  readonly stdin: NodeJS.ReadStream;
  readonly stderr: NodeJS.WriteStream;
  /** The display stops by itself when this aborts: a second Ctrl-C kills at once and must find the terminal restored. */
  readonly signal: AbortSignal;
  readonly onKey: (key: string) => void;
}

/** Ctrl-Z and Ctrl-\\: signals that are not ours to handle, but must find the terminal restored. */
const STEPPING_ASIDE = ['SIGTSTP', 'SIGQUIT'] as const;

/** Draws until stopped, steps aside while the job is suspended (Ctrl-Z), and hands over the keys. */
export async function startLive(view: LiveView, options: LiveOptions): Promise<Omit<Drawing, 'start'>> {
  const { env, stdin, stderr, signal, onKey } = options;
  let isStopped = false;
  let keys: LivePart | undefined;
  // Before anybody else hears of the new size.
  const measure = () => giveSize(stderr);
  measure();
  stderr.prependListener('resize', measure);
  const drawing =
    'block' in view
      ? createBlock(stderr, (size) => view.block({ ...size, hasKeys: keys !== undefined }))
      : await spinner(stderr, view.line);
  const taskbar = createTaskbar(stderr, env, view.share);
  const start = () => {
    for (const name of STEPPING_ASIDE) process.on(name, stepAside);
    drawing.start();
    taskbar?.start();
    // A job may come back in the background, so whether somebody types is asked each time.
    return createKeys(stdin, onKey).then((found) => {
      if (isStopped) return;
      keys = found;
      keys?.start();
    });
  };
  const release = () => {
    for (const name of STEPPING_ASIDE) process.off(name, stepAside);
    keys?.stop();
    keys = undefined;
    taskbar?.stop();
    drawing.stop();
  };
  const stepAside = (name: NodeJS.Signals) => {
    release();
    // Without our listener the signal does what it does by default.
    process.kill(process.pid, name);
  };
  const resume = () => {
    // After a SIGSTOP, which nobody hears of, all is still held.
    release();
    void start();
  };
  const stop = () => {
    if (isStopped) return;
    isStopped = true;
    process.off('SIGCONT', resume).off('exit', stop);
    stderr.off('resize', measure);
    signal.removeEventListener('abort', stop);
    release();
  };
  // A crash exits without a word to us, and would leave the cursor hidden.
  process.on('SIGCONT', resume).on('exit', stop);
  signal.addEventListener('abort', stop);
  await start();
  return { stop, aside: (write) => (isStopped ? write() : drawing.aside(write)) };
}

/** A serial line, or a pty that nobody gave a size, says 0 × 0: ora would divide by that, and erase lines without end. */
function giveSize(stream: NodeJS.WriteStream): void {
  stream.columns ||= 80;
  stream.rows ||= 24;
}

async function spinner(stderr: NodeJS.WriteStream, line: () => string): Promise<Drawing> {
  const { createSpinner } = await import('./spinner.ts');
  return createSpinner(stderr, line);
}
