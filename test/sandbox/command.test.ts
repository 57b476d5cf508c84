import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { runSandbox } from '../../src/commands/sandbox.ts';
import { fakeDeps } from '../support/deps.ts';
import { mmaiInProcess } from '../support/in-process.ts';
import { bin, mmai, type SpawnOptions, temporaryDirectory } from '../support/mmai.ts';

/** The real command, and the variables it tells; stopped when the test file ends. */
async function served(...args: string[]) {
  const child = spawn(process.execPath, [bin, 'sandbox', ...args]);
  after(() => child.kill('SIGKILL'));
  let written = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    written += text;
  });
  const lines: string = await new Promise((resolve) => child.stdout.setEncoding('utf8').once('data', resolve));
  const variables = [...lines.matchAll(/^export (\w+)=(.*)$/gm)].map(([, name, value]) => [name, value]);
  return { child, stderr: () => written, env: Object.fromEntries(variables) as Record<string, string> };
}

describe('mmai sandbox', () => {
  it('serves on loopback, tells a shell how to reach it, and ends with its signal', async () => {
    const { child, env, stderr } = await served('-q', '--script', '5=3;2', '--latency', '1ms');
    assert.match(env.MMAI_ENDPOINT!, /^http:\/\/127\.0\.0\.1:\d+$/);
    assert.equal(
      (await mmaiInProcess(['status', '4', '5', '-o', 'tsv'], { env })).stdout,
      '4\tsucceeded\t2\n5\tfailed\t3\n',
    );
    child.kill('SIGTERM');
    assert.equal(await new Promise((resolve) => child.on('close', (_, signal) => resolve(signal))), 'SIGTERM');
    assert.equal(stderr(), '');
  });

  it('tells each request in a line on standard error, whatever is in it', async () => {
    const { child, env, stderr } = await served('--script', '2');
    await mmaiInProcess(['status', '123'], { env });
    await fetch(`${env.MMAI_ENDPOINT}/?Action=%1b%5b2J${'x'.repeat(200)}&TaskId=1%0a2`);
    child.kill('SIGTERM');
    await new Promise((resolve) => child.on('close', resolve));
    const [, ...lines] = stderr().split('\n');
    assert.equal(lines[0], 'GetTaskStatus 123 → 2');
    assert.match(lines[1]!, /^\\u\{1b\}\[2Jx{70,76}… 1\\u\{a\}2 → MissingParameter$/);
  });

  it('mixes in faults, which status without retries reports as exit 4', async () => {
    const { env } = await served('-q', '--script', '2', '--fault-rate', '1');
    assert.equal((await mmaiInProcess(['status', '1', '--retries', '0'], { env })).code, 4);
  });

  const bad: [string[], RegExp][] = [
    [['--port', '70000'], /--port: "70000".*0 to 65535/],
    [['--fault-rate', '2'], /--fault-rate: "2"/],
    [['--script', '1,,'], /invalid script step ""/],
    [['--latency', 'x'], /--latency: "x"/],
  ];
  for (const [args, message] of bad) {
    it(`exits 2 for ${args.join(' ')}`, async () => {
      const { code, stderr } = await mmaiInProcess(['sandbox', ...args]);
      assert.equal(code, 2);
      assert.match(stderr, message);
    });
  }
});

/** What a user may have set, all of which would outrank the sandbox or belongs to another key. */
const ELSEWHERE = {
  MMAI_PROFILE: 'work',
  MMAI_ENDPOINT: 'http://127.0.0.1:9',
  ALIBABA_CLOUD_SECURITY_TOKEN: 'another',
  ALIBABACLOUD_ACCESS_KEY_ID: 'another',
  ALICLOUD_ACCESS_KEY_SECRET: 'another',
};

describe('mmai sandbox -- command', { concurrency: 2 }, () => {
  const run = (command: string[], options: SpawnOptions = {}, flags: string[] = []) =>
    mmai(['sandbox', '--script', '5=3;2', ...flags, '--', ...command], options);
  const shell = (script: string, options?: SpawnOptions) => run(['sh', '-c', script], options);

  it('points mmai at the sandbox, whatever the environment says, and ends with the exit code of the command', async () => {
    const command = [process.execPath, bin, 'status', '4', '5', '-o', 'tsv', '--exit-status'];
    const { code, stdout, stderr } = await run(command, { env: ELSEWHERE });
    assert.deepEqual(
      [code, stdout, stderr],
      [1, '4\tsucceeded\t2\n5\tfailed\t3\n', '2 tasks: 1 succeeded, 1 failed\n  failed: 5\n'],
    );
  });

  it('leaves the rest of the environment, and gives it its own standard streams', async () => {
    const script =
      'cat; echo "$OWN $ALIBABA_CLOUD_ACCESS_KEY_ID $MMAI_PROFILE$ALIBABA_CLOUD_SECURITY_TOKEN"; echo told >&2; exit 7';
    const ended = await shell(script, { env: { ...ELSEWHERE, OWN: 'kept' }, input: 'typed\n' });
    assert.deepEqual(ended, { code: 7, signal: null, stdout: 'typed\nkept sandbox-key \n', stderr: 'told\n' });
  });

  it('ends with 128 and the number of the signal that ended the command', async () => {
    assert.equal((await shell('kill -KILL $$')).code, 137);
  });

  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    it(`passes ${signal} on to the command, and ends as the command does`, async () => {
      const name = signal.slice(3);
      const script = `trap 'echo trapped; exit 5' ${name}; echo up; while :; do sleep 0.05; done`;
      const { code, stdout } = await shell(script, { onOutput: (kill) => kill(signal) });
      assert.deepEqual([code, stdout], [5, 'up\ntrapped\n']);
    });
  }

  it('ends with 127 where there is no such command, 126 where it cannot be executed, and says so', async () => {
    const missing = await run(['no-such-command-here', '--json']);
    assert.deepEqual([missing.code, missing.stdout], [127, '']);
    assert.equal(missing.stderr, 'error: no-such-command-here: command not found\n');
    const file = join(temporaryDirectory(), 'text');
    writeFileSync(file, 'no program');
    const { code, stderr } = await run([file]);
    assert.deepEqual([code, stderr], [126, `error: ${file}: cannot be executed (EACCES)\n`]);
  });

  it('takes the command after "--" only, since its flags are not those of the sandbox', async () => {
    const { code, stderr } = await mmaiInProcess(['sandbox', 'npm', 'test']);
    assert.deepEqual([code, stderr], [2, 'error: "npm" is not expected here: put "--" before a command to run\n']);
  });

  it("shows its requests with --debug alone: the terminal is the command's", async () => {
    const command = [process.execPath, bin, 'status', '4', '-q'];
    const { stderr } = await run(command, {}, ['--debug']);
    assert.match(stderr, /^debug: GetTaskStatus 4 → 2$/m);
  });

  it('replaces variables of any case on Windows', async () => {
    let env: Readonly<Record<string, string | undefined>> = {};
    const deps = fakeDeps({
      platform: 'win32',
      env: { mmai_profile: 'work', Alibaba_Cloud_Security_Token: 'another', Path: 'kept' },
      runProgram: async (_, given) => {
        env = given;
        return { exitCode: 3 };
      },
    });
    assert.equal(await runSandbox(['npm'], { port: '0', faultRate: '0' }, deps), 3);
    const names = ['Path', 'MMAI_ENDPOINT', 'ALIBABA_CLOUD_ACCESS_KEY_ID', 'ALIBABA_CLOUD_ACCESS_KEY_SECRET'];
    assert.deepEqual(Object.keys(env), names);
  });
});

describe('mmai sandbox on Windows', () => {
  const printed = async (env: Record<string, string>) => {
    const deps = fakeDeps({ platform: 'win32', signal: AbortSignal.abort(130), env });
    await runSandbox([], { port: '0', faultRate: '0' }, deps);
    return deps.stdout.text();
  };

  it('prints the variables as PowerShell assigns them', async () => {
    assert.match(
      await printed({}),
      /^\$env:MMAI_ENDPOINT = 'http:\/\/127\.0\.0\.1:\d+'\n\$env:ALIBABA_CLOUD_ACCESS_KEY_ID = 'sandbox-key'\n/,
    );
  });

  it('empties, of those that would outrank these or go with another key, the variables that are set', async () => {
    const set = { MMAI_PROFILE: 'work', ALIBABA_CLOUD_SECURITY_TOKEN: 'another' };
    assert.match(await printed(set), /'\n\$env:MMAI_PROFILE = ''\n\$env:ALIBABA_CLOUD_SECURITY_TOKEN = ''\n$/);
    assert.match(
      await printed({ ...set, SHELL: 'sh' }),
      /\nexport MMAI_PROFILE=\nexport ALIBABA_CLOUD_SECURITY_TOKEN=\n$/,
    );
    assert.doesNotMatch(await printed({}), /PROFILE|TOKEN/);
  });

  it('prints exports, as everywhere else, in Git Bash', async () => {
    assert.match(await printed({ MSYSTEM: 'MINGW64' }), /^export MMAI_ENDPOINT=/);
  });
});
