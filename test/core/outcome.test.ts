import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import {
  failureExitCode,
  failureOutcome,
  isDenied,
  type Outcome,
  stateOutcome,
  statusExitCode,
  TASK_ENDS,
  WAIT_ENDS,
  waitExitCode,
  watchedOutcome,
} from '../../src/core/outcome.ts';
import type { FailureClass } from '../../src/core/rpc/error-codes.ts';

const PRECEDENCE: readonly (readonly [Outcome[], number])[] = [
  [['succeeded', 'succeeded'], 0],
  [['succeeded', 'pending'], 8],
  [['pending', 'notFound'], 5],
  [['notFound', 'unanswered'], 4],
  [['unanswered', 'failed', 'succeeded'], 1],
  [[], 0],
];

describe('the exit code of several tasks', () => {
  for (const [outcomes, code] of PRECEDENCE) {
    it(`${outcomes.join(', ') || 'none'} → ${code}`, () => {
      assert.equal(statusExitCode(outcomes, true), code);
      assert.equal(waitExitCode('ended', outcomes, 8), code);
    });
  }

  it('of status says only which task was not answered, unless --exit-status asks for the states', () => {
    assert.equal(statusExitCode(['failed', 'pending'], false), 0);
    assert.equal(statusExitCode(['failed', 'notFound'], false), 5);
    assert.equal(statusExitCode(['unanswered', 'notFound'], false), 4);
  });

  it('of a wait is decided by its end first', () => {
    const expected = {
      ...{ met: 0, ended: 1, failFast: 1, outOfReach: 1, denied: 3, deadline: 1, interrupted: 130, error: 70 },
    };
    const codes = WAIT_ENDS.map((end) => [end, waitExitCode(end, ['failed', 'pending'], 124)]);
    assert.deepEqual(Object.fromEntries(codes), expected);
    assert.equal(waitExitCode('deadline', ['succeeded', 'pending'], 7), 7);
  });
});

describe('the exit code of a failure', () => {
  const expected: Readonly<Record<FailureClass, number>> = {
    ...{ auth: 3, permission: 3, account: 3, notFound: 5 },
    ...{ transient: 4, throttle: 4, skew: 4, request: 4 },
  };
  for (const [failureClass, code] of Object.entries(expected) as [FailureClass, number][]) {
    it(`of class ${failureClass} is ${code}`, () => {
      assert.equal(failureExitCode(failureClass), code);
      assert.equal(isDenied({ class: failureClass }), code === 3);
      assert.equal(failureOutcome(failureClass), code === 5 ? 'notFound' : 'unanswered');
    });
  }
});

it('a task that is not final, or took too long, counts as pending', () => {
  const states = (['submitting', 'running', 'unknown', 'succeeded', 'failed'] as const).map(stateOutcome);
  assert.deepEqual(states, ['pending', 'pending', 'pending', 'succeeded', 'failed']);
  const ends = [null, ...TASK_ENDS].map((outcome) => watchedOutcome({ outcome, state: 'running', failure: null }));
  const expected = ['pending', 'succeeded', 'failed', 'running', 'notFound', 'unanswered', 'pending', 'pending'];
  assert.deepEqual(ends, expected);
  assert.equal(watchedOutcome({ outcome: null, state: null, failure: null }), 'notChecked');
  assert.equal(watchedOutcome({ outcome: null, state: null, failure: {} }), 'pending');
});

it('exit codes of outcomes are decided in core/outcome.ts alone', () => {
  const root = new URL('../../src/', import.meta.url);
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
    (path) => path.endsWith('.ts') && path !== join('core', 'outcome.ts'),
  );
  const decision =
    /(failure|reply|task)\w*\.exitCode\b|exitCode [!=]== ExitCode\.(failed|denied|unanswered|notFound)\b/i;
  const deciding = files.filter((path) => decision.test(readFileSync(new URL(path, root), 'utf8')));
  assert.deepEqual(deciding, []);
});
