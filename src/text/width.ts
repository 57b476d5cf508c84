/** Columns a text takes on most terminals: CJK characters and emoji take two. Escape codes are not known here. */
export function displayWidth(text: string): number {
  return widthOf(text, 1);
}

/** The text cut to at most `columns`, with `ellipsis` for the rest: also on a terminal where ambiguous characters take two columns. */
export function truncated(text: string, columns: number, ellipsis = '…'): string {
  if (widthOf(text, 2) <= columns) return text;
  let kept = '';
  let width = widthOf(ellipsis, 2);
  if (width > columns) return '';
  for (const c of text) {
    width += widthOf(c, 2);
    if (width > columns) break;
    kept += c;
  }
  return kept + ellipsis;
}

/** The text with blanks after it up to `columns`. */
export function padded(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - displayWidth(text)));
}

/** The columns of the widest of many texts; 0 for none. */
export function widest(texts: readonly string[]): number {
  return texts.reduce((width, text) => Math.max(width, displayWidth(text)), 0);
}

/**
 * The rows of a table with the cells of a column equally wide, but for the last one, which nothing follows. A column that is empty in
 * every row is left out.
 */
export function aligned(rows: readonly (readonly string[])[]): string[][] {
  const widths: number[] = [];
  for (const row of rows) widen(widths, row);
  return rows.map((row) => alignedRow(row, widths));
}

/** Widens the columns of a table so that a row fits; a row with more cells adds columns. */
export function widen(widths: number[], row: readonly string[]): void {
  row.forEach((cell, column) => {
    widths[column] = Math.max(widths[column] ?? 0, displayWidth(cell));
  });
}

/** A row of {@link aligned}, for a table of a million rows that are not all kept. */
export function alignedRow(row: readonly string[], widths: readonly number[]): string[] {
  const last = widths.findLastIndex((width) => width > 0);
  return row
    .map((cell, column) => (column < last ? padded(cell, widths[column]!) : cell))
    .filter((_, column) => widths[column]! > 0);
}

/** Breaks lines at spaces, and between wide characters, which have none. `width` is in columns. */
export function wrapped(text: string, width: number): string {
  return text
    .split('\n')
    .map((line) => wrappedLine(line, width))
    .join('\n');
}

// --- internal ---

/**
 * A command in quotes; a short text in parentheses, or the part of one up to or behind a semicolon: a break inside would part a
 * value from its name.
 */
const GROUP = /\s*"[^"]+"[,.:;?、，。；：）]*|\s*(?:（|(?<!\w)\(|(?<=[；;]))[^（）()；;，。]{1,30}[）)；;]+/g;
/** A space, then one wide character with the marks that may not begin a line, or a run of others. */
const CHUNK =
  /\s*(?:[“（]*[\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff]|[^\s\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff]+)[、，。；：！？）”]*/g;

function wrappedLine(line: string, width: number): string {
  if (displayWidth(line) <= width) return line.trimEnd();
  const lines: string[] = [];
  let current = '';
  for (const chunk of chunksOf(line, width)) {
    const isFull = current !== '' && displayWidth(current + chunk) > width;
    if (isFull) lines.push(current);
    current = isFull ? chunk.trimStart() : current + chunk;
  }
  return [...lines, current].join('\n');
}

function chunksOf(line: string, width: number): string[] {
  const chunks: string[] = [];
  let start = 0;
  for (const { 0: group, index } of line.matchAll(GROUP)) {
    if (displayWidth(group) > width) continue;
    chunks.push(...(line.slice(start, index).match(CHUNK) ?? []), group);
    start = index + group.length;
  }
  return [...chunks, ...(line.slice(start).match(CHUNK) ?? [])];
}

const PRINTABLE_ASCII = /^[\x20-\x7e]*$/;
/** East Asian Width W and F, and emoji that are drawn as such. */
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{16fe0}-\u{18cff}\u{1b000}-\u{1b2ff}\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;
/** The blocks that hold nearly all of East Asian Width A: wide in a terminal with a CJK setting, narrow in others. */
const AMBIGUOUS = /[\u00a1-\u00ff\u0391-\u0451\u2010-\u27bf\ue000-\uf8ff\ufffd]/;

/** `ambiguous` is the width of a character that is wide on some terminals. */
function widthOf(text: string, ambiguous: 1 | 2): number {
  if (PRINTABLE_ASCII.test(text)) return text.length;
  let width = 0;
  for (const c of text) {
    if (WIDE.test(c)) width += 2;
    else width += AMBIGUOUS.test(c) ? ambiguous : 1;
  }
  return width;
}
