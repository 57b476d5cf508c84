import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import xterm from '@xterm/headless';
import { startSandbox } from '../../src/sandbox/server.ts';

/** Neighbouring cells that look alike. */
export interface Run {
  readonly text: string;
  /** First column and number of columns. */
  readonly column: number;
  readonly width: number;
  /** Number in the palette of 16; undefined for the default. */
  readonly color: number | undefined;
  readonly isBold: boolean;
  readonly isDim: boolean;
}

/** What the terminal shows from `atMs` on. */
export interface Frame {
  readonly atMs: number;
  readonly rows: readonly (readonly Run[])[];
  readonly cursor: { readonly column: number; readonly row: number };
}

export interface Session {
  readonly columns: number;
  readonly rows: number;
  readonly language: 'en' | 'zh';
  /** What the service's double plays; see `mmai sandbox`. */
  readonly script: string;
  /** Typed one after the other, each at the prompt. */
  readonly commands: readonly string[];
}

const PROMPT = '$ ';
/** A screen is a frame when nothing has been written for so long: never half a drawing. */
const SETTLED_MS = 30;
const WORD_MS = 120;
const THINK_MS = 700;
const KEY = { accessKeyId: 'sandbox-key', accessKeySecret: 'sandbox-secret' };

/**
 * Types commands into a real shell on a real terminal (a pty of util-linux's `script`, so that no native module is needed) and
 * takes down what a terminal emulator shows. `mmai` is the built program, the service its double on loopback.
 */
export async function record({ columns, rows, language, script, commands }: Session): Promise<Frame[]> {
  let ids = 0;
  const nextId = () => requestId(++ids);
  const sandbox = await startSandbox({ script, accessKeys: [KEY], now: Date.now, nextId });
  const home = mkdtempSync(join(tmpdir(), 'mmai-demo-'));
  const shell = `stty cols ${columns} rows ${rows}; exec bash --noprofile --norc -i`;
  const child = spawn('script', ['-qefc', shell, '/dev/null'], {
    cwd: home,
    env: {
      ...{ PATH: `${commandDirectory(home)}:${process.env.PATH}`, HOME: home, PS1: PROMPT, HISTFILE: '' },
      ...{ LC_ALL: 'C.UTF-8', TERM: 'xterm-256color', MMAI_LANG: language, MMAI_ENDPOINT: sandbox.url },
      ALIBABA_CLOUD_ACCESS_KEY_ID: KEY.accessKeyId,
      ALIBABA_CLOUD_ACCESS_KEY_SECRET: KEY.accessKeySecret,
    },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = new Promise((resolve) => child.on('close', resolve));
  const screen = watchScreen(child.stdout, columns, rows);
  try {
    await screen.prompt();
    for (const command of commands) {
      await delay(THINK_MS);
      for (const word of command.split(/(?<= )/)) {
        child.stdin.write(word);
        await delay(WORD_MS);
      }
      const prompt = screen.prompt();
      child.stdin.write('\r');
      await prompt;
    }
  } finally {
    child.stdin.end('exit\r');
    await ended;
    await sandbox.close();
    rmSync(home, { recursive: true, force: true });
  }
  return screen.frames;
}

// --- internal ---

/** Looks like one of the service's, and is the same in every recording. */
function requestId(n: number): string {
  const digits = createHash('sha256').update(String(n)).digest('hex');
  const parts = [digits.slice(0, 8), digits.slice(8, 12), `4${digits.slice(12, 15)}`, `a${digits.slice(15, 18)}`];
  return [...parts, digits.slice(18, 30)].join('-');
}

function commandDirectory(home: string): string {
  const directory = join(home, 'bin');
  const bin = fileURLToPath(new URL('../../bin/mmai.cjs', import.meta.url));
  mkdirSync(directory);
  writeFileSync(join(directory, 'mmai'), `#!/bin/sh\nexec '${process.execPath}' '${bin}' "$@"\n`);
  chmodSync(join(directory, 'mmai'), 0o755);
  return directory;
}

/** Feeds the bytes to a terminal emulator and keeps each settled screen that differs from the one before. */
function watchScreen(bytes: NodeJS.ReadableStream, cols: number, rows: number) {
  const terminal = new xterm.Terminal({ cols, rows, allowProposedApi: true });
  const start = performance.now();
  const frames: Frame[] = [];
  let seen = '';
  let settled: NodeJS.Timeout | undefined;
  let onPrompt: (() => void) | undefined;
  const capture = () => {
    const { cursorX: column, cursorY: row } = terminal.buffer.active;
    const shown = { rows: [...Array(rows).keys()].map((y) => readRow(terminal, y)), cursor: { column, row } };
    const key = JSON.stringify(shown);
    if (key !== seen) frames.push({ atMs: Math.round(performance.now() - start), ...shown });
    seen = key;
    const line = shown.rows[row]!.map(({ text }) => text).join('');
    if (line.trim() === PROMPT.trim() && column === PROMPT.length) onPrompt?.();
  };
  bytes.on('data', (chunk: Buffer) => {
    terminal.write(chunk);
    clearTimeout(settled);
    settled = setTimeout(capture, SETTLED_MS);
  });
  /** Resolves at the next empty prompt. */
  const prompt = () =>
    new Promise<void>((resolve) => {
      onPrompt = resolve;
    });
  return { frames, prompt };
}

function readRow(terminal: xterm.Terminal, y: number): Run[] {
  const line = terminal.buffer.active.getLine(terminal.buffer.active.viewportY + y)!;
  const runs: Run[] = [];
  for (let x = 0; x < terminal.cols; x++) {
    const cell = line.getCell(x)!;
    const width = cell.getWidth();
    if (width === 0) continue;
    const look = {
      color: cell.isFgPalette() ? cell.getFgColor() : undefined,
      isBold: cell.isBold() !== 0,
      isDim: cell.isDim() !== 0,
    };
    const text = cell.getChars() || ' ';
    const last = runs.at(-1);
    if (last && isSameLook(last, look)) {
      runs[runs.length - 1] = { ...last, text: last.text + text, width: last.width + width };
    } else runs.push({ text, column: x, width, ...look });
  }
  return runs;
}

function isSameLook(one: Run, other: Pick<Run, 'color' | 'isBold' | 'isDim'>): boolean {
  return one.color === other.color && one.isBold === other.isBold && one.isDim === other.isDim;
}
