import { isSuccess, isTooSlow, isUnfinished, watchedOutcome } from '../core/outcome.ts';
import type { Waiter } from '../core/wait/waiter.ts';
import { type Watched, waitingState } from '../core/wait/watched.ts';
import type { WindowSize } from '../io/terminal/block.ts';
import type { Style } from '../io/terminal/style.ts';
import type { Messages } from '../locales/en/messages.ts';
import { formatDuration, wholeSeconds } from '../text/duration.ts';
import { aligned, truncated, widest } from '../text/width.ts';
import { reasonOf } from './results.ts';

/** What is worth a row first: what went wrong, what runs, what waits; what succeeded comes last. */
const RANKS = ['failed', 'running', 'submitting', 'unknown', 'notChecked', 'succeeded'] as const;
type Rank = (typeof RANKS)[number];

/**
 * The tasks of a wait as a block that fits the window: a row a task, `… +12 running` for those without one, and a footer. One
 * row and one column stay free, since a line that fills the window wraps on some terminals.
 */
export function taskBlock(
  waiter: ShownWait,
  { columns, rows, hasKeys }: WindowSize & { readonly hasKeys: boolean },
  style: Style,
  messages: Messages,
): string[] {
  const maxRows = Math.max(0, rows - 2);
  const width = Math.max(1, columns - 1);
  const ranked = rank(waiter.tasks, maxRows + 1);
  const hidden = waiter.tasks.length > maxRows;
  const shown = RANKS.flatMap((name) => ranked[name].first).slice(0, hidden ? Math.max(0, maxRows - 1) : maxRows);
  const lines = taskRows(shown, waiter, width, style, messages);
  if (hidden && maxRows > 0)
    lines.push(style.dim(truncated(restLine(ranked, shown, messages), width, messages.glyphs.ellipsis)));
  const footer = [messages.watch.progress(waiter.done, waiter.tasks.length), ...footerParts(waiter, hasKeys, messages)];
  return [...lines, style.dim(fitted(footer, width, messages))];
}

/** The one task of a wait as a line that fits the window: `⠋ 123 running 3m · 3m of 30m · next check in 7s`. */
export function taskLine(
  waiter: ShownWait,
  { columns, frame, hasKeys }: Pick<WindowSize, 'columns'> & { readonly frame: string; readonly hasKeys: boolean },
  style: Style,
  messages: Messages,
): string {
  const [task] = waiter.tasks as [Waiter['tasks'][number]];
  const { states, watch } = messages;
  const { failure } = task;
  const state = waitingState(task);
  const word = state === 'notChecked' ? watch.unseen : states[state];
  const seen = task.state ? `${word} ${seenFor(task, waiter.elapsedMs())}` : word;
  const parts = [`${task.id} ${seen}`, ...(failure ? [failure.code] : []), ...footerParts(waiter, hasKeys, messages)];
  return `${style.state('submitting', frame.trimEnd())} ${fitted(parts, Math.max(1, columns - 3), messages)}`;
}

// --- internal ---

type ShownWait = Pick<Waiter, 'tasks' | 'done' | 'elapsedMs' | 'nextPollMs' | 'timeoutMs'> & {
  readonly results?: Pick<Waiter['results'], 'found'>;
};

/** `3m of 30m`, `next check in 7s`, `press r to check now`. */
function footerParts(waiter: ShownWait, hasKeys: boolean, { watch }: Messages): string[] {
  const { timeoutMs } = waiter;
  const nextPollMs = waiter.nextPollMs();
  const limit = timeoutMs === Number.POSITIVE_INFINITY ? undefined : formatDuration(timeoutMs);
  return [
    watch.elapsed(wholeSeconds(waiter.elapsedMs()), limit),
    watch.nextCheck(nextPollMs > 0 ? wholeSeconds(nextPollMs) : undefined),
    ...(hasKeys ? [watch.keys] : []),
  ];
}

function fitted(parts: readonly string[], width: number, { glyphs }: Messages): string {
  return truncated(parts.join(` ${glyphs.separator} `), width, glyphs.ellipsis);
}

/** How long ago the task was first seen, or how long it took from then on. */
function seenFor({ seenAt, endedAt }: Readonly<Watched>, elapsedMs: number): string {
  return wholeSeconds((endedAt ?? elapsedMs) - (seenAt ?? 0));
}

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
  if (isUnfinished(outcome)) return task.outcome ? 'failed' : waitingState(task);
  return outcome === 'succeeded' ? 'succeeded' : 'failed';
}

function taskRows(
  tasks: readonly Readonly<Watched>[],
  waiter: ShownWait,
  width: number,
  style: Style,
  messages: Messages,
): string[] {
  const { glyphs } = messages;
  const { results } = waiter;
  const elapsedMs = waiter.elapsedMs();
  const cells = tasks.map((task) => {
    const state = task.state ?? 'unknown';
    const glyph = task.state ? glyphs[state] : glyphs.unseen;
    const isTrouble = task.outcome !== null && !isSuccess(task.outcome);
    return {
      look: isTrouble ? 'failed' : state,
      id: `${isTrouble ? glyphs.failed : glyph} ${task.id}`,
      word: task.state ? messages.states[task.state] : glyphs.ellipsis,
      tail: [task.state ? seenFor(task, elapsedMs) : '', troubleOf(task, results, messages)].filter(Boolean).join('  '),
    } as const;
  });
  const idWidth = widest(cells.map(({ id }) => id));
  const wordWidth = widest(cells.map(({ word }) => word));
  // Columns are for a window that is wide enough.
  const isAligned = idWidth + wordWidth + 8 <= width;
  const rows = cells.map(({ id, word, tail }) => [id, word, tail]);
  const lines = isAligned ? aligned(rows).map((row) => row.join('  ')) : rows.map((row) => row.join(' '));
  return cells.map(({ look }, index) => style.state(look, truncated(lines[index]!.trimEnd(), width, glyphs.ellipsis)));
}

function troubleOf(
  { id, failure, outcome }: Readonly<Watched>,
  results: ShownWait['results'],
  messages: Messages,
): string {
  if (failure) return failure.code;
  if (outcome === 'failed') return reasonOf(results?.found.get(id)) ?? '';
  return isTooSlow(outcome) ? messages.watch.ends[outcome] : '';
}

/** `… +12 running, 3 succeeded`. */
function restLine(
  ranked: Ranked,
  shown: readonly Readonly<Watched>[],
  { glyphs, states, watch, listed }: Messages,
): string {
  const left = RANKS.map((name) => ({
    n: ranked[name].count - shown.filter((task) => rankOf(task) === name).length,
    word: name === 'notChecked' ? watch.unseen : states[name],
  }));
  return `${glyphs.ellipsis} ${listed(left.filter(({ n }) => n > 0).map(({ n, word }) => `+${n} ${word}`))}`;
}
