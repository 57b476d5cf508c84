import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { runCommand, runHook } from '../../src/io/command.ts';
import { limitLookups } from '../../src/io/resolver-limits.ts';
import { temporaryDirectory } from '../support/mmai.ts';

describe('runCommand', () => {
  const signal = new AbortController().signal;
  const node = (script: string) => `'${process.execPath}' -e "${script}"`;
  const run = (line: string, limits = {}) =>
    runCommand(line, { timeoutMs: 30_000, isInteractive: false, signal, ...limits }, 'linux');

  it('gives exit code and standard output, and has no standard input', async () => {
    const script = 'process.stdin.on(`end`, () => { console.log(1); process.exitCode = 3 }).resume()'.replaceAll(
      '`',
      '\\`',
    );
    assert.deepEqual(await run(node(script)), { how: 'exited', exitCode: 3, stdout: '1\n' });
  });

  it('does not wait for a grandchild that holds the pipe', async () => {
    const line = `sh -c "sleep 5 & wait"`;
    assert.deepEqual(await run(line, { timeoutMs: 300 }), { how: 'timeout' });
  });

  it('does not wait for what the command leaves in the background, and has all that it wrote', async () => {
    const line = `sh -c "sleep 20 & head -c 60000 /dev/zero; exit 3"`;
    assert.deepEqual(await run(line), { how: 'exited', exitCode: 3, stdout: '\0'.repeat(60_000) });
  });

  it('stops on the signal, at once when it is aborted already', async () => {
    const controller = new AbortController();
    const running = run(node('setInterval(() => {}, 1000)'), { signal: controller.signal });
    controller.abort();
    assert.deepEqual(await running, { how: 'stopped' });
    assert.deepEqual(await run('true', { signal: AbortSignal.abort() }), { how: 'stopped' });
  });

  it('kills all that a command started at the time limit and on the signal, and nothing where it has ended', async () => {
    const late = tree();
    assert.deepEqual(await run(`sh -c "${late.command}"`, { timeoutMs: 1000 }), { how: 'timeout' });
    assert.ok(await late.isGone());
    const stopped = tree();
    const controller = new AbortController();
    const running = run(`sh -c "${stopped.command}"`, { signal: controller.signal });
    for (let attempt = 0; !existsSync(stopped.path) && attempt < 1000; attempt++) await delay(10);
    controller.abort(143);
    assert.deepEqual(await running, { how: 'stopped' });
    assert.ok(await stopped.isGone());
    const left = await run('sh -c "sleep 60 >/dev/null 2>&1 & echo $!"');
    assert.ok(left.how === 'exited' && isAlive(Number(left.stdout)));
    process.kill(Number(left.stdout));
  });

  it('counts the end of a command that came while this process stood still, past the time limit', async () => {
    const standStill = () => spawnSync('sleep', ['1']);
    const running = run('echo 1', { timeoutMs: 500 });
    standStill();
    assert.deepEqual(await running, { how: 'exited', exitCode: 0, stdout: '1\n' });
    const hook = runHook('true', {}, '', { timeoutMs: 500, signal });
    standStill();
    assert.deepEqual(await hook, { how: 'exited', exitCode: 0 });
  });

  it('says why a command could not be started', async () => {
    assert.deepEqual(await run('/nowhere/tool'), { how: 'notStarted', code: 'ENOENT' });
    assert.deepEqual(await run('"open'), { how: 'notStarted', code: 'EINVAL' });
  });

  it('says why a command could not be started, whether Node throws that or emits it', async () => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, 'file'), '');
    symlinkSync('loop', join(directory, 'loop'));
    assert.deepEqual(await run(`${directory}/file/tool`), { how: 'notStarted', code: 'ENOTDIR' });
    assert.deepEqual(await run(`${directory}/loop`), { how: 'notStarted', code: 'ELOOP' });
    assert.deepEqual(await run(`true ${'x'.repeat(3_000_000)}`), { how: 'notStarted', code: 'E2BIG' });
    assert.deepEqual(await run('true a\0b'), { how: 'notStarted', code: 'EINVAL' });
  });

  it('says that a command wrote to standard error, and nothing of what', async () => {
    const end = await run(`sh -c "echo secret >&2; exit 1"`);
    assert.deepEqual(end, { how: 'exited', exitCode: 1, stdout: '', wroteError: true });
  });
});

it('commands have the environment of the user, without what mmai sets for its own lookups', async (t) => {
  const { RES_OPTIONS: before } = process.env;
  const set = (value: string | undefined) => {
    delete process.env.RES_OPTIONS;
    if (value !== undefined) process.env.RES_OPTIONS = value;
  };
  t.after(() => set(before));
  const limits = { timeoutMs: 30_000, isInteractive: false, signal: new AbortController().signal };
  const script = 'process.exitCode = process.env.RES_OPTIONS === process.argv[1] ? 0 : 3';
  for (const own of [undefined, 'timeout:9']) {
    set(own);
    limitLookups();
    const line = `"${process.execPath}" -e "${script}" ${own ?? ''}`;
    for (const end of [await runCommand(line, limits, process.platform), await runHook(line, {}, '', limits)]) {
      assert.equal('exitCode' in end && end.exitCode, 0, own);
    }
  }
});

describe('runHook', () => {
  const hook = (
    command: string,
    { timeoutMs = 30_000, signal = new AbortController().signal, env = {}, input = '' } = {},
  ) => runHook(command, env, input, { timeoutMs, signal });

  it('gives the exit code, or the signal that ended it', async () => {
    assert.deepEqual(await hook('test "$A" = b && read line && exit "$line"', { env: { A: 'b' }, input: '3\n' }), {
      how: 'exited',
      exitCode: 3,
    });
    assert.deepEqual(await hook('kill -9 $$'), { how: 'killed' });
  });

  it('says why a command could not be started', async () => {
    assert.deepEqual(await hook('true', { env: { A: 'x'.repeat(3_000_000) } }), { how: 'notStarted', code: 'E2BIG' });
    assert.deepEqual(await hook('true', { env: { A: 'a\0b' } }), { how: 'notStarted', code: 'EINVAL' });
  });

  it('ends a command with all that it started at the time limit', async () => {
    const { command, isGone } = tree();
    assert.deepEqual(await hook(command, { timeoutMs: 1000 }), { how: 'timeout' });
    assert.ok(await isGone());
  });

  it('counts the time limit in steps of a second: what stops mmai for a minute stops the command, too', async (t) => {
    const timers = t.mock.method(globalThis, 'setTimeout');
    const { signal } = new AbortController();
    assert.deepEqual(await hook('true', { timeoutMs: 60_000 }), { how: 'exited', exitCode: 0 });
    await runCommand('true', { timeoutMs: 60_000, isInteractive: false, signal }, 'linux');
    const delays = timers.mock.calls.map(({ arguments: [, ms] }) => ms ?? 0);
    assert.deepEqual([delays.filter((ms) => ms === 1000).length, Math.max(...delays)], [2, 1000]);
  });

  it('ends a command that ignores the request to', async () => {
    assert.deepEqual(await hook(`trap '' TERM; while :; do sleep 60; done`, { timeoutMs: 200 }), { how: 'timeout' });
  });

  it('kills what the shell started and what ignores the request to end, though the shell has ended', async () => {
    const { command, isGone } = tree(`sh -c "trap '' TERM; while :; do sleep 60; done"`);
    assert.deepEqual(await hook(command, { timeoutMs: 1000 }), { how: 'timeout' });
    assert.ok(await isGone());
  });

  it('passes on the signal that ends mmai, and does not wait', async () => {
    const { command, path, isGone } = tree();
    const controller = new AbortController();
    const running = hook(command, { signal: controller.signal });
    for (let attempt = 0; !existsSync(path) && attempt < 1000; attempt++) await delay(10);
    controller.abort(143);
    assert.deepEqual(await running, { how: 'stopped' });
    assert.ok(await isGone());
  });
});

/** A shell and a program that it starts, whose process ids are then in a file. */
function tree(program = 'sleep 60') {
  const path = join(temporaryDirectory(), 'pids');
  const isGone = async () => {
    const pids = readFileSync(path, 'utf8').trim().split('\n').map(Number);
    assert.equal(pids.length, 2);
    for (let attempt = 0; pids.some(isAlive) && attempt < 500; attempt++) await delay(10);
    return !pids.some(isAlive);
  };
  return {
    command: `${program} & printf '%s\n' $$ $! > '${path}.new'; mv '${path}.new' '${path}'; wait`,
    path,
    isGone,
  };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // A process that ended and that nobody has waited for yet.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
