import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface Program {
  readonly name: string;
  /** The command line; `node` stands for the Node that runs the bench. */
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  /** Runs before each start, outside of the time. */
  readonly before?: () => void;
  /** Throws when the answer is wrong; looked at where memory and CPU are measured. */
  readonly check?: (stdout: string) => void;
}

/** Median with the extremes that show the machine's noise. */
export interface Spread {
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

export interface Measured {
  readonly name: string;
  readonly wallMs: Spread;
  /** To the first program, each run to its run in the same round. */
  readonly ratio: Spread;
  /** CPU and peak memory until Node ends; of Node programs only. */
  readonly cpuMs?: number;
  readonly cpuRatio?: number;
  readonly rssMib?: number;
  /** The wall times by round, to set two programs against each other. */
  readonly rounds: readonly number[];
}

/** Runs every program once a round, each round beginning with another, after one round that warms the disk and is not counted. */
export function measureAll(programs: readonly Program[], rounds: number): Measured[] {
  const walls: number[][] = programs.map(() => []);
  for (let round = -1; round < rounds; round++) {
    for (let i = 0; i < programs.length; i++) {
      const index = (i + round + programs.length) % programs.length;
      const ms = run(programs[index]!);
      if (round >= 0) walls[index]!.push(ms);
    }
  }
  const used = programs.map((program) => usage(program, Math.min(rounds, 5)));
  return programs.map(({ name }, index) => ({
    name,
    wallMs: spread(walls[index]!),
    ratio: ratioOf(walls[index]!, walls[0]!),
    ...(used[index] && { ...used[index], cpuRatio: used[index].cpuMs / used[0]!.cpuMs }),
    rounds: walls[index]!,
  }));
}

/** Wall time of one run in ms. Throws when the program fails: a fast failure is no speed. */
export function run({ name, command, env, input = '', before }: Program): number {
  before?.();
  const [file, ...args] = command as [string, ...string[]];
  const start = performance.now();
  const { status, stderr, error } = spawnSync(file === 'node' ? process.execPath : file, args, {
    ...{ env, input, encoding: 'utf8', maxBuffer: 2 ** 28 },
  });
  const ms = performance.now() - start;
  if (status !== 0) throw new Error(`${name}: exit ${status}\n${error ?? stderr}`);
  return ms;
}

export interface Usage {
  readonly cpuMs: number;
  readonly rssMib: number;
}

/** Median CPU and memory of a Node program, from runs of their own that report it. */
export function usage({ command, env, input = '', before, check }: Program, runs: number): Usage | undefined {
  if (command[0] !== 'node') return undefined;
  const preload = fileURLToPath(new URL('usage.cjs', import.meta.url));
  const reports = Array.from({ length: runs }, (): Usage => {
    before?.();
    const args = ['--require', preload, ...command.slice(1)];
    const { output } = spawnSync(process.execPath, args, {
      ...{ env, input, encoding: 'utf8', stdio: ['pipe', 'pipe', 'pipe', 'pipe'], maxBuffer: 2 ** 28 },
    });
    check?.(output[1] ?? '');
    return JSON.parse(output[3] ?? '');
  });
  return {
    cpuMs: spread(reports.map(({ cpuMs }) => cpuMs)).median,
    rssMib: spread(reports.map(({ rssMib }) => rssMib)).median,
  };
}

export function spread(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  return { min: sorted[0]!, median: sorted[Math.floor(sorted.length / 2)]!, max: sorted.at(-1)! };
}

/** Of two series, round by round. */
export function ratioOf(these: readonly number[], those: readonly number[]): Spread {
  return spread(these.map((value, round) => value / those[round]!));
}
