import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { run } from '../../src/cli.ts';
import { printAnswer } from '../../src/commands/shared/print.ts';
import type { Output } from '../../src/deps.ts';
import { jsonDocument, jsonPieces } from '../../src/text/safe-text.ts';
import { fakeDeps } from '../support/deps.ts';
import { mmaiInProcess } from '../support/in-process.ts';

/** An output whose reader takes what was written when `take` is called, if it still reads. */
function slowOutput(isLost = () => false) {
  const writes: string[] = [];
  let [written, waiting] = [0, 0];
  const output: Output = {
    isTerminal: false,
    isPipe: false,
    hasWritten: false,
    isBehind: false,
    size: () => ({ columns: 80, rows: 24 }),
    write: (text) => {
      assert.equal(waiting, 0, 'written before the reader took the portion before');
      writes.push(String(text));
      written += text.length;
    },
    async drained() {
      waiting += 1;
      await new Promise(setImmediate);
      waiting -= 1;
      return !isLost();
    },
    flush: async () => {},
  };
  return { writes, written: () => written, output };
}

const PRINTERS = {
  ...{ text: null, json: null, ndjson: null, raw: null },
  tsv: ({ document }: { readonly document: Iterable<string> }) => document,
};

describe('an answer', () => {
  it('is written in portions of about 64 KiB, each when the one before was taken, its rows made as they are written', async () => {
    const { writes, written, output } = slowOutput();
    let made = 0;
    const document = (function* () {
      for (; made < 10_000; made++) {
        assert.ok(made * 100 <= written() + 70_000, 'rows are made ahead of what is written');
        yield `${'x'.repeat(99)}\n`;
      }
    })();
    const settings = { output: 'tsv', color: 'never' } as const;
    await printAnswer({ document }, PRINTERS, undefined, settings, { ...fakeDeps(), stdout: output });
    assert.equal(writes.join('').length, 1_000_000);
    for (const write of writes.slice(0, -1)) assert.ok(write.length >= 65_536 && write.length < 70_000);
  });

  it('is not made any further once nobody can get it', async () => {
    const { writes, output } = slowOutput(() => writes.length === 2);
    const document = (function* () {
      for (let row = 0; row < 10_000; row++) yield `${'x'.repeat(99)}\n`;
    })();
    const settings = { output: 'tsv', color: 'never' } as const;
    await printAnswer({ document }, PRINTERS, undefined, settings, { ...fakeDeps(), stdout: output });
    assert.equal(writes.length, 2);
  });

  const ids = Array.from({ length: 1200 }, (_, index) => String(index + 1));
  for (const command of ['status', 'watch']) {
    it(`of ${command} is one valid document, whatever its number of portions`, async () => {
      const { writes, output } = slowOutput();
      const env = { ALIBABA_CLOUD_ACCESS_KEY_ID: 'key-id', ALIBABA_CLOUD_ACCESS_KEY_SECRET: 'key-secret' };
      const deps = { ...fakeDeps({ env }), stdout: output };
      assert.equal(await run([command, ...ids, '-q', '-o', 'json'], deps), 0);
      assert.ok(writes.length > 2, `${writes.length} writes`);
      const { tasks, summary } = JSON.parse(writes.join(''));
      assert.deepEqual([tasks.length, summary.requests], [1200, 1200]);
      assert.equal(writes.join(''), jsonDocument(JSON.parse(writes.join(''))));
    });
  }

  it('of a query has the rows that are made as they are written', async () => {
    const { stdout } = await mmaiInProcess(['watch', '1', '2', '-q', '--simulate', '2', '--query', 'tasks[1].id']);
    assert.equal(stdout, '2\n');
  });
});

describe('the pieces of a json document', () => {
  const cases: unknown[] = [
    {},
    [],
    null,
    'text',
    { tasks: [] },
    { tasks: [{ id: '1', error: { hint: 'a\nb' } }, {}], absent: undefined, summary: { counts: {}, list: [1, 2] } },
    { absent: undefined, text: 'abc', odd: '\u202e ##[x] \ud83d' },
    [[1], { a: [] }],
  ];
  it('make the text that JSON.stringify makes, but for what is not safe to show', () => {
    for (const value of cases) {
      const text = [...jsonPieces(value)].join('');
      assert.deepEqual(JSON.parse(text), JSON.parse(jsonDocument(value)));
      assert.equal(
        text.replace(/\\u\w{4}|\ufffd|#/g, ''),
        `${JSON.stringify(value, null, 2)}\n`.replace(/[\u202e#]|\\ud83d/g, ''),
      );
    }
  });

  it('have the elements of a list that is only read once', () => {
    const rows = {
      *[Symbol.iterator]() {
        yield* [{ id: 1 }, { id: 2 }];
      },
    };
    assert.deepEqual(JSON.parse([...jsonPieces({ rows })].join('')), { rows: [{ id: 1 }, { id: 2 }] });
  });
});
