import { stripVTControlCharacters } from 'node:util';
import { displayWidth } from '../../text/width.ts';
import type { Drawing } from './live-part.ts';

export interface WindowSize {
  readonly columns: number;
  readonly rows: number;
}

/** What a block is drawn on: a terminal's stream, or a test's. */
interface Canvas {
  readonly columns: number;
  readonly rows: number;
  write(text: string): unknown;
  /** The terminal does not take what is written. */
  readonly writableNeedDrain?: boolean;
  on(event: 'resize', listener: () => void): unknown;
  off(event: 'resize', listener: () => void): unknown;
}

const HIDE_CURSOR = '\u001b[?25l';
const SHOW_CURSOR = '\u001b[?25h';
const ERASE_LINE = '\u001b[K';
const ERASE_BELOW = '\u001b[J';
const UP = '\u001b[A';
const DOWN = '\u001b[B';
/** Synchronized output: a terminal that knows it shows a frame whole, others ignore it. */
const BEGIN_FRAME = '\u001b[?2026h';
const END_FRAME = '\u001b[?2026l';

/**
 * Lines drawn over and over in the same place, above what follows, never on the alternate screen. `lines` gets the window's
 * size and must fit it: fewer than `rows` lines, each narrower than `columns`. They are made every `refreshMs`; nothing is
 * written while they stay the same.
 */
export function createBlock(
  stream: Canvas,
  lines: (size: WindowSize) => readonly string[],
  refreshMs: number,
): Drawing {
  let drawn: readonly string[] = [];
  let timer: NodeJS.Timeout | undefined;

  /** The drawn lines take more rows where the window became narrower since, for terminals wrap them anew. */
  const drawnRows = () => {
    const rows = drawn.reduce((sum, line) => sum + Math.max(1, Math.ceil(width(line) / stream.columns)), 0);
    return Math.min(rows, stream.rows - 1);
  };
  const toTop = () => (drawnRows() > 0 ? `\r\u001b[${drawnRows()}A` : '\r');
  // The cursor rests on an empty row below, for terminals disagree whether the row it is on is wrapped anew. Nothing is erased
  // from the window's first cell on: tmux takes that for worth keeping, and scrolls it up.
  const frame = (next: readonly string[]) => next.map((line) => `${line}${ERASE_LINE}\n`).join('') + ERASE_BELOW;
  const erased = () => (drawn.length > 0 ? `${toTop()}${ERASE_LINE}${DOWN}${ERASE_BELOW}${UP}` : '');
  const draw = () => {
    // Frames that the terminal does not take would pile up in memory.
    if (stream.writableNeedDrain) return;
    const next = lines({ columns: stream.columns, rows: stream.rows });
    if (next.join('\n') === drawn.join('\n')) return;
    stream.write(`${BEGIN_FRAME}${HIDE_CURSOR}${toTop()}${frame(next)}${END_FRAME}`);
    drawn = next;
  };
  return {
    start() {
      draw();
      timer = setInterval(draw, refreshMs);
      stream.on('resize', draw);
    },
    writeAbove(write) {
      stream.write(`${BEGIN_FRAME}${erased()}`);
      write();
      stream.write(`${frame(drawn)}${END_FRAME}`);
    },
    stop({ ownsTerminal }) {
      clearInterval(timer);
      stream.off('resize', draw);
      if (ownsTerminal) stream.write(`${erased()}${SHOW_CURSOR}`);
      drawn = [];
    },
  };
}

/** A serial line, or a pty that was given no size, says 0 × 0, which no drawing can fit. */
export function giveSize(stream: { columns: number; rows: number }): void {
  stream.columns ||= 80;
  stream.rows ||= 24;
}

// --- internal ---

function width(line: string): number {
  return displayWidth(stripVTControlCharacters(line));
}
