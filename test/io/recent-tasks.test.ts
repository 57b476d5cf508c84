import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { runTaskCommand } from '../../src/commands/shared/task-command.ts';
import { rememberTasks } from '../../src/commands/shared/task-ids.ts';
import { STATUS } from '../../src/commands/status.ts';
import { parseTaskId } from '../../src/core/task.ts';
import type { CommandDeps } from '../../src/deps.ts';
import { createRecentTasks, RECENT_LIMIT } from '../../src/io/recent-tasks.ts';
import { type FakeDeps, fakeDeps } from '../support/deps.ts';
import { temporaryDirectory } from '../support/mmai.ts';
import { fakeTransport, refusal, succeeded } from '../support/transport.ts';

const tasks = (...ids: string[]) => ids.map((id) => ({ id: parseTaskId(id), state: 'running' as const }));

/** A deps whose standard error is a terminal, with an AccessKey. */
function atTerminal(overrides: Partial<CommandDeps> = {}): FakeDeps {
  const env = { ALIBABA_CLOUD_ACCESS_KEY_ID: 'id', ALIBABA_CLOUD_ACCESS_KEY_SECRET: 'secret', ...overrides.env };
  const deps = fakeDeps({ ...overrides, env });
  return { ...deps, stderr: { ...deps.stderr, isTerminal: true } };
}

describe('recent tasks', () => {
  it('come back newest first, each once, no more than the limit, for the owner only', () => {
    const directory = join(temporaryDirectory(), 'state');
    const recent = createRecentTasks(directory, () => 'aside');
    assert.deepEqual(recent.read(), []);
    recent.remember(tasks('1', '2'));
    recent.remember(tasks('3', '1'));
    assert.deepEqual(recent.read(), tasks('3', '1', '2'));
    recent.remember(tasks(...Array.from({ length: 100 }, (_, index) => String(index + 10))));
    assert.equal(recent.read().length, RECENT_LIMIT);
    assert.deepEqual(readdirSync(directory), ['recent-tasks']);
    assert.equal(statSync(join(directory, 'recent-tasks')).mode & 0o777, 0o600);
  });

  it('have the state last seen, a line each, and none where an older version wrote the file', () => {
    const directory = temporaryDirectory();
    const path = join(directory, 'recent-tasks');
    writeFileSync(path, '7\n8 failed\n9 FAILED\n10 running extra\n0 failed\n');
    const recent = createRecentTasks(directory, () => 'aside');
    assert.deepEqual(
      recent.read().map(({ id, state }) => [id, state]),
      [
        ['7', null],
        ['8', 'failed'],
        ['9', null],
        ['10', 'running'],
      ],
    );
    recent.remember([{ id: parseTaskId('8'), state: 'succeeded' }]);
    assert.equal(readFileSync(path, 'utf8'), '8 succeeded\n7\n9\n10 running\n');
  });

  it('are no more than the limit where another program made the file longer', () => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, 'recent-tasks'), '7\n'.repeat(RECENT_LIMIT + 1));
    assert.equal(createRecentTasks(directory, () => 'aside').read().length, RECENT_LIMIT);
  });

  it('leave nothing behind where the disk is full', () => {
    const directory = temporaryDirectory();
    const module = fileURLToPath(new URL('../../src/io/recent-tasks.ts', import.meta.url));
    const script = `process.on('SIGXFSZ', () => {}); import(${JSON.stringify(module)}).then(({ createRecentTasks }) =>
      createRecentTasks(${JSON.stringify(directory)}, () => 'aside').remember([{ id: '1', state: null }]))`;
    // A limit on the size of files refuses the write after the file is made, as a full disk does.
    execFileSync('sh', ['-c', 'ulimit -f 0; exec "$@"', 'sh', process.execPath, '--import', 'tsx', '-e', script]);
    assert.deepEqual(readdirSync(directory), []);
  });

  it('never fail a command, whatever stands where the directory should', () => {
    const file = join(temporaryDirectory(), 'file');
    writeFileSync(file, '');
    const recent = createRecentTasks(file, () => 'aside');
    recent.remember(tasks('1'));
    assert.deepEqual(recent.read(), []);
  });

  it('leave no file behind that could not be put in place, and read no pipe', () => {
    const directory = temporaryDirectory();
    mkdirSync(join(directory, 'recent-tasks'));
    createRecentTasks(directory, () => 'aside').remember(tasks('1'));
    assert.deepEqual(readdirSync(directory), ['recent-tasks']);
    const other = temporaryDirectory();
    execFileSync('mkfifo', [join(other, 'recent-tasks')]);
    assert.deepEqual(createRecentTasks(other, () => 'aside').read(), []);
  });

  it('are those the service knew: one not found is not kept', async () => {
    const transport = fakeTransport(succeeded, refusal(404, 'ResourceNotFound')).transport;
    const deps = atTerminal({ transport: async () => transport });
    await runTaskCommand(['1', '2'], {}, STATUS, deps);
    assert.deepEqual((await deps.recentTasks()).read(), [{ id: '1', state: 'succeeded' }]);
  });

  it('are not kept of a simulation, of a script, or with MMAI_NO_RECENT', async () => {
    const quiet: [CommandDeps, { simulate?: string }][] = [
      [atTerminal(), { simulate: '2' }],
      [fakeDeps(), {}],
      [atTerminal({ env: { MMAI_NO_RECENT: '1' } }), {}],
    ];
    for (const [deps, options] of quiet) {
      await rememberTasks(tasks('1'), options, deps);
      assert.deepEqual((await deps.recentTasks()).read(), []);
    }
  });
});
