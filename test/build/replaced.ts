import type { Plugin } from 'esbuild';

/**
 * What mmai uses of a package whose own entry brings much more: [importer, what it imports, the module it gets instead].
 * A name that `src/` takes from one of these packages has to stand here; the tests that start mmai run the bundle.
 */
const REPLACED: readonly (readonly [importer: RegExp, imported: RegExp, module: string])[] = [
  // Without fetch, mocks, caches and interceptors: 2 start-ups, 240 KiB. The paths are no promise of undici's makers.
  [/\/src\//, /^undici$/, `export { default as Agent } from 'undici/lib/dispatcher/agent.js';`],
  // HTTP/2, which mmai does not offer in its handshake, and fetch's body, for FormData.
  [/\/undici\//, /\/(client-h2|web\/fetch\/body)\.js$/, 'export {};'],
  // One parser instead of two: the one for every processor, though called SIMD's.
  [/\/undici\//, /\/llhttp_simd-wasm\.js$/, `module.exports = require('undici/lib/llhttp/llhttp-wasm.js');`],
  // For subcommands in files of their own: 0.2 start-ups.
  [/\/commander\//, /^node:child_process$/, 'export {};'],
  // JSON Schema and migrations, which conf does for those who ask: 1.5 start-ups, 180 KiB.
  [/\/conf\//, /^ajv\/dist\/2020\.js$/, 'export const Ajv2020 = undefined;'],
  [/\/conf\//, /^(ajv-formats|semver)$/, 'export default undefined;'],
  // One spinner of ninety: 31 KiB. Only the parser of XML: 25. Two prompts of twenty: 27.
  [
    /\/ora\//,
    /^cli-spinners$/,
    `import { dots, line } from './node_modules/cli-spinners/spinners.json';
    export default { dots, line };`,
  ],
  [
    /\/src\//,
    /^fast-xml-parser$/,
    `export { default as XMLParser } from './node_modules/fast-xml-parser/src/xmlparser/XMLParser.js';`,
  ],
  // esbuild gives `import()` of a CommonJS package its default export alone, so the name is said here.
  [/\/src\//, /^ini$/, `export { parse } from 'ini';`],
  [/\/src\//, /^@clack\/prompts$/, `export { password, text } from '@clack/prompts';`],
];

/** Puts the modules of {@link REPLACED} in their places; paths in them are from the project's root. */
export function replaceUnused(root: string): Plugin {
  return {
    name: 'replace what is never used',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /./ }, ({ path, importer, namespace }) => {
        const index = REPLACED.findIndex(([from, imported]) => from.test(importer) && imported.test(path));
        // A module of ours imports the package itself.
        return index < 0 || namespace !== 'file'
          ? undefined
          : { path: path.replace(/^.*\//, ''), namespace: 'replaced', pluginData: index };
      });
      onLoad({ filter: /./, namespace: 'replaced' }, ({ pluginData }) => ({
        contents: REPLACED[pluginData]![2],
        resolveDir: root,
      }));
    },
  };
}
