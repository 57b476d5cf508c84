import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { commandLine, readEarlyArguments } from '../../src/cli/arguments.ts';
import { MmaiError } from '../../src/errors.ts';
import { fakeDeps } from '../support/deps.ts';
import { commandTree } from '../support/tree.ts';

const program = await commandTree(fakeDeps());
const words = (line: string) => line.split(' ').filter(Boolean);

describe('flags before the command', () => {
  const rows: [string, string][] = [
    ['--profile work status 20', 'status --profile work 20'],
    ['-o json status 20', 'status -o json 20'],
    ['-ojson status 20', 'status -ojson 20'],
    ['-qo json status 20', 'status -qo json 20'],
    ['-qojson -i5s watch 20', 'watch -qojson -i5s 20'],
    ['-qo=json -i=5s watch 20', 'watch -qojson -i5s 20'],
    ['--debug status 20', 'status --debug 20'],
    ['--output=json --debug watch 1 --any', 'watch --output=json --debug 1 --any'],
    ['--profile work config set region x', 'config set --profile work region x'],
    ['--profile status status 20', 'status --profile status 20'],
    ['--lang zh wait 1', 'wait --lang zh 1'],
    // What is no flag of the command stays, and commander refuses it.
    ['--bogus status 20', '--bogus status 20'],
    ['--timeout 5s status 20', '--timeout 5s status 20'],
    ['-qx status 20', '-qx status 20'],
    ['--profile', '--profile'],
    ['--help status', 'status --help'],
    ['-h config set', 'config set -h'],
    ['-- status 20', '-- status 20'],
    ['status --profile work 20', 'status --profile work 20'],
  ];
  for (const [given, expected] of rows) {
    it(`are read as flags of the command: mmai ${given}`, () => {
      assert.deepEqual(commandLine(words(given), program), words(expected));
    });
  }
});

it('a value that only looks like a flag with its value stays as it is', () => {
  for (const line of [
    'watch 1 --exec -o=x',
    'config set access-key-secret -o=SECRET',
    'sandbox tool -o=pw',
    'watch -o= 1',
  ])
    assert.deepEqual(commandLine(words(line), program), words(line));
});

describe('a switch', () => {
  for (const line of [
    'watch 1 --any=true',
    'status --json=1 2',
    'watch 1 --dry-run=request',
    'config list --reveal=yes',
  ]) {
    it(`takes no value, and is not called unknown: mmai ${line}`, () => {
      const flag = /--[\w-]+/.exec(line)![0];
      assert.throws(() => commandLine(words(line), program), new RegExp(`${flag} takes no value`));
    });
  }

  it('is left as it is after --', () => {
    assert.deepEqual(commandLine(words('status -- --json=1'), program), words('status -- --json=1'));
  });
});

describe('--dry-run', () => {
  it('does not take the task ID after it for its value', () => {
    assert.deepEqual(commandLine(words('status --dry-run 1'), program), words('status --dry-run=request 1'));
  });

  it('has no value in watch', () => {
    assert.deepEqual(commandLine(words('watch --dry-run 1'), program), words('watch --dry-run 1'));
  });

  it('is left as it is after --', () => {
    assert.deepEqual(commandLine(words('status -- --dry-run'), program), words('status -- --dry-run'));
  });

  it('says that it has no value where it has none', () => {
    assert.throws(
      () => commandLine(words('watch 1 --dry-run curl'), program),
      (error) => error instanceof MmaiError && hintOf(error) === '--dry-run takes no value',
    );
  });
  for (const form of ['curl', 'node', 'request']) {
    it(`says how its value is given: --dry-run ${form}`, () => {
      assert.throws(
        () => commandLine(words(`status 1 --dry-run ${form}`), program),
        (error) => error instanceof MmaiError && error.exitCode === 2 && hintOf(error).includes(`--dry-run=${form}`),
      );
    });
  }
});

it('flags after -- are values', () => {
  const { isDebug, lang, isShortHelp } = readEarlyArguments(words('status -- --debug --lang zh -h'));
  assert.deepEqual([isDebug, lang, isShortHelp], [false, undefined, false]);
});

function hintOf({ hint }: MmaiError): string {
  return hint?.(fakeDeps().messages) ?? '';
}
