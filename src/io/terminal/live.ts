import type { Environment } from '../../core/config/settings.ts';
import { Block, giveSize, type WindowSize } from './block.ts';
import { isForeground } from './foreground.ts';
import { createKeys, type Keyboard, raiseForGroup } from './keys.ts';
import type { Drawing, LivePart } from './live-part.ts';
import { spinnerFrames } from './spinner.ts';
import { createTaskbar } from './taskbar.ts';
import { mayBlockModeChange } from './unblocked.ts';

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
  readonly stdin: Keyboard;
  readonly stdout: { readonly isTTY?: boolean };
  readonly stderr: NodeJS.WriteStream;
  /** The display stops by itself when this aborts: a second Ctrl-C kills at once and must find the terminal restored. */
  readonly signal: AbortSignal;
  readonly onKeys: (keys: string) => void;
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
  const raise = (name: NodeJS.Signals) => live.raise(name);
  const live = new ForegroundDrawing(await createDrawing(view, options, raise), options);
  await live.takeBack();
  return live;
}

// --- internal ---

class ForegroundDrawing implements Live {
  readonly #drawing: Drawing;
  readonly #options: LiveOptions;
  readonly #isInForeground: () => Promise<boolean>;
  readonly #timer: NodeJS.Timeout;
  #isDrawing = false;
  #isStopped = false;
  /** Given back for a signal that is on its way: nothing is written meanwhile as in the background. */
  #isRaising = false;

  constructor(drawing: Drawing, options: LiveOptions) {
    this.#drawing = drawing;
    this.#options = options;
    this.#isInForeground = options.isForeground ?? isForeground;
    this.#measure();
    // Before the other listeners get the new size.
    options.stderr.prependListener('resize', this.#measure);
    // A crash exits without calling us, and would leave the cursor hidden.
    process.on('SIGCONT', this.#resume).on('exit', this.stop);
    options.signal.addEventListener('abort', this.stop);
    this.#timer = setInterval(() => this.takeBack(), FOREGROUND_CHECK_MS).unref();
  }

  isDrawing(): boolean {
    return this.#isDrawing || this.#isRaising;
  }

  lend(): void {
    this.#release(true);
  }

  async takeBack(): Promise<void> {
    const { isLent } = this.#options;
    if (this.#isDrawing || !(await this.#isInForeground()) || this.#isDrawing || this.#isStopped || isLent?.()) return;
    this.#isDrawing = true;
    this.#isRaising = false;
    for (const name of SUSPENDING) process.on(name, this.#suspend);
    this.#drawing.start();
  }

  writeAbove(write: () => void): void {
    if (this.#isDrawing) this.#drawing.writeAbove(write);
    else write();
  }

  readonly stop = (): void => {
    if (this.#isStopped) return;
    this.#isStopped = true;
    clearInterval(this.#timer);
    process.off('SIGCONT', this.#resume).off('exit', this.stop);
    this.#options.stderr.off('resize', this.#measure);
    this.#options.signal.removeEventListener('abort', this.stop);
    this.#release(true);
  };

  /**
   * Sends what a key stands for to the whole job, once the terminal is given back: a parent that stops or ends at once, as a script
   * does, hands it on to the shell, and who then sets its modes is stopped.
   */
  raise(name: NodeJS.Signals): void {
    this.#isRaising = true;
    this.#release(true);
    afterWritten(this.#options.stderr, () => raiseForGroup(name));
  }

  readonly #measure = (): void => giveSize(this.#options.stderr);

  readonly #suspend = (name: NodeJS.Signals): void => {
    this.#release(true);
    // Without our listener the signal does what it does by default.
    afterWritten(this.#options.stderr, () => process.kill(process.pid, name));
  };

  readonly #resume = async (): Promise<void> => {
    this.#isRaising = false;
    // SIGSTOP cannot be caught: after it everything is still held.
    this.#release(await this.#isInForeground());
    await this.takeBack();
  };

  #release(ownsTerminal: boolean): void {
    if (!this.#isDrawing) return;
    this.#isDrawing = false;
    for (const name of SUSPENDING) process.off(name, this.#suspend);
    this.#drawing.stop({ ownsTerminal });
  }
}

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
async function createDrawing(
  view: LiveView,
  { env, stdin, stdout, stderr, onKeys }: LiveOptions,
  onSignal: (name: NodeJS.Signals) => void,
): Promise<Drawing> {
  const frame = view.spinner ? await spinnerFrames(view.spinner) : () => '';
  // A pager that reads our stdout reads the keys. Where IDs were typed, Ctrl-D has ended the input. Without keys no mode is changed.
  const hasKeys = stdin.isTTY && !stdin.destroyed && stdout.isTTY && !mayBlockModeChange(stderr);
  const keys = hasKeys ? createKeys(stdin, onKeys, onSignal) : undefined;
  const lines = (size: WindowSize) => view.lines({ ...size, hasKeys: keys !== undefined, frame: frame() });
  const block = new Block(stderr, lines, view.spinner ? REFRESH_MS.spinner : REFRESH_MS.block);
  const parts: (LivePart | undefined)[] = [block, createTaskbar(stderr, env, view.progress), keys];
  return {
    start() {
      for (const part of parts) part?.start();
    },
    stop(terminal) {
      for (const part of parts) part?.stop(terminal);
    },
    writeAbove: (write) => block.writeAbove(write),
  };
}
