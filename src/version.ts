import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Set by the build, so that the program and the library read no file for it. */
declare const MMAI_VERSION: string | undefined;

/** The package's version, from package.json: its one place. */
export const version: string =
  typeof MMAI_VERSION === 'string'
    ? MMAI_VERSION
    : JSON.parse(readFileSync(join(import.meta.dirname, '../package.json'), 'utf8')).version;
