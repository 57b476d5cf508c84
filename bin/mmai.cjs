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

async function start() {
  const { cacheRoot, createCodeLoader } = require('../dist/code-cache.cjs');
  const root = cacheRoot(process.env, process.platform);
  if (!root) return require('../dist/main.cjs').main(argv);
  const loader = createCodeLoader(root, commandName());
  await loader.load('main.cjs').main(argv);
  if (process.exitCode === 0) loader.save();
}

/** By which compiled code is kept. The help of a command runs little of what the command does. */
function commandName() {
  const isHelp = argv.every((word) => word.startsWith('-')) || /^(-h|--help|help)$/m.test(argv.join('\n'));
  return isHelp ? 'help' : (/^[a-z]+$/.exec(argv[0])?.[0] ?? 'other');
}
