import assert from 'node:assert/strict';
import { cpSync, existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { mmai, type SpawnOptions, temporaryDirectory } from './mmai.ts';

/** A cache of its own, and a run that uses it and has to succeed. */
export function fresh() {
  const home = temporaryDirectory();
  const root = join(home, 'mmai');
  const run = async ({ env, ...options }: SpawnOptions = {}) => {
    const args = ['status', '1', '-o', 'tsv', '--simulate', '2'];
    const ended = await mmai(args, { env: { XDG_CACHE_HOME: home, ...env }, ...options });
    assert.deepEqual(ended, { code: 0, signal: null, stdout: '1\tsucceeded\t2\n', stderr: '' });
  };
  return { home, root, run };
}

/** A cache of its own with what a first run leaves in it, which one run made for all tests. */
export async function used() {
  const cache = fresh();
  cpSync(await made, cache.root, { recursive: true });
  return cache;
}
export const made = (async () => {
  const { root, run } = fresh();
  await run();
  return root;
})();

export function filesIn(root: string): string[] {
  const entries = existsSync(root) ? readdirSync(root, { recursive: true, encoding: 'utf8' }) : [];
  return entries.map((name) => join(root, name)).filter((path) => statSync(path).isFile());
}

/** Tells a file that was written again from one that was left alone. */
export const inodes = (root: string) => filesIn(root).map((path) => `${path} ${statSync(path).ino}`);
