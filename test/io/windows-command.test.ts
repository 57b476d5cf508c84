import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { windowsCommand } from '../../src/io/windows-command.ts';

const env = { PATH: 'C:\\Windows;C:\\npm\\;"C:\\My Tools"', PATHEXT: '.EXE;.CMD', ComSpec: 'C:\\Windows\\cmd.exe' };
const files = [
  'C:\\Windows\\node.EXE',
  'C:\\npm\\mmai.CMD',
  'C:\\npm\\node.CMD',
  '.\\run.CMD',
  'C:\\My Tools\\tool.EXE',
];
const command = (name: string, ...args: string[]) => windowsCommand(name, args, env, (path) => files.includes(path));
const started = (name: string, ...args: string[]) => command(name, ...args)!;

describe('a command on Windows', () => {
  it('is started as it is where it is a program, found on the path', () => {
    assert.deepEqual(command('node', 'a b'), { file: 'C:\\Windows\\node.EXE', args: ['a b'] });
  });

  it('is found in a directory that the path names in quotation marks', () => {
    assert.equal(started('tool').file, 'C:\\My Tools\\tool.EXE');
  });

  it('is run by cmd.exe where it is a batch file, such as what npm installs', () => {
    const batch = command('mmai', 'watch', '1');
    const line = '"^"C:\\npm\\mmai.CMD^" ^"watch^" ^"1^""';
    assert.deepEqual(batch, { file: env.ComSpec, args: ['/d', '/s', '/c', line], isVerbatim: true });
    assert.equal(started('.\\run').args.at(-1), '"^".\\run.CMD^""');
    assert.equal(started('mmai.CMD').file, env.ComSpec);
  });

  it('gets its arguments as they were given, whatever cmd.exe would make of them', () => {
    const quoted = (arg: string) => started('mmai', arg).args.at(-1)!.slice('"^"C:\\npm\\mmai.CMD^" '.length, -1);
    assert.equal(quoted('a b&c|%PATH%'), '^"a^ b^&c^|^%PATH^%^"');
    assert.equal(quoted('say "hi"\\'), '^"say^ \\^"hi\\^"\\\\^"');
  });

  it('that is not found is none: Node would look for it in the working directory', () => {
    assert.equal(command('nope', 'x'), undefined);
    assert.equal(command('run'), undefined);
  });
});
