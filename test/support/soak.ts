import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { run } from '../../src/cli.ts';
import type { Deps } from '../../src/deps.ts';
import { fakeDeps, piped } from './deps.ts';
import { realClock, realTransport } from './in-process.ts';
import { bin } from './mmai.ts';

export interface Measure {
  readonly requests: number;
  readonly heapMiB: number;
  readonly rssMiB: number;
  /** The most resources of a kind that were active at once so far, as Node names them. */
  readonly peaks: Readonly<Record<string, number>>;
}

export interface Soaked {
  readonly exitCode: number;
  /** How often each task was reported, and the error of those that did not succeed. */
  readonly results: ReadonlyMap<string, number>;
  readonly errors: ReadonlyMap<string, number>;
  readonly lastLine: { readonly type: string; readonly requests: number; readonly retries: number };
  /** At a tenth of the requests expected, and at the end. */
  readonly measures: readonly Measure[];
}

/** Watches `tasks` tasks, each asked about `polls` times or more, at a sandbox (in a process of its own) with mixed faults. */
export async function soak(tasks: number, polls: number, faultRate: number): Promise<Soaked> {
  const sandbox = spawn(process.execPath, [
    ...[bin, 'sandbox', '-q', '--script', `0,1x${polls - 2},2`, '--fault-rate', String(faultRate)],
  ]);
  const [variables] = await once(sandbox.stdout, 'data');
  const env = Object.fromEntries(
    String(variables)
      .trim()
      .split('\n')
      .map((line) => line.slice('export '.length).split('=')),
  );
  const peaks: Record<string, number> = {};
  const measures: Measure[] = [];
  let requests = 0;
  const measure = () => {
    globalThis.gc?.();
    const { heapUsed, rss } = process.memoryUsage();
    measures.push({ requests, heapMiB: mebibytes(heapUsed), rssMiB: mebibytes(rss), peaks: { ...peaks } });
  };
  const results = new Map<string, number>();
  const errors = new Map<string, number>();
  const count = (counts: Map<string, number>, key: string) => void counts.set(key, (counts.get(key) ?? 0) + 1);
  let lastLine = { type: '', requests: 0, retries: 0 };
  const deps = {
    ...fakeDeps({ env, clock: realClock, random: Math.random, nonce: () => crypto.randomUUID() }),
    stdin: piped(Array.from({ length: tasks }, (_, index) => `${index + 1}\n`).join('')),
    // Nothing is kept but what is counted.
    stdout: output((line) => {
      const event = JSON.parse(line);
      if (event.type === 'result') count(results, event.id);
      if (event.type === 'result' && event.error) count(errors, event.error.code);
      if (event.type === 'summary') lastLine = event;
    }),
    stderr: output(() => {}),
    transport: async (settings: Parameters<Deps['transport']>[0]) => {
      const transport = await realTransport(env)(settings);
      const counted: typeof transport.send = (request) => {
        requests += 1;
        if (requests === Math.floor((tasks * polls) / 10)) measure();
        if (requests % 100 === 0) note(peaks);
        return transport.send(request);
      };
      return { ...transport, send: counted };
    },
  };
  try {
    const flags = ['-o', 'ndjson', '--interval', '1ms', '--max-rps', 'none', '--progress', 'none', '--timeout', '30m'];
    const exitCode = await run(['watch', ...flags], deps);
    measure();
    return { exitCode, results, errors, lastLine, measures };
  } finally {
    sandbox.kill();
  }
}

function note(peaks: Record<string, number>): void {
  const now: Record<string, number> = {};
  for (const name of process.getActiveResourcesInfo()) now[name] = (now[name] ?? 0) + 1;
  for (const [name, count] of Object.entries(now)) peaks[name] = Math.max(peaks[name] ?? 0, count);
}

function output(onLine: (line: string) => void) {
  return {
    isTerminal: false,
    isPipe: false,
    size: () => ({ columns: 80, rows: 24 }),
    write: (chunk: string | Uint8Array) => void String(chunk).trimEnd().split('\n').forEach(onLine),
    hasWritten: false,
    isBehind: false,
    drained: async () => true,
    flush: async () => {},
    text: () => '',
  };
}

function mebibytes(bytes: number): number {
  return Math.round((bytes / 2 ** 20) * 10) / 10;
}
