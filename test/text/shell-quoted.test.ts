import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { shellQuoted } from '../../src/text/shell-quoted.ts';

describe('a word to be pasted into a shell', () => {
  for (const [word, posix, windows] of [
    ['--interval', '--interval', '--interval'],
    ['1h30m', '1h30m', '1h30m'],
    ['http://127.0.0.1:8080', 'http://127.0.0.1:8080', 'http://127.0.0.1:8080'],
    ['0,1,2', '0,1,2', '"0,1,2"'],
    ['my profile', "'my profile'", '"my profile"'],
    ['C:\\ca\\root.pem', "'C:\\ca\\root.pem'", 'C:\\ca\\root.pem'],
    ['a&b|c', "'a&b|c'", '"a&b|c"'],
    ['%PATH%', '%PATH%', '"%PATH%"'],
    ["it's", "'it'\\''s'", '"it\'s"'],
    ['say "x"', `'say "x"'`, '"say ""x"""'],
    ['', "''", '""'],
  ] as const) {
    it(`${JSON.stringify(word)}: single quotes for a POSIX shell, double quotes for cmd.exe and PowerShell`, () => {
      assert.equal(shellQuoted(word, 'linux'), posix);
      assert.equal(shellQuoted(word, 'darwin'), posix);
      assert.equal(shellQuoted(word, 'win32'), windows);
    });
  }
});
