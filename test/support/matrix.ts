import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { FailureClass } from '../../src/core/rpc/error-codes.ts';
import { mmaiInProcess } from './in-process.ts';
import { type Ended, mmai, testKey } from './mmai.ts';
import { type Play, rawServer } from './raw-server.ts';

/** One line of the fault matrix: what the server does to task 1, and what mmai has to make of it. */
export interface Row {
  readonly name: string;
  readonly play: Play;
  /** The code and class of the error, or the status of an answer that is usable all the same. */
  readonly expected: readonly [code: string, failureClass: FailureClass] | number;
  /** Also with a process of its own: where its end could hang on a socket. */
  readonly isSpawned?: true;
}

/** Three ways to meet a fault. Retries and budgets are small: what is repeated is the business of the engine's own tests. */
const WATCH = ['--error-budget', '1ms', '--not-found-grace', '1ms', '-q'];
const COLUMNS = {
  status: ['status', '1', '--retries', '1', '-q'],
  watch: ['watch', '1', ...WATCH],
  'watch beside a healthy task': ['watch', '1', '2', ...WATCH],
} as const;
type Column = keyof typeof COLUMNS;

/** Longer than any machine takes for a row, shorter than the limit of a test file. */
export const PATIENCE = '45s';

/** MMAI_TEST_SPAWN=1 gives every row a process of its own, which takes minutes. */
const spawnsAll = Boolean(process.env.MMAI_TEST_SPAWN);

/** Every row with each command, against a real socket. */
export function matrix(title: string, rows: readonly Row[], columns = Object.keys(COLUMNS) as Column[]): void {
  describe(title, { concurrency: spawnsAll ? 4 : 16 }, () => {
    for (const row of rows) {
      for (const column of columns) {
        it(`${row.name}: ${column}`, () => meet(row, column, spawnsAll ? mmai : mmaiInProcess));
      }
      if (row.isSpawned && !spawnsAll) it(`${row.name}: watch, as a process`, () => meet(row, 'watch', mmai));
    }
  });
}

async function meet(row: Row, column: Column, launch: typeof mmai): Promise<void> {
  const { url } = await rawServer(row.play);
  const run = (limits: Limits) => launch(argumentsOf(row, column, limits), { env: endpointEnv(url) });
  let ended = await run(SHORT);
  if (isTooSlow(row, ended)) ended = await run(LONG);
  const { tasks } = documentOf(ended);
  assert.equal(ended.code, exitCodeOf(row, column), ended.stdout);
  if (typeof row.expected === 'number')
    assert.deepEqual([tasks[0]?.status, tasks[0]?.error], [row.expected, undefined]);
  else assert.deepEqual([tasks[0]?.error?.code, tasks[0]?.error?.class], row.expected);
  if (tasks.length === 1) return;
  if (ended.code === 3) {
    // A refusal that concerns the key stops the wait, perhaps before the other task was seen; then it is the other's error too.
    assert.equal(tasks[1]?.error?.code, tasks[1]?.status === null ? tasks[0]?.error?.code : undefined);
    return;
  }
  assert.equal(tasks[1]?.error, undefined, 'the healthy task is unharmed');
  assert.equal(tasks[1]?.state, 'succeeded');
}

interface Limits {
  readonly request: string;
  readonly deadline: string;
}
/** For the rows that a limit ends; a machine too slow for these gets the others. */
const SHORT: Limits = { request: '400ms', deadline: '1s' };
const LONG: Limits = { request: '10s', deadline: '20s' };

/** A limit is short only where it is what ends the row: a slow machine must not make a timeout of another fault. */
function argumentsOf(row: Row, column: Column, { request, deadline }: Limits): string[] {
  const limits = ['--request-timeout', isTimeout(row) ? request : PATIENCE];
  if (column !== 'status') limits.push('--timeout', isThrottled(row) ? deadline : PATIENCE);
  return [...COLUMNS[column], ...limits, '--json'];
}

function isTimeout({ expected }: Row): boolean {
  return typeof expected !== 'number' && expected[0] === 'Network.Timeout';
}

/** Only throttling is borne until the deadline. */
function isThrottled({ expected }: Row): boolean {
  return typeof expected !== 'number' && expected[1] === 'throttle';
}

/** True if a short limit kept a task from an answer that the server gave it. */
function isTooSlow(row: Row, { stdout }: Ended): boolean {
  if (!isTimeout(row) && !isThrottled(row)) return false;
  const { tasks }: Document = JSON.parse(stdout);
  const answered = isTimeout(row) ? tasks.slice(1) : tasks;
  return answered.some(({ status, error }) => (error ? error.code === 'Network.Timeout' : status === null));
}

export function endpointEnv(url: string): Record<string, string> {
  return {
    MMAI_ENDPOINT: url,
    ALIBABA_CLOUD_ACCESS_KEY_ID: testKey.accessKeyId,
    ALIBABA_CLOUD_ACCESS_KEY_SECRET: testKey.accessKeySecret,
  };
}

export interface Document {
  readonly tasks: readonly { state: string; status: number | null; error?: { code: string; class: string } }[];
  readonly summary: { readonly exitCode: number };
}

/** stdout as one document that agrees with the exit code; nothing of the run may reach a terminal as control characters. */
export function documentOf({ code, signal, stdout, stderr }: Ended): Document {
  assert.equal(signal, null);
  assert.doesNotMatch(stdout.replaceAll('\n', '') + stderr.replaceAll('\n', ''), /\p{Cc}|\p{Bidi_Control}/u);
  const document = JSON.parse(stdout);
  assert.equal(document.summary.exitCode, code);
  return document;
}

/** The codes of specification §4, told apart from the program's own table on purpose. */
function exitCodeOf({ expected }: Row, column: Column): number {
  if (typeof expected === 'number') return 0;
  switch (expected[1]) {
    case 'auth':
    case 'permission':
    case 'account':
      return 3;
    case 'notFound':
      return 5;
    case 'throttle':
      // A service that throttles works: a wait goes on until its deadline.
      return column === 'status' ? 4 : 124;
    default:
      return 4;
  }
}
