import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { getTaskStatus } from '../../src/core/operations/get-task-status.ts';
import type { RpcService } from '../../src/core/rpc/call.ts';
import type { TaskId } from '../../src/core/task.ts';
import { newTask } from '../../src/core/wait/watched.ts';
import { plainStyle } from '../../src/io/terminal/style.ts';
import { en } from '../../src/locales/en/messages.ts';
import { taskBlock } from '../../src/output/task-block.ts';
import { type Program, ratioOf, run, type Spread, spread, type Usage, usage } from './measure.ts';

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
function environment({ http, work }: Places, more: Record<string, string> = {}): Record<string, string> {
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
    client('undici Pool.request', 'undici.cjs'),
    client('@alicloud/pop-core', 'pop-core.cjs'),
    client('@alicloud/openapi-client', 'openapi-client.cjs'),
  ];
}

export interface Throughput {
  readonly name: string;
  /** Requests a second, starting and ending left out. */
  readonly perSecond: Spread;
  /** mmai's over this one's, round by round. */
  readonly ratio: Spread;
  readonly rssMib: number;
}

/** How many requests a second, from the difference between a run with `count` and one with 20. */
export function batchThroughput(programs: ((count: number) => Program)[], count: number, rounds: number): Throughput[] {
  const rates = programs.map((): number[] => []);
  for (let round = 0; round < rounds; round++) {
    programs.forEach((program, index) => {
      const startMs = run(program(20));
      rates[index]!.push(((count - 20) * 1000) / (run(program(count)) - startMs));
    });
  }
  return programs.map((program, index) => ({
    name: program(0).name,
    perSecond: spread(rates[index]!),
    ratio: ratioOf(rates[0]!, rates[index]!),
    rssMib: usage(program(count), 1)!.rssMib,
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
function frameMs(count: number): number {
  const tasks = Array.from({ length: count }, (_, index) => newTask(String(index + 1) as TaskId));
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

export interface Scale {
  readonly tasks: number;
  readonly requests: number;
  /** CPU a request beyond what the start costs, and that of the same number of requests about 100 tasks. */
  readonly cpuUs: number;
  readonly cpuUsOf100: number;
  readonly rssMib: number;
  readonly bytesPerTask: number;
  /** How long the event loop stands still for a frame at a terminal. */
  readonly frameMs: number;
}

/** One watch over very many tasks, each polled twice, beside one over 100 tasks with as many requests in all. */
export function scale(places: Places, tasks: number): Scale {
  const watch = (input: string, ...more: string[]): Usage => {
    const flags = ['--max-rps', 'none', '--progress', 'none', '-o', 'tsv', '--timeout', '10m', ...more];
    const command = ['node', places.bin, 'watch', ...flags];
    return usage({ name: 'mmai watch', command, env: environment(places), input, check: everyTaskOnce(input) }, 1)!;
  };
  const polls = Math.min(999, (2 * tasks) / 100);
  const start = watch(ids(100, 0));
  const few = watch(ids(100, polls - 1), '--interval', '1ms');
  const many = watch(ids(tasks, 1));
  return {
    tasks,
    requests: 2 * tasks,
    cpuUs: ((many.cpuMs - start.cpuMs) * 1000) / (2 * tasks - 100),
    cpuUsOf100: ((few.cpuMs - start.cpuMs) * 1000) / (100 * (polls - 1)),
    rssMib: many.rssMib,
    bytesPerTask: ((many.rssMib - few.rssMib) * 2 ** 20) / tasks,
    frameMs: frameMs(tasks),
  };
}

/** Throws unless the answer has one line for each id, in their order. */
function everyTaskOnce(input: string): (stdout: string) => void {
  return (stdout) => {
    if (stdout !== input.replaceAll('\n', '\tsucceeded\t2\n')) throw new Error('not every task is reported once');
  };
}

let series = 1_000_000_000;

/** Task ids, one a line, never the same twice; the server lets each run for so many polls. */
function ids(count: number, runningPolls: number): string {
  const lines = Array.from({ length: count }, () => `${series++}${String(runningPolls).padStart(3, '0')}\n`);
  return lines.join('');
}
