import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { bin, cacheHome, temporaryDirectory } from './mmai.ts';

/** The environment of a script, which has no key. */
export const HOME = temporaryDirectory();
export const env = {
  PATH: process.env.PATH ?? '',
  HOME,
  XDG_CACHE_HOME: cacheHome,
  ALIBABA_CLOUD_ECS_METADATA_DISABLED: 'true',
};

/** Runs a script of bash in which `mmai` is the program; what it printed on both streams. */
export async function shell(script: string, added: Record<string, string> = {}): Promise<string> {
  const lines = `mmai() { '${process.execPath}' '${bin}' "$@"; }\ncd '${HOME}'\n${script}`;
  const child = spawn('bash', ['-c', lines], { env: { ...env, ...added } });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text));
  await once(child, 'close');
  return output;
}
