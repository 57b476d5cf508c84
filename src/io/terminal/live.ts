import type { Environment } from '../../core/config/settings.ts';
import { createBlock, giveSize, type WindowSize } from './block.ts';
import { isForeground } from './foreground.ts';
import { createKeys } from './keys.ts';
import type { Drawing, LivePart } from './live-part.ts';
import { spinnerFrames } from './spinner.ts';
import { createTaskbar } from './taskbar.ts';
import { mayKeepModes } from './unblocked.ts';

/** The window, and whether keys are read. */
interface LiveWindow extends WindowSize {
  readonly hasKeys: boolean;
  /** A frame of a spinner, for its time. */
  readonly frame: string;
}

/** What is drawn: lines that fit the window; and how much is done, from 0 to 1. */
export interface LiveView {
  /** Which spinner `frame` is of; without one, frames are empty and the lines are made less often. */
  readonly spinner?: 'dots' | 'line';
  progress(): number;
  lines(window: LiveWindow): readonly string[];
}

export interface LiveOptions {
  readonly env: Environment;
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: { readonly isTTY?: boolean };
  readonly stderr: NodeJS.WriteStream;
  /** The display stops by itself when this aborts: a second Ctrl-C kills at once and must find the terminal restored. */
  readonly signal: AbortSignal;
  readonly onKey: (key: string) => void;
  /** True while another program prompts at the terminal: then nothing is drawn and no key is read. */
  readonly isLent?: () => boolean;
  /** Stands for {@link isForeground} in tests. */
  readonly isForeground?: () => Promise<boolean>;
}

/** A drawing under way. */
export interface Live {
  /** False while nothing is drawn: in the background, and while the terminal is lent. */
  isDrawing(): boolean;
  /** Gives the terminal to another program, while {@link LiveOptions.isLent} says so. */
  lend(): void;
  /** Draws again, unless in the background. */
  takeBack(): Promise<void>;
  /** As that of a drawing; while nothing is drawn it just writes. */
  writeAbove(write: () => void): void;
  stop(): void;
}

/**
 * Signals that are not ours to handle, but must find the terminal restored: Ctrl-Z and Ctrl-\\, those of limits of time (perl's `alarm`
 * is the timeout of macOS), and the user's own.
 */
const SUSPENDING = ['SIGTSTP', 'SIGQUIT', 'SIGALRM', 'SIGXCPU', 'SIGUSR2'] as const;
/** How often a job in the background looks whether it is in the foreground again (a shell signals only stopped jobs), in ms. */
const FOREGROUND_CHECK_MS = 1000;
/** How long a signal waits for a terminal that takes nothing, in ms. */
const TAKING_MS = 200;
/** How often the lines are made, with a spinner and without, in ms. */
const REFRESH_MS = { spinner: 80, block: 250 };

/** Draws in the foreground until stopped, suspends with the job (Ctrl-Z), and passes on the keys. */
export async function startLive(view: LiveView, options: LiveOptions): Promise<Live> {
  const { stderr, signal, isLent, isForeground: isInForeground = isForeground } = options;
  const drawing = await createDrawing(view, options);
  let isDrawing = false;
  let isStopped = false;

  const release = (ownsTerminal: boolean) => {
    if (!isDrawing) return;
    isDrawing = false;
    for (const name of SUSPENDING) process.off(name, suspend);
    drawing.stop({ ownsTerminal });
  };
  const suspend = (name: NodeJS.Signals) => {
    release(true);
    // Without our listener the signal does what it does by default.
    afterWritten(stderr, () => process.kill(process.pid, name));
  };
  const drawInForeground = async () => {
    if (isDrawing || !(await isInForeground()) || isDrawing || isStopped || isLent?.()) return;
    isDrawing = true;
    for (const name of SUSPENDING) process.on(name, suspend);
    drawing.start();
  };
  const resume = async () => {
    // SIGSTOP cannot be caught: after it everything is still held.
    release(await isInForeground());
    await drawInForeground();
  };
  const stop = () => {
    if (isStopped) return;
    isStopped = true;
    clearInterval(timer);
    process.off('SIGCONT', resume).off('exit', stop);
    stderr.off('resize', measure);
    signal.removeEventListener('abort', stop);
    release(true);
  };
  // Before the other listeners get the new size.
  const measure = () => giveSize(stderr);
  measure();
  stderr.prependListener('resize', measure);
  // A crash exits without calling us, and would leave the cursor hidden.
  process.on('SIGCONT', resume).on('exit', stop);
  signal.addEventListener('abort', stop);
  const timer = setInterval(drawInForeground, FOREGROUND_CHECK_MS).unref();
  await drawInForeground();
  return {
    isDrawing: () => isDrawing,
    lend: () => release(true),
    takeBack: drawInForeground,
    stop,
    writeAbove: (write) => (isDrawing ? drawing.writeAbove(write) : write()),
  };
}

// --- internal ---

/** Goes on once the terminal has what a thread writes to it, or soon where it takes nothing. */
function afterWritten(stream: NodeJS.WriteStream, goOn: () => void): void {
  if (!stream.writableLength) return goOn();
  const written = new Promise<unknown>((done) => {
    setTimeout(done, TAKING_MS);
    stream.write('', done);
  });
  void written.then(goOn);
}

/** What is drawn and read: the block, the progress in the taskbar, and the keys. */
async function createDrawing(view: LiveView, { env, stdin, stdout, stderr, onKey }: LiveOptions): Promise<Drawing> {
  const frame = view.spinner ? await spinnerFrames(view.spinner) : () => '';
  // A pager that reads our stdout reads the keys. Where IDs were typed, Ctrl-D has ended the input. Without keys no mode is changed.
  const hasKeys = stdin.isTTY && !stdin.destroyed && stdout.isTTY && !mayKeepModes(stderr);
  const keys = hasKeys ? createKeys(stdin, onKey) : undefined;
  const lines = (size: WindowSize) => view.lines({ ...size, hasKeys: keys !== undefined, frame: frame() });
  const block = createBlock(stderr, lines, view.spinner ? REFRESH_MS.spinner : REFRESH_MS.block);
  const parts: (LivePart | undefined)[] = [block, createTaskbar(stderr, env, view.progress), keys];
  return {
    start() {
      for (const part of parts) part?.start();
    },
    stop(terminal) {
      for (const part of parts) part?.stop(terminal);
    },
    writeAbove: block.writeAbove,
  };
}
