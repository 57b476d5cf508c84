import type { Settings } from '../../core/config/settings.ts';
import type { CommandDeps } from '../../deps.ts';
import { isSwitchedOn } from '../../text/switched-on.ts';
import { truncated } from '../../text/width.ts';

/** A shorter wait needs no spinner, in ms. */
const SLOW_MS = 500;

/** Whether stderr is worth drawing on: a terminal, but for screen readers, logs and terminals that cannot redraw. */
export function isDrawable({ stderr, env }: Pick<CommandDeps, 'stderr' | 'env'>): boolean {
  return stderr.isTerminal && env.TERM !== 'dumb' && !isSwitchedOn(env.CI) && !isSwitchedOn(env.MMAI_A11Y);
}

/** Waits for the work, and draws `line` beside a spinner while it takes longer than half a second. */
export async function withSpinner<T>(
  work: Promise<T>,
  line: () => string,
  { color, quiet }: Pick<Settings, 'color'> & { readonly quiet: boolean },
  deps: CommandDeps,
): Promise<T> {
  if (quiet || !isDrawable(deps)) return work;
  const isOver = new AbortController();
  const drawing = deps.clock.sleep(SLOW_MS, isOver.signal).then(async () => {
    if (isOver.signal.aborted) return undefined;
    const style = await deps.style(deps.stderr, color);
    const { glyphs } = deps.messages;
    const lines = ({ columns, frame }: { readonly columns: number; readonly frame: string }) => [
      `${style.state('submitting', frame.trimEnd())} ${truncated(line(), Math.max(1, columns - 3), glyphs.ellipsis)}`,
    ];
    return deps.live({ spinner: glyphs.spinner, progress: () => 0, lines }, () => {});
  });
  try {
    return await work;
  } finally {
    isOver.abort();
    (await drawing)?.stop();
  }
}
