/**
 * Stands for `node:assert` in the bundle. To make a message, Node's own quotes the failed expression: it reads the file in which the
 * assertion stands and parses from there, without end on Node 20 where the file is one long line. undici asserts on what servers send.
 */
function assert(value, message = 'assertion failed') {
  if (value) return;
  throw message instanceof Error
    ? message
    : Object.assign(new Error(message), { name: 'AssertionError', code: 'ERR_ASSERTION' });
}

/** For conf, which takes any error for "not equal". */
assert.deepEqual = (actual, expected) =>
  assert(process.getBuiltinModule('node:util').isDeepStrictEqual(actual, expected));

module.exports = assert;
