import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The package's version, from package.json: its one place. */
export const version: string = JSON.parse(readFileSync(join(import.meta.dirname, '../package.json'), 'utf8')).version;
