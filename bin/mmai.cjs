#!/usr/bin/env node
// Only syntax that Node 0.10 parses: an old Node has to get as far as the sentence that refuses it.
'use strict';
var OLDEST = [20, 18, 1];

if (isTooOld()) {
  end(
    2,
    'needs Node.js ' + OLDEST.join('.') + ' or newer, and this is ' + process.version + ' (' + process.execPath + ')'
  );
} else if (!printedVersion()) {
  try {
    start().catch(broken);
  } catch (error) {
    broken(error);
  }
}

function isTooOld() {
  var version = process.versions.node.split('.');
  var i;
  for (i = 0; i < OLDEST.length; i++) {
    if (Number(version[i]) !== OLDEST[i]) return Number(version[i]) < OLDEST[i];
  }
  return false;
}

/** `mmai --version` without loading the program, as fast as an empty Node. */
function printedVersion() {
  var line;
  if (process.argv.length !== 3 || !/^(--version|-V)$/.test(process.argv[2])) return false;
  try {
    line = require('../package.json').version + '\n';
    return require('fs').writeSync(1, line) === line.length;
  } catch (_) {
    return false; // A closed or full pipe is left to the program, and so is a disk that took less than the line.
  }
}

function start() {
  // Node would open its debugger, on a port that every user of this machine can connect to, and this process will hold an AccessKey.
  process.on('SIGUSR1', function () {});
  var argv = process.argv.slice(2);
  var cache = require('../dist/code-cache.cjs');
  var loader = cache.createCodeLoader(cache.cacheDirectory(process.env, process.platform), commandName(argv));
  return loader
    .load('main.cjs')
    .main(argv)
    .then(function (leave) {
      if (process.exitCode === 0) loader.save();
      leave();
    });
}

/** Each command has compiled code of its own, since only functions that ran are in it; help runs little of any command. */
function commandName(argv) {
  var words = argv.join('\n');
  if (/^(-h|--help|help)$/m.test(words)) return 'help';
  var command = /^(status|watch|wait|result|config|explain|completion|complete|sandbox)$/m.exec(words);
  return command ? command[0] : 'help';
}

/** A file is missing or damaged: without this, Node would exit with 1, which says that a task failed. */
function broken(error) {
  end(
    70,
    'cannot start: ' +
      String((error && error.message) || error).split('\n')[0] +
      '; reinstall it, or in a clone run "npm ci"'
  );
}

function end(exitCode, sentence) {
  // On 'exit' too: a closed standard error is an error of its own.
  process.on('exit', exit);
  process.stderr.write('mmai: ' + sentence + '\n', exit);
  function exit() {
    process.exit(exitCode);
  }
}
