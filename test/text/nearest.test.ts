import assert from 'node:assert/strict';
import { it } from 'node:test';
import { nearest } from '../../src/text/nearest.ts';

const rows: [string, readonly string[], string | undefined][] = [
  ['wacth', ['wait', 'watch'], 'watch'],
  ['regoin', ['region'], 'region'],
  ['stat', ['sandbox', 'status'], 'status'],
  ['edit', ['init'], undefined],
  ['chek', ['check'], 'check'],
  ['timeout', ['region', 'request-timeout'], 'request-timeout'],
  ['timeout', ['Network.Dns', 'Network.Timeout'], 'Network.Timeout'],
  // Its dashes make no word long.
  ['--poll', ['--all'], undefined],
  ['--quite', ['--quiet'], '--quiet'],
];
for (const [word, candidates, expected] of rows) {
  it(`the nearest word to ${word} is ${expected}`, () => assert.equal(nearest(word, candidates), expected));
}

it('a word of 100,000 characters is compared with none', () => {
  // Comparing would take longer than a test file may.
  const candidates = Array.from({ length: 50_000 }, (_, index) => `candidate-number-${index}`);
  assert.equal(nearest('x'.repeat(100_000), candidates), undefined);
});
