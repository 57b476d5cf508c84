import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { after, describe, it } from 'node:test';
import { bin, mmai } from '../support/mmai.ts';

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
    assert.equal((await mmai(['status', '4', '5', '-o', 'tsv'], { env })).stdout, '4\tsucceeded\t2\n5\tfailed\t3\n');
    child.kill('SIGTERM');
    assert.equal(await new Promise((resolve) => child.on('close', (_, signal) => resolve(signal))), 'SIGTERM');
    assert.equal(stderr(), '');
  });

  it('tells each request in a line on standard error, whatever is in it', async () => {
    const { child, env, stderr } = await served('--script', '2');
    await mmai(['status', '123'], { env });
    await fetch(`${env.MMAI_ENDPOINT}/?Action=%1b%5b2J${'x'.repeat(200)}&TaskId=1%0a2`);
    child.kill('SIGTERM');
    await new Promise((resolve) => child.on('close', resolve));
    const [, ...lines] = stderr().split('\n');
    assert.equal(lines[0], 'GetTaskStatus 123 → 2');
    assert.match(lines[1]!, /^\\u\{1b\}\[2Jx{70,76}… 1\\u\{a\}2 → MissingParameter$/);
  });

  it('mixes in faults, which status without retries reports as exit 4', async () => {
    const { env } = await served('-q', '--script', '2', '--fault-rate', '1');
    assert.equal((await mmai(['status', '1', '--retries', '0'], { env })).code, 4);
  });

  const bad: [string[], RegExp][] = [
    [['--port', '70000'], /--port: "70000".*0 to 65535/],
    [['--fault-rate', '2'], /--fault-rate: "2"/],
    [['--script', '1,,'], /invalid script step ""/],
    [['--latency', 'x'], /--latency: "x"/],
  ];
  for (const [args, message] of bad) {
    it(`exits 2 for ${args.join(' ')}`, async () => {
      const { code, stderr } = await mmai(['sandbox', ...args]);
      assert.equal(code, 2);
      assert.match(stderr, message);
    });
  }
});
