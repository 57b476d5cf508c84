import { createRequire } from 'node:module';

/** The package's version, from package.json: its one place. */
export const version: string = createRequire(import.meta.url)('../package.json').version;
