import { createBlock, type WindowSize } from './block.ts';
import { createKeys } from './keys.ts';

/** Something that holds the terminal from `start` to `stop`, and may be started again. */
export interface LivePart {
  start(): void;
  /** Gives back what was taken: the lines are erased, the cursor shown, the input as it was. */
  stop(): void;
}

/** The window, and whether keys are read. */
export interface LiveWindow extends WindowSize {
  readonly hasKeys: boolean;
}

/** What is drawn: one line beside a spinner, or a block of lines that fits the window. */
export type LiveView = { readonly line: () => string } | { readonly block: (window: LiveWindow) => readonly string[] };

export interface LiveOptions {
  readonly stdin: NodeJS.ReadStream;
  readonly stderr: NodeJS.WriteStream;
  /** The display stops by itself when this aborts: a second Ctrl-C kills at once and must find the terminal restored. */
  readonly signal: AbortSignal;
  readonly onKey: (key: string) => void;
}

/** Draws until stopped, steps aside while the job is suspended (Ctrl-Z), and hands over the keys. */
export async function startLive(view: LiveView, options: LiveOptions): Promise<Pick<LivePart, 'stop'>> {
  const { stdin, stderr, signal, onKey } = options;
  let keys: LivePart | undefined;
  const drawing =
    'block' in view
      ? createBlock(stderr, (size) => view.block({ ...size, hasKeys: keys !== undefined }))
      : await spinner(stderr, view.line);
  drawing.start();
  const readKeys = async () => {
    keys = await createKeys(stdin, onKey);
    if (isStopped) keys = undefined;
    keys?.start();
  };
  let isStopped = false;
  const pause = () => {
    keys?.stop();
    drawing.stop();
    // Without our listener the signal does what it does by default.
    process.off('SIGTSTP', pause);
    process.kill(process.pid, 'SIGTSTP');
  };
  const resume = () => {
    process.on('SIGTSTP', pause);
    drawing.start();
    void readKeys();
  };
  const stop = () => {
    if (isStopped) return;
    isStopped = true;
    process.off('SIGTSTP', pause).off('SIGCONT', resume);
    signal.removeEventListener('abort', stop);
    keys?.stop();
    drawing.stop();
  };
  process.on('SIGTSTP', pause).on('SIGCONT', resume);
  signal.addEventListener('abort', stop);
  await readKeys();
  return { stop };
}

async function spinner(stderr: NodeJS.WriteStream, line: () => string): Promise<LivePart> {
  const { createSpinner } = await import('./spinner.ts');
  return createSpinner(stderr, line);
}
