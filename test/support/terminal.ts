import { spawn, spawnSync } from 'node:child_process';
import xterm from '@xterm/headless';
import { bin, temporaryDirectory } from './mmai.ts';

export const [COLUMNS, ROWS] = [80, 24];
/** The pty is that of util-linux's `script`, so that no native module is needed. */
export const hasScript = spawnSync('script', ['--version']).stdout?.includes('util-linux') ?? false;

export const mmai = `'${process.execPath}' '${bin}'`;

/** What is shown, and what is then typed. */
export type Typed = readonly (readonly [until: RegExp, keys: string])[];

/** Runs a shell's command at a terminal, types, and tells what was seen, and what is left on the screen. */
export async function runAtTerminal(
  line: string,
  typed: Typed,
  {
    size = `cols ${COLUMNS} rows ${ROWS}`,
    env = {},
    delayMs = 0,
  }: { size?: string | undefined; env?: Record<string, string>; delayMs?: number } = {},
) {
  const home = temporaryDirectory();
  const child = spawn('script', ['-qefc', `stty ${size}; ${line}`, '/dev/null'], {
    env: { PATH: process.env.PATH, HOME: home, TERM: 'xterm', LC_ALL: 'C.UTF-8', MMAI_LANG: 'en', ...env },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const terminal = new xterm.Terminal({ cols: COLUMNS, rows: ROWS, allowProposedApi: true });
  let seen = '';
  const steps = [...typed];
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    terminal.write(chunk);
    seen += chunk;
    const [until, keys] = steps[0] ?? [];
    if (!until?.test(seen)) return;
    steps.shift();
    setTimeout(() => child.stdin.write(keys), delayMs);
  });
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  await new Promise<void>((done) => terminal.write('', done));
  const { active } = terminal.buffer;
  const rows = [...Array(active.length).keys()].map((y) => active.getLine(y)!);
  // Rows that the terminal wrapped are one line again.
  const text = rows.map((row) => (row.isWrapped ? '' : '\n') + row.translateToString(true)).join('');
  // biome-ignore lint/suspicious/noExplicitAny: the emulator tells it nowhere else
  const isCursorShown = !(terminal as any)._core.coreService.isCursorHidden;
  return { code, seen, screen: text.trim(), isCursorShown };
}
