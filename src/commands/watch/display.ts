import { choice, type Settings } from '../../core/config/settings.ts';
import type { ProgressEvent } from '../../core/wait/events.ts';
import type { Waiter } from '../../core/wait/waiter.ts';
import type { CommandDeps } from '../../deps.ts';
import { conflict, usageError } from '../../errors.ts';
import type { LiveView } from '../../io/terminal/live.ts';
import { progressLine } from '../../output/progress.ts';
import { taskBlock, taskLine } from '../../output/task-block.ts';
import { createLog } from '../shared/log.ts';
import { isDrawable } from '../shared/progress.ts';
import type { WatchOptions } from './watch-options.ts';

/** Characters of lines that wait for a reader: every change of 50,000 tasks may come before it takes the first. */
const MAX_WAITING = 4 * 1024 * 1024;

/** How a wait is shown on stderr: drawn in place, a line per change, or not at all. */
type DisplayMode = 'drawn' | 'lines' | 'none';

export interface Display {
  show(event: ProgressEvent): void;
  /** Gives the terminal back. */
  stop(): void;
}

/** The mode that `--progress`, the terminal and the environment decide. Throws a usage error for one that cannot be. */
export function displayMode(options: WatchOptions, output: Settings['output'], deps: CommandDeps): DisplayMode {
  const progress = choice('auto', 'tty', 'plain', 'none')(options.progress, '--progress');
  if (progress === 'tty' && !deps.stderr.isTerminal) throw usageError((m) => m.watch.noTerminal);
  const isShown = progress === 'tty' || progress === 'plain';
  if (options.quiet && isShown) throw conflict('--quiet', `--progress ${progress}`);
  if (options.quiet || progress === 'none') return 'none';
  // What a command of --exec writes, or one that reads the events, as jq and less do, would stand in the drawing's way.
  const isShared = options.exec !== undefined || (output === 'ndjson' && deps.stdout.isPipe);
  return progress === 'tty' || (progress === 'auto' && isDrawable(deps) && !isShared) ? 'drawn' : 'lines';
}

/** Shows the wait on stderr. What is drawn is not written as lines too, and what is not drawn (in the background) is. */
export async function openDisplay(
  mode: DisplayMode,
  waiter: Waiter,
  color: Settings['color'],
  deps: CommandDeps,
): Promise<Display> {
  const { messages, stderr } = deps;
  if (mode === 'none') return { show() {}, stop() {} };
  const live = mode === 'drawn' ? await startDrawing(waiter, color, deps) : undefined;
  const isRepeated = repetitions();
  const log = createLog(stderr, messages.watch.leftOut, MAX_WAITING);
  return {
    show(event) {
      const line =
        live?.isDrawing() || isRepeated(event) ? undefined : progressLine(event, waiter.elapsedMs(), messages);
      if (line) log(line);
    },
    stop: () => live?.stop(),
  };
}

// --- internal ---

/**
 * Whether a line of a retry would only repeat others. There is one for the 1st, 2nd, 4th, 8th… in a row of a task, and of those that
 * several tasks have since the last heartbeat again for the 1st, 2nd, 4th, 8th…: an outage met by many tasks must not fill the log.
 */
function repetitions(): (event: ProgressEvent) => boolean {
  const counts = new Map<string, number>();
  const isPowerOfTwo = (n: number) => Number.isInteger(Math.log2(n));
  return (event) => {
    if (event.type === 'heartbeat') counts.clear();
    if (event.type !== 'retry') return false;
    if (!isPowerOfTwo(event.attempt)) return true;
    const key = `${event.failure.topic} ${event.attempt}`;
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    return !isPowerOfTwo(count);
  };
}

/** One task as a line beside a spinner, several as a block. */
async function startDrawing(waiter: Waiter, color: Settings['color'], deps: CommandDeps) {
  const { messages, stderr } = deps;
  const style = await deps.style(stderr, color);
  const progress = () => waiter.done / waiter.tasks.length;
  const view: LiveView =
    waiter.tasks.length === 1
      ? { progress, spinner: messages.glyphs.spinner, lines: (window) => [taskLine(waiter, window, style, messages)] }
      : { progress, lines: (window) => taskBlock(waiter, window, style, messages) };
  return deps.live(view, (keys) => {
    if (/[r\r\n]/i.test(keys)) waiter.checkNow();
  });
}
