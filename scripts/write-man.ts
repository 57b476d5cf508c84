import { writeFileSync } from 'node:fs';
import { en } from '../src/locales/en/messages.ts';
import { systemDeps } from '../src/system.ts';
import { commandTree } from '../test/support/tree.ts';
import { manPage } from './man.ts';

// `npm run man`
const deps = { ...systemDeps(), messages: en, debug() {} };
writeFileSync(new URL('../bin/mmai.1', import.meta.url), manPage(await commandTree(deps)));
