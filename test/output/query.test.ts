import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MmaiError } from '../../src/errors.ts';
import { en } from '../../src/locales/en/messages.ts';
import { compileQuery, QUERY_FORMS } from '../../src/output/query.ts';

describe('--query', () => {
  const document = {
    tasks: [
      { id: '1', status: 2 },
      { id: '2', status: null },
    ],
  };
  const cases: [string, unknown][] = [
    ['tasks[].id', ['1', '2']],
    ['tasks[?status==`2`].id | [0]', '1'],
    ['nothing', null],
    ['constructor', null],
    ['tasks[0].toString', null],
    ['tasks[].constructor', [null, null]],
  ];
  for (const [expression, expected] of cases) {
    it(`${expression} → ${JSON.stringify(expected)}`, async () => {
      const found = (await compileQuery(expression))!(document);
      assert.deepEqual(found, expected);
      assert.doesNotThrow(() => [QUERY_FORMS.json?.(found), QUERY_FORMS.text?.(found)]);
    });
  }
  it('that does not parse is refused before anything is asked', () => assert.rejects(compileQuery('a['), MmaiError));
  it('that parses but does not fit the document is told apart from one that does not parse', async () => {
    const query = (await compileQuery('length(tasks[0].status)'))!;
    assert.throws(() => query(document), /"length\(tasks\[0\]\.status\)" does not fit the document: Invalid type/);
  });
  it('with a bare word in backquotes, as aws-cli takes it, is told of single quotes', () =>
    assert.rejects(compileQuery('tasks[?state==`failed`]'), (error: MmaiError) => {
      assert.match(error.hint?.(en) ?? '', /single quotes/);
      return true;
    }));
});
