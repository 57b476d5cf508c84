import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { describe, it } from 'node:test';
import { run } from '../../src/cli.ts';
import type { HttpRequest } from '../../src/core/rpc/transport.ts';
import { fakeDeps } from '../support/deps.ts';
import { mmaiInProcess } from '../support/in-process.ts';
import { sandbox, testKey } from '../support/mmai.ts';
import { answer, fakeTransport } from '../support/transport.ts';

const URL = /http:\/\/127\.0\.0\.1:\d+\/processResult\/\d+\.txt\?Expires=\d+&OSSAccessKeyId=[\w-]+&Signature=[\w%]+/;
const env = {
  ALIBABA_CLOUD_ACCESS_KEY_ID: testKey.accessKeyId,
  ALIBABA_CLOUD_ACCESS_KEY_SECRET: testKey.accessKeySecret,
};
const source = (pattern: RegExp) => pattern.source;

describe('mmai result', () => {
  it('prints where the result of a task is, and how long its analysis took', async () => {
    const { code, stdout, stderr } = await mmaiInProcess(['result', '123', '--simulate', '2']);
    assert.deepEqual([code, stderr], [0, '']);
    assert.match(stdout, new RegExp(`^123 {2}succeeded {2}30s {2}${source(URL)}\n$`));
  });

  it('prints why a task failed, which is an answer: exit 0', async () => {
    const { code, stdout, stderr } = await mmaiInProcess(['result', '123', '--simulate', '3']);
    assert.deepEqual([code, stdout, stderr], [0, '123  failed  Download fail (1000)\n', '']);
  });

  it('aligns the rows of several tasks, and counts them on standard error', async () => {
    const script = '5=2;60=3(Decode fail);7=1;8=404';
    const { code, stdout, stderr } = await mmaiInProcess(['result', '5', '60', '7', '8', '--simulate', script]);
    assert.equal(code, 5);
    const rows = [`5   succeeded  30s  ${source(URL)}`, '60  failed          Decode fail', '7   running'];
    assert.match(stdout, new RegExp(`^${[...rows, '8   error           ResourceNotFound'].join('\n')}\n$`));
    assert.match(stderr, /4 tasks: 1 running, 1 succeeded, 1 failed, 1 error\n {2}failed: 60\n/);
  });

  it('prints the row of status with the result, absent fields null, as json', async () => {
    const { stdout } = await mmaiInProcess(['result', '5', '6', '7', '--json', '--simulate', '5=2;6=3;7=1']);
    const { tasks, summary } = JSON.parse(stdout);
    const [succeeded, failed, running] = tasks;
    const task = { applicationId: '1000000000000001', videoUrl: null };
    assert.match(succeeded.result.url, URL);
    assert.match(succeeded.result.urlExpiresAt, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    assert.deepEqual(
      { ...succeeded, requestId: '', result: { ...succeeded.result, url: '', urlExpiresAt: '' } },
      {
        ...{ id: '5', state: 'succeeded', status: 2, requestId: '' },
        result: { reason: null, url: '', urlExpiresAt: '', analysisSeconds: 30, videoName: 'video-5', ...task },
      },
    );
    const words = 'Download fail';
    assert.deepEqual(failed.result, {
      reason: { name: words, code: '1000', message: words, detail: words },
      ...{ url: null, urlExpiresAt: null, analysisSeconds: null, videoName: 'video-6', ...task },
    });
    assert.deepEqual([Object.keys(running), summary.exitCode], [['id', 'state', 'status', 'requestId'], 8]);
  });

  it('prints ID, state, and URL or reason as tsv', async () => {
    const { stdout } = await mmaiInProcess(['result', '5', '6', '7', '-o', 'tsv', '--simulate', '5=2;6=3;7=0']);
    assert.match(
      stdout,
      new RegExp(`^5\tsucceeded\t${source(URL)}\n6\tfailed\tDownload fail \\(1000\\)\n7\tsubmitting\t\n$`),
    );
  });

  const codes: [string, string, number][] = [
    ['every task has ended', '1=2;2=3', 0],
    ['a task has not ended', '1=3;2=0', 8],
    ['a status is unknown', '1=3;2=7', 8],
    ['a task is not found', '1=1;2=404', 5],
    ['a task got no useful response', '1=404;2=500', 4],
    ['the AccessKey may not ask', '1=3;2=forbidden', 3],
  ];
  for (const [when, script, expected] of codes) {
    it(`exits ${expected} when ${when}`, async () => {
      const { code } = await mmaiInProcess(['result', '1', '2', '--retries', '0', '--simulate', script]);
      assert.equal(code, expected);
    });
  }

  it('retries, reads IDs from standard input, and answers in every spelling of a request', async () => {
    for (const flags of [[], ['--format', 'xml'], ['--method', 'post'], ['--signature', 'acs3', '--format', 'xml']]) {
      const args = ['result', '-o', 'tsv', '--simulate', '500,reset,3', ...flags];
      const { code, stdout } = await mmaiInProcess(args, { input: '{"TaskId": 9223372036854775807}\n' });
      assert.deepEqual([code, stdout], [0, '9223372036854775807\tfailed\tDownload fail (1000)\n'], flags.join(' '));
    }
  });

  it('prints the body of the service byte for byte with --raw', async () => {
    const { stdout } = await mmaiInProcess(['result', '1', '2', '--raw', '--simulate', '1=1;2=404']);
    assert.match(stdout, /^\{"Status":1,"RequestId":"[\w-]+","Result":\{\}\}\n\{"RequestId":.*ResourceNotFound/);
  });

  it('prints bodies in the order given with --raw, whichever comes first', async () => {
    const gate = new EventEmitter();
    const send = async ({ url }: HttpRequest) => {
      const id = /TaskId=(\d)/.exec(url)?.[1];
      if (id === '1') await once(gate, 'third');
      if (id === '3') gate.emit('third');
      return answer(200, { Status: 2, RequestId: id });
    };
    const deps = fakeDeps({ transport: async () => ({ send, renew() {}, close() {} }), env });
    assert.equal(await run(['result', '1', '2', '3', '--raw'], deps), 0);
    assert.deepEqual(
      deps.stdout
        .text()
        .split('\n')
        .map((body) => JSON.parse(body).RequestId),
      ['1', '2', '3'],
    );
  });

  it('calls no task an error that was not asked about because the reader of --raw is gone', async () => {
    const closed = new AbortController();
    const { transport } = fakeTransport(answer(200, { Status: 2 }));
    const deps = fakeDeps({ transport: async () => transport, signal: closed.signal, env });
    const stdout = { ...deps.stdout, write: () => closed.abort(141) };
    assert.equal(await run(['result', '1', '2', '3', '--raw'], { ...deps, stdout }), 141);
    assert.equal(deps.stderr.text(), '');
  });

  it('has a URL that can be fetched, bare by a query', async () => {
    const { env } = await sandbox({ script: '2' });
    const { stdout } = await mmaiInProcess(['result', '123', '--query', 'tasks[0].result.url', '-o', 'text'], { env });
    const response = await fetch(stdout.trimEnd());
    assert.deepEqual(
      [response.status, await response.text()],
      [200, 'sample result of task 123, made up by the sandbox of mmai\n'],
    );
  });

  it('shows the request that it would send, of its own operation', async () => {
    const env = { MMAI_REGION: 'cn-beijing' };
    assert.match((await mmaiInProcess(['result', '1', '--dry-run'], { env })).stdout, /Action=GetTaskResult/);
    for (const form of ['curl', 'node']) {
      const { stdout } = await mmaiInProcess(['result', '1', `--dry-run=${form}`], { env });
      assert.match(stdout, /GetTaskResult/);
      assert.doesNotMatch(stdout, /GetTaskStatus/);
    }
  });

  it('keeps the IDs that the service knew for completion', async () => {
    const { transport } = fakeTransport(answer(200, { Status: 3 }));
    const kept: string[] = [];
    const deps = fakeDeps({
      env: { ALIBABA_CLOUD_ACCESS_KEY_ID: 'id', ALIBABA_CLOUD_ACCESS_KEY_SECRET: 'secret' },
      transport: async () => transport,
      recentTasks: async () => ({
        remember: (tasks) => void kept.push(...tasks.map(({ id, state }) => `${id} ${state}`)),
        read: () => [],
      }),
    });
    const terminal = { ...deps, stderr: { ...deps.stderr, isTerminal: true } };
    await run(['result', '7', '-q'], terminal);
    assert.deepEqual(kept, ['7 failed']);
  });
});
