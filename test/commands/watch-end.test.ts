import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Deps } from '../../src/deps.ts';
import { refusal } from '../support/transport.ts';
import { finishedAt, status, watch } from '../support/watch-command.ts';

describe('the end of a wait', () => {
  it('a moment before the deadline, where no time is left for another check, is a timeout', async () => {
    const { code, stderr, seconds } = await watch(['1', '--timeout', '1m'], () => status(1));
    assert.equal(code, 124);
    assert.ok(seconds > 59 && seconds < 60, String(seconds));
    assert.match(stderr, /^timed out after 1m: 1 not finished$/m);
  });

  it('a task that is still not found in the last round, when its grace is over, is not found, not late', async () => {
    for (const chance of Array(20).keys()) {
      const { code } = await watch(
        ['1', '--timeout', '11s'],
        () => refusal(404, 'ResourceNotFound'),
        () => ({
          random: () => chance / 20,
        }),
      );
      assert.equal(code, 5, `by chance ${chance} of 20`);
    }
  });

  it('at a deadline explains the failure that still lasts, and none that is over', async () => {
    const lasting = await watch(['1', '2', '--timeout', '10s'], (_, id) =>
      id === '1' ? status(1) : refusal(500, 'InternalError'),
    );
    assert.equal(lasting.code, 124);
    assert.match(lasting.stderr, /^error: task 2: InternalError[\s\S]*^ {2}hint: [\s\S]*^timed out after/m);
    let polls = 0;
    const over = await watch(['1', '--timeout', '10s'], () =>
      polls++ === 1 ? refusal(500, 'InternalError') : status(1),
    );
    assert.doesNotMatch(over.stderr, /^error/m);
  });

  it('at a deadline resumes with the flags that were given, and the tasks that are left', async () => {
    const place = ['--region', 'cn-hangzhou', '--signature', 'acs3', '--request-timeout', '5s'];
    const pace = ['--timeout', '1m', '--max-interval', '5s', '--not-found-grace', '0', '--timeout-exit-code', '7'];
    const args = ['1', '2', '3', '--count', '2', '--fail-fast', ...place, ...pace, '--json'];
    const { stdout } = await watch(args, (_, id) => status(id === '1' ? 2 : 1));
    const flags = [...place, ...pace, '--count', '1', '--fail-fast', '--json'];
    assert.deepEqual(JSON.parse(stdout).summary.resume, ['mmai', 'watch', '2', '3', ...flags]);
  });

  it('resumes with the same output, but with no command, which may hold a secret, and no report, which would lose the tasks that have ended', async () => {
    const output = ['--output', 'tsv', '--progress', 'plain', '--color', 'never', '--lang', 'en', '--notify'];
    const { stderr } = await watch(
      [
        '1',
        '--timeout',
        '1m',
        ...output,
        '--annotations',
        'auto',
        '--exec',
        'curl https://hooks.test/T0',
        '--exec-timeout',
        '5s',
      ],
      () => status(1),
    );
    assert.match(
      stderr,
      /^ {2}mmai watch 1 --timeout 1m --output tsv --progress plain --color never --lang en --notify$/m,
    );
  });

  it('resumes for as many tasks as are left where more are out of reach', async () => {
    const states: Record<string, number> = { 1: 2, 2: 3 };
    const { code, stdout } = await watch(['1', '2', '3', '--count', '3', '--json'], (_, id) => status(states[id] ?? 1));
    assert.equal(code, 1);
    assert.deepEqual(JSON.parse(stdout).summary.resume, [
      'mmai',
      'watch',
      '3',
      '--timeout',
      '30m',
      '--count',
      '1',
      '--json',
    ]);
  });

  it('of more than 20 tasks asks for the same command again', async () => {
    const ids = [...Array(21).keys()].map((n) => String(n + 1));
    const { stderr } = await watch([...ids, '--timeout', '1m'], () => status(1));
    assert.match(stderr, /to keep waiting, run the same command again\n$/);
  });

  it('of more than 20 tasks some of which were never checked asks for more time, since the same command would check the same', async () => {
    const ids = [...Array(40).keys()].map((n) => String(n + 1));
    const { stderr } = await watch([...ids, '--timeout', '2s'], () => status(1));
    assert.match(stderr, /run the same command with a longer --timeout or a higher --max-rps\n$/);
  });

  it('says what went wrong, to what, and what to do', async () => {
    const { code, stderr } = await watch(['1', '2'], (_, id) =>
      id === '1' ? status(2) : refusal(404, 'ResourceNotFound'),
    );
    assert.equal(code, 5);
    assert.match(stderr, /error: task 2: ResourceNotFound \(HTTP 404\)[\s\S]+hint: [\s\S]+request ID: R-1\n/);
  });

  it('warns of a status nobody knows once, and polls on', async () => {
    const { code, stderr } = await watch(['1', '2'], (now) => status(now < 50 ? 7 : 2));
    assert.equal(code, 0);
    assert.equal(stderr.match(/warning: /g)?.length, 1);
  });
});

describe('a stop', () => {
  const stopped = (change: (stop: () => void) => Partial<Deps>) => () => {
    const controller = new AbortController();
    return { signal: controller.signal, ...change(() => controller.abort(143)) };
  };

  it('does not wait for a command of --exec that hangs, and is what the document tells', async () => {
    const runHook = (stop: () => void) => () => {
      stop();
      return new Promise<never>(() => {});
    };
    const hanging = stopped((stop) => ({ runHook: runHook(stop) }));
    const { code, stdout } = await watch(['1', '--exec', 'hang', '--json'], finishedAt(0), hanging);
    const { summary } = JSON.parse(stdout);
    assert.deepEqual([code, summary.exitCode, summary.outcome], [143, 143, 'interrupted']);
  });

  it('because stdout is closed is silent', async () => {
    const controller = new AbortController();
    const life = () => {
      controller.abort(141);
      return status(1);
    };
    const { code, stderr } = await watch(['1', '--progress', 'none'], life, () => ({ signal: controller.signal }));
    assert.deepEqual([code, stderr], [141, '']);
  });

  it('while ids are read asks about none of them, for they may be half of those meant', async () => {
    const stdin = (stop: () => void) => ({
      isTerminal: false,
      chunks: async function* () {
        stop();
        yield new TextEncoder().encode('12');
      },
    });
    const { code, stdout, stderr, requests } = await watch(
      ['-'],
      finishedAt(0),
      stopped((stop) => ({ stdin: stdin(stop) })),
    );
    assert.deepEqual([code, stdout, requests.length], [143, '', 0]);
    assert.match(stderr, /interrupted before all task IDs were read/);
  });
});

describe('events that nobody reads', () => {
  const changing = (now: number) => status((now * 10) % 2);
  /** Watches tasks, which never end by default, with a reader that stops at the 20th event; `reads` resolves when it goes on. */
  const unread = (
    args: string[],
    reads: () => Promise<boolean>,
    signal = new AbortController().signal,
    life = changing,
  ) => {
    const ids = [...Array(100).keys()].map((n) => String(n + 1));
    return watch([...ids, '--max-rps', 'none', '-o', 'ndjson', ...args], life, (_, deps) => {
      let events = 0;
      const stdout = {
        ...deps.stdout,
        get isBehind() {
          return events >= 20;
        },
        async drained() {
          await reads();
          events = 0;
          return true;
        },
        write(text: string | Uint8Array) {
          events += 1;
          deps.stdout.write(text);
        },
      };
      return { stdout, signal };
    });
  };
  const never = () => new Promise<boolean>(() => {});

  it('stop the polling, not the deadline', async () => {
    const { code, stdout, requests, seconds } = await unread(['--timeout', '10m'], never);
    const events = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    assert.deepEqual([code, seconds > 599], [124, true]);
    assert.ok(requests.length < 140, `${requests.length} requests`);
    assert.ok(events.length < 150, `${events.length} events`);
    assert.deepEqual([events.at(-1).type, events.at(-1).outcome], ['summary', 'deadline']);
  });

  it('keep no task from its last poll before the deadline', async () => {
    const { code, requests } = await unread(['--timeout', '10m'], never, undefined, finishedAt(60));
    assert.equal(code, 0);
    assert.ok(requests.length < 140, `${requests.length} requests`);
  });

  it('keep no signal from ending the wait', async () => {
    const controller = new AbortController();
    const stops = async () => {
      setImmediate(() => controller.abort(143));
      return never();
    };
    const { code, stdout } = await unread([], stops, controller.signal);
    assert.equal(code, 143);
    assert.match(stdout, /"type":"summary".*"outcome":"interrupted"/);
  });

  it('are polled for again when they are read', async () => {
    const { code, requests } = await unread(['--timeout', '1m'], async () => true);
    assert.equal(code, 124);
    assert.ok(requests.length > 500, `${requests.length} requests`);
  });
});
