import type { Scale, Throughput } from './cases.ts';
import type { Goal } from './goals.ts';
import type { Measured, Spread } from './measure.ts';
import { DURATIONS, type Wait } from './strategies.ts';

interface Results {
  readonly node: string;
  readonly platform: string;
  readonly processes: readonly Measured[];
  readonly throughput: readonly Throughput[];
  readonly signingUs: number;
  readonly scale: Scale;
}

export function processTable({ node, platform, processes, throughput, signingUs, scale }: Results): string {
  const rows = processes.map(({ name, wallMs, ratio, cpuRatio, rssMib }) => [
    ...[name, wallMs.median.toFixed(0), range(ratio), cpuRatio?.toFixed(2) ?? '', rssMib?.toFixed(0) ?? ''],
  ]);
  const rates = throughput.map(({ name, perSecond, ratio, rssMib }) => [
    ...[name, range(perSecond, 0), range(ratio), rssMib.toFixed(0)],
  ]);
  return [
    `Node ${node}, ${platform}. Wall time of whole processes; ratios to node -e 0 as median (min–max).\n`,
    table(['process', 'ms', '× node -e 0', 'CPU ×', 'MiB'], rows),
    table(['batch', 'requests/s', 'mmai / it', 'MiB'], rates),
    `Signing: ${signingUs.toFixed(1)} µs a request. ${scale.tasks} tasks in one watch: ${scale.rssMib.toFixed(0)} MiB, ${scale.bytesPerTask.toFixed(0)} B`,
    `a task, ${scale.cpuUs.toFixed(0)} µs CPU a poll (${scale.cpuUsOf100.toFixed(0)} µs with 100 tasks), ${scale.frameMs.toFixed(1)} ms a frame.\n`,
  ].join('\n');
}

export function goalTable(goals: readonly Goal[]): string {
  const rows = goals.map(({ what, measured, limit, atLeast, isMet }) => [
    ...[what, `${atLeast ? '≥' : '≤'} ${limit}`, range(measured), isMet ? 'met' : 'missed'],
  ]);
  return table(['goal', 'limit', 'median (min–max)', ''], rows);
}

export function strategyTable(strategies: Record<string, Record<string, Wait>>): string {
  const rows = Object.entries(strategies).map(([name, waits]) => [
    name,
    ...Object.values(waits).map(
      ({ polls, lateMeanS, lateMaxS }) => `${polls.toFixed(0)} · ${seconds(lateMeanS)} · ${seconds(lateMaxS)}`,
    ),
  ]);
  const title = 'Polls · mean · worst lateness in s, of tasks that take so long ± 10 % (simulated):\n';
  return `${title}\n${table(['strategy', ...Object.keys(DURATIONS)], rows)}`;
}

// --- internal ---

function seconds(value: number): string {
  return value.toFixed(value < 10 ? 1 : 0);
}

function range({ min, median, max }: Spread, digits = 2): string {
  const [low, middle, high] = [min, median, max].map((value) => value.toFixed(value < 100 ? digits : 0));
  return low === high ? middle! : `${middle} (${low}–${high})`;
}

/** Aligned columns, the first to the left and numbers to the right. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) => Math.max(...[head, ...rows].map((row) => (row[column] ?? title).length)));
  const line = (cells: readonly string[]) =>
    cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!))).join('  ');
  return `${[head, ...rows].map((row) => line(row).trimEnd()).join('\n')}\n`;
}
