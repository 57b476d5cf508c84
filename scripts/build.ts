/**
 * Makes `dist/`, what the npm package holds, from `src/` and the packages it uses: CommonJS, which Node starts faster than ES
 * modules (0.2 start-ups), so that nothing has to be installed beside it. `main.cjs` is all of `src/`, each part run on use;
 * packages have files of their own. Gains are in start-ups of an empty Node (`node -e 0`), measured on Node 20; `npm run bench`
 * shows the sum. The source runs without any of this.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build } from 'esbuild';
import { en } from '../src/locales/en/messages.ts';
import { systemDeps } from '../src/system.ts';
import { version } from '../src/version.ts';
import { commandTree } from '../test/support/tree.ts';
import { licences } from './licences.ts';
import { manPage } from './man.ts';
import { fileOf, LOADED_ON_USE, leaveOut, loadOnUse } from './packages.ts';

const root = fileURLToPath(new URL('../', import.meta.url));
const dist = join(root, 'dist');

/** One file for the program and the library, which share most of it; importing the library runs nothing of the program. */
const MAIN = `
  export { main } from './src/main.ts';
  export const library = () => require('./src/index.ts');
`;

/** Makes a file's value the function of a module's variables, for code-cache.ts, which runs when Node loads it as a module. */
const VARIABLES = 'exports,require,module,__filename,__dirname';
const AS_FUNCTION = {
  banner: { js: `(f=>(typeof module=='object'&&f(${VARIABLES}),f))(function(${VARIABLES}){` },
  footer: { js: '})' },
};

rmSync(dist, { recursive: true, force: true });
const inputs = [
  ...(await bundle('main.cjs', MAIN, { plugins: [loadOnUse, leaveOut(root)] })),
  ...(await bundle('zh.cjs', `export { zh } from './src/locales/zh/messages.ts';`)),
];
for (const [name, module] of Object.entries(LOADED_ON_USE)) {
  // See wasm.mjs: a third of the CPU of 1,000 requests and 35 MiB of memory.
  const wasm = { inject: ['scripts/wasm.mjs'], define: { 'WebAssembly.Module': 'ModuleWithoutTierUp' } };
  inputs.push(...(await bundle(fileOf(name), module, { plugins: [leaveOut(root)], ...(name === 'undici' && wasm) })));
}
escapeNonAscii();
const loader = { banner: {}, footer: {}, define: { MMAI_BUILD: JSON.stringify(buildHash()) } };
inputs.push(...(await bundle('code-cache.cjs', `export * from './src/code-cache.ts';`, loader)));
writeFileSync(join(dist, 'LICENSES.txt'), licences(root, inputs));
writeFileSync(join(dist, 'index.js'), await libraryModule());
// By its path: during `npm install --global .`, npx looks among the global packages, and would download another package named tsc.
const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
execFileSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { cwd: root, stdio: 'inherit' });
keepReachableTypes(join(dist, 'index.d.ts'));
cpSync(join(root, 'src/output/watch-events.schema.json'), join(dist, 'watch-events.schema.json'));
const deps = { ...systemDeps(), messages: en, debug() {} };
writeFileSync(join(dist, 'mmai.1'), manPage(await commandTree(deps)));

/** Writes one file of `dist/`; the paths of the files whose code is in it. */
async function bundle(name: string, contents: string, options: BuildOptions = {}): Promise<string[]> {
  const { metafile } = await build({
    absWorkingDir: root,
    stdin: { contents, resolveDir: root },
    outfile: join(dist, name),
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node20.18',
    // Names and lines stay, so that a stack can be read: within 0.02 start-ups of a file that is minified whole.
    minifySyntax: true,
    minifyWhitespace: true,
    lineLimit: 120,
    legalComments: 'none',
    supported: { 'dynamic-import': false },
    metafile: true,
    ...AS_FUNCTION,
    ...options,
    define: {
      'import.meta.dirname': '__dirname',
      MMAI_VERSION: JSON.stringify(version),
      ...options.define,
    },
  });
  const [output] = Object.values(metafile!.outputs);
  return Object.entries(output!.inputs).flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? path : []));
}

/** What esbuild leaves as it is, in regular expressions: one such character, and V8 needs two bytes for each of the file. */
function escapeNonAscii(): void {
  for (const name of readdirSync(dist)) {
    const text = readFileSync(join(dist, name), 'utf8');
    const escaped = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
    writeFileSync(join(dist, name), text.replace(/[^\x00-\x7f]/g, escaped));
  }
}

/** Names the cache of compiled code: another build has another, whatever its version and the time of its files. */
function buildHash(): string {
  const hash = createHash('sha256').update(readFileSync(join(root, 'src/code-cache.ts')));
  for (const name of readdirSync(dist).sort()) hash.update(readFileSync(join(dist, name)));
  return hash.digest('hex').slice(0, 16);
}

/** The library's entry as an ES module. */
async function libraryModule(): Promise<string> {
  const names = Object.keys(await import('../src/index.ts')).join(', ');
  return `import bundle from './main.cjs';\n\nexport const { ${names} } = bundle.library();\n`;
}

/** Removes the types that the library's own do not refer to, 40 KiB: tsc writes those of every file that the library uses. */
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
