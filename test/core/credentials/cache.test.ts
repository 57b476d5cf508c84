import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  cacheCredentials,
  FAILED_MS,
  type Found,
  FRESH_MS,
  LEAD_MS,
  PAUSE_MS,
} from '../../../src/core/credentials/cache.ts';
import { CommandError } from '../../../src/core/credentials/provider.ts';
import { CallError } from '../../../src/core/rpc/call-error.ts';
import { ExitCode } from '../../../src/errors.ts';
import { fakeClock } from '../../support/clock.ts';
import { classifyFailure } from '../../support/failure.ts';

const HOUR = 3_600_000;

/** A provider that issues keys 1, 2, 3 …, good for `validForMs`; `fails` makes it reject, `looks` counts whole look-ups. */
function keeper(validForMs: number | undefined) {
  const clock = fakeClock();
  const state = { issued: 0, looks: 0, fails: false, isGone: false, debugged: [] as string[] };
  const source = () => 'the issuer';
  const find = async () => {
    await clock.sleep(100);
    if (state.fails) throw new Error('refused');
    if (state.isGone) return undefined;
    state.issued += 1;
    const accessKey = { accessKeyId: `key-${state.issued}`, accessKeySecret: 's' };
    return { accessKey, source, ...(validForMs !== undefined && { validForMs }) };
  };
  const lookUp = async (): Promise<Found> => {
    state.looks += 1;
    return {
      provider: { source, find, origin: { from: 'environment', name: 'X' }, offer: async () => undefined },
      credentials: (await find())!,
    };
  };
  const keep = cacheCredentials({ clock, debug: (line) => state.debugged.push(line) }, lookUp);
  const id = async (renew = false) => (await keep(renew)).accessKeyId;
  /** Lets what goes on behind come to its end. */
  const settle = () => clock.sleep(1000);
  return { clock, state, id, settle };
}

describe('credentials kept in memory', () => {
  it('are looked up once, however many ask', async () => {
    const { id, state } = keeper(undefined);
    assert.deepEqual(await Promise.all([id(), id(), id()]), ['key-1', 'key-1', 'key-1']);
    assert.equal(state.looks, 1);
  });

  it('without an end are never renewed by themselves', async () => {
    const { id, clock, state } = keeper(undefined);
    await id();
    clock.jump(1000 * HOUR);
    assert.equal(await id(), 'key-1');
    assert.equal(state.issued, 1);
  });

  it('are renewed five minutes before their end, once, and nobody waits for it', async () => {
    const { id, clock, state, settle } = keeper(HOUR);
    await id();
    clock.jump(HOUR - LEAD_MS - 1000);
    assert.equal(await id(), 'key-1');
    await settle();
    assert.equal(state.issued, 1);
    clock.jump(1000);
    assert.deepEqual(await Promise.all([id(), id(), id()]), ['key-1', 'key-1', 'key-1']);
    await settle();
    assert.deepEqual([await id(), state.issued, state.looks], ['key-2', 2, 1]);
  });

  it('past their end everybody waits for the same renewal', async () => {
    const { id, clock, state } = keeper(HOUR);
    await id();
    clock.jump(2 * HOUR);
    assert.deepEqual(await Promise.all([id(), id(), id()]), ['key-2', 'key-2', 'key-2']);
    assert.equal(state.issued, 2);
  });

  it('a failed renewal is told and tried again after a pause while they are good, and thrown once they are not', async () => {
    const { id, clock, state, settle } = keeper(HOUR);
    await id();
    state.fails = true;
    clock.jump(HOUR - LEAD_MS);
    assert.equal(await id(), 'key-1');
    await settle();
    assert.match(state.debugged.at(-1)!, /not renewed, still good: refused/);
    assert.equal(await id(), 'key-1');
    await settle();
    assert.equal(state.debugged.length, 1);
    clock.jump(PAUSE_MS);
    assert.equal(await id(), 'key-1');
    await settle();
    assert.equal(state.debugged.length, 2);
    clock.jump(LEAD_MS);
    await assert.rejects(id(), /refused/);
    state.fails = false;
    assert.equal(await id(), 'key-2');
  });

  it('a source that has nothing any more is an error, not somebody else', async () => {
    const { id, clock, state } = keeper(HOUR);
    await id();
    state.isGone = true;
    clock.jump(2 * HOUR);
    await assert.rejects(id(), { exitCode: 3, message: /the issuer no longer offers credentials/ });
  });

  it('of a life shorter than ten minutes are renewed at half of it', async () => {
    const { id, clock, state, settle } = keeper(60_000);
    await id();
    clock.jump(28_000);
    await id();
    await settle();
    assert.equal(state.issued, 1);
    clock.jump(2000);
    await id();
    await settle();
    assert.equal(state.issued, 2);
  });

  it('said to be over already are used, for the service decides, and not asked for at every call', async () => {
    const { id, state } = keeper(-HOUR);
    assert.deepEqual([await id(), await id(), await id()], ['key-1', 'key-1', 'key-1']);
    assert.equal(state.issued, 1);
  });

  it('once refused are looked up through the whole chain, once for all polls that were under way', async () => {
    const { id, clock, state } = keeper(HOUR);
    await id();
    assert.deepEqual(await Promise.all([id(true), id(true)]), ['key-2', 'key-2']);
    assert.equal(await id(true), 'key-2');
    assert.equal(state.looks, 2);
    // Those answered from memory do not put the next look off.
    clock.jump(FRESH_MS - 1000);
    assert.equal(await id(true), 'key-2');
    clock.jump(1000);
    assert.equal(await id(true), 'key-3');
  });

  it('that could not be found are looked for again by the next who asks', async () => {
    const { id, state } = keeper(HOUR);
    state.fails = true;
    await assert.rejects(id(), /refused/);
    state.fails = false;
    assert.equal(await id(), 'key-1');
  });

  it('are asked for again by the retry of a poll that failed since the issuer could not be reached, not by those beside it', async () => {
    const clock = fakeClock();
    let looks = 0;
    const keep = cacheCredentials({ clock, debug: () => {} }, async () => {
      looks += 1;
      throw new CallError(classifyFailure('Network.Unreachable'), () => 'down', undefined);
    });
    for (let task = 0; task < 1000; task += 1) await assert.rejects(keep(false), /down/);
    assert.equal(looks, 1);
    clock.jump(FAILED_MS);
    await assert.rejects(keep(false), /down/);
    assert.equal(looks, 2);
    assert.ok(FAILED_MS < 1000, 'a poll is retried after a second at the earliest');
  });

  it('of a command that fails are refused, also where the service refuses what it gave; one that cannot renew is not reached', async () => {
    const clock = fakeClock();
    const accessKey = { accessKeyId: 'key', accessKeySecret: 's' };
    const source = () => 'a command';
    let works = false;
    const find = async () => {
      if (works) return { accessKey, source, validForMs: HOUR };
      throw new CommandError(ExitCode.denied, () => 'it failed');
    };
    const provider: Found['provider'] = {
      source,
      find,
      origin: { from: 'file', name: 'X' },
      offer: async () => undefined,
    };
    const keep = cacheCredentials({ clock, debug: () => {} }, async () => ({ provider, credentials: await find() }));
    await assert.rejects(keep(false), { exitCode: 3, message: 'it failed' });
    works = true;
    assert.equal(await keep(false), accessKey);
    works = false;
    await assert.rejects(keep(true), { exitCode: 3, message: 'it failed' });
    clock.jump(2 * HOUR);
    await assert.rejects(keep(false), { exitCode: 4, message: 'it failed' });
  });

  it('are searched for once, though that takes longer than the call that began it: the next one waits on', async () => {
    const clock = fakeClock();
    const accessKey = { accessKeyId: 'key', accessKeySecret: 's' };
    const source = () => 'a command';
    let looks = 0;
    const keep = cacheCredentials({ clock, debug: () => {} }, async (_, ask): Promise<Found> => {
      looks += 1;
      const find = async () => ({ accessKey, source });
      const provider: Found['provider'] = {
        source,
        find,
        origin: { from: 'file', name: 'X' },
        offer: async () => undefined,
      };
      ask(provider);
      await clock.sleep(5000);
      return { provider, credentials: await find() };
    });
    const start = clock.monotonic();
    await assert.rejects(keep(false, start + 3000), /^MmaiError: a command: no credentials within 3s$/);
    assert.equal(await keep(false, start + 8000), accessKey);
    assert.deepEqual([looks, Math.round(clock.monotonic() - start)], [1, 5000]);
  });
});
