import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { HookEnd } from '../../src/io/command.ts';
import { answer } from '../support/transport.ts';
import { finishedAt, matchesSchema, status, watch } from '../support/watch-command.ts';

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

  it('has in its environment what the event says', async () => {
    const seen: (readonly [Record<string, string>, Record<string, unknown>])[] = [];
    const runHook = async (_: string, env: Record<string, string>, input: string) => {
      seen.push([env, JSON.parse(input)]);
      return { how: 'exited', exitCode: 0 } as const;
    };
    await watch(
      ['1', '2', '--exec', 'x'],
      (now) => answer(200, { Status: now < 20 ? 1 : 3, RequestId: 'A1B2-c3' }),
      () => ({ runHook }),
    );
    assert.equal(seen.length, 2);
    for (const [env, event] of seen) {
      const { MMAI_TASK_ID, MMAI_STATE, MMAI_STATUS, MMAI_OUTCOME, MMAI_DURATION_MS, MMAI_REQUEST_ID } = env;
      assert.deepEqual(
        [MMAI_TASK_ID, MMAI_STATE, MMAI_STATUS, MMAI_OUTCOME, MMAI_REQUEST_ID],
        [event.id, 'failed', '3', 'failed', 'A1B2-c3'],
      );
      assert.equal(Number(MMAI_DURATION_MS), event.durationMs);
      assert.ok(Number(MMAI_DURATION_MS) >= 20_000, MMAI_DURATION_MS);
    }
  });

  it('that fails for every task is named ten times, and then counted', async () => {
    const ids = Array.from({ length: 30 }, (_, index) => String(index + 1));
    const runHook = async () => ({ how: 'exited', exitCode: 3 }) as const;
    const { stderr } = await watch(
      [...ids, '--exec', 'x'],
      () => status(2),
      () => ({ runHook }),
    );
    assert.equal(stderr.match(/exited with code 3\n/g)?.length, 10);
    assert.match(stderr, /warning: 20 more --exec commands failed\n/);
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

  it('runs eight commands at a time, and each other one as soon as one has ended', async () => {
    const ids = Array.from({ length: 20 }, (_, index) => String(index + 1));
    let [running, most, ended] = [0, 0, 0];
    await watch([...ids, '--exec', 'x'], finishedAt(0), (clock) => ({
      async runHook() {
        running += 1;
        most = Math.max(most, running);
        await clock.sleep(60_000);
        running -= 1;
        ended += 1;
        return { how: 'exited', exitCode: 0 };
      },
    }));
    assert.deepEqual([most, ended], [8, 20]);
  });

  it('that a signal to mmai stopped is not warned about', async () => {
    const { stderr } = await watch(['1', '--exec', 'x'], finishedAt(0), () => ({
      runHook: async () => ({ how: 'stopped' }),
    }));
    assert.doesNotMatch(stderr, /warning/);
  });

  it('that is not at its end is left when a signal stops mmai', async () => {
    const controller = new AbortController();
    const { code } = await watch(['1', '--exec', 'x'], finishedAt(0), () => ({
      signal: controller.signal,
      runHook() {
        controller.abort(130);
        return new Promise(() => {});
      },
    }));
    assert.equal(code, 130);
  });

  it('that lasts and fails is not told of with -q', async () => {
    const { stderr } = await watch(['1', '--exec', 'x', '-q'], finishedAt(0), (clock) => ({
      async runHook() {
        await clock.sleep(5000);
        return { how: 'exited', exitCode: 7 };
      },
    }));
    assert.equal(stderr, '');
  });
});
