import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { ExitCode } from '../src/errors.ts';
import { mmaiInProcess } from './support/in-process.ts';
import { bin, cacheHome, mmai, sandbox, temporaryDirectory } from './support/mmai.ts';

const HOME = temporaryDirectory();
const env = {
  PATH: process.env.PATH ?? '',
  HOME,
  XDG_CACHE_HOME: cacheHome,
  ALIBABA_CLOUD_ECS_METADATA_DISABLED: 'true',
};

/** Runs a script of bash in which `mmai` is the program; what it printed on both streams. */
async function shell(script: string, added: Record<string, string> = {}): Promise<string> {
  const lines = `mmai() { '${process.execPath}' '${bin}' "$@"; }\ncd '${HOME}'\n${script}`;
  const child = spawn('bash', ['-c', lines], { env: { ...env, ...added } });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text));
  await once(child, 'close');
  return output;
}

describe('a report in the place of standard output', { concurrency: 2 }, () => {
  for (const name of ['same.txt', './same.txt', 'link', '//dev/stdout']) {
    it(`is refused before the first request, and the answer is not overwritten: --junit ${name}`, async () => {
      const output = await shell(
        `ln -sf /dev/stdout link; mmai watch 1 --simulate 2 --junit ${name} > same.txt; echo "exit $?"; cat same.txt`,
      );
      assert.match(output, /^error: --junit: expected the path of a file; .*\nexit 2\n$/);
    });
  }

  for (const name of ['log.txt', '/dev/stderr']) {
    it(`is refused in the place of standard error's file, too: --junit ${name}`, async () => {
      const output = await shell(`mmai watch 1 --simulate 2 --junit ${name} 2> log.txt; echo "exit $?"; cat log.txt`);
      assert.match(output, /^exit 2\nerror: --junit: expected the path of a file; .*\n$/);
    });
  }

  it('is as good as none where both go to /dev/null', async () => {
    const output = await shell('mmai watch 1 --simulate 2 -q --junit /dev/null > /dev/null; echo "exit $?"');
    assert.equal(output, 'exit 0\n');
  });
});

describe('exit code 74: standard output could not be written', { concurrency: 2 }, () => {
  it('a limit on file sizes cuts the document short', async () => {
    const output = await shell(`(ulimit -f 16; mmai status $(seq 1 400) --json --simulate 2 > f); echo "exit $?"`);
    assert.match(output, /^error: cannot write to standard output: EFBIG\nhint: .*\nexit 74\n$/m);
  });

  it('a file that may not grow takes half of the version', async () => {
    const output = await shell('(ulimit -f 1; head -c 1021 /dev/zero > v; mmai --version >> v); echo "exit $?"');
    assert.match(output, /^error: cannot write to standard output: EFBIG\nhint: .*\nexit 74\n$/);
  });

  it('a file system that says only at the end that it has no room, as NFS does', async () => {
    writeFileSync(
      join(HOME, 'nfs.cjs'),
      `const fs = require('node:fs');
      const { closeSync, openSync } = fs;
      let again;
      fs.openSync = (path, ...rest) => {
        const fd = openSync(path, ...rest);
        if (path === '/dev/fd/1') again = fd;
        return fd;
      };
      fs.closeSync = (fd) => {
        closeSync(fd);
        if (fd === again) throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' });
      };`,
    );
    const output = await shell(`mmai status 1 --simulate 2 > f; echo "exit $?"`, {
      NODE_OPTIONS: '--require ./nfs.cjs',
    });
    assert.match(output, /^error: cannot write to standard output: ENOSPC\nhint: .*\nexit 74\n$/m);
  });

  it('standard output keeps its descriptor until the end, whatever is opened after the answer', async () => {
    const output = await shell(`mmai watch 1 --simulate 2 -q --json > f; echo "exit $?"`, { MMAI_NO_CACHE: '1' });
    assert.equal(output, 'exit 0\n');
  });

  for (const args of ['status 1 --simulate 2', 'watch 1 --simulate 2 -q -o ndjson', 'explain 74', '--help', '-V']) {
    it(`mmai ${args} > /dev/full`, async () => {
      const output = await shell(`mmai ${args} > /dev/full; echo "exit $?"`);
      assert.match(output, /^error: cannot write to standard output: ENOSPC\nhint: .*\nexit 74\n$/);
    });
  }

  for (const args of ['status x', 'watch --nope', '']) {
    it(`not where nothing is written to it: mmai ${args} > /dev/full`, async () => {
      assert.match(await shell(`mmai ${args} > /dev/full; echo "exit $?"`), /\nexit 2\n$/);
    });
  }

  it('is told in the language of the user', async () => {
    const output = await shell('mmai status 1 --simulate 2 --lang zh > /dev/full; echo "exit $?"');
    assert.match(output, /^错误：标准输出写入失败：ENOSPC（磁盘空间不足）\n.*\nexit 74\n$/);
  });

  it('a full disk of standard error alone costs no result', async () => {
    const output = await shell('mmai status 1 --simulate 404 --json 2> /dev/full; echo "exit $?"');
    assert.match(output, /"exitCode": 5[\s\S]*\nexit 5\n$/);
  });
});

describe('standard error whose reader is gone', { concurrency: 2 }, () => {
  it('costs no result: the outcome and its exit code are those of the tasks', async () => {
    const wait = ['watch', '1', '2', '--simulate', '1x2,3', '--interval', '500ms', '--debug', '-o', 'tsv'];
    const child = spawn(process.execPath, [bin, ...wait], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text) => (output += text));
    // It has begun to write there, and goes on to.
    await once(child.stderr, 'data');
    child.stderr.destroy();
    assert.deepEqual(await once(child, 'close'), [1, null]);
    assert.equal(output, '1\tfailed\t3\n2\tfailed\t3\n');
  });

  it('ends a wait where standard output goes there too', async () => {
    const output = await shell('mmai watch 1 --simulate 1 --debug 2>&1 | true; echo "exit $PIPESTATUS"');
    assert.equal(output, 'exit 141\n');
  });
});

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

  it('the first process of a container, for which the system ignores signals that it sends itself, ends with the code', async () => {
    const preload = join(HOME, 'first-process.cjs');
    writeFileSync(preload, 'process.kill = () => true;');
    const child = await unread(['--require', preload]);
    child.kill('SIGTERM');
    assert.deepEqual(await once(child, 'exit'), [143, null]);
  });

  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    it(`${signal} ends within two seconds a run whose output nobody reads`, async () => {
      const child = await unread();
      const start = performance.now();
      child.kill(signal);
      const [, by] = await once(child, 'exit');
      assert.equal(by, signal);
      assert.ok(performance.now() - start < 5000, 'it waits for the reader without a limit');
    });
  }

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
