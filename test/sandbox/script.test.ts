import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Player, parseScript } from '../../src/sandbox/script.ts';

/** What polls of a task get, one a second. */
function played(script: string, polls: number, task = '1'): string {
  const player = new Player(parseScript(script));
  return Array.from({ length: polls }, (_, second) => {
    const step = player.next(task, second * 1000);
    return step.kind === 'status' ? step.status : `${step.kind}${step.forMs ?? ''}`;
  }).join(' ');
}

describe('a script', () => {
  const cases: [string, number, string][] = [
    ['2', 2, '2 2'],
    ['0,1,2', 4, '0 1 2 2'],
    ['0x2,1x3,2', 7, '0 0 1 1 1 2 2'],
    ['0:3s,2', 5, '0 0 0 2 2'],
    ['7,-1', 2, '7 -1'],
    ['500,404,reset,hang,garbage,html,expired,forbidden', 8, '500 404 reset hang garbage html expired forbidden'],
    ['throttle,throttle(2s),2', 3, 'throttle throttle2000 2'],
    ['1=3;2', 1, '3'],
    ['2;5=3', 1, '2'],
    ['5=3', 1, '0'],
  ];
  for (const [script, polls, expected] of cases) {
    it(`${script} → ${expected}`, () => assert.equal(played(script, polls), expected));
  }

  it('is played to each task on its own', () => {
    const player = new Player(parseScript('0,2'));
    assert.deepEqual(
      ['1', '2', '1', '2'].map((task) => player.next(task, 0)),
      [0, 0, 2, 2].map((status) => ({ kind: 'status', status })),
    );
  });

  for (const bad of ['', 'x', '0,,1', '2x0', '2xx', '1:', '500(2s)', 'throttle(x)', '1=', 'a=1', '99999999999']) {
    it(`"${bad}" is refused`, () => assert.throws(() => parseScript(bad), { name: 'MmaiError', exitCode: 2 }));
  }
});
