import type { Plugin } from 'esbuild';

/**
 * What `src/` takes of the packages that it loads on use, by file name; each becomes a file of `dist/` with that alone in it.
 * Deep paths are no promise of the packages' makers: the tests that start mmai run the bundle.
 */
export const LOADED_ON_USE: Readonly<Record<string, string>> = {
  // Without fetch, mocks, caches and interceptors: 2 start-ups, 240 KiB.
  undici: `export { default as Agent } from 'undici/lib/dispatcher/agent.js';`,
  // Only the parser: 25 KiB.
  'fast-xml-parser': `export { default as XMLParser } from './node_modules/fast-xml-parser/src/xmlparser/XMLParser.js';`,
  '@clack/prompts': `export { confirm, password, text } from '@clack/prompts';`,
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

/** What packages bring along and mmai never uses: [importer, what it imports, the module it gets instead]. */
const LEFT_OUT: readonly (readonly [importer: RegExp, imported: RegExp, module: string])[] = [
  // HTTP/2, which mmai does not offer in its handshake, and fetch's body, for FormData.
  [/\/undici\//, /\/(client-h2|web\/fetch\/body)\.js$/, 'export {};'],
  // One parser instead of two: the one for every processor, though called SIMD's.
  [/\/undici\//, /\/llhttp_simd-wasm\.js$/, `module.exports = require('undici/lib/llhttp/llhttp-wasm.js');`],
  // It prints whole requests, signature and token with them, to whoever sets NODE_DEBUG=undici.
  [
    /\/undici\//,
    /\/diagnostics(\.js)?$/,
    'const silent = { hasSubscribers: false }; export const channels = new Proxy({}, { get: () => silent });',
  ],
  // Node's own client and server, for a class that no body of ours has and for one number: 0.05 start-ups.
  [/\/undici\//, /^node:http$/, 'export class IncomingMessage {} export const maxHeaderSize = 16_384;'],
  // See assert.cjs.
  [/\/node_modules\//, /^(node:)?assert$/, `module.exports = require('./scripts/assert.cjs');`],
  // For subcommands in files of their own: 0.2 start-ups.
  [/\/commander\//, /^node:child_process$/, 'export {};'],
  // JSON Schema and migrations, which conf does for those who ask: 1.5 start-ups, 180 KiB.
  [/\/conf\//, /^ajv\/dist\/2020\.js$/, 'export const Ajv2020 = undefined;'],
  [/\/conf\//, /^(ajv-formats|semver)$/, 'export default undefined;'],
  // For those who name no directory; it throws where the user has no home.
  [/\/conf\//, /^env-paths$/, 'export default undefined;'],
  // Two spinners of ninety: 31 KiB.
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
