/**
 * Makes `dist/`, what the npm package holds, from `src/` and the packages it uses: minified CommonJS in chunks that load on
 * use, so that nothing has to be installed beside it. Each step names its gain in start-ups of an empty Node (`node -e 0`),
 * measured on Node 20; `npm run bench` shows the sum. The source runs without any of this.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build, type Metafile, transform } from 'esbuild';
import { licences } from './licences.ts';
import { replaceUnused } from './replaced.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const dist = join(root, 'dist');
const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));

const options: BuildOptions = {
  absWorkingDir: root,
  entryPoints: ['src/main.ts', 'src/code-cache.ts', 'src/index.ts'],
  outdir: dist,
  outExtension: { '.js': '.cjs' },
  chunkNames: '[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.18',
  minify: true,
  charset: 'utf8',
  legalComments: 'none',
  // See there: 5 start-ups and 35 MiB of memory.
  inject: [here('wasm.mjs')],
  define: { 'WebAssembly.Module': 'PatientModule' },
  plugins: [replaceUnused(root)],
  metafile: true,
  write: false,
};

rmSync(dist, { recursive: true, force: true });
mkdirSync(dist);
const { outputFiles, metafile } = await build(options);
refuseBareCommonJs(metafile!);
for (const { path, text } of outputFiles ?? []) writeFileSync(path, await toCommonJs(text));
writeFileSync(join(dist, 'index.js'), esModule(metafile!));
// By its path: in `npm install --global .` npx looks among the global packages, and would fetch a stranger named tsc.
const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
execFileSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { cwd: root, stdio: 'inherit' });
keepReachableTypes(join(dist, 'index.d.ts'));
writeFileSync(join(dist, 'LICENSES.txt'), licences(root, metafile!));

/** `import()` of a CommonJS package works from the source and would give the bundle its default export alone. */
function refuseBareCommonJs({ inputs, outputs }: Metafile): void {
  const entries = Object.values(outputs).flatMap(({ entryPoint }) => entryPoint ?? []);
  const bare = entries.filter((path) => inputs[path]?.format === 'cjs');
  if (bare.length > 0) throw new Error(`name what src/ takes from ${bare.join(', ')} in test/build/replaced.ts`);
}

/** esbuild splits ES modules only, and Node starts CommonJS faster: 0.3 start-ups. */
async function toCommonJs(text: string): Promise<string> {
  const { code } = await transform(text, {
    format: 'cjs',
    platform: 'node',
    target: 'node20.18',
    minify: true,
    charset: 'utf8',
    supported: { 'dynamic-import': false },
    define: { 'import.meta.dirname': '__dirname' },
  });
  return code;
}

/** The library's entry as an ES module: the same names, from the same chunks. */
function esModule({ outputs }: Metafile): string {
  const names = Object.entries(outputs).find(([path]) => basename(path) === 'index.cjs')![1].exports;
  return `export { ${names.join(', ')} } from './index.cjs';\n`;
}

/** tsc writes the types of every file that the library runs; whoever imports it needs those that its own types name: 40 KiB less. */
function keepReachableTypes(entry: string): void {
  const reached = new Set([entry]);
  for (const file of reached) {
    const names = readFileSync(file, 'utf8').matchAll(/(?:from |import\()'(\.[^']+)\.ts'/g);
    for (const [, name] of names) reached.add(join(dirname(file), `${name}.d.ts`));
  }
  for (const name of readdirSync(dist, { recursive: true, encoding: 'utf8' })) {
    const path = join(dist, name);
    if (path.endsWith('.d.ts') && !reached.has(path)) rmSync(path);
  }
}
