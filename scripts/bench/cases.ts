import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { getTaskStatus } from '../../src/core/operations/get-task-status.ts';
import type { RpcService } from '../../src/core/rpc/call.ts';
import type { TaskId } from '../../src/core/task.ts';
import { Watched } from '../../src/core/wait/watched.ts';
import { plainStyle } from '../../src/io/terminal/style.ts';
import { en } from '../../src/locales/en/messages.ts';
import { taskBlock } from '../../src/output/task-block.ts';
import { type Program, ratioOf, run, type Spread, spread } from './measure.ts';

/** Where things are: the server's URLs, the program, the clients' folder, the server's certificate, a folder to write in. */
export interface Places {
  readonly http: string;
  readonly https: string;
  readonly bin: string;
  readonly clients: string;
  readonly caFile: string;
  readonly work: string;
}

const KEY = { accessKeyId: 'bench-key-id', accessKeySecret: 'bench-key-secret' };

/** Nothing of the caller's: NODE_EXTRA_CA_CERTS alone would cost Node 20 60 ms a start. */
export function environment({ http, work }: Places, more: Record<string, string> = {}): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '',
    HOME: work,
    LANG: 'C.UTF-8',
    MMAI_ENDPOINT: http,
    ALIBABA_CLOUD_ACCESS_KEY_ID: KEY.accessKeyId,
    ALIBABA_CLOUD_ACCESS_KEY_SECRET: KEY.accessKeySecret,
    ...more,
  };
}

/** One look at one task in every way, and what a start costs by itself. The first is the floor of all ratios. */
export function oneShots(places: Places): Program[] {
  const { http, https, bin, clients, caFile, work } = places;
  const env = environment(places);
  const first = join(work, 'first');
  const trusting = environment(places, { NODE_EXTRA_CA_CERTS: caFile });
  const node = (name: string, ...args: string[]) => ({ name, command: ['node', ...args], env });
  const client = (name: string, file: string, ...args: string[]) => node(name, join(clients, file), ...args);
  const status = ['status', '123'];
  return [
    node('node -e 0', '-e', '0'),
    node('mmai --version', bin, '--version'),
    node('mmai --help', bin, '--help'),
    node('mmai status', bin, ...status),
    { ...node('mmai status, 1,000 IDs', bin, 'status', '-o', 'tsv'), input: ids(1000, 0) },
    { ...node('mmai status, first run', bin, ...status), ...firstRun(places, first) },
    { ...node('mmai status, no cache', bin, ...status), env: environment(places, { MMAI_NO_CACHE: '1' }) },
    client('node:http', 'node-http.cjs', http),
    client('undici.request', 'undici.cjs', http),
    client('@alicloud/pop-core', 'pop-core.cjs', http),
    client('@alicloud/openapi-client', 'openapi-client.cjs', http),
    { name: 'bash, curl, openssl', command: ['bash', join(clients, 'curl.sh'), http], env },
    { ...node('mmai status, https', bin, ...status, '--endpoint', https), env: trusting },
    { ...client('node:https', 'node-http.cjs', https), env: trusting },
  ];
}

/** Every run is the first on this machine: nothing cached, the cache made. */
function firstRun(places: Places, cache: string): Pick<Program, 'env' | 'before'> {
  return {
    env: environment(places, { XDG_CACHE_HOME: cache }),
    before: () => rmSync(cache, { recursive: true, force: true }),
  };
}

/** Programs that ask about so many tasks over a few kept connections. */
export function batches(places: Places): ((count: number) => Program)[] {
  const { http, bin, clients } = places;
  const env = environment(places);
  const client = (name: string, file: string) => (count: number) => ({
    ...{ name, env },
    command: ['node', join(clients, file), http, String(count)],
  });
  return [
    (count) => ({ name: 'mmai status', command: ['node', bin, 'status', '-o', 'tsv'], env, input: ids(count, 1) }),
    client('undici Pool.request, signed', 'undici.cjs'),
    client('@alicloud/pop-core', 'pop-core.cjs'),
    client('@alicloud/openapi-client', 'openapi-client.cjs'),
  ];
}

export interface Throughput {
  readonly name: string;
  /** Of a request, in µs, and of requests in a second of wall time: starting, warming up and ending left out. */
  readonly cpuUs: Spread;
  readonly perSecond: Spread;
  /** mmai's CPU of a request over this one's, round by round. */
  readonly cpuRatio: Spread;
  readonly rssMib: number;
}

/** What a request takes: the difference between a run with `few` requests, after which V8 has compiled what it will, and one with `many`. */
export function batchThroughput(
  programs: ((count: number) => Program)[],
  [few, many]: readonly [number, number],
  rounds: number,
): Throughput[] {
  const cpuUs = programs.map((): number[] => []);
  const perSecond = programs.map((): number[] => []);
  const rss = programs.map((): number[] => []);
  for (let round = 0; round < rounds; round++) {
    programs.forEach((program, index) => {
      const [short, long] = [run(program(few)), run(program(many))];
      cpuUs[index]!.push(((long.cpuMs - short.cpuMs) * 1000) / (many - few));
      perSecond[index]!.push(((many - few) * 1000) / (long.wallMs - short.wallMs));
      rss[index]!.push(long.rssMib);
    });
  }
  return programs.map((program, index) => ({
    name: program(0).name,
    cpuUs: spread(cpuUs[index]!),
    perSecond: spread(perSecond[index]!),
    cpuRatio: ratioOf(cpuUs[0]!, cpuUs[index]!),
    rssMib: spread(rss[index]!).median,
  }));
}

/** Microseconds to build and sign one request, as the client does. */
export function signingMicroseconds(count: number): number {
  const options = { method: 'get', format: 'json', signature: 'v1', region: 'cn-beijing' } as const;
  const callOf = getTaskStatus.calls({ origin: 'https://localhost', ...options }, {} as RpcService);
  const id = '9223372036854775807' as TaskId;
  return bestMs(count, () => callOf(id).sign({ now: Date.now(), nonce: randomUUID() }, KEY)) * 1000;
}

/** Milliseconds that drawing so many tasks at a terminal keeps everything else waiting, four times a second. */
export function frameMs(count: number): number {
  const tasks = Array.from({ length: count }, (_, index) => new Watched(String(index + 1) as TaskId));
  const waiter = { tasks, done: 0, elapsedMs: () => 60_000, nextPollMs: () => 1000, timeoutMs: 1_800_000 };
  const window = { columns: 120, rows: 40, hasKeys: true };
  return bestMs(20, () => taskBlock(waiter, window, plainStyle, en));
}

/** How long one call takes, in ms: the best of five series, for the machine's noise only ever adds. */
function bestMs(count: number, call: () => unknown): number {
  const series = Array.from({ length: 5 }, () => {
    const start = performance.now();
    for (let i = 0; i < count; i++) call();
    return (performance.now() - start) / count;
  });
  return spread(series).min;
}

let series = 1_000_000_000;

/** Task ids, one a line, never the same twice; the server lets each run for so many polls. */
export function ids(count: number, runningPolls: number): string {
  const lines = Array.from({ length: count }, () => `${series++}${String(runningPolls).padStart(3, '0')}\n`);
  return lines.join('');
}
