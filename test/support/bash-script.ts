import { bin, cacheHome, temporaryDirectory } from './mmai.ts';
import { outputOf } from './output-of.ts';

/** The environment of a script, which has no key. */
export const HOME = temporaryDirectory();
export const env = {
  PATH: process.env.PATH ?? '',
  HOME,
  XDG_CACHE_HOME: cacheHome,
  ALIBABA_CLOUD_ECS_METADATA_DISABLED: 'true',
};

/** Runs a script of bash in which `mmai` is the program; what it printed on both streams. */
export function shell(script: string, added: Record<string, string> = {}): Promise<string> {
  const lines = `mmai() { '${process.execPath}' '${bin}' "$@"; }\ncd '${HOME}'\n${script}`;
  return outputOf('bash', ['-c', lines], { ...env, ...added });
}
