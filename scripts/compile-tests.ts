import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';

/**
 * Makes JavaScript of these files, with what they import shared between them; the paths of what was made. Once for all instead
 * of in the process of each: half the CPU of a small test file.
 */
export async function compileTests(root: string, files: readonly string[], directory: string): Promise<string[]> {
  await build({
    absWorkingDir: root,
    entryPoints: [...files],
    outdir: directory,
    outbase: root,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    packages: 'external',
    format: 'esm',
    platform: 'node',
    target: 'node20.18',
    sourcemap: true,
    logLevel: 'error',
    plugins: [keepLocation],
  });
  return files.map((file) => join(directory, file.replace(/ts$/, 'mjs')));
}

/** The location that a module reads is still the one of its source. */
const keepLocation: Plugin = {
  name: 'keep location',
  setup({ onLoad }) {
    onLoad({ filter: /\.ts$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8')
        .replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href))
        .replaceAll('import.meta.dirname', JSON.stringify(dirname(path))),
      loader: 'ts',
    }));
  },
};
