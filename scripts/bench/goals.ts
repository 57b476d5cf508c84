import type { Scale, Throughput } from './cases.ts';
import { type Measured, ratioOf, type Spread } from './measure.ts';

export interface Goal {
  readonly what: string;
  readonly measured: Spread;
  /** With `atLeast` the measured median has to reach it, otherwise stay below. */
  readonly limit: number;
  readonly atLeast?: true;
  readonly isMet: boolean;
}

export interface Results {
  readonly processes: readonly Measured[];
  readonly throughput: readonly Throughput[];
  readonly signingUs: number;
  readonly scale: Scale;
}

/** What mmai wants to reach, and whether it does here. Made for Node 20; ratios on newer ones are alike. */
export function goals({ processes, throughput, signingUs, scale }: Results): Goal[] {
  const named = <T extends { name: string }>(rows: readonly T[], name: string) =>
    rows.find((row) => row.name === name)!;
  const wall = (one: string, other: string) => {
    const [a, b] = [named(processes, one), named(processes, other)];
    return goal(`${one} / ${other}`, ratioOf(a.rounds, b.rounds));
  };
  const cpu = (one: string, other: string) => {
    const [a, b] = [named(processes, one), named(processes, other)];
    return goal(`${one} / ${other}, CPU`, exactly(a.cpuMs! / b.cpuMs!));
  };
  const status = named(processes, 'mmai status');
  const batch = named(throughput, 'mmai status');
  const rate = (other: string) => goal(`requests a second / ${other}`, named(throughput, other).ratio);
  return [
    wall('mmai --version', 'node -e 0')(1.05),
    wall('mmai --help', 'node -e 0')(1.35),
    wall('mmai status', 'node -e 0')(2.2),
    wall('mmai status', 'node:http')(1.4),
    wall('mmai status', '@alicloud/pop-core')(0.65),
    cpu('mmai status', '@alicloud/pop-core')(0.65),
    wall('mmai status', '@alicloud/openapi-client')(0.6),
    cpu('mmai status', '@alicloud/openapi-client')(0.6),
    wall('mmai status', 'undici.request')(0.25),
    cpu('mmai status', 'undici.request')(0.25),
    wall('mmai status, first run', 'node -e 0')(3),
    wall('mmai status, no cache', 'node -e 0')(3),
    wall('mmai status, https', 'node:https')(1.25),
    goal('peak memory of a status, MiB', exactly(status.rssMib!))(50),
    goal('peak memory of a batch, MiB', exactly(batch.rssMib))(105),
    goal(`memory for each of ${scale.tasks} tasks, bytes`, exactly(scale.bytesPerTask))(150),
    rate('undici Pool.request')(1.2, true),
    rate('@alicloud/pop-core')(3.5, true),
    rate('@alicloud/openapi-client')(3.5, true),
    goal('signing a request, µs', exactly(signingUs))(7),
    goal(`CPU a poll, ${scale.tasks} tasks / 100 tasks`, exactly(scale.cpuUs / scale.cpuUsOf100))(1.2),
  ];
}

function goal(what: string, measured: Spread) {
  return (limit: number, atLeast?: true): Goal => {
    const isMet = atLeast ? measured.median >= limit : measured.median <= limit;
    return { what, measured, limit, ...(atLeast && { atLeast }), isMet };
  };
}

function exactly(value: number): Spread {
  return { min: value, median: value, max: value };
}
