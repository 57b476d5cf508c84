import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { it } from 'node:test';

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
const lock = JSON.parse(read('package-lock.json')) as { packages: Record<string, Locked> };

interface Locked {
  readonly hasInstallScript?: boolean;
  readonly integrity?: string;
  readonly dependencies?: Record<string, string>;
}

/** The packages of the table in CONTRIBUTING: those that the bundle is made of. */
const listed = read('CONTRIBUTING.md')
  .split('\n')
  .flatMap((line) => /^\| (\S+) \(`/.exec(line)?.[1] ?? []);
const IMPORT = /^(?:(?:import|}).* from |.*await import\()'((?:@[^/']+\/)?[^./'][^/']*)/gm;
/** Imported by the script that --dry-run=node prints. */
const PRINTED = '@alicloud/pop-core';

it('a user installs mmai alone, and nothing runs at install', () => {
  const manifest = JSON.parse(read('package.json'));
  assert.deepEqual([manifest.dependencies, manifest.optionalDependencies], [undefined, undefined]);
  assert.deepEqual(
    ['preinstall', 'install', 'postinstall'].filter((name) => name in manifest.scripts),
    [],
  );
});

it('no package in the bundle runs anything at install, and each has a checksum', () => {
  const seen = new Set<string>();
  const look = (name: string) => {
    if (seen.has(name)) return;
    seen.add(name);
    const locked = lock.packages[`node_modules/${name}`];
    assert.ok(locked, name);
    assert.equal(locked.hasInstallScript, undefined, name);
    assert.match(locked.integrity ?? '', /^sha512-/, name);
    Object.keys(locked.dependencies ?? {}).forEach(look);
  };
  listed.forEach(look);
  assert.ok(seen.size > listed.length);
});

it('each package that is imported has its line in CONTRIBUTING', () => {
  const imported = new Set<string>();
  for (const file of readdirSync(new URL('../src', import.meta.url), { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.ts')) continue;
    for (const [, name = ''] of read(`src/${file}`).matchAll(IMPORT)) imported.add(name);
  }
  const packages = [...imported].filter((name) => name !== PRINTED && !name.startsWith('node:'));
  assert.deepEqual(packages.sort(), listed.sort());
});
