import type { Frame, Run } from './record.ts';

export interface Picture {
  readonly columns: number;
  readonly rows: number;
  /** For those who cannot see it. */
  readonly title: string;
}

const CELL = 8.4;
const LINE = 20;
const PADDING = 18;
const BAR = 34;
/** The end stays for so long before it begins again, in ms. */
const HOLD_MS = 6000;
/** Nobody wants to watch waiting: a screen stays at most for so long, in ms. */
const MAX_STILL_MS = 1400;

/** Colours by class: a name, then dark and light. Numbers are those of the terminal's palette. */
const COLORS: readonly (readonly [name: string, dark: string, light: string])[] = [
  ['w', '#0d1117', '#ffffff'],
  ['b', '#30363d', '#d0d7de'],
  ['o', '#484f58', '#afb8c1'],
  ['t', '#e6edf3', '#1f2328'],
  ['d', '#8b949e', '#656d76'],
  ['c1', '#ff7b72', '#cf222e'],
  ['c2', '#56d364', '#1a7f37'],
  ['c3', '#e3b341', '#9a6700'],
  ['c4', '#79c0ff', '#0969da'],
  ['c5', '#d2a8ff', '#8250df'],
  ['c6', '#56d4dd', '#1b7c83'],
];

/**
 * Frames as one SVG that plays by itself, in the reader's light or dark, without script or fonts of its own. The frames are a film
 * that moves past a window one frame high. At rest it shows the last frame: to who asked for reduced motion, and to
 * programs that do not play.
 */
export function svgOf(frames: readonly Frame[], { columns, rows, title }: Picture): string {
  const [width, height] = [Math.ceil(columns * CELL) + 2 * PADDING, rows * LINE + BAR + PADDING];
  const lines = new Map<string, string>();
  const film = frames.map((frame, index) => drawFrame(frame, index * rows * LINE, lines)).join('\n');
  const definitions = [...lines].map(([drawn, id]) => `<g id="${id}">${drawn}</g>`).join('\n');
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">
<title>${escaped(title)}</title>
<style>${styles(frames, rows * LINE)}</style>
<defs>
${definitions}
</defs>
<rect class="w e" x=".5" y=".5" width="${width - 1}" height="${height - 1}" rx="9"/>
${[20, 38, 56].map((x) => `<circle class="o" cx="${x}" cy="18" r="5.5"/>`).join('')}
<svg x="${PADDING}" y="${BAR}" width="${width - 2 * PADDING}" height="${rows * LINE}">
<g class="f">
${film}
</g>
</svg>
</svg>
`;
}

// --- internal ---

function styles(frames: readonly Frame[], frameHeight: number): string {
  const paint = (pick: (color: (typeof COLORS)[number]) => string) =>
    COLORS.map((color) => `.${color[0]}{fill:${pick(color)}}`).join('');
  const border = COLORS.find(([name]) => name === 'b')!;
  const durations = frames.map((frame, index) => {
    const next = frames[index + 1];
    return next ? Math.min(next.atMs - frame.atMs, MAX_STILL_MS) : HOLD_MS;
  });
  const total = durations.reduce((sum, ms) => sum + ms, 0);
  let atMs = 0;
  const steps = durations.map((ms, index) => {
    const step = `${((100 * atMs) / total).toFixed(2)}%{transform:translateY(${-index * frameHeight}px)}`;
    atMs += ms;
    return step;
  });
  const still = `transform:translateY(${-(frames.length - 1) * frameHeight}px)`;
  return [
    'text{font:14px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;white-space:pre}',
    `.s{font-weight:700}${paint(([, dark]) => dark)}.e{stroke:${border[1]}}`,
    `@media(prefers-color-scheme:light){${paint(([, , light]) => light)}.e{stroke:${border[2]}}}`,
    `.f{${still}}@media(prefers-reduced-motion:no-preference){.f{animation:f ${total}ms step-end infinite}}`,
    `@keyframes f{${steps.join('')}}`,
  ].join('\n');
}

/** A row that several frames show is drawn once and used again: that is what keeps the file small. */
function drawFrame({ rows, cursor }: Frame, top: number, lines: Map<string, string>): string {
  const uses = rows.map((row, y) => {
    const drawn = row.flatMap(words).map(drawWord).join('');
    if (drawn === '') return '';
    const id = lines.get(drawn) ?? `l${lines.size}`;
    lines.set(drawn, id);
    return `<use href="#${id}" y="${top + y * LINE}"/>`;
  });
  const isAtPrompt = rows[cursor.row]?.[0]?.text.startsWith('$ ');
  const block = isAtPrompt
    ? `<rect class="d" x="${px(cursor.column)}" y="${top + cursor.row * LINE + 2}" width="8" height="16"/>`
    : '';
  return uses.join('') + block;
}

/**
 * Where a word begins is said for each, since every machine has another font: what is aligned in the terminal has to be here.
 * Glyphs outside of ASCII are words of their own, for they may come from yet another font.
 */
function words(run: Run): Run[] {
  const found: Run[] = [];
  let column = run.column;
  for (const part of run.text.match(/ {2,}|(?:[!-~]+ ?)+|[\u3000-\u9fff\uff00-\uff60]+|[^ -~]| /g) ?? []) {
    const width = part.length * (isWide(part) ? 2 : 1);
    if (part.trim() !== '') found.push({ ...run, text: part.trimEnd(), column, width: width - trailing(part) });
    column += width;
  }
  return found;
}

function trailing(part: string): number {
  return part.length - part.trimEnd().length;
}

function isWide(part: string): boolean {
  return /^[\u3000-\u9fff\uff00-\uff60]/.test(part);
}

function drawWord({ text, column, width, color, isBold, isDim }: Run): string {
  const name = isDim ? 'd' : color === undefined ? 't' : `c${color % 8}`;
  const look = `class="${name}${isBold ? ' s' : ''}" y="15"`;
  if (isWide(text)) {
    // Put in place one by one: hardly a font has them exactly twice as wide as the others.
    const glyphs = [...text].map((glyph, index) => `<tspan x="${px(column + 2 * index)}">${glyph}</tspan>`);
    return `<text ${look}>${glyphs.join('')}</text>`;
  }
  // Some systems would show these glyphs as coloured pictures: U+FE0E asks for text.
  const shown = escaped(text).replace(/[✔✖]/g, '$&\ufe0e');
  const length = text.length > 1 ? ` textLength="${px(width)}"` : '';
  return `<text ${look} x="${px(column)}"${length}>${shown}</text>`;
}

function px(columns: number): number {
  return Math.round(columns * CELL * 10) / 10;
}

function escaped(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}
