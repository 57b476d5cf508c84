import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { aligned, displayWidth, padded, truncated, wrapped } from '../../src/text/width.ts';

describe('the width of a text', () => {
  for (const [text, columns] of [
    ['', 0],
    ['abc-123', 7],
    ['任务', 4],
    ['한글', 4],
    ['ｆｕｌｌ', 8],
    ['𠮷', 2],
    ['✅', 2],
    ['🎬', 2],
    ['⌛⏰', 4],
    ['✔✖', 2],
    ['○●·…→', 5],
    ['“é”', 3],
  ] as const) {
    it(`of "${text}" is ${columns}`, () => {
      assert.equal(displayWidth(text), columns);
      assert.equal(padded(text, columns + 1), `${text} `);
    });
  }
});

describe('the rows of a table', () => {
  it('have cells as wide as the widest of their column, but for the last; a column that is empty in all is left out', () => {
    const rows = [
      ['1', '', '任务', 'a'],
      ['400010', '', 'b', 'some text'],
    ];
    assert.deepEqual(aligned(rows), [
      ['1     ', '任务', 'a'],
      ['400010', 'b   ', 'some text'],
    ]);
    assert.deepEqual(aligned([]), []);
  });
});

describe('a text that is cut', () => {
  /** The width in a terminal that draws ambiguous characters in two columns, as with a CJK setting. */
  const wideWidth = (text: string) => displayWidth(text.replace(/[○●·…→“”é]/g, '任'));

  it('fits where characters of ambiguous width take two columns', () => {
    for (const text of ['● 12 running 1m32s', '○○○○', '·· … →', '“é” 任务', '✅𠮷✅𠮷', 'plain text']) {
      for (let columns = 0; columns <= 20; columns++) {
        const cut = truncated(text, columns);
        assert.ok(wideWidth(cut) <= columns, `"${cut}" in ${columns}`);
        if (wideWidth(text) <= columns) assert.equal(cut, text);
      }
    }
  });

  it('ends with an ellipsis and keeps as much as fits', () => {
    assert.equal(truncated('abcdef', 5), 'abc…');
    assert.equal(truncated('任务执行中', 7), '任务…');
    assert.equal(truncated('abc', 1), '');
  });
});

describe('a text that is wrapped', () => {
  it('keeps what stands in parentheses together where it is short', () => {
    assert.equal(wrapped('所有任务共用的超时时间（默认 30m）', 30), '所有任务共用的超时时间\n（默认 30m）');
    assert.equal(
      wrapped('重试次数（默认 3；环境变量 MMAI_RETRIES）', 24),
      '重试次数（默认 3；\n环境变量 MMAI_RETRIES）',
    );
    assert.equal(wrapped('主机名或 http(s)://HOST 地址', 22), '主机名或\nhttp(s)://HOST 地址');
    assert.equal(wrapped('time between polls (default: auto)', 30), 'time between polls\n(default: auto)');
  });

  it('keeps a command in quotes together, to be copied, where it fits the width', () => {
    assert.equal(
      wrapped('waits in turns: "mmai watch ID --timeout 50s --json" ends within 50s', 38),
      'waits in turns:\n"mmai watch ID --timeout 50s --json"\nends within 50s',
    );
    assert.equal(
      wrapped('用 "mmai result ID"，可查看原因（默认 3）', 20),
      '用\n"mmai result ID"，可\n查看原因（默认 3）',
    );
    assert.equal(wrapped('run "mmai config set region cn-beijing"', 20), 'run "mmai config set\nregion cn-beijing"');
  });

  it('never exceeds the width, however long the parentheses are', () => {
    const text = '任务（环境变量 MMAI_REQUEST_TIMEOUT）说明 (default: something quite long here) 结束';
    for (let columns = 24; columns <= 60; columns++) {
      for (const line of wrapped(text, columns).split('\n'))
        assert.ok(displayWidth(line) <= columns, `${columns}: ${line}`);
    }
  });
});
