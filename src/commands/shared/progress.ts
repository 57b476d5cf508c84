import type { Settings } from '../../core/config/settings.ts';
import { nextHeartbeatMs } from '../../core/wait/pace.ts';
import type { CommandDeps } from '../../deps.ts';
import type { Live } from '../../io/terminal/live.ts';
import { isSwitchedOn } from '../../text/switched-on.ts';
import { truncated } from '../../text/width.ts';

/** A shorter wait needs no spinner, in ms. */
const SLOW_MS = 500;

/** Whether stderr is worth drawing on: a terminal, but for screen readers, logs and terminals that cannot redraw. */
export function isDrawable({ stderr, env }: Pick<CommandDeps, 'stderr' | 'env'>): boolean {
  return stderr.isTerminal && env.TERM !== 'dumb' && !isSwitchedOn(env.CI) && !isSwitchedOn(env.MMAI_A11Y);
}

/**
 * Waits for the work. While it takes longer than half a second, `line` is drawn beside a spinner; where nothing can be drawn, it
 * is printed as often as `watch` prints a heartbeat.
 */
export async function withProgress<T>(
  work: Promise<T>,
  line: () => string,
  { color, quiet }: Pick<Settings, 'color'> & { readonly quiet: boolean },
  deps: CommandDeps,
): Promise<T> {
  if (quiet) return work;
  const isOver = new AbortController();
  const shown = isDrawable(deps) ? draw(line, color, isOver.signal, deps) : print(line, isOver.signal, deps);
  try {
    return await work;
  } finally {
    isOver.abort();
    (await shown)?.stop();
  }
}

// --- internal ---

type Shown = Pick<Live, 'stop'> | undefined;

async function draw(
  line: () => string,
  color: Settings['color'],
  isOver: AbortSignal,
  deps: CommandDeps,
): Promise<Shown> {
  await deps.clock.sleep(SLOW_MS, isOver);
  if (isOver.aborted) return undefined;
  const style = await deps.style(deps.stderr, color);
  const { glyphs } = deps.messages;
  const lines = ({ columns, frame }: { readonly columns: number; readonly frame: string }) => [
    `${style.state('submitting', frame.trimEnd())} ${truncated(line(), Math.max(1, columns - 3), glyphs.ellipsis)}`,
  ];
  return deps.live({ spinner: glyphs.spinner, progress: () => 0, lines }, () => {});
}

async function print(line: () => string, isOver: AbortSignal, { clock, stderr }: CommandDeps): Promise<Shown> {
  const start = clock.monotonic();
  for (let beatMs = 0; ; ) {
    const elapsedMs = clock.monotonic() - start;
    // A timer may be early by part of a millisecond.
    beatMs = nextHeartbeatMs(Math.max(beatMs, elapsedMs), 'auto');
    await clock.sleep(beatMs - elapsedMs, isOver);
    if (isOver.aborted) return undefined;
    stderr.write(`${line()}\n`);
  }
}
