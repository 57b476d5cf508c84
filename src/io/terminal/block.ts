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

/** A frame that is later than this may come after a stop of the process, in ms. */
const MAX_LATE_MS = 100;
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
export class Block implements Drawing {
  readonly #stream: Canvas;
  readonly #lines: (size: WindowSize) => readonly string[];
  readonly #refreshMs: number;
  #drawn: readonly string[] = [];
  /** When the last frame was made, or left out. */
  #frameAt = 0;
  #isLeftOut = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(stream: Canvas, lines: (size: WindowSize) => readonly string[], refreshMs: number) {
    this.#stream = stream;
    this.#lines = lines;
    this.#refreshMs = refreshMs;
  }

  start(): void {
    this.#frameAt = performance.now();
    this.#draw();
    this.#timer = setInterval(this.#draw, this.#refreshMs);
    this.#stream.on('resize', this.#draw);
  }

  writeAbove(write: () => void): void {
    this.#stream.write(`${BEGIN_FRAME}${this.#erased()}`);
    write();
    this.#stream.write(`${frame(this.#drawn)}${END_FRAME}`);
  }

  stop({ ownsTerminal }: { readonly ownsTerminal: boolean }): void {
    clearInterval(this.#timer);
    this.#stream.off('resize', this.#draw);
    this.#stream.write(ownsTerminal ? `${this.#erased()}${SHOW_CURSOR}` : SHOW_CURSOR);
    this.#drawn = [];
  }

  readonly #draw = (): void => {
    const { columns, rows, writableNeedDrain } = this.#stream;
    // Frames that the terminal does not take would pile up in memory.
    if (writableNeedDrain || this.#leavesOut()) return;
    const next = this.#lines({ columns, rows });
    if (next.join('\n') === this.#drawn.join('\n')) return;
    this.#stream.write(`${BEGIN_FRAME}${HIDE_CURSOR}${this.#toTop()}${frame(next)}${END_FRAME}`);
    this.#drawn = next;
  };

  /** The first frame after a stop: the terminal may be another job's by now, which is only being found out. */
  #leavesOut(): boolean {
    const now = performance.now();
    const isLate = now - this.#frameAt > this.#refreshMs + MAX_LATE_MS;
    this.#frameAt = now;
    this.#isLeftOut = isLate && !this.#isLeftOut;
    return this.#isLeftOut;
  }

  #erased(): string {
    return this.#drawn.length > 0 ? `${this.#toTop()}${ERASE_LINE}${DOWN}${ERASE_BELOW}${UP}` : '';
  }

  /** The drawn lines take more rows where the window became narrower since, for terminals wrap them anew. */
  #toTop(): string {
    const { columns, rows } = this.#stream;
    const drawnRows = this.#drawn.reduce((sum, line) => sum + Math.max(1, Math.ceil(width(line) / columns)), 0);
    const up = Math.min(drawnRows, rows - 1);
    return up > 0 ? `\r\u001b[${up}A` : '\r';
  }
}

/** A serial line, or a pty that was given no size, says 0 × 0, which no drawing can fit. */
export function giveSize(stream: { columns: number; rows: number }): void {
  stream.columns ||= 80;
  stream.rows ||= 24;
}

// --- internal ---

/**
 * The cursor rests on an empty row below, for terminals disagree whether the row it is on is wrapped anew. Nothing is erased from
 * the window's first cell on: tmux takes that for worth keeping, and scrolls it up.
 */
function frame(lines: readonly string[]): string {
  return lines.map((line) => `${line}${ERASE_LINE}\n`).join('') + ERASE_BELOW;
}

function width(line: string): number {
  return displayWidth(stripVTControlCharacters(line));
}
