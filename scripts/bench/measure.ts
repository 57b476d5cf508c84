import { spawnSync } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export interface Program {
  readonly name: string;
  /** The command line; `node` stands for the Node that runs the bench. */
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  /** The file that gets its standard output, a pipe otherwise. */
  readonly output?: string;
  /** Its output is a pipe that is read only after so many seconds. */
  readonly readAfterS?: number;
  /** Runs before each start, outside of the time. */
  readonly before?: () => void;
}

/** Median with the extremes that show the machine's noise. */
export interface Spread {
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

/** One run. CPU (user and system) and peak memory are those until Node ends; NaN for other programs. */
export interface Run {
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly rssMib: number;
}

export interface Measured {
  readonly name: string;
  readonly runs: readonly Run[];
}

const PRELOAD = fileURLToPath(new URL('usage.cjs', import.meta.url));

/** Runs every program once a round, each round beginning with another, after one round that warms the disk and is not counted. */
export function measureAll(programs: readonly Program[], rounds: number): Measured[] {
  const runs: Run[][] = programs.map(() => []);
  for (let round = -1; round < rounds; round++) {
    for (let i = 0; i < programs.length; i++) {
      const index = (i + round + programs.length) % programs.length;
      const one = run(programs[index]!);
      if (round >= 0) runs[index]!.push(one);
    }
  }
  return programs.map(({ name }, index) => ({ name, runs: runs[index]! }));
}

/** Throws when the program fails: a fast failure is no speed. */
export function run({ name, command, env, input = '', output, readAfterS, before }: Program): Run {
  before?.();
  const [file, ...args] = command as [string, ...string[]];
  const isNode = file === 'node';
  const words = isNode ? [process.execPath, '--require', PRELOAD, ...args] : command;
  const slowly = readAfterS && [
    'bash',
    '-c',
    `set -o pipefail; "$@" | { sleep ${readAfterS}; cat; }`,
    'bash',
    ...words,
  ];
  const [program, ...rest] = (slowly || words) as [string, ...string[]];
  const stdout = output === undefined ? 'pipe' : openSync(output, 'w');
  const start = performance.now();
  const ended = spawnSync(program, rest, {
    ...{ env, input, encoding: 'utf8', stdio: ['pipe', stdout, 'pipe', 'pipe'], maxBuffer: 2 ** 28 },
  });
  const wallMs = performance.now() - start;
  if (stdout !== 'pipe') closeSync(stdout);
  if (ended.status !== 0) throw new Error(`${name}: exit ${ended.status}\n${ended.error ?? ended.stderr}`);
  const usage = isNode ? JSON.parse(ended.output[3] ?? '') : { cpuMs: Number.NaN, rssMib: Number.NaN };
  return { wallMs, ...usage };
}

export function spread(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  return { min: sorted[0]!, median: sorted[Math.floor(sorted.length / 2)]!, max: sorted.at(-1)! };
}

/** Of two series, round by round. */
export function ratioOf(these: readonly number[], those: readonly number[]): Spread {
  return spread(these.map((value, round) => value / those[round]!));
}

export function exactly(value: number): Spread {
  return { min: value, median: value, max: value };
}
