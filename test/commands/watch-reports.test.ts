import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { run } from '../../src/cli.ts';
import { writeReports } from '../../src/commands/watch/reports.ts';
import type { WatchOptions } from '../../src/commands/watch/watch-options.ts';
import { parseTaskId } from '../../src/core/task.ts';
import type { EndEvent } from '../../src/core/wait/events.ts';
import { Watched } from '../../src/core/wait/watched.ts';
import { writableSize, writeText } from '../../src/io/files.ts';
import { en } from '../../src/locales/en/messages.ts';
import { watchDocument } from '../../src/output/watch-document.ts';
import { fakeClock } from '../support/clock.ts';
import { fakeDeps } from '../support/deps.ts';
import { mmai, temporaryDirectory } from '../support/mmai.ts';
import { fakeTransport, succeeded } from '../support/transport.ts';

const directory = temporaryDirectory();
const path = (name: string) => join(directory, name);

async function watch(args: readonly string[], env: Record<string, string> = {}) {
  const { transport, requests } = fakeTransport(succeeded);
  const key = { ALIBABA_CLOUD_ACCESS_KEY_ID: 'test-id', ALIBABA_CLOUD_ACCESS_KEY_SECRET: 'test-secret' };
  const deps = fakeDeps({ env: { ...key, ...env }, transport: async () => transport });
  const code = await run(['watch', '1', ...args], { ...deps, writableSize, writeFile: writeText });
  return { code, stderr: deps.stderr.text(), stdout: deps.stdout.text(), requests: requests.length };
}

describe('a report that cannot be written', () => {
  mkdirSync(path('directory'));
  const cases: [string, string[], Record<string, string>, RegExp][] = [
    ['in a directory that is not there', ['--junit', path('missing/r.xml')], {}, /--junit: .*missing.*ENOENT/],
    ['over a directory', ['--junit', path('directory')], {}, /--junit: .*EISDIR/],
    ['by an empty name', ['--junit', ''], {}, /--junit: expected the path of a file/],
    ['to standard output', ['--junit', '-'], {}, /--junit: expected the path of a file/],
    ['to standard output by its path', ['--junit', '/dev/stdout'], {}, /--junit: expected the path of a file/],
    ['to standard output by its number', ['--junit', '/dev/fd/1'], {}, /--junit: expected the path of a file/],
    [
      'as a step summary',
      [],
      { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: path('missing/s.md') },
      /GITHUB_STEP_SUMMARY: .*ENOENT/,
    ],
    ['as outputs', [], { GITHUB_ACTIONS: 'true', GITHUB_OUTPUT: path('directory') }, /GITHUB_OUTPUT: .*EISDIR/],
  ];
  for (const [what, args, env, sentence] of cases) {
    it(`${what} is a usage error before the first request`, async () => {
      const { code, stderr, requests } = await watch(args, env);
      assert.deepEqual([code, requests], [2, 0]);
      assert.match(stderr, sentence);
    });
  }

  it('on a file system that does not answer is a usage error, too', async () => {
    const hangs = async () => {
      throw Object.assign(new Error('ETIMEDOUT'), { code: 'ETIMEDOUT' });
    };
    const deps = fakeDeps({ isStandardOutput: hangs, writableSize: hangs });
    assert.equal(await run(['watch', '1', '--simulate', '2', '--junit', path('r.xml')], deps), 2);
    assert.match(deps.stderr.text(), /--junit: cannot write .*r\.xml: ETIMEDOUT \(timed out\)\n/);
  });

  it('is of no concern where none is wanted', async () => {
    const missing = { GITHUB_STEP_SUMMARY: path('missing/s.md'), GITHUB_OUTPUT: path('missing/o') };
    assert.equal((await watch([], missing)).code, 0);
    assert.equal((await watch(['--annotations', 'none'], { GITHUB_ACTIONS: 'true', ...missing })).code, 0);
    assert.equal((await watch(['--dry-run', '--junit', path('missing/r.xml')])).code, 0);
  });
});

describe('the reports of a wait', () => {
  it('of a million tasks are made in pieces, between which signals are handled', async () => {
    const tasks = Array.from({ length: 3000 }, (_, index) => new Watched(parseTaskId(String(index + 1))));
    const traffic = { requests: 1, retries: 0, throttles: 0, bytes: 0 };
    const end: EndEvent = { type: 'end', why: 'deadline', exitCode: 124, elapsedMs: 1, tasks, traffic };
    let isHandled = false;
    let written: boolean | undefined;
    const deps = fakeDeps({
      writeFile: async () => {
        written = isHandled;
      },
    });
    setImmediate(() => {
      isHandled = true;
    });
    await writeReports(
      watchDocument(end, 0, () => [], en),
      { junit: path('many.xml') } as WatchOptions,
      deps,
    );
    assert.equal(written, true);
  });

  it('of a million tasks are given up soon after a signal, so that the verdict is still written', async () => {
    const tasks = Array.from({ length: 3000 }, (_, index) => new Watched(parseTaskId(String(index + 1))));
    const traffic = { requests: 1, retries: 0, throttles: 0, bytes: 0 };
    const end: EndEvent = { type: 'end', why: 'interrupted', exitCode: 143, elapsedMs: 1, tasks, traffic };
    for (const [msALook, isWritten] of [
      [100, true],
      [400, false],
    ] as const) {
      const clock = fakeClock();
      let written = false;
      const writeFile = async () => {
        written = true;
      };
      const deps = fakeDeps({ signal: AbortSignal.abort(143), writeFile });
      const monotonic = () => {
        clock.stop(msALook);
        return clock.monotonic();
      };
      await writeReports(
        watchDocument(end, 0, () => [], en),
        { junit: path('late.xml') } as WatchOptions,
        { ...deps, clock: { ...clock, monotonic } },
      );
      assert.equal(written, isWritten);
      assert.equal(deps.stderr.text().includes('ECANCELED (interrupted)'), !isWritten);
    }
  });

  it('begin on a line of their own where another command of the step left one unfinished', async () => {
    writeFileSync(path('output'), 'earlier=1');
    writeFileSync(path('summary'), '# Before');
    const github = { GITHUB_ACTIONS: 'true', GITHUB_OUTPUT: path('output'), GITHUB_STEP_SUMMARY: path('summary') };
    assert.equal((await watch([], github)).code, 0);
    assert.match(readFileSync(path('output'), 'utf8'), /^earlier=1\nexit-code=0\noutcome=met\n/);
    assert.match(readFileSync(path('summary'), 'utf8'), /^# Before\n### mmai watch: /);
  });

  it('keep the step summary below 1 MiB, with what the step wrote before', async () => {
    writeFileSync(path('full'), 'x'.repeat(999_900));
    const github = { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: path('full') };
    const { code, stderr } = await watch([], github);
    assert.equal(code, 0);
    assert.match(stderr, /^warning: cannot write .*full: EFBIG \(the file is too large\)$/m);
    assert.ok(readFileSync(path('full')).length < 1024 * 1024);
  });

  it('do not exist when a usage error ends the command', async () => {
    const github = { GITHUB_ACTIONS: 'true', GITHUB_OUTPUT: path('none') };
    assert.equal((await watch(['--timeout', 'x', '--junit', path('none.xml')], github)).code, 2);
    assert.deepEqual([existsSync(path('none')), existsSync(path('none.xml'))], [false, false]);
  });
});

it('the real program refuses a report that cannot be written, and writes one that can', async () => {
  const refused = await mmai(['watch', '1', '--simulate', '2', '--junit', path('missing/r.xml'), '--json']);
  assert.equal(refused.code, 2);
  assert.match(JSON.parse(refused.stdout).error.message, /ENOENT/);
  assert.equal((await mmai(['watch', '1', '--simulate', '2', '--junit', path('r.xml')])).code, 0);
  assert.match(readFileSync(path('r.xml'), 'utf8'), /errors="0"/);
});
