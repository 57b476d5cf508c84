import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, it } from 'node:test';
import { getTaskStatus } from '../../src/core/operations/get-task-status.ts';
import { signedRequest } from '../../src/core/rpc/request.ts';
import { parseTaskId } from '../../src/core/task.ts';
import { Player, parseScript } from '../../src/sandbox/script.ts';
import { sandbox, testKey } from '../support/mmai.ts';

/** What polls of a task get, one a second. */
function played(script: string, polls: number, task = '1'): string {
  const player = new Player(parseScript(script));
  return Array.from({ length: polls }, (_, second) => {
    const step = player.next(task, second * 1000);
    return step.kind === 'status' ? `${step.status}${step.reason ?? ''}` : `${step.kind}${step.forMs ?? ''}`;
  }).join(' ');
}

describe('a script', () => {
  const cases: [string, number, string][] = [
    ['2', 2, '2 2'],
    ['0,1,2', 4, '0 1 2 2'],
    ['0x2,1x3,2', 7, '0 0 1 1 1 2 2'],
    ['0:3s,2', 5, '0 0 0 2 2'],
    ['0,1:2s,2', 5, '0 1 1 2 2'],
    ['500:2s,throttle(1s)x2,2', 5, '500 500 throttle1000 throttle1000 2'],
    ['7,-1', 2, '7 -1'],
    ['500,404,reset,hang,garbage,html,expired,forbidden', 8, '500 404 reset hang garbage html expired forbidden'],
    ['throttle,throttle(2s),2', 3, 'throttle throttle2000 2'],
    ['1,3(Download fail)', 2, '1 3Download fail'],
    ['1=3( a; b, c ):1s,2;2', 2, '3a; b, c 2'],
    ['0 1 2', 3, '0 1 2'],
    [' 0x2  1 ,\t2, 3 ', 5, '0 0 1 2 3'],
    ['1= 0 3(Download fail):1s 1; 5=2', 3, '0 3Download fail 1'],
    ['1=3;2', 1, '3'],
    ['2;5=3', 1, '2'],
    ['5=3', 1, '0'],
  ];
  for (const [script, polls, expected] of cases) {
    it(`${script} → ${expected}`, () => assert.equal(played(script, polls), expected));
  }

  it('of many steps or many tasks is read once, not once for every step', () => {
    // Quadratic, each took some minutes.
    const steps = '0,'.repeat(500_000);
    assert.equal(played(`${steps}2`, 1), '0');
    const tasks = Array.from({ length: 200_000 }, (_, index) => `${index + 2}=3(a; b),2`).join(';');
    assert.equal(played(tasks, 2, '200001'), '3a; b 2');
  });

  it('is quoted in an error up to 80 characters', () => {
    for (const bad of ['a', '0:a', 'throttle(9']) {
      const script = bad + 'a'.repeat(100_000);
      assert.throws(
        () => parseScript(script),
        ({ message }: Error) => message.length < 1000,
      );
    }
  });

  it('is played to each task on its own', () => {
    const player = new Player(parseScript('0,2'));
    assert.deepEqual(
      ['1', '2', '1', '2'].map((task) => player.next(task, 0)),
      [0, 0, 2, 2].map((status) => ({ kind: 'status', status })),
    );
  });

  const refused = [
    '',
    'x',
    '0,,1',
    '0, ,1',
    '0,',
    '2x0',
    '2xx',
    '1:',
    '500(2s)',
    'throttle(x)',
    '1=',
    'a=1',
    '99999999999',
  ];
  // What would be read as something else: two ends for one step, a span without an end, the status 500, no task's id.
  refused.push('1x2:3s', '1:3sx2', '1:none', 'throttle(0)', 'slow()', '0500', '007=1', '0=1');
  // A reason belongs to a task that failed.
  refused.push('3()', '3( )', '2(Download fail)', '13(x)', '3(x');
  // One of two scripts would be left out.
  refused.push('1=2;1=3', '2;3', '1=2;3;1=2', '0,1;1=2;2');
  for (const bad of refused) {
    it(`"${bad}" is refused`, () => assert.throws(() => parseScript(bad), { name: 'MmaiError', exitCode: 2 }));
  }
});

/** One poll through the real wire. */
async function poll({ url }: { url: string }): Promise<Response> {
  const call = { origin: url, method: 'get', format: 'json', signature: 'v1', region: 'cn-beijing' } as const;
  const stamp = { now: Date.now(), nonce: randomUUID() };
  return await fetch(signedRequest(getTaskStatus.request(call, parseTaskId('5')), testKey, stamp).url);
}

describe('a poll', () => {
  const brokenBy = (code: string) => (error: Error) => (error.cause as { code?: string }).code === code;

  const answers: [string, number, RegExp, string | null][] = [
    ['500', 500, /"Code":"InternalError"/, null],
    ['404', 404, /"Code":"ResourceNotFound"/, null],
    ['expired', 400, /"Code":"InvalidTimeStamp.Expired"/, null],
    [
      'forbidden',
      403,
      /"Code":"Forbidden.RAM".*"AccessDeniedDetail":\{"AuthAction":"multimediaai:GetTaskStatus"/,
      null,
    ],
    ['throttle', 400, /"Code":"Throttling.User"/, null],
    ['throttle(2s)', 400, /"Code":"Throttling.User"/, '2000'],
    ['html', 502, /^<html>/, null],
    ['garbage', 200, /^\{"Status":$/, null],
    ['slow(1ms)', 200, /"Status":1/, null],
  ];
  for (const [script, http, body, retryAfter] of answers) {
    it(`at ${script} gets ${http}`, async () => {
      const response = await poll(await sandbox({ script }));
      assert.equal(response.status, http);
      assert.match(await response.text(), body);
      assert.equal(response.headers.get('x-acs-retry-after'), retryAfter);
    });
  }

  it('at hang gets nothing, until the sandbox closes', async () => {
    const server = await sandbox({ script: 'hang', onRequest: () => void setImmediate(() => server.close()) });
    await assert.rejects(poll(server), brokenBy('UND_ERR_SOCKET'));
  });

  it('that waits for its response when the sandbox closes breaks nothing', async () => {
    const nextId = () => {
      void server.close();
      return 'R-1';
    };
    const server: Awaited<ReturnType<typeof sandbox>> = await sandbox({ script: '2', nextId });
    await assert.rejects(poll(server), brokenBy('UND_ERR_SOCKET'));
    // A rejection that nobody handles would fail this test.
    await new Promise(setImmediate);
  });

  it('at reset gets its connection reset', async () => {
    await assert.rejects(poll(await sandbox({ script: 'reset' })), brokenBy('ECONNRESET'));
  });

  it('counts the span of a step on a clock that nobody sets', async () => {
    let [wall, monotonic] = [Date.now(), 0];
    const server = await sandbox({ script: '1:8s,2', now: () => wall, monotonic: () => monotonic });
    const seen: unknown[] = [];
    for (const step of [() => {}, () => (wall += 600_000), () => (monotonic += 8000)]) {
      step();
      seen.push(JSON.parse(await (await poll(server)).text()).Status);
    }
    assert.deepEqual(seen, [1, 1, 2]);
  });

  it('gets a fault now and then, which takes no step of the script', async () => {
    const seen: string[] = [];
    // Two draws a faulty poll: whether, and which.
    const draws = [0.1, 0, 0.9, 0.1, 0.2, 0.9];
    const server = await sandbox({
      script: '0,2',
      faults: { rate: 0.5, random: () => draws.shift()! },
      onRequest: ({ action, taskId, answer }) => seen.push(`${action} ${taskId} ${answer}`),
    });
    for (let polls = 0; polls < 4; polls++) await (await poll(server)).text();
    const expected = ['InternalError', 0, 'Throttling.User', 2].map((answer) => `GetTaskStatus 5 ${answer}`);
    assert.deepEqual(seen, expected);
    assert.equal(server.requestCount(), 4);
  });
});
