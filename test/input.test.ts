import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:fs';
import { describe, it } from 'node:test';
import { run } from '../src/cli.ts';
import { fakeDeps, piped } from './support/deps.ts';
import { bin, temporaryDirectory } from './support/mmai.ts';
import { answer, fakeTransport } from './support/transport.ts';

const keys = { ALIBABA_CLOUD_ACCESS_KEY_ID: 'id', ALIBABA_CLOUD_ACCESS_KEY_SECRET: 'secret' };
/** Ids that a number of JavaScript would round to one and the same. */
const IDS = ['9007199254740992', '9007199254740993', '12'];

/** The whole program in process; what it printed, and which tasks it requested. */
async function output(args: readonly string[], input = '') {
  const { transport, requests } = fakeTransport(() => answer(200, { Status: 2, RequestId: 'R' }));
  const deps = fakeDeps({ env: keys, stdin: piped(input), transport: async () => transport });
  const code = await run(args, deps);
  const ids = requests.map(({ url }) => new URL(url).searchParams.get('TaskId'));
  return { code, ids, stdout: deps.stdout.text(), stderr: deps.stderr.text() };
}

describe('every output of mmai is an input of mmai', () => {
  const outputs = [
    ['status'],
    ['status', '--lang', 'zh'],
    ['status', '-o', 'tsv'],
    ['status', '--json'],
    ['status', '--query', 'tasks[].id'],
    ['watch'],
    ['watch', '-o', 'tsv'],
    ['watch', '--json'],
    ['watch', '-o', 'ndjson'],
  ];
  for (const args of outputs) {
    for (const reader of ['status', 'watch']) {
      it(`mmai ${args.join(' ')} | mmai ${reader}`, async () => {
        const { stdout } = await output([...args, ...IDS, '-q']);
        const { code, ids, stderr } = await output([reader, '-q'], stdout);
        assert.deepEqual([code, stderr, ids.sort()], [0, '', IDS.toSorted()]);
      });
    }
  }
});

describe('flags are checked before standard input is read', () => {
  const wrong = [
    ['status', '-', '-o', 'bogus'],
    ['status', '-', '--query', 'tasks['],
    ['watch', '-', '--progress', 'tty'],
    ['watch', '-', '--count', '0'],
    ['watch', '-', '--any', '--all'],
    ['watch', '-', '--exec', ''],
    ['watch', '-', '--region', 'A B'],
    ['watch', 'x', '-'],
    ['status', '-', '--dry-run=perl'],
    ['status', '-', '--dry-run=curl', '--json'],
    ['status', '-', '--simulate', 'bogus'],
    ['watch', '-', '--simulate', 'bogus'],
  ];
  for (const args of wrong) {
    it(`mmai ${args.join(' ')}`, async () => {
      const unread = () => assert.fail('standard input was read');
      const deps = fakeDeps({ env: keys, stdin: { isTerminal: false, chunks: unread } });
      assert.equal(await run(args, deps), 2);
    });
  }
});

describe('standard input of the real program', { concurrency: 2 }, () => {
  const env = { PATH: process.env.PATH ?? '', HOME: temporaryDirectory() };

  it('that nobody closes ends watch at its --timeout, with a word before', async () => {
    const child = spawn(process.execPath, [bin, 'watch', '--timeout', '3s'], { env });
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text) => {
      stderr += text;
    });
    const [code] = await once(child, 'close');
    assert.equal(code, 2);
    assert.match(stderr, /^no task ID on the command line: reading from .*\nerror: no task ID .*--timeout 3s\n$/);
  });

  const endless: [string, string, RegExp, string?][] = [
    ['a secret without end', 'yes', /longer than 1 MiB/, 'config set access-key-secret'],
    ['ids without end', 'yes 123', /more than 2000000 task IDs/],
    ['a line of 600 MB', 'head -c 600000000 /dev/zero | tr "\\0" 9', /^error: line 1.{100,250}\n$/],
  ];
  for (const [name, producer, message, command = 'status -'] of endless) {
    it(`with ${name} is exit 2`, async () => {
      const script = `${producer} | '${process.execPath}' '${bin}' ${command}`;
      const child = spawn('bash', ['-c', script], { env, stdio: ['ignore', 'pipe', 'pipe'] });
      let stderr = '';
      child.stderr.setEncoding('utf8').on('data', (text) => {
        stderr += text;
      });
      const [code] = await once(child, 'close');
      assert.equal(code, 2);
      assert.match(stderr, message);
    });
  }

  const skip = process.platform !== 'linux' && 'only Linux shows the flags of a descriptor';
  it('that a signal cut short is as it was for the next command', { skip }, async () => {
    const script = `sh -c 'echo $$; exec "$0" "$1" watch' "$0" "$1"; cat /proc/self/fdinfo/0`;
    const child = spawn('bash', ['-c', script, process.execPath, bin], { env: { ...env, LC_ALL: 'C' } });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      output += text;
    });
    // It says that it reads from there.
    child.stderr.once('data', () => process.kill(Number.parseInt(output, 10), 'SIGTERM'));
    await once(child, 'close');
    const [, flags] = /^flags:\s*(\d+)$/m.exec(output)!;
    assert.equal(Number.parseInt(flags!, 8) & constants.O_NONBLOCK, 0);
  });

  it('that cannot be read is exit 2', async () => {
    const child = spawn('sh', ['-c', `'${process.execPath}' '${bin}' status - < /`], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const [code] = await once(child, 'close');
    assert.equal(code, 2);
  });
});
