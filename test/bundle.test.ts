import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { cachedDataVersionTag } from 'node:v8';
import { fileOf, LOADED_ON_USE } from '../scripts/packages.ts';
import { temporaryPath } from './support/mmai.ts';

const dist = new URL('../dist/', import.meta.url);
const files = readdirSync(dist).filter((name) => name.endsWith('.cjs'));
const read = (name: string) => readFileSync(new URL(name, dist), 'utf8');

describe('the files of dist/', () => {
  it('never load node:assert, which parses the file that it quotes in its message', () => {
    assert.ok(files.length > 5);
    const loads = (name: string) => /["'`](?:node:)?assert(?:\/strict)?["'`]/.test(read(name));
    assert.deepEqual(files.filter(loads), []);
  });

  it("never make a directory for a config file, with Node's own recursive mkdir, which may never return", () => {
    const Conf = createRequire(dist)('./conf.cjs');
    const directory = temporaryPath();
    const write = () => {
      new Conf({ cwd: directory, configName: 'config' }).store = {};
    };
    assert.throws(write, { code: 'ENOENT' });
    assert.equal(existsSync(directory), false);
  });

  it('hold everything that the source takes of a package', () => {
    const src = fileURLToPath(new URL('../src/', import.meta.url));
    const sources = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts'));
    const require = createRequire(dist);
    const missing = sources.flatMap((path) =>
      [...readFileSync(join(src, path), 'utf8').matchAll(/const \{([^}]+)\} = await import\('([^']+)'\)/g)]
        .filter(([, , name = '']) => Object.hasOwn(LOADED_ON_USE, name))
        .flatMap(([, names = '', name = '']) => {
          const held = require(`./${fileOf(name)}`);
          const taken = names.split(',').map((word) => word.trim().split(':')[0]!);
          return taken
            .filter((word) => word !== 'default' && held[word] === undefined)
            .map((word) => `${name}: ${word}`);
        }),
    );
    assert.deepEqual(missing, []);
  });

  it("compile undici's parser in a way that leaves V8's flags as they were: with others it refuses every code cache", async () => {
    const { ModuleWithoutTierUp } = await import(new URL('../scripts/wasm.mjs', import.meta.url).href);
    const before = cachedDataVersionTag();
    const empty = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
    assert.ok(ModuleWithoutTierUp(empty));
    assert.equal(cachedDataVersionTag(), before);
  });

  it('are ASCII: they are read as latin1', () => {
    assert.deepEqual(
      files.filter((name) => /[^\x00-\x7f]/.test(read(name))),
      [],
    );
  });

  it('have names and short lines, so that a stack can be read', () => {
    for (const name of files) {
      const longest = Math.max(
        ...read(name)
          .split('\n')
          .map((line) => line.length),
      );
      assert.ok(longest < 1000, `${name} has a line of ${longest} characters`);
    }
    assert.match(read('main.cjs'), /function createClient\b/);
  });

  it('throw plain assertion errors', () => {
    const shim = createRequire(import.meta.url)('../scripts/assert.cjs') as (value: unknown, message?: unknown) => void;
    shim(1);
    assert.throws(() => shim(0, 'why'), { name: 'AssertionError', code: 'ERR_ASSERTION', message: 'why' });
    assert.throws(() => shim(false), { name: 'AssertionError', message: 'assertion failed' });
    const own = new Error('own');
    assert.throws(() => shim('', own), own);
    const { deepEqual } = shim as unknown as { deepEqual(a: unknown, b: unknown): void };
    deepEqual({ a: [1] }, { a: [1] });
    assert.throws(() => deepEqual({ a: [1] }, { a: [2] }), { code: 'ERR_ASSERTION' });
  });
});
