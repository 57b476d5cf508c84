import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { rawBody } from '../../src/output/bodies.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

describe('the bodies of --raw', () => {
  const body = bytes('{\r\n\t"Message": "\u001b]0;title\u0007\u001b[2J\u009b\u202e\r中文"\n}');

  it('are byte for byte where stdout is no terminal, a line break between two', () => {
    assert.deepEqual(rawBody(body, { isFirst: true, isTerminal: false }), [body]);
    assert.deepEqual(rawBody(body, { isFirst: false, isTerminal: false }), ['\n', body]);
  });

  it('control no terminal: line breaks and tabs stay, all else that is invisible is shown', () => {
    const visible = '{\r\n\t"Message": "\\u{1b}]0;title\\u{7}\\u{1b}[2J\\u{9b}\\u{202e}\\u{d}中文"\n}';
    assert.deepEqual(rawBody(body, { isFirst: true, isTerminal: true }), [visible]);
    assert.deepEqual(rawBody('', { isFirst: false, isTerminal: true }), ['\n', '']);
  });
});
