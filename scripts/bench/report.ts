import type { Throughput } from './cases.ts';
import type { Goal, Results } from './goals.ts';
import { type Measured, type Run, ratioOf, type Spread, spread } from './measure.ts';
import { DURATIONS, type Wait } from './strategies.ts';

interface Machine {
  readonly node: string;
  readonly platform: string;
  /** How long the event loop stands still for a frame at a terminal. */
  readonly frameMs: number;
}

export function processTable({ node, platform, processes, throughput }: Results & Machine): string {
  const title = `Node ${node}, ${platform}. Whole processes; ratios to node -e 0, run by run, as median (min–max).\n`;
  return [
    title,
    table(
      ['process', 'wall ms', 'CPU ms', 'wall ×', 'CPU ×', 'MiB'],
      processes.map((row) => processRow(row, processes[0]!)),
    ),
    table(['a request, 8 in flight', 'CPU µs', 'mmai / it', 'a second', 'MiB'], throughput.map(requestRow)),
  ].join('\n');
}

export function scaleTable({ scale, signingUs, frameMs }: Results & Machine): string {
  const { waits, pollUs, eventUs, bytesPerTask } = scale;
  const rows = waits.map(({ name, wallMs, cpuMs, rssMib }) => [
    ...[name, (wallMs / 1000).toFixed(1), (cpuMs / 1000).toFixed(1), rssMib.toFixed(0)],
  ]);
  const polls = pollUs
    .map(({ tasks, cpuUs }) => `${cpuUs.toFixed(0)} with ${tasks.toLocaleString('en')} tasks`)
    .join(', ');
  return [
    table(['a wait, in a heap of 1 GiB', 'wall s', 'CPU s', 'MiB'], rows),
    `CPU of a poll, µs: ${polls}; of an ndjson event ${eventUs.toFixed(1)}; of signing ${signingUs.toFixed(1)}.\n`,
    `${bytesPerTask.toFixed(0)} B a waiting task; ${frameMs.toFixed(1)} ms a frame at a terminal.\n`,
  ].join('');
}

export function goalTable(goals: readonly Goal[]): string {
  const rows = goals.map(({ what, measured, limit, source, isMet }) => [
    ...[what, String(limit), range(measured), isMet ? 'met' : 'missed', source],
  ]);
  return table(['goal', 'at most', 'median (min–max)', '', 'source'], rows);
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

function processRow({ name, runs }: Measured, floor: Measured): string[] {
  const of = (what: keyof Run, rows = runs) => rows.map((run) => run[what]);
  const ratio = (what: keyof Run) => range(ratioOf(of(what), of(what, floor.runs)));
  const { cpuMs, rssMib } = runs[0]!;
  const cpu = Number.isNaN(cpuMs) ? ['', ''] : [spread(of('cpuMs')).median.toFixed(0), ratio('cpuMs')];
  const memory = Number.isNaN(rssMib) ? '' : spread(of('rssMib')).median.toFixed(0);
  return [name, spread(of('wallMs')).median.toFixed(0), cpu[0]!, ratio('wallMs'), cpu[1]!, memory];
}

function requestRow({ name, cpuUs, cpuRatio, perSecond, rssMib }: Throughput): string[] {
  return [name, range(cpuUs, 0), range(cpuRatio), range(perSecond, 0), rssMib.toFixed(0)];
}

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
