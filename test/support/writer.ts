import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { temporaryDirectory } from './mmai.ts';

const STORE = fileURLToPath(new URL('../../src/io/store.ts', import.meta.url));
/** Counts up in the profile `counter`, one write after the other, and tells each number once it is written. */
const PROGRAM = `
  import { writeSync } from 'node:fs';
  import { createStore } from ${JSON.stringify(STORE)};
  const store = createStore({ directory: process.argv[2]! });
  async function writeOn() {
    for (;;) {
      let n;
      await store.update((config) => {
        n = Number(config.profiles.counter!.n) + 1;
        config.profiles.counter!.n = String(n);
      });
      writeSync(1, n + '\\n');
    }
  }
  void writeOn();`;

/** The program as one file of plain JavaScript: it starts in a quarter of the time. */
export async function writerProgram(): Promise<string> {
  const path = join(temporaryDirectory(), 'writer.cjs');
  const stdin = { contents: PROGRAM, resolveDir: dirname(STORE), loader: 'ts' as const };
  await build({ stdin, outfile: path, bundle: true, platform: 'node', format: 'cjs', logLevel: 'error' });
  return path;
}

/** Starts a process that writes without end, kills it the hard way `afterMs` after its first write; the last number it told. */
export async function killedWriter(program: string, directory: string, afterMs: number): Promise<number> {
  const child = spawn(process.execPath, [program, directory], { stdio: ['ignore', 'pipe', 'inherit'] });
  const closed = new Promise((resolve) => child.on('close', resolve));
  let told = 0;
  const lines = createInterface({ input: child.stdout }).on('line', (line) => {
    told = Number(line);
  });
  await Promise.race([once(lines, 'line'), closed]);
  await delay(afterMs);
  child.kill('SIGKILL');
  await closed;
  return told;
}
