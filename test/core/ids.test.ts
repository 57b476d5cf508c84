import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type ReadingLimits, readTaskIds } from '../../src/core/ids.ts';
import type { MmaiError } from '../../src/errors.ts';
import { en } from '../../src/locales/en/messages.ts';
import { type FakeClock, fakeClock } from '../support/clock.ts';

type Piece = readonly [atMs: number, text: string];

/** Reads ids from pieces that come at their times; one at Infinity never comes, and leaves the pipe open. */
async function read(
  words: string[],
  pieces: readonly Piece[],
  limits: Partial<ReadingLimits> = {},
  isTerminal = false,
) {
  const clock: FakeClock = fakeClock();
  const notices: number[] = [];
  async function* chunks(stop: AbortSignal) {
    for (const [at, text] of pieces) {
      await clock.sleep(Math.min(at - clock.monotonic(), 1e9), stop);
      if (stop.aborted) return;
      yield new TextEncoder().encode(text);
    }
  }
  const ids = await readTaskIds(
    words,
    { stdin: { isTerminal, chunks }, signal: new AbortController().signal, clock },
    {
      ...{ totalMs: Number.POSITIVE_INFINITY, idleMs: Number.POSITIVE_INFINITY, name: 'LIMIT' },
      onWait: () => notices.push(clock.monotonic()),
      ...limits,
    },
  ).catch((error: Error) => error);
  return { ids, notices, ms: clock.monotonic() };
}

const OPEN: Piece = [Number.POSITIVE_INFINITY, ''];

describe('ids on standard input', () => {
  it('come after those of the command line, each once', async () => {
    assert.deepEqual((await read(['2', '-', '1', '2'], [[0, '3\n1\n3']])).ids, ['2', '1', '3']);
  });

  it('are read with no id on the command line, unless somebody would have to type them', async () => {
    assert.deepEqual((await read([], [[0, '3']])).ids, ['3']);
    assert.deepEqual((await read(['2'], [[0, '3']])).ids, ['2']);
    assert.match(String((await read([], [[0, '3']], {}, true)).ids), /no task ID given/);
  });

  it('a bad id on the command line is refused before anything is read', async () => {
    const { ids, ms } = await read(['x', '-'], [[5000, '3']]);
    assert.match(String(ids), /"x" is not a valid task ID/);
    assert.equal(ms, 0);
  });

  it('several in one argument, or on one line, are refused with how to separate them', async () => {
    const lists: [string[], string][] = [
      [['1,2'], ''],
      [['1 2'], ''],
      [['1', '20、3，'], ''],
      [['-'], '1 2\n'],
      [['-'], '1\n2, 3'],
    ];
    for (const [words, input] of lists) {
      const { ids } = await read(words, [[0, input]]);
      assert.match((ids as unknown as MmaiError).hint!(en), /^separate task IDs with spaces/);
    }
    for (const word of ['x', '1.5', '0', '-5']) {
      assert.equal(((await read([word], [])).ids as unknown as MmaiError).hint, undefined);
    }
  });

  it('a pipe that stays open ends the command at its limit, and is told after two seconds', async () => {
    const { ids, notices, ms } = await read([], [OPEN], { totalMs: 3000 });
    assert.deepEqual([(ids as unknown as { exitCode: number }).exitCode, notices, ms], [2, [2000], 3000]);
    assert.match(String(ids), /no task ID arrived on standard input within LIMIT/);
  });

  it('that arrived before the limit, while this process stood still, are read', async () => {
    const clock = fakeClock();
    const turnOfLoop = () => new Promise(setImmediate);
    async function* chunks(stop: AbortSignal) {
      await clock.sleep(1000);
      clock.stop(9000);
      for (const text of ['5\n', '6\n']) {
        await turnOfLoop();
        await turnOfLoop();
        if (!stop.aborted) yield new TextEncoder().encode(text);
      }
    }
    const limits = { idleMs: Number.POSITIVE_INFINITY, name: 'LIMIT', onWait() {} };
    for (const limit of [{ totalMs: 4000 }, { totalMs: Number.POSITIVE_INFINITY, idleMs: 4000 }]) {
      const source = { stdin: { isTerminal: false, chunks }, signal: new AbortController().signal, clock };
      assert.deepEqual(await readTaskIds(['-'], source, { ...limits, ...limit }), ['5', '6']);
    }
  });

  it('that another program writes on after all of them stood still are read, though the limit has passed', async () => {
    for (const limit of [{ totalMs: 30_000 }, { totalMs: Number.POSITIVE_INFINITY, idleMs: 30_000 }]) {
      const clock = fakeClock();
      const notices: string[] = [];
      async function* chunks(stop: AbortSignal) {
        // Stopped from 10 s to 70 s, while the longest sleep would be one of 30 s.
        await clock.sleep(10_000);
        clock.stop(60_000);
        for (const text of ['5\n', '6\n']) {
          await clock.sleep(4000, stop);
          if (stop.aborted) return;
          yield new TextEncoder().encode(text);
        }
      }
      const source = { stdin: { isTerminal: false, chunks }, signal: new AbortController().signal, clock };
      const limits = {
        idleMs: Number.POSITIVE_INFINITY,
        name: 'LIMIT',
        onWait: () => notices.push('waiting'),
        ...limit,
      };
      assert.deepEqual(await readTaskIds(['-'], source, limits), ['5', '6']);
    }
  });

  it('that never end are refused, however often this process is stopped', async () => {
    const clock = fakeClock();
    async function* chunks(stop: AbortSignal) {
      for (let count = 0; count < 500 && !stop.aborted; count += 1) {
        await clock.sleep(2000);
        clock.stop(3000);
        yield new TextEncoder().encode('5\n');
      }
    }
    const source = { stdin: { isTerminal: false, chunks }, signal: new AbortController().signal, clock };
    const limits = { totalMs: 5000, idleMs: Number.POSITIVE_INFINITY, name: 'LIMIT', onWait() {} };
    await assert.rejects(readTaskIds(['-'], source, limits), /did not end within LIMIT/);
    assert.ok(clock.monotonic() < 60_000, `${clock.monotonic()} ms`);
  });

  it('nothing is told where "-" asked for it, nor where something has come', async () => {
    assert.deepEqual((await read(['-'], [OPEN], { totalMs: 3000 })).notices, []);
    assert.deepEqual((await read([], [[1000, '1\n'], OPEN], { totalMs: 3000 })).notices, []);
  });

  it('are refused where the list is incomplete', async () => {
    const { ids } = await read([], [[0, '1\n2\n'], OPEN], { totalMs: 3000 });
    assert.match(String(ids), /did not end within LIMIT; 2 task IDs were read, nothing was sent/);
  });

  it('may take any time where each piece comes within the limit of silence', async () => {
    const pieces = Array.from({ length: 10 }, (_, index): Piece => [(index + 1) * 50_000, `${index + 1}\n`]);
    assert.equal(((await read(['-'], pieces, { idleMs: 60_000 })).ids as string[]).length, 10);
    assert.equal((await read(['-'], [[50_000, '1\n'], OPEN], { idleMs: 60_000 })).ms, 110_000);
  });

  it('somebody at a terminal may type them slowly', async () => {
    assert.deepEqual((await read(['-'], [[300_000, '5\n']], { idleMs: 60_000 }, true)).ids, ['5']);
  });
});
