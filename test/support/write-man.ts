import { writeFileSync } from 'node:fs';
import { systemContext } from '../../src/context.ts';
import { en } from '../../src/locales/en.ts';
import { manPage } from './man.ts';
import { commandTree } from './tree.ts';

// `npm run man`
const context = { ...systemContext(), messages: en, debug() {} };
writeFileSync(new URL('../../bin/mmai.1', import.meta.url), manPage(await commandTree(context)));
