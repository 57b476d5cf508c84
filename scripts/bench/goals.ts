import type { Throughput } from './cases.ts';
import { exactly, type Measured, type Run, ratioOf, type Spread } from './measure.ts';
import type { Scale } from './scale.ts';

export interface Goal {
  readonly what: string;
  readonly measured: Spread;
  readonly limit: number;
  /** Where the limit comes from. */
  readonly source: string;
  readonly isMet: boolean;
}

export interface Results {
  readonly processes: readonly Measured[];
  readonly throughput: readonly Throughput[];
  readonly signingUs: number;
  readonly scale: Scale;
}

const TRIED = 'reached by a trial';
const BARE = 'an empty Node is 1';

/** What mmai wants to reach, at most, and whether it does here. Made for Node 20; ratios on newer ones are alike. */
export function goals({ processes, throughput, signingUs, scale }: Results): Goal[] {
  const named = <T extends { name: string }>(rows: readonly T[], name: string) =>
    rows.find((row) => row.name === name)!;
  const series = (name: string, what: keyof Run) => named(processes, name).runs.map((run) => run[what]);
  const versus = (one: string, other: string, what: 'wallMs' | 'cpuMs') =>
    goal(`${one} / ${other}, ${what === 'cpuMs' ? 'CPU' : 'wall'}`, ratioOf(series(one, what), series(other, what)));
  const request = (other: string) => goal(`a request / ${other}, CPU`, named(throughput, other).cpuRatio);
  const peak = (index: number) =>
    goal(`peak memory of ${scale.waits[index]!.name}, MiB`, exactly(scale.waits[index]!.rssMib));
  const poll = scale.pollUs.map(({ cpuUs }) => cpuUs);
  const status = exactly(Math.max(...series('mmai status', 'rssMib')));
  return [
    versus('mmai --version', 'node -e 0', 'wallMs')(1.05, BARE),
    versus('mmai --help', 'node -e 0', 'wallMs')(1.42, TRIED),
    versus('mmai status', 'node -e 0', 'wallMs')(2.25, TRIED),
    versus('mmai status', '@alicloud/pop-core', 'cpuMs')(0.72, TRIED),
    versus('mmai status', '@alicloud/openapi-client', 'cpuMs')(0.63, TRIED),
    versus('mmai status, first run', 'node -e 0', 'wallMs')(3.2, TRIED),
    versus('mmai status, no cache', 'node -e 0', 'wallMs')(3, TRIED),
    versus('mmai status, https', 'node:https', 'wallMs')(1.2, TRIED),
    versus('mmai status, 1,000 IDs', 'mmai status', 'cpuMs')(4.5, TRIED),
    goal('peak memory of a status, MiB', status)(50, 'the same over node:http takes 44'),
    goal('peak memory of a batch, MiB', exactly(named(throughput, 'mmai status').rssMib))(90, TRIED),
    request('undici Pool.request, signed')(1.15, TRIED),
    request('@alicloud/pop-core')(0.45, TRIED),
    request('@alicloud/openapi-client')(0.27, TRIED),
    goal('signing a request, µs', exactly(signingUs))(4.5, 'an HMAC alone takes 3.6'),
    goal('memory of a waiting task, bytes', exactly(scale.bytesPerTask))(700, 'a million, and their answer, in 1 GiB'),
    peak(0)(140, TRIED),
    peak(1)(175, TRIED),
    peak(3)(200, 'what is not read is not kept'),
    peak(5)(1100, 'a heap of 1 GiB'),
    goal('CPU of a poll, most tasks / 1,000', exactly(poll[3]! / poll[1]!))(1.2, 'heaps of log n'),
    goal('CPU of an ndjson event / a poll', exactly(scale.eventUs / poll[2]!))(0.4, TRIED),
  ];
}

function goal(what: string, measured: Spread) {
  return (limit: number, source: string): Goal => ({ what, measured, limit, source, isMet: measured.median <= limit });
}
