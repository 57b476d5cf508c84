import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';

const STORE = new URL('../../src/io/store.ts', import.meta.url).href;
/** Counts up in the profile `counter`, one write after the other, and tells each number once it is written. */
const PROGRAM = `
  const { createStore } = await import(${JSON.stringify(STORE)});
  const { writeSync } = await import('node:fs');
  const store = createStore({ directory: process.argv[1] });
  for (;;) {
    let n;
    await store.update((config) => {
      n = Number(config.profiles.counter.n) + 1;
      config.profiles.counter.n = String(n);
    });
    writeSync(1, n + '\\n');
  }`;

/** Starts a process that writes without end, kills it the hard way `afterMs` after its first write; the last number it told. */
export async function killedWriter(directory: string, afterMs: number): Promise<number> {
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', PROGRAM, directory], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
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
