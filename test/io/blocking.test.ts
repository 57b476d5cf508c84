import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { fileURLToPath } from 'node:url';

const src = fileURLToPath(new URL('../../src', import.meta.url));
const sources = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => ({ path: path.replaceAll('\\', '/'), text: readFileSync(join(src, path), 'utf8') }));

/**
 * Who may call what by its name (a descriptor's kind may be asked anywhere), besides the code cache, which runs before
 * everything and has guards of its own.
 */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  'io/files.ts': ['closeSync', 'openSync', 'readSync', 'promises', 'fs/promises'],
  'io/directories.ts': ['lchownSync', 'lstatSync', 'mkdirSync', 'readlinkSync', 'statSync'],
  'io/lock.ts': ['lstatSync', 'mkdirSync', 'readdirSync', 'rmdirSync', 'unlinkSync', 'writeFileSync'],
  'io/store.ts': ['chmodSync', 'lstatSync', 'readdirSync', 'renameSync'],
  'io/recent-tasks.ts': ['renameSync', 'rmSync', 'writeFileSync'],
  // Another opening of a pipe or a terminal that is open, which does not block.
  'io/own-opening.ts': ['closeSync', 'openSync'],
  // Whether nohup is where it was.
  'io/nohup.ts': ['existsSync'],
  'io/output-stream.ts': ['closeSync', 'openSync', 'writeSync'],
  // On Windows, where the system's search would begin in the working directory: whether a command is there.
  'io/child-process.ts': ['lstatSync'],
  // The state of a process, from /proc.
  'io/terminal/foreground.ts': ['fs/promises'],
  // Whether there is a shell.
  'io/exit-now.ts': ['statSync'],
  // A standard stream, and what /dev/null is.
  'io/terminal/lost-terminal.ts': ['closeSync', 'statSync'],
  // The name of a terminal, in /proc and /dev.
  'io/terminal/unblocked.ts': ['accessSync', 'readlinkSync', 'statSync'],
  'version.ts': ['readFileSync'],
};

it('files are read, written and made in a few places only: what may block has a limit and lets signals through', () => {
  const found = sources
    .filter(({ path }) => path !== 'code-cache.ts')
    .flatMap(({ path, text }) => {
      const calls = new Set(
        text.match(
          /\b(?!readTextSync|gunzipSync|fstatSync)\w+Sync\b(?=\()|\bfs\/promises\b|(?<!\/)\bpromises\b|\bcreate(?:Read|Write)Stream\b/g,
        ),
      );
      return [...calls].filter((call) => !ALLOWED[path]?.includes(call)).map((call) => `${path}: ${call}`);
    });
  assert.deepEqual(found, []);
});

it("nothing makes directories with Node's own recursive mkdir, which may never return", () => {
  const found = sources.filter(({ text }) => /mkdir(?:Sync)?\([^)]*recursive: true/.test(text));
  assert.deepEqual(
    found.map(({ path }) => path),
    [],
  );
});
