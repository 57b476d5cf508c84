import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { run } from '../src/cli.ts';
import { NetworkError } from '../src/core/rpc/transport.ts';
import { codesEn } from '../src/locales/en/codes.ts';
import { codesZh } from '../src/locales/zh/codes.ts';
import { fakeDeps } from './support/deps.ts';
import { mmaiInProcess } from './support/in-process.ts';
import { mmai, sandbox, temporaryDirectory } from './support/mmai.ts';

describe('mmai status, the real program over a real socket', { concurrency: 4 }, () => {
  it('tells the state of each task in the order given, each asked once', async () => {
    const { env, requestCount } = await sandbox({ script: '7=2;8=0;9=3' });
    const { code, stdout, stderr } = await mmai(['status', '9', '7', '8', '9'], { env });
    assert.equal(code, 0);
    assert.equal(stderr, '3 tasks: 1 submitting, 1 succeeded, 1 failed\n  failed: 9\n');
    assert.match(
      stdout,
      /^9 {2}failed {6}3 {2}[\da-f-]{36}\n7 {2}succeeded {3}2 {2}[\da-f-]{36}\n8 {2}submitting {2}0 {2}[\da-f-]{36}\n$/,
    );
    assert.equal(requestCount(), 3);
  });

  it('asks no more where the AccessKey is refused: every other task would be, too', async () => {
    const { env, requestCount } = await sandbox({ script: 'forbidden' });
    const ids = Array.from({ length: 30 }, (_, index) => String(index + 1));
    const { code, stdout } = await mmaiInProcess(['status', ...ids, '--json'], { env });
    const { tasks, error } = JSON.parse(stdout);
    assert.deepEqual([code, requestCount(), error.code], [3, 8, 'Forbidden.RAM']);
    assert.deepEqual(tasks.filter((task: { error: object }) => task.error).length, ids.length);
  });

  it('asks no more once a signal came, and does not explain to the user that the user stopped it', async () => {
    const controller = new AbortController();
    let sent = 0;
    const send = async () => {
      sent += 1;
      controller.abort(130);
      throw new NetworkError('Aborted', 'stopped');
    };
    const env = { ALIBABA_CLOUD_ACCESS_KEY_ID: 'id', ALIBABA_CLOUD_ACCESS_KEY_SECRET: 'secret' };
    const transport = async () => ({ send, renew() {}, close() {} });
    const deps = fakeDeps({ env, transport, signal: controller.signal });
    const ids = Array.from({ length: 30 }, (_, index) => String(index + 1));
    assert.equal(await run(['status', ...ids, '--json'], deps), 130);
    const { tasks, summary } = JSON.parse(deps.stdout.text());
    assert.deepEqual([tasks.length, summary.requests, sent], [30, 8, 8]);
    assert.doesNotMatch(deps.stderr.text(), /interrupted|hint/);
  });

  const ways: [string, string[]][] = [
    ['V1, GET, JSON', []],
    ['V1, POST', ['--method', 'post']],
    ['V1, XML', ['--format', 'xml']],
    ['ACS3, GET', ['--signature', 'acs3']],
    ['ACS3, POST, XML', ['--signature', 'acs3', '--method', 'post', '--format', 'xml']],
  ];
  for (const [name, flags] of ways) {
    it(`is accepted with ${name}, the largest id unrounded`, async () => {
      const { env } = await sandbox({ script: '9223372036854775807=2;3' });
      const { stdout } = await mmaiInProcess(['status', '9223372036854775807', '-o', 'tsv', ...flags], { env });
      assert.equal(stdout, '9223372036854775807\tsucceeded\t2\n');
    });
  }

  it('writes one json document', async () => {
    const { code, stdout } = await mmaiInProcess([
      'status',
      '5',
      '6',
      '--json',
      '--simulate',
      '5=1;6=404',
      '--retries',
      '0',
    ]);
    const { tasks, summary } = JSON.parse(stdout);
    assert.equal(code, 5);
    assert.deepEqual({ ...tasks[0], requestId: '' }, { id: '5', state: 'running', status: 1, requestId: '' });
    assert.equal(tasks[1].state, 'unknown');
    assert.deepEqual(Object.keys(tasks[1].error), ['code', 'http', 'message', 'hint', 'requestId', 'class']);
    assert.equal(summary.exitCode, 5);
    assert.equal(summary.requests, 2);
  });

  it("writes the service's body byte for byte with --raw", async () => {
    const { env } = await sandbox({ script: '2' });
    const { stdout } = await mmaiInProcess(['status', '1', '--raw'], { env });
    assert.equal(stdout, '{"Status":2,"RequestId":"00000000-0000-4000-8000-000000000001"}');
  });

  it('puts a JMESPath query to the document', async () => {
    const args = ['status', '1', '2', '--simulate', '1=2;2=1', '--query'];
    assert.equal((await mmaiInProcess([...args, 'tasks[0].state'])).stdout, 'succeeded\n');
    assert.equal((await mmaiInProcess([...args, 'tasks[].[id, status]'])).stdout, '1\t2\n2\t1\n');
    assert.equal((await mmaiInProcess([...args, 'tasks[].id', '--json'])).stdout, '[\n  "1",\n  "2"\n]\n');
  });

  it('answers in json where a setting meant for all commands names a form it has not', async () => {
    const service = await sandbox({ script: '2' });
    const env = { ...service.env, MMAI_CONFIG_DIR: temporaryDirectory() };
    assert.equal((await mmaiInProcess(['config', 'set', 'output', 'ndjson'], { env })).code, 0);
    const { code, stdout } = await mmaiInProcess(['status', '1'], { env });
    assert.deepEqual([code, JSON.parse(stdout).tasks[0].state], [0, 'succeeded']);
    const raw = await mmaiInProcess(['watch', '1', '--simulate', '2'], { env: { MMAI_OUTPUT: 'raw' } });
    assert.deepEqual([raw.code, JSON.parse(raw.stdout).tasks[0].state], [0, 'succeeded']);
    for (const args of [
      ['status', '-o', 'ndjson'],
      ['watch', '-o', 'raw'],
    ])
      assert.equal((await mmaiInProcess([...args, '1', '--simulate', '2'], { env })).code, 2);
  });

  it('reads ids from standard input, piped or by "-"', async () => {
    const input = '# mine\r\n1\r\n\r\n{"id":"2"}\r\n1\r\n';
    assert.equal(
      (await mmai(['status', '-o', 'tsv', '--simulate', '2'], { input })).stdout,
      '1\tsucceeded\t2\n2\tsucceeded\t2\n',
    );
    const dashed = await mmai(['status', '3', '-', '-o', 'tsv', '--simulate', '2'], { input });
    assert.equal(dashed.stdout, '3\tsucceeded\t2\n1\tsucceeded\t2\n2\tsucceeded\t2\n');
  });

  it('colours only when asked to in a pipe, and NO_COLOR beats FORCE_COLOR', async () => {
    const args = ['status', '1', '--simulate', '2'];
    assert.doesNotMatch((await mmai(args)).stdout, /\u001b/);
    assert.match((await mmai([...args, '--color', 'always'])).stdout, /\u001b\[32msucceeded/);
    assert.match((await mmai(args, { env: { FORCE_COLOR: '1' } })).stdout, /\u001b/);
    assert.doesNotMatch((await mmai(args, { env: { FORCE_COLOR: '1', NO_COLOR: '1' } })).stdout, /\u001b/);
  });

  it('speaks Chinese by flag, variable and locale; machine words stay', async () => {
    const args = ['status', '1', '--simulate', '2'];
    assert.match((await mmaiInProcess([...args, '--lang', 'zh'])).stdout, /执行成功/);
    for (const MMAI_LANG of ['zh', 'zh_CN']) {
      assert.match((await mmaiInProcess(args, { env: { MMAI_LANG } })).stdout, /执行成功/);
    }
    assert.match((await mmaiInProcess(args, { env: { LANG: 'zh_CN.UTF-8' } })).stdout, /执行成功/);
    assert.equal((await mmaiInProcess([...args, '--lang', 'zh', '-o', 'tsv'])).stdout, '1\tsucceeded\t2\n');
  });

  it('recovers from a transient failure and says so in the summary', async () => {
    const { code, stdout } = await mmaiInProcess(['status', '1', '--json', '--simulate', '500,2']);
    assert.equal(code, 0);
    assert.equal(JSON.parse(stdout).summary.retries, 1);
  });

  it('learns a clock that is an hour off in one extra request', async () => {
    const { env, requestCount } = await sandbox({ script: '2', now: () => Date.now() + 3_600_000 });
    assert.equal((await mmaiInProcess(['status', '1'], { env })).code, 0);
    assert.equal(requestCount(), 2);
  });

  it('warns of a status nobody knows', async () => {
    const { code, stderr } = await mmaiInProcess(['status', '1', '--simulate', '7']);
    assert.equal(code, 0);
    assert.match(stderr, /warning: task 1 has status 7/);
  });

  it('shows an error where no status was told; unknown is what machines read, and the word for a new status', async () => {
    const row = async (...more: string[]) =>
      (await mmaiInProcess(['status', '1', '--simulate', ...more])).stdout.split(/\s+/);
    assert.deepEqual((await row('404')).slice(0, 3), ['1', 'error', 'ResourceNotFound']);
    assert.deepEqual((await row('404', '--lang=zh')).slice(0, 3), ['1', '出错', 'ResourceNotFound']);
    assert.deepEqual((await row('7')).slice(0, 3), ['1', 'unknown', '7']);
    assert.equal((await mmaiInProcess(['status', '1', '--simulate', '404', '-o', 'tsv'])).stdout, '1\tunknown\t\n');
  });

  it('names several tasks in Chinese as Chinese lists things', async () => {
    const { stderr } = await mmaiInProcess(['status', '1', '2', '3', '4', '--simulate', '404', '--lang', 'zh']);
    assert.match(stderr, /^错误：任务 1、2、3 等 4 个：ResourceNotFound（HTTP 404）：/);
  });

  it('hints at -o json where --format is taken for the format of the output, in a pipe', async () => {
    const args = ['status', '1', '--simulate', '2', '--format', 'json'];
    assert.match((await mmaiInProcess(args)).stderr, /^hint: --format .* use -o json\n$/);
    assert.equal((await mmaiInProcess([...args, '-o', 'tsv'])).stderr, '');
    assert.equal((await mmaiInProcess([...args, '-o', 'text'])).stderr, '');
    assert.equal((await mmaiInProcess([...args.slice(0, -1), 'xml'])).stderr, '');
    assert.equal((await mmaiInProcess([...args, '-q'])).stderr, '');
    assert.equal((await mmaiInProcess(['status', '1', '--dry-run=curl', '--format', 'json'])).stderr, '');
  });

  it('says nothing on standard error with -q', async () => {
    assert.equal((await mmaiInProcess(['status', '1', '-q', '--simulate', 'forbidden'])).stderr, '');
  });

  it('prints no secret, signature or token with --debug and --dry-run', async () => {
    const canary = { ALIBABA_CLOUD_ACCESS_KEY_SECRET: 'canarySecret', ALIBABA_CLOUD_SECURITY_TOKEN: 'canaryToken' };
    const { env } = await sandbox({ script: '500,2' });
    for (const more of [
      ['--debug'],
      ['--dry-run'],
      ['--dry-run=curl'],
      ['--dry-run=node'],
      ['--dry-run', '--signature', 'acs3'],
    ]) {
      const { stdout, stderr } = await mmaiInProcess(['status', '1', ...more], { env: { ...env, ...canary } });
      assert.doesNotMatch(stdout + stderr, /canary|Signature=(?!\*{8}|\$signature)/);
    }
  });
});

it('a simulation replaces key, region and endpoint only: output, colour and retries of the profile stay', async () => {
  const env = { MMAI_CONFIG_DIR: join(temporaryDirectory(), 'config') };
  for (const [key, value] of [
    ['output', 'tsv'],
    ['endpoint', 'https://unreachable.example'],
    ['retries', '0'],
  ]) {
    await mmaiInProcess(['config', 'set', key!, value!], { env });
  }
  const { stdout } = await mmaiInProcess(['status', '1', '--simulate', '2'], { env });
  assert.equal(stdout, '1\tsucceeded\t2\n');
  assert.equal((await mmaiInProcess(['status', '1', '--simulate', '500,2'], { env })).code, 4);
});

it('no explanation sends to a command that does not exist', async () => {
  for (const codes of [codesEn, codesZh]) {
    const commands = [...JSON.stringify(codes).matchAll(/"mmai ([a-z]+(?: [a-z]+)?)/g)].map(([, words]) =>
      words!.split(' '),
    );
    for (const words of commands) {
      const { code, stderr } = await mmaiInProcess([...words, '--help']);
      assert.equal(code, 0, `${words.join(' ')}: ${stderr}`);
    }
  }
});
