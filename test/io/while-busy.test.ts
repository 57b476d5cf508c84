import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { retryWhileBusy } from '../../src/io/while-busy.ts';

/** A file operation that the system refuses `times` times. */
function refused(times: number, code: string) {
  let calls = 0;
  const operation = () => {
    calls += 1;
    if (calls <= times) throw Object.assign(new Error(code), { code });
    return 'done';
  };
  return { operation, calls: () => calls };
}

describe('a file that another process has open', () => {
  for (const code of ['EPERM', 'EACCES', 'EBUSY', 'ENOTEMPTY']) {
    it(`on Windows (${code}) is tried again after a pause`, () => {
      const pauses: number[] = [];
      const { operation } = refused(3, code);
      assert.equal(retryWhileBusy(operation, { platform: 'win32', pause: (ms) => pauses.push(ms) }), 'done');
      assert.deepEqual(pauses, [1, 2, 4]);
    });
  }

  it('on Windows is given up after a second, with the error of the system', () => {
    let paused = 0;
    const { operation } = refused(Number.POSITIVE_INFINITY, 'EPERM');
    const act = () => retryWhileBusy(operation, { platform: 'win32', pause: (ms) => (paused += ms) });
    assert.throws(act, { code: 'EPERM' });
    assert.ok(paused > 400 && paused <= 1000, `${paused} ms`);
  });

  it('is refused at once elsewhere, where the error lasts, and for any other error', () => {
    const pause = () => assert.fail('paused');
    for (const [platform, code] of [
      ['linux', 'EPERM'],
      ['darwin', 'EBUSY'],
      ['win32', 'ENOENT'],
    ] as const) {
      const { operation, calls } = refused(1, code);
      assert.throws(() => retryWhileBusy(operation, { platform, pause }), { code });
      assert.equal(calls(), 1);
    }
  });

  it('is waited for without a busy loop', () => {
    const { operation } = refused(2, 'EPERM');
    assert.equal(retryWhileBusy(operation, { platform: 'win32' }), 'done');
  });
});
