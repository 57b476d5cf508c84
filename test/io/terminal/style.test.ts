import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { wantsColor } from '../../../src/io/terminal/style.ts';

describe('color at a terminal', () => {
  for (const [env, wanted] of [
    [{}, true],
    [{ TERM: 'dumb' }, false],
    [{ NO_COLOR: '1', FORCE_COLOR: '1' }, false],
    [{ NO_COLOR: '' }, true],
    [{ FORCE_COLOR: '0' }, false],
    [{ FORCE_COLOR: 'no' }, false],
    [{ CLICOLOR: '0' }, false],
    [{ CLICOLOR_FORCE: '0' }, true],
  ] as const) {
    it(`${JSON.stringify(env)}: ${wanted}`, () => assert.equal(wantsColor('auto', env, true), wanted));
  }
});

describe('color in a pipe', () => {
  for (const [env, wanted] of [
    [{}, false],
    [{ FORCE_COLOR: '1' }, true],
    [{ CLICOLOR_FORCE: '1' }, true],
    [{ CLICOLOR_FORCE: 'off' }, false],
    [{ CLICOLOR_FORCE: '1', FORCE_COLOR: '0' }, false],
  ] as const) {
    it(`${JSON.stringify(env)}: ${wanted}`, () => assert.equal(wantsColor('auto', env, false), wanted));
  }
});
