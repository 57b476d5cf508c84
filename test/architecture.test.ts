import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));

/** What each folder or file directly below src/ may import besides its own files; types do not count. */
const LAYERS: Readonly<Record<string, readonly string[]>> = {
  'main.ts': ['cli.ts', 'errors.ts', 'io', 'system.ts', 'text'],
  'index.ts': ['core', 'errors.ts', 'io', 'library'],
  'code-cache.ts': ['text'],
  library: ['core', 'errors.ts', 'io', 'locales', 'output', 'text'],
  'cli.ts': ['cli', 'commands', 'core', 'errors.ts', 'language.ts', 'output', 'text', 'version.ts'],
  cli: ['core', 'errors.ts', 'output', 'text'],
  commands: ['completion', 'core', 'errors.ts', 'output', 'sandbox', 'text', 'version.ts'],
  completion: [],
  'system.ts': ['errors.ts', 'io', 'text'],
  output: ['core', 'errors.ts', 'text', 'version.ts'],
  sandbox: ['core', 'errors.ts', 'text'],
  io: ['core', 'errors.ts', 'text'],
  core: ['errors.ts', 'text'],
  text: ['errors.ts'],
  'errors.ts': ['locales'],
  'language.ts': ['core', 'locales'],
  locales: [],
};

/** Each package that a run may load has one file that imports it. */
const PACKAGES: Readonly<Record<string, string>> = {
  '@clack/prompts': 'io/terminal/prompts.ts',
  '@jmespath-community/jmespath': 'output/query.ts',
  chalk: 'io/terminal/style.ts',
  commander: 'cli.ts',
  conf: 'io/store.ts',
  'fast-xml-parser': 'core/rpc/response-fields.ts',
  ora: 'io/terminal/spinner.ts',
  undici: 'io/net/transport.ts',
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
const layerOf = (path: string) => path.split('/')[0]!;
const isFile = (path: string) => path.endsWith('.ts') && !path.includes(':');
const described = ({ from, to }: Import) => `${from} imports ${to}`;

/** The files of src/ that a file imports, for their types too, which the build leaves out. */
function importsWithTypes(path: string): string[] {
  const text = readFileSync(join(root, 'src', path), 'utf8');
  const found = text.matchAll(/(?:^|\n)(?:import|export) [^'"]*?from '(\.[^']+\.ts)'|import\('(\.[^']+\.ts)'\)/g);
  return [...found].map(([, one, other]) => join(path, '..', one ?? other ?? ''));
}

it('npm test and CI run every test file, however deep: by the script that lists them', () => {
  for (const path of ['package.json', '.ci/run']) {
    assert.ok(readFileSync(join(root, path), 'utf8').includes('node --import tsx scripts/test.ts'), path);
  }
});

describe('the layers of src/', () => {
  it('import one way', () => {
    const wrong = imports.filter(({ from, to }) => {
      const [layer, target] = [layerOf(from), layerOf(to)];
      return isFile(to) && layer !== target && !LAYERS[layer]?.includes(target);
    });
    assert.deepEqual(wrong.map(described), []);
  });

  it('have no import cycles, not even of types', () => {
    const cycles: string[] = [];
    const done = new Set<string>();
    const walk = (path: string, trail: readonly string[]) => {
      if (trail.includes(path)) cycles.push([...trail.slice(trail.indexOf(path)), path].join(' → '));
      else if (!done.has(path)) {
        for (const to of importsWithTypes(path)) walk(to, [...trail, path]);
        done.add(path);
      }
    };
    for (const path of readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }).filter(isFile))
      walk(path, []);
    assert.deepEqual(cycles, []);
  });

  it('are pure in the core: nothing of Node but its hashes', () => {
    const wrong = imports.filter(({ from, to }) => layerOf(from) === 'core' && to.startsWith('node:'));
    assert.deepEqual(wrong.map(described), ['core/rpc/signature.ts imports node:crypto']);
  });

  it('know the names of operations in core/operations alone, but for the sandbox and the sentences for users', () => {
    const files = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }).filter(isFile);
    const isIn = (path: string, folder: string) => path.startsWith(`${folder}/`);
    const sources = files.map((path) => ({ path, text: readFileSync(join(root, 'src', path), 'utf8') }));
    const actions = sources
      .filter(({ path }) => isIn(path, 'core/operations'))
      .flatMap(({ text }) =>
        [...text.matchAll(/(?:taskOperation\(|action: |Action: )'(\w+)'/gi)].map(([, name]) => name!),
      );
    for (const action of ['AssumeRole', 'AssumeRoleWithOIDC', 'GetTaskStatus'])
      assert.ok(actions.includes(action), action);
    const wrong = sources.filter(
      ({ path, text }) =>
        !['core/operations', 'sandbox', 'locales'].some((folder) => isIn(path, folder)) &&
        actions.some((action) => text.includes(action)),
    );
    assert.deepEqual(
      wrong.map(({ path }) => path),
      [],
    );
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

  it('have what a file exports first, and its own functions behind a marker', () => {
    const files = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }).filter(isFile);
    const wrong = files.filter((path) => {
      const [above = '', ...below] = readFileSync(join(root, 'src', path), 'utf8').split('\n// --- internal ---\n');
      const isSplit = /^(async )?function/m.test(above) && /^export (async )?function/m.test(above);
      return isSplit || /^export (async )?function/m.test(below.join());
    });
    assert.deepEqual(wrong, []);
  });

  it('hold no file that no other imports', () => {
    const types = [
      'core/clock.ts',
      'core/wait/events.ts',
      'core/wait/waiter-options.ts',
      'core/config/profiles.ts',
      'deps.ts',
      'io/terminal/live-part.ts',
    ];
    const files = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }).filter(isFile);
    const dead = files.filter((path) => !metafile.inputs[`src/${path}`] && !types.includes(path));
    assert.deepEqual(dead, []);
  });
});
