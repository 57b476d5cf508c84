import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { displayMode, openDisplay } from '../../src/commands/watch/display.ts';
import type { WatchOptions } from '../../src/commands/watch/watch-options.ts';
import type { Settings } from '../../src/core/config/settings.ts';
import { parseTaskId } from '../../src/core/task.ts';
import type { StateEvent } from '../../src/core/wait/events.ts';
import { WATCH_DEFAULTS } from '../../src/core/wait/flags.ts';
import { Waiter } from '../../src/core/wait/waiter.ts';
import { MmaiError } from '../../src/errors.ts';
import { fakeDeps } from '../support/deps.ts';
import { waitFor } from '../support/wait.ts';

describe('how a wait is shown', () => {
  const defaults: WatchOptions = { ...WATCH_DEFAULTS, progress: 'auto', annotations: 'auto' };
  const mode = (
    options: Partial<WatchOptions>,
    env: Record<string, string>,
    isTerminal = true,
    isPipe = false,
    output: Settings['output'] = 'text',
  ) => {
    const deps = fakeDeps({ env });
    return displayMode({ ...defaults, ...options }, output, {
      ...deps,
      stderr: { ...deps.stderr, isTerminal },
      stdout: { ...deps.stdout, isPipe },
    });
  };

  const cases: [string, Partial<WatchOptions>, Record<string, string>, string][] = [
    ['drawn at a terminal', {}, {}, 'drawn'],
    ['as lines for a screen reader (MMAI_A11Y=1)', {}, { MMAI_A11Y: '1' }, 'lines'],
    ['as lines on a dumb terminal', {}, { TERM: 'dumb' }, 'lines'],
    ['as lines in a CI that gives a terminal', {}, { CI: 'true' }, 'lines'],
    ['drawn where CI is off (CI=false)', {}, { CI: 'false' }, 'drawn'],
    ['drawn where a switch is off (MMAI_A11Y=0)', {}, { MMAI_A11Y: '0', CI: '' }, 'drawn'],
    ['as lines beside the output of --exec', { exec: 'true' }, {}, 'lines'],
    ['as lines with --progress plain', { progress: 'plain' }, {}, 'lines'],
    ['drawn with --progress tty, whatever the environment says', { progress: 'tty' }, { CI: 'true' }, 'drawn'],
    ['not at all with --progress none', { progress: 'none' }, {}, 'none'],
    ['not at all with -q', { quiet: true }, {}, 'none'],
  ];
  for (const [name, options, env, expected] of cases) {
    it(name, () => assert.equal(mode(options, env), expected));
  }
  it('as lines without a terminal', () => assert.equal(mode({}, {}, false), 'lines'));
  it('as lines where events are piped to a program, which may write to the same terminal', () => {
    assert.equal(mode({}, {}, true, true, 'ndjson'), 'lines');
    assert.equal(mode({ progress: 'tty' }, {}, true, true, 'ndjson'), 'drawn');
    assert.equal(mode({}, {}, true, false, 'ndjson'), 'drawn');
    assert.equal(mode({}, {}, true, true, 'json'), 'drawn');
  });
  it('throws for a mode that does not exist', () => assert.throws(() => mode({ progress: 'fancy' }, {}), MmaiError));
});

describe('the lines of a wait', () => {
  const change: StateEvent = {
    ...{ type: 'state', id: parseTaskId('1'), state: 'running', status: 1, prev: 'submitting', requestId: 'R' },
    ...{ ageMs: 0, prevMs: 1000, polls: 2, nextPollMs: null },
  };

  /** What stderr holds after so many changes, and once its reader has taken it. */
  async function shown(changes: number) {
    const deps = fakeDeps();
    let onRead = (_: boolean) => {};
    const stderr = { ...deps.stderr, drained: () => new Promise<boolean>((resolve) => (onRead = resolve)) };
    const poll = () => new Promise<never>(() => {});
    const waiter = new Waiter(waitFor([change.id]), { ...deps, poll, renewConnections() {} });
    const display = await openDisplay('lines', waiter, 'never', { ...deps, stderr });
    for (let i = 0; i < changes; i += 1) display.show(change);
    const unread = deps.stderr.text();
    onRead(true);
    await new Promise(setImmediate);
    return { unread, added: deps.stderr.text().slice(unread.length) };
  }

  it('are all there where a reader takes them late', async () => {
    const { unread, added } = await shown(50_000);
    assert.deepEqual([unread.split('\n').length - 1, added], [50_000, '']);
  });

  it('are left out, and counted, where a reader takes none of them', async () => {
    const { unread, added } = await shown(500_000);
    assert.ok(unread.length < 4.2 * 1024 * 1024, String(unread.length));
    const lines = unread.split('\n').length - 1;
    assert.equal(added, `lines left out, since standard error was not read: ${500_000 - lines}\n`);
  });
});

it('r or Enter checks at once in what is drawn, also in the middle of other keys; no other key does', async () => {
  const deps = fakeDeps();
  let press = (_: string) => {};
  const live: typeof deps.live = async (_, onKeys) => {
    press = onKeys;
    return { stop() {}, isDrawing: () => true };
  };
  const poll = () => new Promise<never>(() => {});
  const waiter = new Waiter(waitFor([parseTaskId('1')]), { ...deps, poll, renewConnections() {} });
  let checks = 0;
  waiter.checkNow = () => {
    checks += 1;
  };
  await openDisplay('drawn', waiter, 'never', { ...deps, live });
  for (const keys of ['r', 'R', '\r', '\n', 'xrx', 'rrr\r']) press(keys);
  assert.equal(checks, 6);
  for (const keys of ['q', ' ', '\u001b[A', '']) press(keys);
  assert.equal(checks, 6);
});
