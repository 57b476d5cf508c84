import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { TASK_ENDS, WAIT_ENDS } from '../../src/core/outcome.ts';
import type { FailureReason, ResultDetails } from '../../src/core/task.ts';
import type { ErrorObject } from '../../src/output/document.ts';
import type { WatchEvent } from '../../src/output/watch-events.ts';

const schema = JSON.parse(readFileSync(new URL('../../src/output/watch-events.schema.json', import.meta.url), 'utf8'));

type Type = WatchEvent['type'];
/**
 * Each field of an object, and whether it is always there: a field that the type has and this lacks does not compile, and the
 * other way round.
 */
type Fields<T> = {
  readonly [K in keyof T]-?: Partial<Pick<T, K>> extends Pick<T, K> ? 'optional' : 'required';
};
type EventFields = {
  readonly [T in Type]: Omit<Fields<Extract<WatchEvent, { type: T }>>, 'type' | 'v' | 'ts' | 'seq' | 'elapsedMs'>;
};

const required = 'required';
const optional = 'optional';
const EVENTS: EventFields = {
  version: { cli: required, schema: required, pid: required },
  start: {
    ...{ ids: required, mode: required, need: required, deadline: required, policy: required },
    ...{ endpoint: required, region: required, profile: required },
  },
  state: {
    ...{ id: required, state: required, status: required, prev: required, ageMs: required, prevMs: required },
    ...{ polls: required, requestId: required, nextPollMs: required },
  },
  retry: { id: required, error: required, attempt: required, delayMs: required, budgetLeftMs: required },
  heartbeat: { pending: required, done: required, failed: required, states: required, nextPollMs: required },
  result: {
    ...{ id: required, outcome: required, state: required, status: required, durationMs: required },
    ...{ lagMaxMs: required, polls: required, requestId: required, error: optional, result: optional },
  },
  summary: {
    ...{ outcome: required, exitCode: required, counts: required, stillRunning: required, resume: required },
    ...{ requests: required, retries: required, throttles: required, bytes: required },
    ...{ notChecked: required, clockOffsetMs: required, lagMaxMs: required, error: optional },
  },
};
const ERROR: Fields<ErrorObject> = {
  ...{ code: required, http: required, message: required, hint: required, requestId: required, class: required },
};

const DETAILS: Fields<ResultDetails> = {
  ...{ reason: required, url: required, urlExpiresAt: required, analysisSeconds: required },
  ...{ videoName: required, videoUrl: required, applicationId: required },
};
const REASON: Fields<FailureReason> = { name: required, code: required, message: required, detail: required };

/** The fields that a schema describes. */
function fieldsOf({ properties, required: always }: { properties: object; required: string[] }) {
  const names = Object.keys(properties).filter((name) => name !== 'type');
  return Object.fromEntries(names.map((name) => [name, always.includes(name) ? required : optional]));
}

describe('the schema of events', () => {
  it('describes every type of event, and no other', () => {
    assert.deepEqual(schema.properties.type.enum.toSorted(), Object.keys(EVENTS).toSorted());
    const described = schema.oneOf.map(({ $ref }: { $ref: string }) => $ref.replace('#/$defs/', ''));
    assert.deepEqual(described, schema.properties.type.enum);
  });

  for (const [type, fields] of Object.entries(EVENTS)) {
    it(`describes every field of ${type}, and no other`, () => assert.deepEqual(fieldsOf(schema.$defs[type]), fields));
  }

  it('describes every field of an error, and no other', () => assert.deepEqual(fieldsOf(schema.$defs.error), ERROR));

  it('describes every field of a result and its reason, and no other', () => {
    assert.deepEqual([fieldsOf(schema.$defs.details), fieldsOf(schema.$defs.reason)], [DETAILS, REASON]);
  });

  it('lists every way in which a task ends', () =>
    assert.deepEqual(schema.$defs.result.properties.outcome.enum, TASK_ENDS));

  it('lists every way in which a wait ends', () =>
    assert.deepEqual(schema.$defs.summary.properties.outcome.enum, WAIT_ENDS));
});
