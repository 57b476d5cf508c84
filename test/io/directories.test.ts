import assert from 'node:assert/strict';
import { existsSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { configDirectory, makeDirectory, stateDirectory } from '../../src/io/directories.ts';
import { temporaryDirectory } from '../support/mmai.ts';

describe('the config directory', () => {
  const cases: [string, object, string, string][] = [
    ['MMAI_CONFIG_DIR', { MMAI_CONFIG_DIR: '/c', XDG_CONFIG_HOME: '/x' }, 'linux', '/c'],
    ['MMAI_CONFIG_DIR of a file with CRLF', { MMAI_CONFIG_DIR: '/c\r' }, 'linux', '/c'],
    ['XDG_CONFIG_HOME', { XDG_CONFIG_HOME: '/x' }, 'linux', '/x/mmai'],
    ['%APPDATA% on Windows', { APPDATA: '/a' }, 'win32', '/a/mmai'],
    ['the home directory', { APPDATA: '/a' }, 'linux', '/h/.config/mmai'],
    ['the home directory where the others are relative', { XDG_CONFIG_HOME: '~/.config' }, 'linux', '/h/.config/mmai'],
  ];
  for (const [name, env, platform, expected] of cases) {
    it(`comes from ${name}`, () => assert.equal(configDirectory({ ...env }, platform, '/h'), expected));
  }

  it('is refused where MMAI_CONFIG_DIR is relative', () => {
    const refusal = { exitCode: 2, message: /MMAI_CONFIG_DIR: "conf" is a relative path/ };
    assert.throws(() => configDirectory({ MMAI_CONFIG_DIR: 'conf' }, 'linux', '/h'), refusal);
    const long = { MMAI_CONFIG_DIR: 'x'.repeat(100_000) };
    assert.throws(() => configDirectory(long, 'linux', '/h'), { message: /^MMAI_CONFIG_DIR: "x{79}…" is/ });
    const content = { MMAI_CONFIG_DIR: '{"profiles": {"p": {"access-key-secret": "canary"}}}' };
    assert.throws(() => configDirectory(content, 'linux', '/h'), { message: /^(?!.*canary)/ });
  });
});

describe('the state directory', () => {
  it('is in XDG_STATE_HOME, %LOCALAPPDATA% or ~/.local/state; relative ones are ignored', () => {
    assert.equal(stateDirectory({ XDG_STATE_HOME: '/s' }, 'linux', '/h'), join('/s', 'mmai'));
    assert.equal(stateDirectory({ LOCALAPPDATA: '/l' }, 'win32', '/h'), join('/l', 'mmai'));
    assert.equal(stateDirectory({}, 'linux', '/h'), join('/h', '.local', 'state', 'mmai'));
    assert.equal(stateDirectory({ XDG_STATE_HOME: 's' }, 'linux', '/h'), join('/h', '.local', 'state', 'mmai'));
  });
});

describe('makeDirectory', () => {
  it('makes what is missing, for the owner only, and leaves what is there', () => {
    const top = temporaryDirectory();
    makeDirectory(join(top, 'a', 'b'));
    makeDirectory(join(top, 'a', 'b'));
    assert.equal(statSync(join(top, 'a')).mode & 0o777, 0o700);
    assert.equal(statSync(join(top, 'a', 'b')).mode & 0o777, 0o700);
  });

  it('ends where it cannot be made', () => {
    const top = temporaryDirectory();
    writeFileSync(join(top, 'file'), '');
    assert.throws(() => makeDirectory(join(top, 'file', 'a')), { code: 'ENOTDIR' });
    symlinkSync(join(top, 'nowhere', 'x'), join(top, 'link'));
    assert.throws(() => makeDirectory(join(top, 'link', 'a')), { code: 'ENOENT' });
    // Here mkdir says that there is no parent, though there is.
    if (existsSync('/proc')) assert.throws(() => makeDirectory('/proc/x/a'), { code: 'ENOENT' });
  });
});
