import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { bin, mmai, sandbox, temporaryDirectory } from './support/mmai.ts';

describe('the time and the signals of mmai watch', { concurrency: 4 }, () => {
  it('tells its state when a signal ends it, even with hanging requests', async () => {
    // Of both tasks: a response to one could come before the signal, or after it.
    const { env } = await sandbox({ script: 'hang' });
    const onOutput = (kill: (signal: NodeJS.Signals) => void) => kill('SIGINT');
    const { signal, stdout } = await mmai(['watch', '1', '2', '-o', 'ndjson'], { env, onOutput });
    assert.equal(signal, 'SIGINT');
    const summary = JSON.parse(stdout.trimEnd().split('\n').at(-1)!);
    assert.deepEqual([summary.type, summary.exitCode, summary.notChecked], ['summary', 130, ['1', '2']]);
    assert.deepEqual(summary.stillRunning, []);
  });

  it('looks once more at a task when it goes on after a stop that outlasted the deadline', async () => {
    const { env } = await sandbox({ script: '1:4s,2' });
    // A stop has to be longer than 5 s to be one.
    const onError = (kill: (signal: NodeJS.Signals) => void) => {
      kill('SIGSTOP');
      setTimeout(() => kill('SIGCONT'), 7500);
    };
    const { code, stdout, stderr } = await mmai(['watch', '1', '--timeout', '3s', '-o', 'ndjson'], { env, onError });
    assert.equal(code, 0, stderr);
    assert.match(stderr, /asleep or suspended for [\d.]+s; checking all tasks now/);
    assert.equal(JSON.parse(stdout.trimEnd().split('\n').at(-1)!).outcome, 'met');
  });

  for (const [name, jump] of [
    ['forward', '+3h'],
    ['back', '-3h'],
  ] as const) {
    it(`keeps its deadline and its gaps when the clock is set ${name}`, async () => {
      const preloaded = spawnSync('faketime', ['now', 'printenv', 'LD_PRELOAD'], { encoding: 'utf8' }).stdout?.trim();
      if (!preloaded) return void process.stderr.write('NOT TESTED: a set clock: faketime is not installed here\n');
      const file = join(temporaryDirectory(), 'clock');
      writeFileSync(file, '+0');
      const { env, requestCount } = await sandbox({ script: '1:2s,2' });
      const fake = { LD_PRELOAD: preloaded, FAKETIME_TIMESTAMP_FILE: file, FAKETIME_NO_CACHE: '1' };
      const onError = () => writeFileSync(file, jump);
      const { code, stdout, stderr } = await mmai(['watch', '1', '--timeout', '1m', '-o', 'ndjson'], {
        env: { ...env, ...fake, FAKETIME_DONT_FAKE_MONOTONIC: '1' },
        onError,
      });
      assert.equal(code, 0, stderr);
      assert.doesNotMatch(stderr, /asleep/);
      const { elapsedMs } = JSON.parse(stdout.trimEnd().split('\n').at(-1)!);
      assert.ok(elapsedMs >= 0 && elapsedMs < 60_000, `${elapsedMs} ms`);
      assert.ok(requestCount() < 10, `${requestCount()} requests`);
    });
  }

  it('ends on a signal in less time than it took to start, however its request hangs', async () => {
    const { env } = await sandbox({ script: '1=1;2=hang' });
    let isQuick = false;
    // A machine with much else to do is slow now and then; a program that waits for something is slow each time.
    for (let attempt = 0; attempt < 5 && !isQuick; attempt++) {
      const started = performance.now();
      let sent = 0;
      const onOutput = (kill: (signal: NodeJS.Signals) => void) => {
        sent = performance.now();
        kill('SIGTERM');
      };
      const { signal, stderr } = await mmai(['watch', '1', '2', '-o', 'ndjson'], { env, onOutput });
      assert.equal(signal, 'SIGTERM');
      assert.match(stderr, /to keep waiting, run:\n/);
      isQuick = performance.now() - sent < sent - started;
    }
    assert.ok(isQuick);
  });

  it('is killed at once by a second signal, where the first waits for a reader that does not read', async () => {
    const child = spawn(process.execPath, [bin, 'status', '-', '--dry-run'], { env: { PATH: process.env.PATH } });
    after(() => child.kill('SIGKILL'));
    child.stdin.on('error', () => {}).end([...Array(20_000).keys()].map((n) => n + 1).join('\n'));
    const ended = once(child, 'exit');
    // Megabytes are to come, and nobody takes more than these first bytes.
    await once(child.stdout, 'readable');
    let signals = 0;
    // Two that arrive together are one to a process.
    const again = setInterval(() => child.kill('SIGINT') && signals++, 100);
    const [, signal] = await ended;
    clearInterval(again);
    assert.equal(signal, 'SIGINT');
    assert.ok(signals >= 2, 'the first one ended it');
  });
});
