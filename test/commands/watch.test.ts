import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { run } from '../../src/cli.ts';
import type { Deps } from '../../src/deps.ts';
import type { HookEnd } from '../../src/io/command.ts';
import type { FakeClock } from '../support/clock.ts';
import { fakeDeps } from '../support/deps.ts';
import { answer, type FakeAnswer, fakeTransport, refusal } from '../support/transport.ts';

const env = { ALIBABA_CLOUD_ACCESS_KEY_ID: 'id', ALIBABA_CLOUD_ACCESS_KEY_SECRET: 'secret' };
const schema = JSON.parse(
  readFileSync(new URL('../../src/output/watch-events.schema.json', import.meta.url), 'utf8'),
) as object;
const matchesSchema = new Ajv2020({ allowUnionTypes: true, strictTypes: false }).compile(schema);

/** The whole program on a virtual clock: what it says, and what it asked. `life` tells what a task answers at a second. */
async function watch(
  args: string[],
  life: (second: number, id: string) => FakeAnswer,
  overrides: (clock: Deps['clock'], deps: Deps) => Partial<Deps> = () => ({}),
) {
  const deps = fakeDeps({ env });
  const start = deps.clock.monotonic();
  const { transport, requests } = fakeTransport((request) =>
    life((deps.clock.monotonic() - start) / 1000, new URL(request.url).searchParams.get('TaskId')!),
  );
  const system = { ...deps, transport: async () => transport, ...overrides(deps.clock, deps) };
  const code = await run(['watch', ...args], system);
  const [stdout, stderr] = [deps.stdout.text(), deps.stderr.text()];
  return { code, stdout, stderr, requests, seconds: (deps.clock.monotonic() - start) / 1000 };
}

const status = (value: number) => answer(200, { Status: value, RequestId: 'R' });
const finishedAt = (second: number) => (now: number) => status(now >= second ? 2 : 1);

describe('watch without a terminal', () => {
  for (const tasks of [1, 100]) {
    it(`says of ${tasks} tasks in half an hour at most 13 lines, one for each change and one that names tasks; is never silent above 5 min, has no escape codes`, async () => {
      const ids = [...Array(tasks).keys()].map((n) => String(n + 1));
      const { code, stderr } = await watch(ids, () => status(1));
      assert.equal(code, 124);
      const lines = stderr.trimEnd().split('\n');
      const beats = lines.filter((line) => / done; (?:next check in|checking now)/.test(line));
      assert.equal(beats.length, 9);
      // Nine heartbeats, the first sight, the verdict, and the command to keep waiting on a line of its own.
      assert.ok(lines.length <= 13 + (tasks === 1 ? 0 : tasks), `${lines.length} lines`);
      assert.doesNotMatch(stderr, /[\u001b\r]/);
      const times = lines.flatMap((line) => {
        const [, minutes, seconds] = /^\[\+(\d+):(\d+)\]/.exec(line) ?? [];
        return minutes ? [Number(minutes) * 60 + Number(seconds)] : [];
      });
      const silences = times.slice(1).map((time, index) => time - times[index]!);
      assert.ok(Math.max(...silences) <= 301, String(silences));
    });
  }

  it('--heartbeat none and --progress none say nothing but the verdict', async () => {
    const { stderr } = await watch(['1', '--progress', 'none'], finishedAt(600));
    assert.equal(stderr, 'done after 10m10s: 1 succeeded\n');
    const { stderr: quieter } = await watch(['1', '--heartbeat', 'none'], finishedAt(600));
    assert.doesNotMatch(quieter, /next check/);
  });

  it('tells of an outage ever more rarely, and once more when it has lasted too long', async () => {
    const { code, stderr } = await watch(['1'], () => refusal(500, 'InternalError'));
    assert.equal(code, 4);
    const told = stderr.match(/1 InternalError, retrying/g)?.length ?? 0;
    assert.ok(told >= 3 && told <= 6, stderr);
    assert.match(stderr, /^error: task 1: InternalError/m);
  });

  it('tells of an outage that many tasks meet in some lines for each retry, and begins anew with each heartbeat', async () => {
    const ids = Array.from({ length: 200 }, (_, index) => String(index + 1));
    const { stderr } = await watch([...ids, '--max-rps', 'none'], () => refusal(500, 'InternalError'));
    const lines = stderr.split('\n').filter((line) => / InternalError, retrying/.test(line));
    assert.ok(lines.length >= 8 && lines.length <= 60, `${lines.length} lines`);
  });

  it('--progress tty is refused before any request', async () => {
    const { code, stderr, requests } = await watch(['1', '--progress', 'tty'], finishedAt(0));
    assert.deepEqual([code, requests.length], [2, 0]);
    assert.match(stderr, /not a terminal/);
  });
});

describe('the plan of --dry-run', () => {
  const plan = async (...args: string[]) =>
    JSON.parse((await watch([...args, '--dry-run', '--json'], finishedAt(0))).stdout);

  it('is what the wait does', async () => {
    const { pollsPerTask, worstLagMs } = await plan('1', '--timeout', '1m');
    assert.equal((await watch(['1', '--timeout', '1m'], () => status(1))).requests.length, pollsPerTask);
    assert.ok(worstLagMs > 7500 && worstLagMs < 8500, String(worstLagMs));
  });

  it('promises no more checks than --max-rps allows', async () => {
    const ids = [...Array(30).keys()].map((n) => String(n + 1));
    const args = [...ids, '--max-rps', '3', '--timeout', '20s'];
    const { requests: planned, pollsPerTask } = await plan(...args);
    const sent = (await watch(args, () => status(1))).requests;
    assert.ok(sent.length <= planned && planned <= sent.length + 3, `${sent.length} sent, ${planned} planned`);
    assert.equal(pollsPerTask, Math.floor(sent.length / ids.length));
    const { stdout } = await watch([...args, '--dry-run'], () => status(1));
    assert.match(stdout, new RegExp(`^30 tasks, at most ${planned} checks in 20s; `, 'm'));
  });

  it('ends after 100,000 checks, which take 20 minutes, a list of millions being of no use', async () => {
    const { atMs, horizonMs } = await plan('1', '--interval', '1ms', '--max-rps', 'none', '--timeout', '24h');
    assert.ok(atMs.length > 99_000 && atMs.length <= 100_000, String(atMs.length));
    assert.equal(horizonMs, 1_250_000);
  });

  it('knows that --max-rps makes many tasks wait for their turn', async () => {
    const ids = [...Array(1000).keys()].map((n) => String(n + 1));
    const { requests, worstLagMs } = await plan(...ids, '--timeout', '30m');
    // A round over all tasks, in another order than the one before.
    assert.ok(worstLagMs >= 100_000 && worstLagMs <= 110_000, String(worstLagMs));
    assert.ok(requests <= 10 * 1800 + 1000, String(requests));
  });
});

describe('ndjson', () => {
  const lives: [string, string[], (second: number, id: string) => FakeAnswer][] = [
    ['a success', ['1', '2'], finishedAt(100)],
    [
      'a failed task and one that is not found',
      ['1', '2'],
      (_, id) => (id === '1' ? status(3) : refusal(404, 'ResourceNotFound')),
    ],
    [
      'errors',
      ['1'],
      (now) => (now < 60 ? refusal(500, 'InternalError') : now < 90 ? refusal(400, 'Throttling') : status(2)),
    ],
    ['a refusal', ['1', '2'], () => refusal(403, 'Forbidden.RAM')],
    ['a deadline', ['1', '2', '--any', '--timeout', '20m'], () => status(7)],
    ['an unlimited wait', ['1', '--timeout', 'none', '--max-interval', 'none'], finishedAt(4000)],
  ];
  for (const [name, args, life] of lives) {
    it(`of ${name} keeps to the schema, version first and summary last`, async () => {
      const { stdout } = await watch([...args, '-o', 'ndjson', '-q'], life);
      const events = stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line));
      for (const event of events)
        assert.ok(matchesSchema(event), `${JSON.stringify(event)} ${JSON.stringify(matchesSchema.errors)}`);
      assert.deepEqual([events[0].type, events[1].type, events.at(-1).type], ['version', 'start', 'summary']);
    });
  }

  it('shows no control character of a name, and stays the true text as JSON', async () => {
    const profile = '\u009b2J\u202e##[error]y';
    const store = async () => ({
      path: '/none',
      read: () => ({ current: profile, profiles: { [profile]: {} } }),
      update: async () => {},
    });
    const { stdout } = await watch(['1', '-o', 'ndjson', '-q'], finishedAt(0), () => ({ store }));
    assert.doesNotMatch(stdout, /[\u0080-\u009f\u202e]|##\[/);
    assert.equal(JSON.parse(stdout.split('\n')[1]!).profile, profile);
  });

  it('tells of each task that ended how late that may have been noticed', async () => {
    const { stdout } = await watch(['1', '2', '--json'], finishedAt(100));
    const { tasks, summary } = JSON.parse(stdout);
    assert.ok(summary.lagMaxMs['1'] > 1000 && summary.lagMaxMs['1'] < 11_000);
    assert.equal(summary.lagMaxMs['2'], tasks[1].lagMaxMs);
  });
});

describe('the end of a wait', () => {
  it('a moment before the deadline, where no time is left for another check, is a timeout', async () => {
    const { code, stderr, seconds } = await watch(['1', '--timeout', '1m'], () => status(1));
    assert.equal(code, 124);
    assert.ok(seconds > 59 && seconds < 60, String(seconds));
    assert.match(stderr, /^timed out after 1m: 1 not finished$/m);
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
    const flags = [...place, ...pace, '--count', '1', '--fail-fast'];
    assert.deepEqual(JSON.parse(stdout).summary.resume, ['mmai', 'watch', '2', '3', ...flags]);
  });

  it('resumes for as many tasks as are left where more are out of reach', async () => {
    const states: Record<string, number> = { 1: 2, 2: 3 };
    const { code, stdout } = await watch(['1', '2', '3', '--count', '3', '--json'], (_, id) => status(states[id] ?? 1));
    assert.equal(code, 1);
    assert.deepEqual(JSON.parse(stdout).summary.resume, ['mmai', 'watch', '3', '--timeout', '30m', '--count', '1']);
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

describe('--exec', () => {
  it('runs a command for each task that ends, with the task in its environment and the event on its input', async () => {
    const runs: { command: string; env: Record<string, string>; input: string }[] = [];
    const runHook = async (command: string, added: Record<string, string>, input: string) => {
      runs.push({ command, env: added, input });
      return { how: 'exited', exitCode: 7 } as const;
    };
    const { code, stderr } = await watch(
      ['1', '2', '--exec', 'notify me'],
      (_, id) => status(id === '1' ? 2 : 3),
      () => ({ runHook }),
    );
    assert.equal(code, 1);
    assert.deepEqual(
      runs.map(({ command, env: { MMAI_TASK_ID, MMAI_STATE, MMAI_STATUS } }) => [
        command,
        MMAI_TASK_ID,
        MMAI_STATE,
        MMAI_STATUS,
      ]),
      [
        ['notify me', '1', 'succeeded', '2'],
        ['notify me', '2', 'failed', '3'],
      ],
    );
    const { type, id, ...rest } = JSON.parse(runs[0]!.input);
    assert.ok(matchesSchema({ type, id, ...rest }));
    assert.deepEqual([type, id], ['result', '1']);
    assert.match(stderr, /warning: the --exec command for task 1 exited with code 7\n/);
  });

  for (const requestId of ['R&calc', 'R|calc', '%PATH%', 'R"']) {
    it(`has no request ID in its environment that a shell could read as more than a word: ${requestId}`, async () => {
      const seen: (string | undefined)[] = [];
      const runHook = async (_: string, env: Record<string, string>, input: string) => {
        seen.push(env.MMAI_REQUEST_ID, JSON.parse(input).requestId);
        return { how: 'exited', exitCode: 0 } as const;
      };
      await watch(
        ['1', '--exec', 'x'],
        () => answer(200, { Status: 2, RequestId: requestId }),
        () => ({ runHook }),
      );
      assert.deepEqual(seen, ['', requestId]);
    });
  }

  it('comes after the answer: document, reports and verdict do not wait for it, and it is named', async () => {
    let release = () => {};
    const runHook = () =>
      new Promise<{ how: 'exited'; exitCode: number }>((resolve) => {
        release = () => resolve({ how: 'exited', exitCode: 0 });
      });
    let known = '';
    const { code, stdout, stderr } = await watch(
      ['1', '--exec', 'x', '--json', '--junit', 'report.xml'],
      finishedAt(0),
      (clock) => ({
        runHook: () => {
          void clock.sleep(5000).then(() => release());
          return runHook();
        },
        writeFile: async () => {
          known += 'report';
        },
      }),
    );
    assert.deepEqual([code, known, JSON.parse(stdout).summary.exitCode], [0, 'report', 0]);
    assert.match(stderr, /\nwaiting for the --exec command of task 1\n$/);
    assert.ok(stderr.indexOf('1 succeeded') < stderr.indexOf('waiting for'), stderr);
  });

  const ends: [HookEnd, RegExp][] = [
    [{ how: 'killed' }, /task 1 was killed by a signal/],
    [{ how: 'timeout' }, /task 1 did not finish within 1m30s \(--exec-timeout\) and was stopped/],
    [{ how: 'notStarted', code: 'E2BIG' }, /task 1 could not be started \(E2BIG\)/],
  ];
  for (const [end, sentence] of ends) {
    it(`that ends like this (${end.how}) is warned about, the exit code is that of the tasks`, async () => {
      const limits: number[] = [];
      const { code, stderr } = await watch(['1', '--exec', 'x', '--exec-timeout', '90s'], finishedAt(0), () => ({
        runHook: async (_command, _env, _input, timeoutMs) => {
          limits.push(timeoutMs);
          return end;
        },
      }));
      assert.deepEqual([code, limits], [0, [90_000]]);
      assert.match(stderr, sentence);
    });
  }

  it('that fails is not told with -q', async () => {
    const runHook = async () => ({ how: 'exited', exitCode: 7 }) as const;
    const { stderr } = await watch(['1', '--exec', 'x', '-q'], finishedAt(0), () => ({ runHook }));
    assert.equal(stderr, '');
  });
});

describe('a server that asks to be left alone', () => {
  it('is, after an answer as well, when that is longer than our gap', async () => {
    const times: number[] = [];
    const headers = { 'x-ratelimit-user-api': 'Limit:1,Remain:0,TimeLeft:7000' };
    await watch(['1'], (now) => {
      times.push(now);
      return answer(200, { Status: now < 1 ? 1 : 2, RequestId: 'R' }, headers);
    });
    assert.deepEqual(times, [0, 7]);
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

describe('--query', () => {
  it('that does not fit the document costs neither the verdict nor the reports', async () => {
    const reports: Record<string, string> = {};
    const writeFile = async (path: string, text: string) => {
      reports[path] = text;
    };
    const github = { ...env, GITHUB_OUTPUT: 'outputs', GITHUB_STEP_SUMMARY: 'summary' };
    const args = ['1', '--query', 'sum(tasks)', '--junit', 'report.xml', '--annotations', 'github'];
    const { code, stderr } = await watch(args, finishedAt(0), () => ({ writeFile, env: github }));
    assert.equal(code, 2);
    assert.match(stderr, /done after 0s: 1 succeeded\nerror: --query/);
    assert.match(reports['report.xml'] ?? '', /<testsuites/);
    assert.match(reports.outputs ?? '', /^exit-code=2\noutcome=met\n/);
    assert.match(reports.summary ?? '', /\(exit code 2\)/);
  });

  it('is refused with events, which are no document; events that a variable asks for make way', async () => {
    const { code, requests } = await watch(['1', '--query', 'summary', '-o', 'ndjson'], finishedAt(0));
    assert.deepEqual([code, requests.length], [2, 0]);
    const variable = () => ({ env: { ...env, MMAI_OUTPUT: 'ndjson' } });
    const { stdout } = await watch(['1', '--query', 'summary.exitCode'], finishedAt(0), variable);
    assert.equal(stdout, '0\n');
  });
});

describe('reports for a CI', () => {
  const ci = { ...env, GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: '/summary', GITHUB_OUTPUT: '/output' };
  async function report(args: string[], environment: Record<string, string>) {
    const files: Record<string, string> = {};
    const writeFile = async (path: string, text: string, how: string) => {
      files[path] = `${how}: ${text}`;
    };
    return {
      files,
      ...(await watch(
        [...args, '1'],
        () => status(3),
        () => ({ env: environment, writeFile }),
      )),
    };
  }

  it('are an annotation, a step summary and outputs on GitHub Actions, found by itself', async () => {
    const { files, stderr, code } = await report([], ci);
    assert.equal(code, 1);
    assert.match(stderr, /^::error title=mmai task 1::failed$/m);
    assert.match(files['/summary']!, /^append: ### mmai watch: [\s\S]*\| 1 \| failed \| R \|/);
    assert.match(files['/output']!, /^append: exit-code=1\noutcome=ended\n/);
  });
  it('are asked for in any case, as every flag of words is', async () => {
    assert.match((await report(['--annotations', 'GitHub'], env)).stderr, /::error/);
  });
  it('are left out with --annotations none, and elsewhere', async () => {
    assert.deepEqual((await report(['--annotations', 'none'], ci)).files, {});
    assert.doesNotMatch((await report([], env)).stderr, /::error/);
  });
  it('are a JUnit file with --junit', async () => {
    assert.match((await report(['--junit', 'report.xml'], env)).files['report.xml']!, /^replace: <\?xml/);
  });
  it('that cannot be written change no exit code', async () => {
    const writeFile = async () => {
      throw new Error('ENOSPC');
    };
    const { code, stderr } = await watch(['1', '--junit', 'x'], finishedAt(0), () => ({ writeFile }));
    assert.equal(code, 0);
    assert.match(stderr, /warning: cannot write x: ENOSPC/);
  });
});

it('after a sleep of the laptop, the next questions go over new connections', async () => {
  const deps = fakeDeps({ env });
  const clock = deps.clock as FakeClock;
  let renewals = 0;
  let isAsleep = false;
  const { transport } = fakeTransport(() => {
    if (clock.monotonic() > 100_000 && !isAsleep) {
      isAsleep = true;
      clock.suspend(600_000);
    }
    return status(clock.monotonic() > 200_000 ? 2 : 1);
  });
  const renew = () => {
    renewals += 1;
  };
  assert.equal(await run(['watch', '1'], { ...deps, transport: async () => ({ ...transport, renew }) }), 0);
  assert.equal(renewals, 1);
  assert.match(deps.stderr.text(), /asleep or suspended for 10m; checking all tasks now/);
});

describe('credentials', () => {
  it('that expire in the middle of a wait are looked up again, once, and the wait goes on', async () => {
    let secret = 'old';
    const rotating = new Proxy(env, {
      get: (target, name) => (name === 'ALIBABA_CLOUD_ACCESS_KEY_SECRET' ? secret : Reflect.get(target, name)),
    });
    let refusals = 0;
    const { code, requests } = await watch(
      ['1'],
      (now) => {
        if (now > 100 && secret === 'old') {
          secret = 'new';
          refusals += 1;
          return refusal(400, 'InvalidSecurityToken.Expired');
        }
        return finishedAt(200)(now);
      },
      () => ({ env: rotating }),
    );
    assert.deepEqual([code, refusals], [0, 1]);
    assert.ok(requests.length > 15);
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
