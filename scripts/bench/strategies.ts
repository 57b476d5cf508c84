import { gapMs } from '../../src/core/wait/pace.ts';

/** Seconds to sleep before the next poll, after so many polls (1 at least), `age` seconds after the first. */
type Strategy = (poll: number, age: number, random: () => number) => number;

/** How tools wait: the first poll at once, then the gap of their documentation or source. */
const STRATEGIES: Readonly<Record<string, Strategy>> = {
  'mmai watch: √age, at most 30 s': (_, age, random) =>
    gapMs(age * 1000, { intervalMs: 'auto', maxIntervalMs: 30_000 }, random) / 1000,
  'aliyun-cli: 5 s': () => 5,
  'gcloud: 2 s × 1.4 each, at most 180 s': (poll, _, random) => Math.min(2 * 1.4 ** (poll - 1) + random(), 180),
  'smithy: 2 s to 2 s × 2 each, at most 120 s': (poll, _, random) => {
    const ceiling = Math.min(2 * 2 ** (poll - 1), 120);
    return 2 + random() * (ceiling - 2);
  },
};

export const DURATIONS = { '10 s': 10, '1 min': 60, '5 min': 300, '30 min': 1800, '2 h': 7200 } as const;

export interface Wait {
  readonly polls: number;
  readonly lateMeanS: number;
  readonly lateMaxS: number;
}

/** Every strategy waiting for tasks that take each duration, give or take a tenth: means over `runs` waits. No time passes. */
export function compareStrategies(runs: number): Record<string, Record<string, Wait>> {
  const random = seededRandom(1);
  return mapValues(STRATEGIES, (strategy) =>
    mapValues(DURATIONS, (seconds) => {
      const waits = Array.from({ length: runs }, () => wait(strategy, seconds * (0.9 + 0.2 * random()), random));
      const mean = (pick: (wait: { polls: number; late: number }) => number) =>
        waits.reduce((sum, one) => sum + pick(one), 0) / runs;
      return {
        polls: mean(({ polls }) => polls),
        lateMeanS: mean(({ late }) => late),
        lateMaxS: Math.max(...waits.map(({ late }) => late)),
      };
    }),
  );
}

function wait(strategy: Strategy, seconds: number, random: () => number): { polls: number; late: number } {
  let age = 0;
  let polls = 1;
  for (; age < seconds; polls++) age += strategy(polls, age, random);
  return { polls, late: age - seconds };
}

function mapValues<T, R>(record: Readonly<Record<string, T>>, to: (value: T) => R): Record<string, R> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, to(value)]));
}

/** mulberry32: the same table on every machine. */
function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
