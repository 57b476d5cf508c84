/**
 * `npm test`: every test file, or the files and folders named, with flags of Node's test runner passed on. It lists the files
 * itself: cmd.exe expands no globs, and Node does so from 21 on only. `--fuzz` runs what draws its inputs, for MMAI_FUZZ_MINUTES.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compileTests } from './compile-tests.ts';

const FUZZED = ['test/fuzz', 'test/faults', 'test/io/attack.test.ts'];

const root = fileURLToPath(new URL('..', import.meta.url));
const args = process.argv.slice(2);
const isFuzz = args.includes('--fuzz');
const flags = args.filter((arg) => arg.startsWith('-') && arg !== '--fuzz');
const named = args.filter((arg) => !arg.startsWith('-'));
const files = (named.length > 0 ? named : isFuzz ? FUZZED : ['test']).flatMap(testFiles);

if (flags.includes('--watch')) runTests(['--import', 'tsx'], files);
else {
  // Where packages are found from.
  const directory = mkdtempSync(join(root, 'node_modules', '.tests-'));
  // Ctrl-C ends the tests, and what is left is to remove the directory.
  process.on('SIGINT', () => {});
  try {
    runTests(['--enable-source-maps'], await compileTests(root, files, directory));
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function runTests(nodeFlags: readonly string[], paths: readonly string[]): void {
  const { status } = spawnSync(
    process.execPath,
    // For a whole file, too: one that draws its inputs takes the minutes that it is given.
    [
      ...nodeFlags,
      '--test',
      '--test-concurrency=4',
      `--test-timeout=${isFuzz ? 600_000 : 120_000}`,
      ...flags,
      ...paths,
    ],
    {
      cwd: root,
      stdio: 'inherit',
      env: { ...process.env, ...(isFuzz && { MMAI_FUZZ_MINUTES: '3', MMAI_TEST_SPAWN: '1', ...process.env }) },
    },
  );
  process.exitCode = status ?? 1;
}

/**
 * A file itself, or the test files of a folder and those below it, relative to the root: the last of the alphabet, which start the
 * program and wait most, come first, so that no processor is idle at the end.
 */
function testFiles(path: string): string[] {
  if (!statSync(join(root, path)).isDirectory()) return [path];
  const found = readdirSync(join(root, path), { recursive: true, encoding: 'utf8' });
  return found
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => join(path, name))
    .sort()
    .reverse();
}
