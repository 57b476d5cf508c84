import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { bin, temporaryDirectory } from './support/mmai.ts';

/** The pty is that of util-linux's `script`, so that no native module is needed. */
const hasScript = spawnSync('script', ['--version']).stdout?.includes('util-linux') ?? false;

/**
 * Runs `mmai` at a terminal, which is closed as soon as it shows something; the exit code. The shell around it ignores the
 * hang-up, which Node does not inherit.
 */
async function atLostTerminal(args: string, until: RegExp, place: 'foreground' | 'background'): Promise<number> {
  const home = temporaryDirectory();
  const file = join(home, 'code');
  const script = join(home, 'script');
  writeFileSync(
    script,
    `trap '' HUP\n'${process.execPath}' '${bin}' ${args}\necho $? > '${file}.new'; mv '${file}.new' '${file}'`,
  );
  // The outer shell ends with its terminal, at which the system signals the foreground.
  const line = place === 'foreground' ? `bash '${script}'` : `set -m; bash '${script}' & wait`;
  const terminal = spawn('script', ['-qefc', `stty cols 80 rows 24; ${line}; true`, '/dev/null'], {
    env: { PATH: process.env.PATH, HOME: home, TERM: 'xterm', LC_ALL: 'C.UTF-8', SHELL: '/bin/bash' },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  after(() => terminal.kill('SIGKILL'));
  let seen = '';
  terminal.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    seen += chunk;
    if (until.test(seen)) terminal.kill('SIGKILL');
  });
  for (let attempt = 0; !existsSync(file) && attempt < 1500; attempt++) await delay(10);
  return Number(readFileSync(file, 'utf8'));
}

/** Whether a process ends soon, or has ended and nobody has waited for it yet. */
async function ends(pid: number): Promise<boolean> {
  const hasEnded = () => !existsSync(`/proc/${pid}`) || / Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  for (let attempt = 0; !hasEnded() && attempt < 1000; attempt++) await delay(10);
  return hasEnded();
}

describe('a terminal that is closed', { concurrency: 4, skip: !hasScript && 'needs script of util-linux' }, () => {
  const cases = [
    ['ends a wait', 'watch 1 2 --simulate 1 --timeout 1h', /press r/],
    ['ends a question', 'config set access-key-secret', /access-key-secret/],
    ['ends status', 'status 1 --simulate hang --request-timeout none', /1s/],
    ['ends the sandbox', 'sandbox', /Ctrl-C/],
  ] as const;
  for (const [name, args, until] of cases) {
    it(`${name} in the foreground with the signal of a hang-up`, async () => {
      assert.equal(await atLostTerminal(args, until, 'foreground'), 129);
    });
  }

  it('ends sandbox with its command where no shell is between, as with ssh -t', async () => {
    const file = join(temporaryDirectory(), 'pid');
    const line = `echo $$ > '${file}'; exec '${process.execPath}' '${bin}' sandbox -- sh -c 'echo ready; exec sleep 60'`;
    const terminal = spawn('script', ['-qefc', line, '/dev/null'], { stdio: ['pipe', 'pipe', 'ignore'] });
    await new Promise<void>((resolve) => {
      terminal.stdout.setEncoding('utf8').on('data', (text: string) => /ready/.test(text) && resolve());
    });
    terminal.kill('SIGKILL');
    assert.ok(await ends(Number(readFileSync(file, 'utf8'))));
  });

  it('does not end a wait in the background, whose answer can then not be written', async () => {
    assert.equal(await atLostTerminal('watch 1 2 --simulate "1:3s,2"', /running/, 'background'), 74);
  });
});

describe('a terminal that takes nothing any more', { skip: !hasScript && 'needs script of util-linux' }, () => {
  for (const rest of ['', `--exec true`]) {
    it(`does not keep a signal from ending the wait${rest && ', also when a command has had it'}`, async () => {
      const home = temporaryDirectory();
      const file = join(home, 'pid');
      const ids = Array.from({ length: 3000 }, (_, index) => index + 1).join(' ');
      const wait = `watch ${ids} --progress plain --max-rps none --simulate '1=2;1' --timeout 1h ${rest}`;
      const line = `echo $$ > '${file}'; exec '${process.execPath}' '${bin}' ${wait}`;
      const terminal = spawn('script', ['-qefc', line, '/dev/null'], {
        env: { PATH: process.env.PATH, HOME: home, TERM: 'xterm', LC_ALL: 'C.UTF-8', SHELL: '/bin/sh' },
        stdio: ['pipe', 'pipe', 'ignore'],
      });
      after(() => terminal.kill('SIGKILL'));
      await new Promise<void>((resolve) => {
        terminal.stdout.setEncoding('utf8').on('data', (text: string) => /running/.test(text) && resolve());
      });
      terminal.kill('SIGSTOP');
      const pid = Number(readFileSync(file, 'utf8'));
      process.kill(pid, 'SIGTERM');
      assert.ok(await ends(pid));
    });
  }
});
