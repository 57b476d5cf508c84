import { choice, isSwitchedOn, type Settings } from '../../core/config/settings.ts';
import type { ProgressEvent } from '../../core/wait/events.ts';
import type { Waiter } from '../../core/wait/waiter.ts';
import type { CommandDeps } from '../../deps.ts';
import { usageError } from '../../errors.ts';
import type { LiveView } from '../../io/terminal/live.ts';
import { progressLine } from '../../output/progress.ts';
import { taskBlock } from '../../output/task-block.ts';
import { wholeSeconds } from '../../text/duration.ts';
import type { WatchOptions } from './watch-options.ts';

/** How a wait is shown on stderr: drawn in place, a line per change, or not at all. */
export type DisplayMode = 'drawn' | 'lines' | 'none';

export interface Display {
  tell(event: ProgressEvent): void;
  /** Gives the terminal back. */
  stop(): void;
}

/** The mode that `--progress`, the terminal and the environment ask for. Throws a usage error for one that cannot be. */
export function displayMode(options: WatchOptions, { stderr, env }: CommandDeps): DisplayMode {
  const progress = choice('auto', 'tty', 'plain', 'none')(options.progress, '--progress');
  if (progress === 'tty' && !stderr.isTerminal) throw usageError((m) => m.watch.noTerminal());
  if (options.quiet || progress === 'none') return 'none';
  // Redrawing is of no use to a screen reader or a log, and a hook's own output would stand in the drawing's way.
  const isPlain = env.TERM === 'dumb' || isSwitchedOn(env.CI) || isSwitchedOn(env.MMAI_A11Y) || options.exec;
  return progress === 'tty' || (progress === 'auto' && stderr.isTerminal && !isPlain) ? 'drawn' : 'lines';
}

export async function openDisplay(
  mode: DisplayMode,
  waiter: Waiter,
  color: Settings['color'],
  deps: CommandDeps,
): Promise<Display> {
  const { messages, stderr } = deps;
  if (mode === 'drawn') {
    const style = await deps.style(stderr, color);
    const share = () => waiter.done / waiter.tasks.length;
    const view: LiveView =
      waiter.tasks.length === 1
        ? { share, line: () => taskLine(waiter, deps) }
        : { share, block: (window) => taskBlock(waiter, window, style, messages) };
    const live = await deps.live(view, (key) => {
      if (/[r\r\n]/i.test(key)) waiter.checkNow();
    });
    return { tell() {}, stop: () => live.stop() };
  }
  const tell = (event: ProgressEvent) => {
    const line = progressLine(event, waiter.elapsedMs(), messages);
    if (line) stderr.write(line);
  };
  return { tell: mode === 'lines' ? tell : () => {}, stop() {} };
}

/** `123 running 1m32s · next check 7s`, for the one task there is. */
function taskLine(waiter: Waiter, { messages }: CommandDeps): string {
  const [task] = waiter.tasks as [Waiter['tasks'][number]];
  const { glyphs } = messages;
  const trouble = task.failure ? ` ${glyphs.separator} ${task.failure.code}` : '';
  const state = task.state ? messages.states[task.state] : glyphs.ellipsis;
  const next = messages.watch.nextCheck(wholeSeconds(waiter.nextPollMs()));
  return `${task.id} ${state} ${wholeSeconds(waiter.elapsedMs())}${trouble} ${glyphs.separator} ${next}`;
}
