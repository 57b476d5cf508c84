import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { runTaskCommand } from '../../src/commands/shared/task-command.ts';
import { STATUS } from '../../src/commands/status.ts';
import { runWatch } from '../../src/commands/watch.ts';
import { parseTaskId } from '../../src/core/task.ts';
import { WATCH_DEFAULTS } from '../../src/core/wait/flags.ts';
import type { CommandDeps } from '../../src/deps.ts';
import { ExitCode } from '../../src/errors.ts';
import { zh } from '../../src/locales/zh/messages.ts';
import { type FakeDeps, fakeDeps, scripted, terminal } from '../support/deps.ts';
import { fakeTransport, succeeded } from '../support/transport.ts';

const key = { ALIBABA_CLOUD_ACCESS_KEY_ID: 'id', ALIBABA_CLOUD_ACCESS_KEY_SECRET: 'secret' };

/** Somebody at a terminal who gives these answers, and has checked tasks 5 (just now) and 400010 (before). */
async function atTerminal(answers: string[] = [], overrides: Partial<CommandDeps> = {}) {
  const prompts = scripted(...answers);
  const { transport, requests } = fakeTransport(succeeded);
  const deps: FakeDeps = fakeDeps({
    ...{ stdin: terminal, isInteractive: () => true, prompts: async () => prompts },
    ...overrides,
    ...{ transport: async () => transport, env: { ...key, ...overrides.env } },
  });
  Object.assign(deps.stderr, { isTerminal: deps.isInteractive() });
  (await deps.recentTasks()).remember([
    { id: parseTaskId('5'), state: 'running' },
    { id: parseTaskId('400010'), state: null },
  ]);
  const checked = () => requests.map(({ url }) => new URL(url).searchParams.get('TaskId'));
  return { deps, prompts, checked };
}

const tsv = { output: 'tsv' };
const watchOptions = { ...WATCH_DEFAULTS, ...tsv, progress: 'none', annotations: 'none' };

describe('with no task ID at a terminal', () => {
  it('status offers the recent tasks, newest first, with the state last seen', async () => {
    const { deps, prompts, checked } = await atTerminal(['5       running']);
    assert.equal(await runTaskCommand([], tsv, STATUS, deps), 0);
    assert.deepEqual(prompts.asked, ['select: Which task? 5       running | 400010']);
    assert.deepEqual(checked(), ['5']);
  });

  it('watch offers them too, in the language of the user', async () => {
    const { deps, prompts, checked } = await atTerminal(['400010'], { messages: zh });
    assert.equal(await runWatch([], watchOptions, deps), 0);
    assert.deepEqual(prompts.asked, ['select: 请选择任务 5       执行中 | 400010']);
    assert.deepEqual(checked(), ['400010']);
  });

  it('choosing takes nothing of the time that a wait has', async () => {
    const { deps, prompts, checked } = await atTerminal(['400010']);
    const select: typeof prompts.select = async (question, choices) => {
      await deps.clock.sleep(60_000);
      return prompts.select(question, choices);
    };
    const slow = { ...deps, prompts: async () => ({ ...prompts, select }) };
    assert.equal(await runWatch([], { ...watchOptions, timeout: '5s' }, slow), 0);
    assert.deepEqual(checked(), ['400010']);
  });

  it('nobody is asked in a script, in CI, where nothing may be redrawn, with MMAI_NO_RECENT or where no task is known: exit 2', async () => {
    const scripts: CommandDeps[] = [
      (await atTerminal([], { isInteractive: () => false })).deps,
      (await atTerminal([], { env: { CI: 'true' } })).deps,
      (await atTerminal([], { env: { TERM: 'dumb' } })).deps,
      (await atTerminal([], { env: { MMAI_A11Y: '1' } })).deps,
      (await atTerminal([], { env: { MMAI_NO_RECENT: '1' } })).deps,
      fakeDeps({ stdin: terminal, isInteractive: () => true, env: key }),
    ];
    for (const script of scripts) {
      await assert.rejects(runTaskCommand([], {}, STATUS, script), {
        exitCode: ExitCode.usage,
        message: /^no task ID given/,
      });
    }
  });
});

describe('@last', () => {
  it('is the last ID used, also in a script, beside others and once', async () => {
    const { deps, checked } = await atTerminal([], { isInteractive: () => false, env: { CI: 'true' } });
    assert.equal(await runTaskCommand(['7', '@last', '5'], tsv, STATUS, deps), 0);
    assert.deepEqual(checked(), ['7', '5']);
    assert.equal(await runWatch(['@last'], watchOptions, deps), 0);
    assert.deepEqual(checked(), ['7', '5', '5']);
  });

  it('is refused where no task is known, or none is kept', async () => {
    const { deps } = await atTerminal([], { env: { MMAI_NO_RECENT: '1' } });
    for (const nobody of [deps, fakeDeps({ env: key })]) {
      await assert.rejects(runTaskCommand(['@last'], {}, STATUS, nobody), {
        exitCode: ExitCode.usage,
        message: '@last: no recent task on this machine; pass a task ID',
      });
    }
  });
});
