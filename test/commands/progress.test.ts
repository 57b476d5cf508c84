import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { withProgress } from '../../src/commands/shared/progress.ts';
import type { CommandDeps } from '../../src/deps.ts';
import { fakeDeps } from '../support/deps.ts';

/** What was drawn while the work lasted `ms` of virtual time at a terminal. */
async function drawn(ms: number, { env = {}, quiet = false } = {}): Promise<string[]> {
  const lines: string[] = [];
  let stops = 0;
  const live: CommandDeps['live'] = async (view) => {
    lines.push(...view.lines({ columns: 80, rows: 24, hasKeys: false, frame: '⠋ ' }));
    return { stop: () => (stops += 1), isDrawing: () => true };
  };
  const deps = fakeDeps({ env, live });
  const terminal = { ...deps, stderr: { ...deps.stderr, isTerminal: true } };
  const work = deps.clock.sleep(ms).then(() => 'answer');
  assert.equal(await withProgress(work, () => 'checking', { color: 'auto', quiet }, terminal), 'answer');
  assert.equal(stops, lines.length);
  return lines;
}

describe('a command that answers', () => {
  it('after half a second shows a spinner', async () => assert.deepEqual(await drawn(600), ['⠋ checking']));
  it('at once shows none', async () => assert.deepEqual(await drawn(400), []));
  it('slowly with -q shows none', async () => assert.deepEqual(await drawn(600, { quiet: true }), []));
  for (const env of [{ TERM: 'dumb' }, { CI: 'true' }, { MMAI_A11Y: '1' }]) {
    it(`slowly shows none with ${JSON.stringify(env)}`, async () => assert.deepEqual(await drawn(600, { env }), []));
  }

  for (const [name, env, isTerminal] of [
    ['without a terminal', {}, false],
    ['where nothing can be drawn', { CI: 'true' }, true],
  ] as const) {
    it(`slowly ${name} prints a line at each heartbeat of watch`, async () => {
      const deps = fakeDeps({ env });
      const start = deps.clock.monotonic();
      const work = deps.clock.sleep(130_000).then(() => 'answer');
      const seconds = () => `after ${(deps.clock.monotonic() - start) / 1000} s`;
      const output = { ...deps, stderr: { ...deps.stderr, isTerminal } };
      await withProgress(work, seconds, { color: 'auto', quiet: false }, output);
      assert.equal(deps.stderr.text(), 'after 30 s\nafter 60 s\nafter 120 s\n');
    });
  }

  it('slowly prints a line once, also where a timer is early', async () => {
    const deps = fakeDeps();
    const { clock } = deps;
    const early = { ...clock, sleep: (ms: number, signal?: AbortSignal) => clock.sleep(Math.ceil(ms) - 0.5, signal) };
    const work = clock.sleep(70_000);
    await withProgress(work, () => 'checking', { color: 'auto', quiet: false }, { ...deps, clock: early });
    assert.equal(deps.stderr.text(), 'checking\nchecking\n');
  });

  it('slowly with -q prints nothing', async () => {
    const deps = fakeDeps();
    await withProgress(deps.clock.sleep(130_000), () => 'checking', { color: 'auto', quiet: true }, deps);
    assert.equal(deps.stderr.text(), '');
  });

  it('with an error gives the terminal back, and fails', async () => {
    const deps = fakeDeps();
    const terminal = { ...deps, stderr: { ...deps.stderr, isTerminal: true } };
    const work = deps.clock.sleep(600).then(() => Promise.reject(new Error('no')));
    await assert.rejects(
      withProgress(work, () => '', { color: 'auto', quiet: false }, terminal),
      /no/,
    );
  });
});
