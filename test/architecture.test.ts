import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));

/** What each room of src/ may import, types aside: its own files, these rooms, and these packages in the file named. */
const ROOMS: Readonly<Record<string, readonly string[]>> = {
  'main.ts': ['cli.ts', 'context.ts', 'core', 'errors.ts'],
  'index.ts': ['context.ts', 'core', 'errors.ts', 'io', 'locales', 'output'],
  'cli.ts': ['cli', 'commands', 'core', 'errors.ts', 'language.ts', 'version.ts'],
  cli: ['core', 'errors.ts'],
  commands: ['completion', 'core', 'errors.ts', 'output', 'sandbox', 'version.ts'],
  completion: ['core'],
  'context.ts': ['core', 'errors.ts', 'io'],
  output: ['core', 'errors.ts', 'version.ts'],
  sandbox: ['core', 'errors.ts'],
  io: ['core', 'errors.ts'],
  core: ['errors.ts'],
  'errors.ts': ['locales'],
  'language.ts': ['core', 'locales'],
  locales: [],
};

/** Each package that a run may load has one file that imports it. */
const PACKAGES: Readonly<Record<string, string>> = {
  '@clack/prompts': 'io/prompts.ts',
  '@jmespath-community/jmespath': 'output/query.ts',
  chalk: 'io/style.ts',
  commander: 'cli.ts',
  conf: 'io/store.ts',
  'fast-xml-parser': 'core/response.ts',
  ini: 'io/ini.ts',
  ora: 'io/spinner.ts',
  undici: 'io/transport.ts',
};

interface Import {
  readonly from: string;
  readonly to: string;
  /** A package's or Node's. */
  readonly external: boolean;
}

const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: ['src/main.ts', 'src/index.ts', 'src/code-cache.ts'],
  outdir: 'nowhere',
  ...{ bundle: true, write: false, metafile: true, platform: 'node', format: 'esm', packages: 'external' },
});
const inSrc = (path: string) => path.replace(/^src\//, '');
const imports: Import[] = Object.entries(metafile.inputs).flatMap(([path, { imports }]) =>
  imports.map(({ path: to, external }) => ({ from: inSrc(path), to: inSrc(to), external: external === true })),
);
const roomOf = (path: string) => path.split('/')[0]!;
const isFile = (path: string) => path.endsWith('.ts') && !path.includes(':');
const told = ({ from, to }: Import) => `${from} imports ${to}`;

it('npm test and CI run every test file, however deep', () => {
  const files = readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' });
  const deepest = Math.max(...files.filter((path) => path.endsWith('.test.ts')).map((path) => path.split('/').length));
  const patterns = Array.from({ length: deepest }, (_, depth) => `test/${'*/'.repeat(depth)}*.test.ts`).join(' ');
  for (const path of ['package.json', '.ci/run']) {
    assert.ok(readFileSync(join(root, path), 'utf8').includes(patterns), `${path} lacks ${patterns}`);
  }
});

describe('the rooms of src/', () => {
  it('import one way', () => {
    const wrong = imports.filter(({ from, to }) => {
      const [room, target] = [roomOf(from), roomOf(to)];
      return isFile(to) && room !== target && !ROOMS[room]?.includes(target);
    });
    assert.deepEqual(wrong.map(told), []);
  });

  it('have no circles', () => {
    const circles: string[] = [];
    const done = new Set<string>();
    const walk = (path: string, way: readonly string[]) => {
      if (way.includes(path)) circles.push([...way.slice(way.indexOf(path)), path].join(' → '));
      else if (!done.has(path)) {
        for (const { to } of imports.filter(({ from, to }) => from === path && isFile(to))) walk(to, [...way, path]);
        done.add(path);
      }
    };
    walk('main.ts', []);
    walk('index.ts', []);
    assert.deepEqual(circles, []);
  });

  it('are pure in the core: nothing of Node but its hashes', () => {
    const wrong = imports.filter(({ from, to }) => roomOf(from) === 'core' && to.startsWith('node:'));
    assert.deepEqual(wrong.map(told), ['core/signature.ts imports node:crypto']);
  });

  it('take each package in one file, and in no other', () => {
    const packages = imports.filter(({ to, external }) => external && !to.startsWith('node:'));
    const found = new Set(packages.map(({ from, to }) => `${to} in ${from}`));
    assert.deepEqual(
      [...found].sort(),
      Object.entries(PACKAGES)
        .map(([name, file]) => `${name} in ${file}`)
        .sort(),
    );
  });

  it('hold no file that nobody imports', () => {
    const types = ['core/wait/events.ts', 'core/profiles.ts', 'io/live-part.ts'];
    const files = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }).filter(isFile);
    const dead = files.filter((path) => !metafile.inputs[`src/${path}`] && !types.includes(path));
    assert.deepEqual(dead, []);
  });
});
