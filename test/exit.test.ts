import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { ExitCode } from '../src/errors.ts';
import { env, HOME, shell } from './support/bash-script.ts';
import { mmaiInProcess } from './support/in-process.ts';
import { bin, mmai, sandbox, temporaryDirectory } from './support/mmai.ts';

describe('the way out', { concurrency: 2 }, () => {
  /** Starts the program with a document longer than a pipe holds, and reads nothing of it. */
  const unread = async (nodeFlags: readonly string[] = []): Promise<ChildProcess> => {
    const ids = Array.from({ length: 1000 }, (_, index) => String(index + 1));
    const child = spawn(process.execPath, [...nodeFlags, bin, 'status', '--dry-run', ...ids], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    after(() => child.kill('SIGKILL'));
    // The first bytes are in the pipe: the program is done, and waits for its reader.
    await once(child.stdout!, 'readable');
    return child;
  };

  /** What bash writes to a socket. */
  const outputOf = async (words: readonly string[], onText?: (text: string) => void): Promise<string> => {
    const child = spawn('bash', words, { env, stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      output += text;
      onText?.(text);
    });
    await once(child, 'close');
    return output;
  };

  /** Of each descriptor whose flags are shown, whether it does not block. */
  const nonblocking = (fdinfo: string) =>
    [...fdinfo.matchAll(/^flags:\s*(\d+)$/gm)].map(([, octal]) => Number.parseInt(octal!, 8) & constants.O_NONBLOCK);

  it('the first process of a container, for which the system ignores signals that it sends itself, ends with the code', async () => {
    const preload = join(HOME, 'first-process.cjs');
    writeFileSync(preload, "process.kill = () => true; Object.defineProperty(process, 'pid', { value: 1 });");
    const child = await unread(['--require', preload]);
    child.kill('SIGTERM');
    assert.deepEqual(await once(child, 'exit'), [143, null]);
  });

  const skip = !('execve' in process) && 'Node 20 cannot';

  it('ends with the code though a file system hangs, and leaves a socket to the next command as it was', {
    skip,
  }, async () => {
    const pipe = join(HOME, 'hangs');
    execFileSync('mkfifo', [pipe]);
    const preload = join(HOME, 'hangs.cjs');
    writeFileSync(preload, `require('node:fs').open(${JSON.stringify(pipe)}, 'r', () => {});`);
    const run = '"$0" --require "$2" "$1" status 1 --simulate 3 --exit-status';
    const output = await outputOf([
      '-c',
      `${run}; echo "code $?"; cat /proc/self/fdinfo/1`,
      process.execPath,
      bin,
      preload,
    ]);
    assert.match(output, /^1 .*\ncode 1\n/);
    assert.deepEqual(nonblocking(output), [0]);
  });

  it('ends with the code where Node may run no other program', { skip }, async () => {
    const flags = ['--permission', '--allow-fs-read=*', '--allow-fs-write=*'];
    // Nothing is written but to /dev/null, so that the last that it waits for are files that are not there.
    const child = spawn(process.execPath, [...flags, bin, 'config', 'list'], { env, stdio: 'ignore' });
    assert.deepEqual(await once(child, 'exit'), [0, null]);
  });

  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    it(`${signal} ends a run whose output nobody reads`, async () => {
      const child = await unread();
      child.kill(signal);
      const [, by] = await once(child, 'exit');
      assert.equal(by, signal);
    });
  }

  for (const [what, pipe] of [
    ['pipe', '| cat'],
    ['socket', ''],
  ]) {
    const skip = process.platform !== 'linux' && 'only Linux shows the flags of a descriptor';
    it(`leaves a ${what} to the next command as it was, after a signal too`, { skip }, async () => {
      const run = `"$0" "$1" watch 1 -o ndjson --simulate 1`;
      const script = `{ ${run}; cat /proc/self/fdinfo/1 /proc/self/fdinfo/2; } 2>&1 ${pipe}`;
      const output = await outputOf(['-c', script, process.execPath, bin], (text) => {
        const [, pid] = /"pid":(\d+)/.exec(text) ?? [];
        if (pid) process.kill(Number(pid), 'SIGTERM');
      });
      assert.deepEqual(nonblocking(output), [0, 0]);
    });
  }

  it('writes both outputs in order to one pipe whose reader is slow', async () => {
    const rows = 'while IFS= read -r row; do printf "%s\\n" "$row"; done';
    const output = await shell(
      `mmai status $(seq 1 3000) -o tsv --query 'tasks[].[id,state,requestId]' --simulate 2 2>&1 | (${rows})`,
    );
    const lines = output.trimEnd().split('\n');
    assert.equal(lines.pop(), '3000 tasks: 3000 succeeded');
    assert.deepEqual(
      lines.filter((line) => !/^\d+\tsucceeded\t[\w-]{36}$/.test(line)),
      [],
    );
  });

  it('waits without a limit for a slow reader while no signal comes', async () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: bash expands it
    const output = await shell('mmai status --dry-run $(seq 1 1000) | (sleep 2; wc -l); echo "exit ${PIPESTATUS[0]}"');
    assert.match(output, /^\d{4,}\nexit 0\n$/);
  });

  it('a signal in the middle of a document is the exit, and the document is whole if it is read on', async () => {
    // More than socket and stream hold: a shorter document would be out before the signal comes.
    const ids = Array.from({ length: 4000 }, (_, index) => String(index + 1));
    const child = spawn(process.execPath, [bin, 'watch', '-q', '--max-rps', 'none', '-o', 'json', '--simulate', '2'], {
      env,
    });
    child.stdin.end(ids.join('\n'));
    await once(child.stdout, 'readable');
    child.kill('SIGTERM');
    let stdout = '';
    child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text));
    const [, by] = await once(child, 'close');
    assert.equal(by, 'SIGTERM');
    assert.equal(JSON.parse(stdout).tasks.length, 4000);
  });

  it('a document that a signal cut short tells the exit code of the signal', async () => {
    const { env: keys } = await sandbox({ script: '1=2;2=hang' });
    const child = spawn(process.execPath, [bin, 'status', '1', '2', '--json', '--debug'], { env: { ...env, ...keys } });
    let stdout = '';
    child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text));
    child.stderr.once('data', () => child.kill('SIGTERM'));
    const [, by] = await once(child, 'close');
    assert.deepEqual([by, JSON.parse(stdout).summary.exitCode], ['SIGTERM', ExitCode.terminated]);
  });

  for (const name of ['bash', 'sh']) {
    it(`a hang-up does not end a run that ${name} started with nohup`, async () => {
      const folder = temporaryDirectory();
      const run = `nohup '${process.execPath}' '${bin}' watch 1 --simulate 1x3,2 --interval 300ms -o tsv`;
      const script = `${run} < /dev/null > out 2> err & until grep -qs running err; do sleep 0.05; done
        kill -HUP $!; wait $!; echo "exit $?"; cat out`;
      const output = await shell(`cd '${folder}'; ${name} -c '${script.replaceAll("'", "'\\''")}'`);
      assert.equal(output, 'exit 0\n1\tsucceeded\t2\n');
    });
  }

  for (const name of ['bash', 'sh']) {
    it(`a hang-up does not end the command of a sandbox that ${name} started with nohup`, async () => {
      const command = `sh -c "kill -HUP \\$\\$; echo alive"`;
      const script = `nohup "${process.execPath}" "${bin}" sandbox -- ${command} < /dev/null > out 2> err; echo $?; cat out`;
      assert.equal(await shell(`cd '${temporaryDirectory()}'; ${name} -c '${script}'`), '0\nalive\n');
    });
  }

  for (const [what, nohup, words, code] of [
    ['that is a flag of nohup is not found', '/usr/bin/nohup', ['--version'], 127],
    ['runs where nohup is not there any more', '/nonexistent/nohup', ['echo'], 0],
  ] as const) {
    it(`a command of a sandbox ${what}`, async () => {
      const ended = await mmai(['sandbox', '--', ...words], { env: { _: nohup } });
      assert.deepEqual([ended.code, ended.stdout.trim()], [code, '']);
    });
  }

  it('SIGUSR1 opens no debugger in a process that will hold an AccessKey', async () => {
    const early = join(temporaryDirectory(), 'early.cjs');
    // When the program begins to load.
    const whenLoading = `const Module = require('node:module');
      const load = Module._load;
      Module._load = (name, ...rest) => {
        if (name.endsWith('code-cache.cjs')) process.kill(process.pid, 'SIGUSR1');
        return load(name, ...rest);
      };`;
    writeFileSync(early, whenLoading);
    const env = { NODE_OPTIONS: `--require=${early}` };
    const ended = await mmai(['watch', '1', '--simulate', '1x2,2', '--interval', '300ms'], { env });
    assert.equal(ended.code, 0);
    assert.doesNotMatch(ended.stderr, /[Dd]ebugger/);
  });

  it('SIGUSR1 opens no debugger in a process that holds an AccessKey', async () => {
    const onOutput = (kill: (signal: NodeJS.Signals) => void) => kill('SIGUSR1');
    const ended = await mmai(['watch', '1', '--simulate', '1x2,2', '--interval', '300ms', '-o', 'ndjson'], {
      onOutput,
    });
    assert.deepEqual([ended.code, ended.signal], [0, null]);
    assert.doesNotMatch(ended.stderr, /[Dd]ebugger/);
  });
});

describe('an argument of 100,000 characters is quoted to 80', () => {
  const long = 'x'.repeat(100_000);
  const wrong: [string, string[], Record<string, string>?][] = [
    ['a task id', ['status', long]],
    ['a choice', ['status', '1', '-o', long]],
    ['a choice that contradicts another flag', ['status', '1', '-o', long, '--raw']],
    ['a choice that contradicts --dry-run', ['status', '1', '-o', long, '--dry-run']],
    ['a duration', ['watch', '1', '--timeout', long]],
    ['a number', ['status', '1', '--retries', long]],
    ['a region', ['status', '1', '--region', long]],
    ['an endpoint', ['status', '1', '--endpoint', `${long}/x`]],
    ['a profile', ['config', 'set', 'region', 'x', '--profile', long]],
    ['an option', ['status', `--${long}`]],
    ['a command', [long]],
    ['a topic', ['explain', long]],
    ['a query that does not parse', ['explain', '--query', `${long}!`]],
    ['a query that fails', ['explain', '--query', `${long}(@)`]],
    ['a profile that does not exist', ['status', '1', '--profile', long]],
    ['a profile of aliyun-cli', ['status', '1'], { ALIBABA_CLOUD_PROFILE: long }],
  ];
  for (const [name, args, env = {}] of wrong) {
    it(name, async () => {
      const { code, stderr } = await mmaiInProcess(args, { env });
      assert.ok(code === 2 || code === 3, `exit ${code}`);
      assert.ok(stderr.length < 600, `${stderr.length} characters`);
    });
  }
});
