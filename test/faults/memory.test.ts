import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TaskIdParser } from '../../src/core/input/task-id-parser.ts';
import { heldMiB, LARGE, type Large, usedMiB } from '../support/memory.ts';

/** 4 MiB of each kind; `npm run soak` has the full size, 10,000 tasks and a MiB. */
const [TASKS, BYTES] = [64, 2 ** 16];
const KINDS = {
  // JSON prints whole URLs.
  watch: (Object.keys(LARGE) as Large[]).filter((kind) => kind !== 'a reason and URLs that fit'),
  status: ['error pages', 'request ids', 'messages'],
  'status --raw': ['error pages', 'request ids'],
  result: ['error pages', 'reasons and URLs', 'short reasons in long XML'],
  'watch -o tsv': ['a reason and URLs that fit'],
  'watch -o text': ['a reason and URLs that fit'],
  'result -o tsv': ['a reason and URLs that fit'],
} as const;

describe('memory follows the tasks, not the responses', () => {
  for (const [command, kinds] of Object.entries(KINDS) as [keyof typeof KINDS, readonly Large[]][]) {
    for (const kind of kinds) {
      it(`of ${command}, whatever a long response is made of: ${kind}`, async () => {
        // Half of its requests may be about states.
        const requests = command.startsWith('watch -o') ? 2 * TASKS : TASKS;
        const mebibytes = await heldMiB(command, requests, BYTES, kind);
        assert.ok(mebibytes < 1.2, `${mebibytes} MiB`);
      });
    }
  }
});

describe('memory follows the task ids, not the text that they are read from', () => {
  const kinds: [string, (id: string) => string][] = [
    ['the first column of a table', (id) => `${id}\t${'x'.repeat(2000)}\n`],
    ['numbers in JSON', (id) => `{"TaskId": ${id}, "Video": "${'x'.repeat(2000)}"}\n`],
    ['strings in JSON', (id) => `{"TaskId": "${id}", "Video": "${'x'.repeat(2000)}"}\n`],
  ];
  for (const [name, line] of kinds) {
    it(name, () => {
      const parser = new TaskIdParser();
      const before = usedMiB();
      for (let n = 0; n < 2000; n += 1) parser.push(line(String(9_000_000_000_000_000_000n + BigInt(n))));
      assert.ok(usedMiB() - before < 1, `${usedMiB() - before} MiB`);
      assert.equal(parser.ids.size, 2000);
    });
  }
});
