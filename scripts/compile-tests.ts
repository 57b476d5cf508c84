import { appendFileSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';

/** Folders whose tests mind no others in their process: 56 processes less, 10 s of CPU, for each would compile the same code again. */
const TOGETHER = /^test.(cli|commands|core|output|text)\b/;

/**
 * Makes JavaScript of these files, with what they import shared between them; the paths of what was made. Once for all instead
 * of in the process of each: half the CPU of a small test file.
 */
export async function compileTests(root: string, files: readonly string[], directory: string): Promise<string[]> {
  const entries: Record<string, string> = {};
  for (const [index, file] of files.entries()) {
    const [, folder] = TOGETHER.exec(file) ?? [];
    // Numbered, for Node's runner takes them in the order of their paths.
    if (!folder) entries[`${String(index).padStart(3, '0')}-${file.replace(/\.ts$/, '')}`] = file;
    else {
      entries[folder] = join(directory, `${folder}.ts`);
      appendFileSync(entries[folder], `import ${JSON.stringify(join(root, file))};\n`);
    }
  }
  await build({
    absWorkingDir: root,
    entryPoints: entries,
    outdir: directory,
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
  return Object.keys(entries).map((name) => join(directory, `${name}.mjs`));
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
