import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { temporaryDirectory } from '../support/mmai.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Runs a program beside which mmai is installed. */
async function run(program: string) {
  const directory = temporaryDirectory();
  mkdirSync(join(directory, 'node_modules'));
  symlinkSync(root, join(directory, 'node_modules', 'mmai'));
  writeFileSync(join(directory, 'program.mjs'), program);
  const ended = promisify(execFile)(process.execPath, ['program.mjs'], { cwd: directory });
  return (await ended.catch((error) => error)) as { readonly stdout: string; readonly stderr: string };
}

describe('the library as it is installed', () => {
  it('opens and reads nothing on import but its own code, and leaves signals and errors to the program', async () => {
    const { stdout } = await run(`
      import fs from 'node:fs';
      import net from 'node:net';
      import { syncBuiltinESMExports } from 'node:module';
      const touched = [];
      for (const module of [fs, fs.promises, net]) {
        for (const [name, real] of Object.entries(module)) {
          if (!/^(open|read|stat|lstat|exists|access|connect|createConnection)/.test(name)) continue;
          module[name] = (...args) => {
            // A number is a descriptor, whose file was noted when it was opened: Node 26.12 reads modules that way.
            if (typeof args[0] !== 'number') touched.push(name + ' ' + args[0]);
            return real(...args);
          };
        }
      }
      syncBuiltinESMExports();
      await import('mmai');
      const listeners = process.eventNames().filter((name) => /^SIG|^uncaught|^unhandled/.test(String(name)));
      console.log(JSON.stringify([touched.filter((line) => !line.includes('/dist/')), listeners]));
    `);
    assert.deepEqual(JSON.parse(stdout), [[], []]);
  });

  it('prints an uncaught error so that it can be read: the sentence, and who called whom', async () => {
    const { stderr } = await run(`
      import { createClient } from 'mmai';
      createClient({});
    `);
    assert.match(stderr, /\nMmaiError: accessKey: expected an AccessKey .*, got undefined\n {4}at usageError \(/);
    assert.match(stderr, /\{\n {2}exitCode: 2\n\}/);
    assert.doesNotMatch(stderr, /\[Function/);
    assert.match(stderr, /\n {4}at createClient\w* \(.*main\.cjs:\d+:\d+\)\n {4}at .*program\.mjs:3:7\n/);
    assert.ok(stderr.length < 2500, stderr);
  });
});
