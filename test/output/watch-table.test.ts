import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ResultDetails, TaskId } from '../../src/core/task.ts';
import { plainStyle } from '../../src/io/terminal/style.ts';
import { en } from '../../src/locales/en/messages.ts';
import { zh } from '../../src/locales/zh/messages.ts';
import { errorObject } from '../../src/output/document.ts';
import { withoutOtherUrls } from '../../src/output/results.ts';
import type { WatchedRow } from '../../src/output/watch-document.ts';
import { watchTable } from '../../src/output/watch-table.ts';
import { classifyFailure } from '../support/failure.ts';

function row(id: string, values: Partial<WatchedRow>): WatchedRow {
  const nothing = { state: 'unknown', status: null, outcome: 'pending', requestId: 'R' } as const;
  return { id: id as TaskId, ...nothing, polls: 1, durationMs: 92_000, lagMaxMs: null, ...values };
}

describe('the table of a wait', () => {
  const error = errorObject(classifyFailure('InternalError'), en);
  const rows = [
    row('1', { state: 'succeeded', status: 2, outcome: 'succeeded' }),
    row('400010', { state: 'failed', status: 3, outcome: 'failed', durationMs: 5000 }),
    row('7', { state: 'running', status: 1 }),
    row('8', { status: 9 }),
    row('9', { outcome: 'unanswered', error }),
    row('10', { state: 'running', status: 1, outcome: 'stallTimeout' }),
    row('11', { polls: 0 }),
  ];

  it('says id, state, how long it took; the status where its word is unknown, and what went wrong', () => {
    const { unseen, ends } = en.watch;
    const expected: [string, string, string][] = [
      ['1     ', 'succeeded', '1m32s'],
      ['400010', 'failed', '5s'],
      ['7     ', 'running', '1m32s'],
      ['8     ', 'unknown', '1m32s  9'],
      ['9     ', 'error', '1m32s  InternalError'],
      ['10    ', 'running', `1m32s  ${ends.stallTimeout}`],
      ['11    ', unseen, '1m32s'],
    ];
    const lines = expected.map(([id, word, rest]) => `${id}  ${word.padEnd(unseen.length)}  ${rest}\n`);
    assert.deepEqual([...watchTable(rows, plainStyle, en)], lines);
  });

  it('is aligned where characters are two columns wide', () => {
    const [first, second] = watchTable(rows.slice(0, 2), plainStyle, zh);
    assert.equal(first!.indexOf('1m32s'), second!.indexOf('5s'));
  });

  it('is the same where only what it shows of results was kept', () => {
    const reason = { name: 'Download fail', code: '1000', message: null, detail: null };
    const rest = { url: 'http://oss.test/r?Signature=1', videoUrl: 'http://v', urlExpiresAt: null };
    const none = { analysisSeconds: null, videoName: null, applicationId: null };
    const results: ResultDetails[] = [
      { reason, ...rest, ...none },
      { reason: null, ...rest, ...none },
    ];
    const table = (found: readonly ResultDetails[]) =>
      [
        ...watchTable(
          found.map((result, index) => row(String(index), { state: 'failed', status: 3, outcome: 'failed', result })),
          plainStyle,
          en,
        ),
      ].join('');
    assert.equal(table(results.map(withoutOtherUrls)), table(results));
    assert.match(table(results), /Signature=1/);
  });
});
