import type { Plugin } from 'esbuild';
import { ERROR, TYPE } from 'undici/lib/llhttp/constants.js';

/**
 * What `src/` uses of the packages that it loads on use, by package; each becomes a file of `dist/` with that alone in it. Deep paths
 * are not public interfaces: the tests that start mmai run the bundle. Gains are in CPU time of an empty Node (`node -e 0`), by the
 * median of interleaved runs on Node 20 with the code cache warm, and in KiB of `dist/`.
 */
export const LOADED_ON_USE: Readonly<Record<string, string>> = {
  // Without fetch, mocks, caches and interceptors: 1 start-up of `status`, 380 KiB.
  undici: `export { default as Agent } from 'undici/lib/dispatcher/agent.js';`,
  'fast-xml-parser': `export { XMLParser } from 'fast-xml-parser';`,
  '@clack/prompts': `export { confirm, password, select, text } from '@clack/prompts';`,
  '@jmespath-community/jmespath': `export { compile, TreeInterpreter } from '@jmespath-community/jmespath';`,
  chalk: `export { Chalk } from 'chalk';`,
  // What Node takes for the default export of a CommonJS module is all that it exports.
  conf: `module.exports = require('conf').default;`,
  ora: `module.exports = require('ora').default;`,
};

/** The file of `dist/` that a package becomes. */
export function fileOf(name: string): string {
  return `${name.replace(/^.*\//, '')}.cjs`;
}

/** What packages import and mmai never uses: [importer, what it imports, the module it gets instead]. */
const LEFT_OUT: readonly (readonly [importer: RegExp, imported: RegExp, module: string])[] = [
  // HTTP/2, which mmai does not offer in its handshake, and fetch's body, for FormData: 0.1 start-ups of `status`, 80 KiB.
  [/\/undici\//, /\/(client-h2|web\/fetch\/body)\.js$/, 'export {};'],
  // One WebAssembly parser instead of two: the one that runs on every processor. 70 KiB.
  [/\/undici\//, /\/llhttp_simd-wasm\.js$/, `module.exports = require('undici/lib/llhttp/llhttp-wasm.js');`],
  // All but two of its tables, which it computes at each start: 0.05 start-ups of `status`.
  [/\/undici\//, /\/llhttp\/constants\.js$/, `export const [ERROR, TYPE] = ${JSON.stringify([ERROR, TYPE])};`],
  // It prints whole requests, signature and token with them, to whoever sets NODE_DEBUG=undici.
  [
    /\/undici\//,
    /\/diagnostics(\.js)?$/,
    'const silent = { hasSubscribers: false }; export const channels = new Proxy({}, { get: () => silent });',
  ],
  // Node's own client and server, for a class that no body of ours has and for one number: 0.05 start-ups of `status`.
  [/\/undici\//, /^node:http$/, 'export class IncomingMessage {} export const maxHeaderSize = 16_384;'],
  // See assert.cjs.
  [/\/node_modules\//, /^(node:)?assert$/, `module.exports = require('./scripts/assert.cjs');`],
  // For subcommands in files of their own: 0.1 start-ups of `--help`.
  [/\/commander\//, /^node:child_process$/, 'export {};'],
  // JSON Schema and migrations, which conf offers and mmai does not use: 0.3 start-ups of `config set`, 260 KiB.
  [/\/conf\//, /^ajv\/dist\/2020\.js$/, 'export const Ajv2020 = undefined;'],
  [/\/conf\//, /^(ajv-formats|semver)$/, 'export default undefined;'],
  // The default directory of conf, which mmai does not use; the package throws at load where the user has no home.
  [/\/conf\//, /^env-paths$/, 'export default undefined;'],
  // They make the directory of a file anew, with Node's own recursive mkdir, which never returns where that directory was removed
  // under a mount; mmai has made it.
  [/\/(conf|stubborn-fs)\//, /^node:fs$/, `module.exports = { ...require('node:fs'), mkdirSync() {} };`],
  // Two of ninety spinners: 31 KiB.
  [
    /\/ora\//,
    /^cli-spinners$/,
    `import { dots, line } from './node_modules/cli-spinners/spinners.json';
    export default { dots, line };`,
  ],
];

/** Leaves the packages and the Chinese sentences to files of their own, which `import()` then loads. */
export const loadOnUse: Plugin = {
  name: 'load on use',
  setup({ onResolve }) {
    onResolve({ filter: /./ }, ({ path, kind }) => {
      if (kind !== 'dynamic-import') return undefined;
      if (path.endsWith('/zh/messages.ts')) return { path: './zh.cjs', external: true };
      if (path.startsWith('.') || path.startsWith('node:')) return undefined;
      if (path in LOADED_ON_USE) return { path: `./${fileOf(path)}`, external: true };
      return { errors: [{ text: `say in scripts/packages.ts what src/ takes of ${path}` }] };
    });
  },
};

/** Puts the modules of {@link LEFT_OUT} in their places; paths in them are from the project's root. */
export function leaveOut(root: string): Plugin {
  return {
    name: 'leave out',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /./ }, ({ path, importer, namespace }) => {
        const index = LEFT_OUT.findIndex(([from, imported]) => from.test(importer) && imported.test(path));
        // A module of ours imports the package itself.
        return index < 0 || namespace !== 'file'
          ? undefined
          : { path: path.replace(/^.*\//, ''), namespace: 'left out', pluginData: index };
      });
      onLoad({ filter: /./, namespace: 'left out' }, ({ pluginData }) => ({
        contents: LEFT_OUT[pluginData]![2],
        resolveDir: root,
      }));
    },
  };
}
