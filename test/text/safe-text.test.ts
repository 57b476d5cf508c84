import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { jsonText, shortened, visible } from '../../src/text/safe-text.ts';

describe('text from outside', () => {
  const invisible: readonly (readonly [what: string, codePoints: readonly number[]])[] = [
    ['controls of C0, DEL and C1', [0x00, 0x07, 0x08, 0x0a, 0x0d, 0x1b, 0x7f, 0x85, 0x9b, 0x9d]],
    ['line and paragraph separators', [0x2028, 0x2029]],
    ['marks of direction', [0x061c, 0x200e, 0x200f, 0x202a, 0x202e, 0x2066, 0x2069]],
    ['characters without a width', [0x00ad, 0x034f, 0x180e, 0x200b, 0x200d, 0x2060, 0x2064, 0xfeff]],
    ['fillers', [0x115f, 0x1160, 0x17b4, 0x3164, 0xffa0]],
    ['interlinear and musical controls', [0xfff9, 0xfffb, 0x1d173, 0x1bca0]],
    ['tags', [0xe0001, 0xe0020, 0xe0041, 0xe007f]],
    ['variation selectors that vary nothing', [0xfe00, 0xfe0f, 0xe0100, 0xe01ef]],
    ['noncharacters', [0xfdd0, 0xfdef, 0xfffe, 0xffff, 0x1fffe, 0x10ffff]],
  ];
  for (const [what, codePoints] of invisible) {
    it(`shows ${what} as escapes, in JSON too`, () => {
      for (const codePoint of codePoints) {
        const text = `a${String.fromCodePoint(codePoint)}b`;
        assert.equal(visible(text), `a\\u{${codePoint.toString(16)}}b`);
        const json = jsonText(text);
        assert.match(json, /^"a\\[\x21-\x7e]+b"$/);
        assert.equal(JSON.parse(json), text);
      }
    });
  }

  it('keeps what people write: letters of any script, emoji and how they are presented', () => {
    for (const text of [
      '任务 ok 🎬',
      'naïve Ünïcode',
      '❤️ ✔︎ 👍🏽',
      'ไทย हिन्दी العربية',
      '𠮷野家',
      'a–b…“c”',
      '\u00a0\u3000',
    ]) {
      assert.equal(visible(text), text);
      assert.equal(jsonText(text), `"${text}"`);
    }
  });

  it('is well-formed Unicode: half a surrogate pair becomes U+FFFD, in JSON, in its keys and in values that quote an escape', () => {
    assert.equal(visible('a\ud83d b\udc4d'), 'a\ufffd b\ufffd');
    const value = { 'k\ud800': ['\udfff', '\\ud800', '\\\\\udc00', '👍', '"\ud83d"'] };
    const json = jsonText(value);
    assert.ok(json.isWellFormed());
    assert.deepEqual(JSON.parse(json), { 'k\ufffd': ['\ufffd', '\\ud800', '\\\\\ufffd', '👍', '"\ufffd"'] });
  });

  it('is not cut in the middle of a surrogate pair', () => {
    assert.equal(shortened('ab👍cd', 4), 'ab…');
    assert.equal(shortened('ab👍cd', 5), 'ab👍…');
    assert.equal(shortened('abcd', 4), 'abcd');
  });
});

describe('a command to a CI’s runner', () => {
  const commands = [
    '::error::forged',
    '  ::set-output name=x::y',
    '\t::add-mask::x',
    '::group::',
    '::debug::x',
    '##[error]x',
    'text ##[group]x',
    '##[add-mask]x',
    '##vso[task.setvariable variable=x]y',
    'text ##VSO[task.complete result=Succeeded;]',
    "##teamcity[buildStatus status='SUCCESS']",
    '###[error]x',
    '####vso[task.x]y',
    '##a.b-c_d[x]',
  ];
  /** What runners look for: GitHub `::word` where a line begins and `##[` anywhere, Azure `##vso[` and TeamCity `##teamcity[` anywhere. */
  const isCommand = (line: string) => /^\s*::[a-z]/i.test(line) || /##[\w.-]*\[/.test(line);
  for (const command of commands) {
    it(`"${command}" is shown and is none any more, in JSON too`, () => {
      assert.ok(isCommand(command));
      assert.ok(!isCommand(visible(command)), visible(command));
      for (const line of jsonText({ command, list: [command] }, 2).split('\n')) assert.ok(!isCommand(line), line);
      assert.equal(JSON.parse(jsonText(command)), command);
    });
  }

  it('is not seen in addresses, emphasis and headings', () => {
    for (const text of ['std::vector', '::1', 'a::b', '## heading', '# [link]', '#[derive]', '::', 'x ##']) {
      assert.equal(visible(text), text);
    }
  });
});
