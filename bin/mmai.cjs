#!/usr/bin/env node
'use strict';
const { writeSync } = require('node:fs');

const argv = process.argv.slice(2);
if (!printedVersion()) start();

/** `mmai --version` without loading the program, as fast as an empty Node. */
function printedVersion() {
  if (argv.length !== 1 || (argv[0] !== '--version' && argv[0] !== '-V')) return false;
  try {
    writeSync(1, `${require('../package.json').version}\n`);
    return true;
  } catch {
    return false; // A closed or crowded pipe is the program's to handle.
  }
}

/** Help is shown without the code cache: it is loaded as fast, and its run would leave out what the other commands need. */
async function start() {
  const isHelp = argv.every((word) => word.startsWith('-')) || /^(-h|--help|help)$/m.test(argv.join('\n'));
  if (isHelp || process.env.MMAI_NO_CACHE) return require('../dist/main.cjs').main(argv);
  const { cacheRoot, createChunkLoader } = require('../dist/code-cache.cjs');
  const loader = createChunkLoader(cacheRoot(process.env, process.platform));
  await loader.load('main.cjs').main(argv);
  if (process.exitCode === 0) loader.save();
}
