/** Columns a text takes on a terminal: CJK and other wide characters take two. Escape codes are not known here. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const c of text) width += isWide(c) ? 2 : 1;
  return width;
}

/** The text cut to at most `columns`, with `ellipsis` in place of what is cut off. */
export function truncated(text: string, columns: number, ellipsis = '…'): string {
  if (displayWidth(text) <= columns) return text;
  let kept = '';
  let width = displayWidth(ellipsis);
  for (const c of text) {
    width += isWide(c) ? 2 : 1;
    if (width > columns) break;
    kept += c;
  }
  return columns < displayWidth(ellipsis) ? '' : kept + ellipsis;
}

/** The text with blanks after it up to `columns`. */
export function padded(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - displayWidth(text)));
}

/** The columns of the widest of many texts; 0 for none. */
export function widest(texts: readonly string[]): number {
  return texts.reduce((width, text) => Math.max(width, displayWidth(text)), 0);
}

/** Breaks lines at spaces, and between wide characters, which have none. `width` is in columns. */
export function wrapped(text: string, width: number): string {
  return text
    .split('\n')
    .map((line) => wrappedLine(line, width))
    .join('\n');
}

// --- internal ---

/** A space, then one wide character with the marks that may not begin a line, or a run of others. */
const CHUNK =
  /\s*(?:[“（]*[\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff]|[^\s\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff]+)[、，。；：！？）”]*/g;

function wrappedLine(line: string, width: number): string {
  const lines: string[] = [];
  let current = '';
  for (const chunk of line.match(CHUNK) ?? []) {
    const isFull = current !== '' && displayWidth(current + chunk) > width;
    if (isFull) lines.push(current);
    current = isFull ? chunk.trimStart() : current + chunk;
  }
  return [...lines, current].join('\n');
}

function isWide(c: string): boolean {
  return /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}]/u.test(
    c,
  );
}
