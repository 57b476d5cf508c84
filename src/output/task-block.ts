import { watchedOutcome } from '../core/outcome.ts';
import type { Waiter } from '../core/wait/waiter.ts';
import type { Watched } from '../core/wait/watched.ts';
import type { WindowSize } from '../io/terminal/block.ts';
import type { Style } from '../io/terminal/style.ts';
import type { Messages } from '../locales/en/messages.ts';
import { wholeSeconds } from '../text/duration.ts';
import { padded, truncated, widest } from '../text/width.ts';

/** What is worth a row first: what went wrong, what runs, what waits; what succeeded comes last. */
const RANKS = ['failed', 'running', 'submitting', 'unknown', 'unseen', 'succeeded'] as const;
type Rank = (typeof RANKS)[number];

/**
 * The tasks of a wait as a block that fits the window: a row a task, `… +12 running` for those without one, and a footer. One
 * row and one column stay free, since a line that fills the window wraps on some terminals.
 */
export function taskBlock(
  waiter: Pick<Waiter, 'tasks' | 'done' | 'elapsedMs' | 'nextPollMs'>,
  { columns, rows, hasKeys }: WindowSize & { readonly hasKeys: boolean },
  style: Style,
  messages: Messages,
): string[] {
  const room = Math.max(0, rows - 2);
  const width = Math.max(1, columns - 1);
  const ranked = rank(waiter.tasks, room + 1);
  const hidden = waiter.tasks.length > room;
  const shown = RANKS.flatMap((name) => ranked[name].first).slice(0, hidden ? Math.max(0, room - 1) : room);
  const elapsedMs = waiter.elapsedMs();
  const lines = taskRows(shown, elapsedMs, width, style, messages);
  if (hidden && room > 0)
    lines.push(style.dim(truncated(restLine(ranked, shown, messages), width, messages.glyphs.ellipsis)));
  const { progress, keys } = messages.watch;
  const footer =
    progress(waiter.done, waiter.tasks.length, wholeSeconds(waiter.nextPollMs())) + (hasKeys ? keys() : '');
  return [...lines, style.dim(truncated(footer, width, messages.glyphs.ellipsis))];
}

/** The one task of a wait as a line that fits the window: `⠋ 123 running 1m32s · next check in 7s`. */
export function taskLine(
  waiter: Pick<Waiter, 'tasks' | 'elapsedMs' | 'nextPollMs'>,
  { columns, frame, hasKeys }: Pick<WindowSize, 'columns'> & { readonly frame: string; readonly hasKeys: boolean },
  style: Style,
  messages: Messages,
): string {
  const [task] = waiter.tasks as [Waiter['tasks'][number]];
  const { glyphs, states, watch } = messages;
  const state = task.state ? states[task.state] : glyphs.ellipsis;
  const parts = [
    `${task.id} ${state} ${wholeSeconds(waiter.elapsedMs())}`,
    ...(task.failure ? [task.failure.code] : []),
    watch.nextCheck(wholeSeconds(waiter.nextPollMs())),
  ];
  const text = parts.join(` ${glyphs.separator} `) + (hasKeys ? watch.keys() : '');
  return `${style.state('submitting', frame.trimEnd())} ${truncated(text, Math.max(1, columns - 3), glyphs.ellipsis)}`;
}

// --- internal ---

type Ranked = Record<Rank, { count: number; first: Readonly<Watched>[] }>;

/** One pass over all tasks, for there may be 100,000 of them and four frames a second. */
function rank(tasks: readonly Readonly<Watched>[], limit: number): Ranked {
  const ranked = Object.fromEntries(RANKS.map((name) => [name, { count: 0, first: [] }])) as unknown as Ranked;
  for (const task of tasks) {
    const group = ranked[rankOf(task)];
    group.count += 1;
    if (group.first.length < limit) group.first.push(task);
  }
  return ranked;
}

function rankOf(task: Readonly<Watched>): Rank {
  const outcome = watchedOutcome(task);
  if (outcome === 'running') return outcome;
  if (outcome === 'pending' || outcome === 'notChecked') return task.outcome ? 'failed' : (task.state ?? 'unseen');
  return outcome === 'succeeded' ? 'succeeded' : 'failed';
}

function taskRows(
  tasks: readonly Readonly<Watched>[],
  elapsedMs: number,
  width: number,
  style: Style,
  messages: Messages,
): string[] {
  const { glyphs } = messages;
  const cells = tasks.map((task) => {
    const state = task.state ?? 'unknown';
    const isTrouble = task.outcome !== null && task.outcome !== 'succeeded' && task.outcome !== 'running';
    // How long it took in all, or has been as it is.
    const span = wholeSeconds(task.endedAt ?? elapsedMs - task.changedAt);
    return {
      look: isTrouble ? 'failed' : state,
      glyph: isTrouble ? glyphs.failed : task.state ? glyphs[state] : glyphs.unseen,
      id: task.id,
      word: task.state ? messages.states[task.state] : glyphs.ellipsis,
      tail: [span, troubleOf(task, messages)].filter(Boolean).join('  '),
    } as const;
  });
  const idWidth = widest(cells.map(({ id }) => id));
  const wordWidth = widest(cells.map(({ word }) => word));
  // Columns are for a window that has room for them.
  const isAligned = idWidth + wordWidth + 10 <= width;
  return cells.map(({ look, glyph, id, word, tail }) => {
    const parts = isAligned
      ? [`${glyph} ${id.padEnd(idWidth)}`, padded(word, wordWidth), tail]
      : [glyph, id, word, tail];
    return style.state(look, truncated(parts.join(isAligned ? '  ' : ' '), width, glyphs.ellipsis));
  });
}

function troubleOf({ failure, outcome }: Readonly<Watched>, { watch }: Messages): string {
  if (failure) return failure.code;
  return outcome === 'queueTimeout' || outcome === 'stallTimeout' ? watch.ends[outcome] : '';
}

/** `… +12 running, 3 succeeded`. */
function restLine(
  ranked: Ranked,
  shown: readonly Readonly<Watched>[],
  { glyphs, states, watch, listed }: Messages,
): string {
  const left = RANKS.map((name) => ({
    n: ranked[name].count - shown.filter((task) => rankOf(task) === name).length,
    word: name === 'unseen' ? watch.unseen : states[name],
  }));
  return `${glyphs.ellipsis} ${listed(left.filter(({ n }) => n > 0).map(({ n, word }) => `+${n} ${word}`))}`;
}
