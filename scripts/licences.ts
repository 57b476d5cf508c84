import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The licences of all packages that these files are of, in one text; packages with the same licence share it, each with its copyright. */
export function licences(root: string, inputs: readonly string[]): string {
  const folders = new Set(inputs.flatMap((path) => /node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? []));
  const holders = new Map<string, string[]>();
  for (const folder of [...folders].sort()) {
    const { holder, terms } = licence(join(root, folder));
    holders.set(terms, [...(holders.get(terms) ?? []), holder]);
  }
  return [...holders].map(([terms, names]) => `${names.join('')}\n${terms}\n`).join(`\n${'-'.repeat(80)}\n\n`);
}

/** What a package contains of others without a folder of its own. */
const CONTAINED: Readonly<Record<string, string>> = {
  undici: 'llhttp, compiled to WebAssembly in undici (MIT)\nCopyright Fedor Indutny, 2018.\n',
};

function licence(folder: string): { holder: string; terms: string } {
  const { name, version, license, repository } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  const text = file ? readFileSync(join(folder, file), 'utf8') : license;
  const isCopyright = (line: string) => /^\s*copyright \(c\)/i.test(line);
  const [copyrights, terms]: [string[], string[]] = [[], []];
  for (const line of text.split('\n')) (isCopyright(line) ? copyrights : terms).push(line.trim());
  // The Mozilla Public License asks for a way to the source.
  const source = license.startsWith('MPL') ? [`Source code, used unchanged: ${webAddress(repository.url)}`] : [];
  const lines = [`${name} ${version} (${license})`, ...copyrights, ...source];
  const holder = lines.map((line) => `${line}\n`).join('') + (CONTAINED[name] ?? '');
  // Titles and line breaks differ, the words do not.
  const words = terms
    .join(' ')
    .replace(/\s+/g, ' ')
    .replace(/^ ?\(?(the )?mit licen[cs]e( \(mit\)|\))?/i, '');
  return { holder, terms: wrapped(words.trim()) };
}

function webAddress(repository: string): string {
  return repository.replace(/^(git\+)?\w+:\/\//, 'https://').replace(/\.git$/, '');
}

function wrapped(words: string): string {
  return words.replace(/(.{1,100})(?:\s|$)/g, '$1\n').trimEnd();
}
