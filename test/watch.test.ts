import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { constants, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { mmaiInProcess } from './support/in-process.ts';
import { bin, mmai, sandbox, temporaryDirectory } from './support/mmai.ts';

describe('mmai watch, the real program over a real socket', { concurrency: 4 }, () => {
  it('waits until every task has ended, a line per change, no escape codes, the verdict last', async () => {
    const { code, stdout, stderr } = await mmai(['watch', '1', '2', '--simulate', '1=0,2;2=1,2']);
    assert.equal(code, 0);
    assert.match(stdout, /^1 {2}succeeded {2}\S+\n2 {2}succeeded {2}\S+\n$/);
    assert.match(stderr, /^\[\+00:00\] 1 submitting\n/);
    assert.match(stderr, /\] 2 running → succeeded \(\S+\)\n/);
    assert.match(stderr, /\ndone after \S+: 2 succeeded\n$/);
    assert.doesNotMatch(stderr, /[\u001b\r]/);
  });

  it('asks once about a task that has ended', async () => {
    const { env, requestCount } = await sandbox({ script: '2' });
    assert.equal((await mmaiInProcess(['wait', '1', '1'], { env })).code, 0);
    assert.equal(requestCount(), 1);
  });

  const endings: [number, string, string[]][] = [
    [0, 'met', ['1', '--simulate', '500,2']],
    [0, 'met', ['1', '2', '--any', '--simulate', '1=2;2=1']],
    [0, 'met', ['1', '2', '3', '--count', '2', '--simulate', '3=3;2']],
    [1, 'ended', ['1', '2', '--simulate', '1=2;2=3']],
    [1, 'failFast', ['1', '2', '--fail-fast', '--simulate', '1=3;2=1']],
    [3, 'denied', ['1', '2', '--simulate', '1=forbidden;2=1']],
    [4, 'ended', ['1', '--error-budget', '1ms', '--simulate', '500']],
    [5, 'ended', ['1', '--not-found-grace', '1ms', '--simulate', '404']],
    [124, 'deadline', ['1', '--timeout', '700ms', '--simulate', '1']],
    [42, 'deadline', ['1', '--timeout', '700ms', '--timeout-exit-code', '42', '--simulate', '1']],
  ];

  for (const [expected, outcome, args] of endings) {
    it(`${expected}: ${args.join(' ')}, told by one json document and by the last line of ndjson`, async () => {
      const json = await mmaiInProcess(['watch', ...args, '--json', '-q']);
      assert.equal(json.code, expected);
      assert.equal(json.stderr, '');
      const { summary } = JSON.parse(json.stdout);
      assert.deepEqual([summary.exitCode, summary.outcome], [expected, outcome]);
      const lines = (await mmaiInProcess(['watch', ...args, '-o', 'ndjson', '-q'])).stdout.trimEnd().split('\n');
      const events = lines.map((line) => JSON.parse(line));
      assert.deepEqual(
        events.map(({ seq }) => seq),
        events.map((_, index) => index + 1),
      );
      assert.equal(events[0].type, 'version');
      assert.deepEqual([events.at(-1).type, events.at(-1).exitCode], ['summary', expected]);
    });
  }

  it('3: without credentials, too, there is one json document, and the last event is the summary', async () => {
    const { code, stdout, stderr } = await mmaiInProcess(['watch', '1', '--json']);
    const { summary } = JSON.parse(stdout);
    assert.deepEqual([code, summary.exitCode, summary.outcome, summary.requests], [3, 3, 'denied', 0]);
    assert.match(stderr, /^error: no credentials found/);
    const lines = (await mmaiInProcess(['watch', '1', '-o', 'ndjson'])).stdout.trimEnd().split('\n');
    const types = lines.map((line) => JSON.parse(line).type);
    assert.deepEqual(types, ['version', 'start', 'summary']);
  });

  it('says on a deadline that the tasks go on, and how to resume the wait', async () => {
    const { stdout, stderr } = await mmaiInProcess([
      'watch',
      '1',
      '2',
      '--timeout',
      '3s',
      '--simulate',
      '1=2;2=1',
      '--json',
    ]);
    assert.deepEqual(JSON.parse(stdout).summary.resume, [
      'mmai',
      'watch',
      '2',
      '--simulate',
      '1=2;2=1',
      '--timeout',
      '3s',
      '--json',
    ]);
    assert.match(stderr, /to keep waiting, run:\n {2}mmai watch 2 --simulate '1=2;2=1' --timeout 3s --json\n$/);
  });

  it('gives 5 MB of JSON to a pipe whole, on the way out of a deadline too', async () => {
    const ids = [...Array(20_000).keys()].map((n) => String(10n ** 17n + BigInt(n))).join('\n');
    const args = ['watch', '-', '--timeout', '1s', '--json', '-q', '--simulate', '1', '--max-rps', 'none'];
    const { code, stdout } = await mmai(args, { input: ids });
    assert.equal(code, 124);
    assert.ok(stdout.length > 5_000_000, String(stdout.length));
    assert.equal(JSON.parse(stdout).tasks.length, 20_000);
  });

  it('runs --exec in a shell, its output on standard error, waited for', async () => {
    const command = 'echo "hook $MMAI_TASK_ID $MMAI_STATE"; cat; exit 3';
    const { code, stdout, stderr } = await mmai(['watch', '1', '-o', 'tsv', '--exec', command, '--simulate', '2']);
    assert.deepEqual([code, stdout], [0, '1\tsucceeded\t2\n']);
    assert.match(stderr, /^hook 1 succeeded$/m);
    assert.match(stderr, /^\{"v":"1\.0","type":"result".*"id":"1"/m);
    assert.match(stderr, /the --exec command for task 1 exited with code 3/);
  });

  it('writes to a pipe through an opening of its own, --exec too: no reader keeps signals from being heard, and no other writer is refused', {
    skip: process.platform !== 'linux',
  }, () => {
    // A pipe of a shell's: those of spawn are sockets.
    const hook = 'cd /proc/$PPID/fd; for fd in *; do [ $fd -ef 2 ] && echo fd $fd: $(cat ../fdinfo/$fd); done';
    const line = `'${process.execPath}' '${bin}' watch 1 --simulate 2 --exec '${hook}' 2>&1 >/dev/null | cat`;
    const env = { PATH: process.env.PATH, HOME: temporaryDirectory() };
    const { stdout } = spawnSync('sh', ['-c', line], { env, encoding: 'utf8' });
    const openings = [...stdout.matchAll(/^fd (\d+): .*flags:\s*(\d+)/gm)].map(([, fd, flags]) => ({
      isShared: fd === '2',
      blocks: (Number.parseInt(flags!, 8) & constants.O_NONBLOCK) === 0,
    }));
    assert.ok(openings.length > 1, stdout);
    assert.ok(
      openings.every(({ isShared, blocks }) => isShared === blocks),
      stdout,
    );
  });

  it('runs --exec for many tasks, no line of its own or of Node on standard error', async () => {
    const ids = Array.from({ length: 20 }, (_, index) => String(index + 1));
    const args = ['watch', '-', '-q', '-o', 'tsv', '--max-rps', 'none', '--simulate', '2'];
    const hook = 'sleep 0.1; echo "hook $MMAI_TASK_ID"';
    const { code, stderr } = await mmai([...args, '--exec', hook], { input: ids.join('\n') });
    assert.equal(code, 0);
    assert.deepEqual(stderr.trimEnd().split('\n').sort(), ids.map((id) => `hook ${id}`).sort());
  });

  it('survives a step of GitHub Actions: annotation, summary and outputs in the files it names', async () => {
    const directory = temporaryDirectory();
    const [summary, output] = [join(directory, 'summary'), join(directory, 'output')];
    const env = { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: summary, GITHUB_OUTPUT: output };
    const { code, stderr } = await mmai(['watch', '1', '2', '--simulate', '1=2;2=3'], { env });
    assert.equal(code, 1);
    assert.match(stderr, /^::error title=mmai task 2::failed: Download fail \(1000\)$/m);
    assert.match(readFileSync(summary, 'utf8'), /\| 2 \| failed: Download fail \(1000\) \|/);
    assert.match(readFileSync(output, 'utf8'), /^exit-code=1$/m);
  });

  it('--dry-run prints the plan and sends nothing', async () => {
    const { env, requestCount } = await sandbox();
    const { code, stdout } = await mmaiInProcess(['watch', '1', '--timeout', '60s', '--dry-run'], { env });
    assert.equal(code, 0);
    assert.match(stdout, /^\+0s\n\+1s\n[\s\S]*1 task, 17 checks in 1m; completion is noticed at most 8\.?\d?s late\n$/);
    assert.equal(requestCount(), 0);
  });

  it('--dry-run tells a steady gap once', async () => {
    const { stdout } = await mmaiInProcess(['watch', '1', '--timeout', '30m', '--dry-run']);
    assert.match(stdout, /\n\+\d+m\d+s\nthen every 30s\n\+30m\n1 task, /);
    assert.ok(stdout.split('\n').length < 70, stdout);
    const fixed = await mmaiInProcess(['watch', '1', '--timeout', '1m', '--interval', '10s', '--dry-run']);
    assert.match(fixed.stdout, /^\+0s\nthen every 10s\n\+1m\n/);
  });

  const bad: [string[], RegExp][] = [
    [['--any', '--count', '2'], /--any and --count cannot be used together/],
    [['--count', '3'], /--count 3: there are only 2 tasks/],
    [['--count', '0'], /--count: "0".*1 to/],
    [['--interval', '2m', '--timeout', '1m'], /--interval must not be longer than --timeout/],
    [['--max-rps', '0'], /--max-rps: "0"/],
    [['--exec', ''], /--exec: the command is empty/],
    [['--timeout', 'soon'], /--timeout: "soon"/],
    [['--exec-timeout', '1m'], /--exec-timeout has no effect without --exec/],
    [['-i', '2s', '--max-interval', '10s'], /--interval and --max-interval cannot be used together/],
    [['--max-interval', '500ms'], /--max-interval must be at least 1s; use --interval for a shorter time/],
    [['--heartbeat', '10s', '--progress', 'none'], /--heartbeat and --progress none cannot be used together/],
    [['--heartbeat', '1m', '-q', '--json'], /--heartbeat and --quiet cannot be used together/],
    [['--heartbeat', '1ms'], /--heartbeat must be at least 1s/],
    [['-q', '--progress', 'plain'], /--quiet and --progress plain cannot be used together/],
  ];

  for (const [args, message] of bad) {
    it(`exits 2 for ${args.join(' ')}, no request sent`, async () => {
      const { env, requestCount } = await sandbox();
      const { code, stderr } = await mmaiInProcess(['watch', '1', '2', ...args], { env });
      assert.equal(code, 2);
      assert.match(stderr, message);
      assert.equal(requestCount(), 0);
    });
  }
});
