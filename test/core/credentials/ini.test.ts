import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { IniFault, readIniSection } from '../../../src/core/credentials/ini.ts';

/** What a parser makes of `access_key_id` in the section `default`: its value, `absent`, or that it refuses the file. */
type Verdict = string;

interface Case {
  readonly title: string;
  readonly text: string;
  /** Go's ini.v1 with the options of the Go SDK (`ini.Load`), by its source. */
  readonly go: Verdict;
  /** Python's configparser 3.11, recorded; what stands after a `#` behind a blank is cut, as the Python SDK does. */
  readonly python: Verdict;
  /** mmai: the value, `absent`, or the line and reason of the fault. */
  readonly mmai: Verdict;
}

const README = [
  '[default]                          # Default credential',
  'type = access_key                  # Certification type: access_key',
  'access_key_id = foo                # access key id',
  'access_key_secret = bar            # access key secret',
].join('\n');

/** `[default]`, then these lines from line 2 on. */
const lines = (...rest: string[]) => ['[default]', ...rest, ''].join('\n');
const same = (title: string, text: string, verdict: Verdict): Case => ({
  ...{ title, text },
  ...{ go: verdict, python: verdict, mmai: verdict },
});
const differ = (title: string, text: string, go: Verdict, python: Verdict, mmai: Verdict): Case => ({
  ...{ title, text, go, python, mmai },
});

const CASES: Case[] = [
  same('comments where the README of the SDKs has them', README, 'foo'),
  same('no blanks around =', lines('access_key_id=a'), 'a'),
  same('key: value', lines('access_key_id: a'), 'a'),
  same('= and : in a value', lines('access_key_id = a=b:c=='), 'a=b:c=='),
  same('a quotation mark inside a value', lines(`access_key_id = a"b'c`), `a"b'c`),
  same('lines with a comment alone, indented too', lines('# x', '   ; y', '', 'access_key_id = a'), 'a'),
  same('CRLF', lines('access_key_id = a').replaceAll('\n', '\r\n'), 'a'),
  same('all keys indented alike', lines('  type = x', '  access_key_id = a'), 'a'),
  same('a section indented like its keys', ' [default]\n access_key_id = a\n', 'a'),
  same('a key indented less than the one before', lines('  type = x', ' access_key_id = a'), 'a'),
  same('words after the section', '[default] x = y\naccess_key_id = a\n', 'a'),
  same('a section with a dot beside the one in front of it', '[default.x]\naccess_key_id = b\n', 'absent'),
  same('a section in capitals, which is another', '[DEFAULT]\naccess_key_id = b\n', 'absent'),
  same('a section named like a property of every object', '[__proto__]\naccess_key_id = b\n', 'absent'),
  same('another section only', '[other]\naccess_key_id = b\n', 'absent'),
  same('an empty file', '', 'absent'),
  same('a value of another section that the two read differently', lines('access_key_id = a', '[b]', 'k = c#d'), 'a'),
  differ('a comment after an empty value', lines('access_key_id = # none'), '', '', ''),
  differ('a byte order mark', `\ufeff${lines('access_key_id = a')}`, 'a', 'refused', 'a'),

  differ('# in a value', lines('access_key_id = a#b'), 'a', 'a#b', '2 commentMark'),
  differ('; in a value', lines('access_key_id = a;b'), 'a', 'a;b', '2 commentMark'),
  differ('; after a blank', lines('access_key_id = a ; b'), 'a', 'a ; b', '2 commentMark'),
  differ('a backslash at the end', lines('access_key_id = a\\', '[b]', 'k = c'), 'a[b]', 'a\\', '2 continuation'),
  differ(
    'a backslash at the end of another section',
    lines('access_key_id = a', '[b]', 'k = c\\'),
    'a',
    'a',
    '4 continuation',
  ),
  differ('double quotes', lines('access_key_id = "a"'), 'a', '"a"', '2 quotes'),
  differ('double quotes before a comment', lines('access_key_id = "a" # b'), 'a', '"a"', '2 quotes'),
  differ('single quotes', lines(`access_key_id = 'a'`), 'a', `'a'`, '2 quotes'),
  differ('backquotes over lines', lines('access_key_id = `a', '[b]', 'k = c`'), 'a\n[b]\nk = c', '`a', '2 quotes'),
  differ(
    'triple quotes over lines',
    lines('k = """a', '[default]', 'access_key_id = c"""'),
    'absent',
    'refused',
    '2 quotes',
  ),
  differ('a key in quotes', lines('"access_key_id" = a'), 'a', 'absent', '2 quotes'),
  differ('% in a value', lines('access_key_id = a%(type)sb'), 'refused', 'a%(type)sb', '2 percent'),
  differ('a key in capitals', lines('Access_Key_ID = a'), 'absent', 'a', '2 letterCase'),
  differ('a line indented deeper', lines('type = x', '  access_key_id = a'), 'a', 'absent', '3 indent'),
  differ('a section indented deeper', '[a]\nk = b\n  [default]\naccess_key_id = c\n', 'c', 'absent', '3 indent'),
  differ(
    'a section twice',
    lines('access_key_id = a', '[default]', 'access_key_id = b'),
    'b',
    'refused',
    '3 duplicateSection',
  ),
  differ('a key twice', lines('access_key_id = a', 'access_key_id = b'), 'b', 'refused', '3 duplicateKey'),
  differ('a carriage return in a comment', lines('# x\raccess_key_id = a'), 'absent', 'a', '2 invisible'),
  differ('a byte order mark before a key', lines('\ufeffaccess_key_id = a'), 'absent', 'absent', '2 invisible'),
  differ(
    'a byte order mark before a section',
    '[a]\n\ufeff[default]\naccess_key_id = b\n',
    'refused',
    'refused',
    '2 invisible',
  ),
  differ(
    'a byte order mark before a comment',
    lines('access_key_id = a', '\ufeff# b'),
    'refused',
    'refused',
    '3 invisible',
  ),
  differ('U+0085 before a key', lines('k = a', '\u0085access_key_id = b'), 'b', 'absent', '3 invisible'),
  differ('U+001C before a key', lines('k = a', '\u001caccess_key_id = b'), 'absent', 'absent', '3 invisible'),
  differ('U+001F after a value', lines('access_key_id = a\u001f'), 'a\u001f', 'a', '2 invisible'),
  same('such a character in a comment', lines('# \ufeff\u0085\u001c', 'access_key_id = a'), 'a'),
  differ('a key of [DEFAULT] alone', '[DEFAULT]\naccess_key_id = b\n[default]\n', 'absent', 'b', '2 inherited'),
  differ('a blank after the name', '[default ]\naccess_key_id = a\n', 'absent', 'absent', '1 sectionBlanks'),
  differ('two closing brackets', '[default] # [x]\naccess_key_id = a\n', 'absent', 'absent', '1 bracket'),
  differ('an open bracket', '[default\naccess_key_id = a\n', 'refused', 'refused', '1 bracket'),
  differ('a section without a name', '[]\n[default]\naccess_key_id = a\n', 'refused', 'refused', '1 bracket'),
  differ('a key before the first section', 'access_key_id = a\n[default]\n', 'absent', 'refused', '1 noSection'),
  differ('a line that is neither', lines('access_key_id = a', 'and so on'), 'refused', 'refused', '3 noDelimiter'),
  differ('a key without a name', lines('= b', 'access_key_id = a'), 'refused', 'refused', '2 noDelimiter'),
];

function verdict(text: string): Verdict {
  try {
    return readIniSection(text, 'default', ['access_key_id'])?.access_key_id ?? 'absent';
  } catch (error) {
    if (error instanceof IniFault) return `${error.line} ${error.reason}`;
    throw error;
  }
}

describe('the dialect of ~/.alibabacloud/credentials', () => {
  for (const { title, text, go, python, mmai } of CASES) {
    const how = mmai === go || mmai === python ? 'is read as the SDKs do' : 'is a fault with its line';
    it(`${title} ${how}`, () => assert.equal(verdict(text), mmai));
  }

  it('is never read otherwise than by both SDKs, but for a byte order mark, which only one of them refuses', () => {
    for (const { title, go, python, mmai } of CASES) {
      if (!/^\d+ [a-z]/.test(mmai)) assert.ok(mmai === go && (mmai === python || python === 'refused'), title);
    }
  });

  it('a key that Go takes from the section with a shorter name is a fault', () => {
    const text = '[my]\nsecurity_token = a\n[my.prod]\naccess_key_id = b\n';
    assert.throws(() => readIniSection(text, 'my.prod', ['access_key_id', 'security_token']), {
      line: 2,
      reason: 'inherited',
    });
    assert.deepEqual(readIniSection(text, 'my.prod', ['access_key_id']), { access_key_id: 'b' });
  });

  it('a section with dots is not part of another', () => {
    const text = '[my]\naccess_key_id = a\n[my.prod]\naccess_key_id = b\n';
    assert.deepEqual(readIniSection(text, 'my.prod', ['access_key_id', 'type']), { access_key_id: 'b' });
    assert.deepEqual(readIniSection(text, 'my', ['access_key_id']), { access_key_id: 'a' });
  });
});
