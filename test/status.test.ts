import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { codesEn } from '../src/locales/en/codes.ts';
import { codesZh } from '../src/locales/zh/codes.ts';
import { refusingPort } from './support/dead-port.ts';
import { mmaiInProcess } from './support/in-process.ts';
import { bin, mmai, sandbox, temporaryDirectory } from './support/mmai.ts';

describe('mmai status, the real program over a real socket', { concurrency: 4 }, () => {
  it('tells the state of each task in the order given, each asked once', async () => {
    const { env, requestCount } = await sandbox({ script: '7=2;8=0;9=3' });
    const { code, stdout, stderr } = await mmai(['status', '9', '7', '8', '9'], { env });
    assert.equal(code, 0);
    assert.equal(stderr, '3 tasks: 1 submitting, 1 succeeded, 1 failed\n  failed: 9\n');
    assert.match(stdout, /^9 {2}failed {6}3 {2}\S+\n7 {2}succeeded {3}2 {2}\S+\n8 {2}submitting {2}0 {2}\S+\n$/);
    assert.equal(requestCount(), 3);
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

describe('--dry-run', { concurrency: 4 }, () => {
  it('sends nothing', async () => {
    const { env, requestCount } = await sandbox();
    const { code, stdout } = await mmaiInProcess(['status', '1', '2', '--dry-run'], { env });
    assert.equal(code, 0);
    assert.equal(stdout.match(/^GET http:.*TaskId=[12]&/gm)?.length, 2);
    assert.equal(requestCount(), 0);
  });

  for (const form of ['--dry-run', '--dry-run=curl', '--dry-run=node']) {
    it(`${form} looks for no key, which a newcomer has not and a role would be asked for`, async () => {
      const { code, stdout, stderr } = await mmaiInProcess(['status', '123', form, '--debug']);
      assert.deepEqual([code, stderr], [0, '']);
      assert.match(stdout, /multimediaai\.cn-beijing\.aliyuncs\.com/);
    });
  }

  it('explains its scripts in the language of the user', async () => {
    for (const form of ['curl', 'node']) {
      const { stdout } = await mmaiInProcess(['status', '123', `--dry-run=${form}`, '--format=xml', '--lang=zh']);
      assert.match(stdout, /^(#|\/\/) .*\p{Script=Han}/mu, form);
    }
  });

  it('describes the requests as JSON where JSON is asked for', async () => {
    const { code, stdout } = await mmaiInProcess(['status', '1', '2', '--dry-run', '--json', '--method', 'post']);
    const { requests } = JSON.parse(stdout);
    assert.equal(code, 0);
    assert.deepEqual(
      requests.map(({ method, url }: { method: string; url: string }) => [method, url]),
      [
        ['POST', 'https://multimediaai.cn-beijing.aliyuncs.com/'],
        ['POST', 'https://multimediaai.cn-beijing.aliyuncs.com/'],
      ],
    );
    assert.match(requests[1].body, /&TaskId=2&.*&Signature=\*{8}$/);
  });

  for (const more of [
    ...[[], ['--method', 'post'], ['--format', 'xml'], ['--signature', 'acs3']],
    ['--signature', 'acs3', '--method', 'post', '--format', 'xml'],
  ]) {
    it(`=curl prints a script that works as it is pasted (${more.join(' ') || 'get, json'})`, async () => {
      const { env } = await sandbox({ script: '2' });
      const { stdout } = await mmaiInProcess(['status', '123', '--dry-run=curl', ...more], { env });
      assert.match(await shell('sh', ['-c', stdout], env), more.includes('xml') ? /<Status>2</ : /"Status":2/);
    });
  }

  it('=curl trusts the CA file that mmai trusts', async () => {
    for (const signature of ['v1', 'acs3']) {
      const flags = ['--dry-run=curl', '--ca-file', "o'ur $(ca).pem", '--signature', signature];
      const { stdout } = await mmaiInProcess(['status', '123', ...flags]);
      assert.match(stdout, /^curl -sS --cacert 'o'\\''ur \$\(ca\)\.pem' "https:/m);
    }
  });

  it('=node prints a script for the official SDK that works', async () => {
    const { env } = await sandbox({ script: '2' });
    const { stdout } = await mmaiInProcess(['status', '123', '--dry-run=node'], { env });
    for (const type of ['module', 'commonjs']) {
      assert.match(await shell(process.execPath, [`--input-type=${type}`, '-e', stdout], env), /Status: 2/);
    }
  });
});

describe('exit codes', { concurrency: 4 }, () => {
  const simulated: [number, string, string[]][] = [
    [0, 'every task was answered', ['1', '--simulate', '3']],
    [0, 'succeeded, with --exit-status', ['1', '--simulate', '2', '--exit-status']],
    [1, 'failed, with --exit-status', ['1', '2', '--simulate', '1=2;2=3', '--exit-status']],
    [8, 'not finished, with --exit-status', ['1', '2', '--simulate', '1=2;2=0', '--exit-status']],
    [3, 'not allowed', ['1', '--simulate', 'forbidden']],
    [4, 'no useful answer', ['1', '--simulate', '500', '--retries', '0']],
    [4, 'a web page instead of an answer', ['1', '--simulate', 'html', '--retries', '0']],
    [4, 'a connection reset', ['1', '--simulate', 'reset', '--retries', '0']],
    [4, 'an answer that never comes', ['1', '--simulate', 'hang', '--retries', '0', '--request-timeout', '100ms']],
    [5, 'not found', ['1', '2', '--simulate', '1=2;2=404']],
  ];
  for (const [expected, name, args] of simulated) {
    it(`${expected}: ${name}`, async () => assert.equal((await mmaiInProcess(['status', ...args])).code, expected));
  }

  const usage: [string, string[], RegExp][] = [
    ['a bare mmai', [], /Usage: mmai/],
    ['a misspelt command', ['statsu'], /unknown command "statsu"\nhint: did you mean "status"\?/],
    ['a misspelt flag', ['status', '1', '--regoin', 'x'], /unknown option "--regoin"\nhint: did you mean "--region"\?/],
    ['no id', ['status'], /no task ID given/],
    ['a bad id', ['status', '1', 'x2'], /"x2" is not a valid task ID/],
    ['an id that would move the cursor', ['status', '\u001b[2J'], /"\\u\{1b\}\[2J" is not a valid task ID/],
    ['an id too large', ['status', '9223372036854775808'], /9223372036854775808/],
    ['a bad duration', ['status', '1', '--request-timeout', 'soon'], /--request-timeout: "soon"/],
    ['a bad region', ['status', '1', '--region', 'a.b'], /"a.b" is not a valid region ID/],
    ['a bad endpoint', ['status', '1', '--endpoint', 'http://h/path'], /"http:\/\/h\/path"/],
    ['a bad script', ['status', '1', '--simulate', '0,bogus'], /"bogus"/],
    ['a bad query', ['status', '1', '--query', 'tasks['], /"tasks\["/],
    ['a bad output', ['status', '1', '-o', 'yaml'], /--output: "yaml".*text, json/],
    ['an empty name of a profile', ['status', '1', '--profile', ''], /"" is not a valid profile name/],
    ['the same of config', ['config', 'list', '--profile='], /"" is not a valid profile name/],
    ['two forms of output', ['status', '1', '--json', '--raw'], /--json and --raw cannot be used together/],
    [
      'a third form',
      ['status', '1', '-o', 'json', '--json', '--raw'],
      /--output json and --raw cannot be used together/,
    ],
    ['--json with another --output', ['status', '1', '--json', '-o', 'text'], /--output text and --json cannot/],
    ['a query with --raw', ['status', '1', '--raw', '--query', 'tasks'], /--query and --output raw cannot/],
    ['a query with ndjson', ['watch', '1', '-o', 'ndjson', '--query', 'tasks'], /--query and --output ndjson cannot/],
    [
      'a simulation with an endpoint',
      ['status', '1', '--simulate', '2', '--endpoint', 'h'],
      /--simulate and --endpoint/,
    ],
    ['a dry run of a simulation', ['status', '1', '--simulate', '2', '--dry-run'], /--dry-run and --simulate cannot/],
    ['a query of a dry run', ['status', '1', '--dry-run', '--query', 'tasks'], /--dry-run and --query cannot/],
    ['a dry run of bodies', ['status', '1', '--dry-run', '--raw'], /--dry-run and --raw cannot/],
    ['a dry run as a table', ['watch', '1', '--dry-run', '-o', 'tsv'], /--dry-run and --output tsv cannot/],
    ['a script as JSON', ['status', '1', '--dry-run=curl', '--json'], /--dry-run=curl and --output json cannot/],
    [
      'pop-core with acs3',
      ['status', '1', '--dry-run=node', '--signature', 'acs3'],
      /--dry-run=node and --signature acs3/,
    ],
    ['a form of --dry-run where there is none', ['watch', '1', '--dry-run=curl'], /--dry-run/],
    ['a bad form of --dry-run', ['status', '1', '--dry-run=perl'], /"perl".*curl, node/],
    ['a form of --dry-run that objects inherit', ['status', '1', '--dry-run=constructor'], /"constructor".*curl, node/],
    ['a profile that does not exist', ['status', '1', '--profile', 'nope'], /profile "nope" does not exist/],
    [
      'a CA file that does not exist',
      ['status', '1', '--simulate', '2', '--ca-file', '/nope.pem'],
      /\/nope.pem: ENOENT/,
    ],
  ];
  for (const [name, args, message] of usage) {
    it(`2: ${name}, no request sent`, async () => {
      const { env, requestCount } = await sandbox();
      const { code, stdout, stderr } = await mmaiInProcess(args, { env });
      assert.equal(code, 2);
      if (args.includes('--json')) assert.equal(JSON.parse(stdout).error.code, 'Mmai.Usage');
      else assert.equal(stdout, '');
      assert.match(stderr, message);
      assert.doesNotMatch(stderr, /^ +at /m);
      assert.equal(requestCount(), 0);
    });
  }

  it('2: a malformed config file, named, untouched and not quoted', async () => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, 'config.json'), '{"profiles": {"a": {"access-key-secret": "canary"');
    const { code, stderr } = await mmai(['status', '1'], { env: { MMAI_CONFIG_DIR: directory } });
    assert.equal(code, 2);
    assert.match(stderr, new RegExp(`${directory}/config.json`));
    assert.doesNotMatch(stderr, /canary/);
  });

  it('3: no credentials, in three lines with two ways to give them', async () => {
    const { code, stdout, stderr } = await mmaiInProcess(['status', '1']);
    assert.equal(code, 3);
    assert.equal(stdout, '');
    assert.match(
      stderr,
      /^error: no credentials found\nhint: .*config init.*ALIBABA_CLOUD_ACCESS_KEY_ID.*\nhint: .*--simulate.*\n$/,
    );
  });

  it('3: half of the credentials, naming what is missing', async () => {
    const { code, stderr } = await mmaiInProcess(['status', '1'], { env: { ALIBABA_CLOUD_ACCESS_KEY_ID: 'x' } });
    assert.equal(code, 3);
    assert.match(stderr, /ALIBABA_CLOUD_ACCESS_KEY_SECRET is missing/);
  });

  it('3: a wrong secret, which the comparison of the signed texts blames', async () => {
    const { env } = await sandbox();
    const { code, stderr } = await mmaiInProcess(['status', '1'], {
      env: { ...env, ALIBABA_CLOUD_ACCESS_KEY_SECRET: 'wrong' },
    });
    assert.equal(code, 3);
    assert.match(stderr, /secret/);
    assert.doesNotMatch(stderr, /GET&|test-key-id/);
  });

  it('4: nobody listens', async () => {
    const env = { ...(await sandbox()).env, MMAI_ENDPOINT: `http://127.0.0.1:${await refusingPort()}` };
    const { code, stderr } = await mmaiInProcess(['status', '1', '--retries', '0'], { env });
    assert.equal(code, 4);
    assert.match(stderr, /Network.ConnectionRefused/);
  });

  it('70: a bug of ours, without a stack trace unless --debug', async () => {
    const { code, stderr } = await mmai(['status', '1', '--endpoint', 'h'], {
      env: { NODE_OPTIONS: `--import=${broken}` },
    });
    assert.equal(code, 70);
    assert.match(stderr, /this is a bug in mmai: URL broke/);
    assert.doesNotMatch(stderr, /^ +at /m);
  });

  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const) {
    it(`${code}: ${signal} ends a hanging request, and is raised again`, async () => {
      const { env } = await sandbox({ script: 'hang' });
      const child = spawn(process.execPath, [bin, 'status', '1', '--debug'], {
        env: { PATH: process.env.PATH, ...env },
      });
      after(() => child.kill('SIGKILL'));
      child.stderr.once('data', () => child.kill(signal));
      const ended = await new Promise((resolve) => child.on('close', (_, by) => resolve(by)));
      assert.equal(ended, signal);
    });
  }

  it('141: standard output closed, silently', async () => {
    // bash tells the status of each part of a pipe.
    const many = Array.from({ length: 5_000 }, (_, index) => index + 1).join('\n');
    const { env } = await sandbox();
    const directory = temporaryDirectory();
    writeFileSync(join(directory, 'ids'), many);
    const pipe = `"$0" "$1" status --dry-run < ${directory}/ids | head -1 >&2; echo "\${PIPESTATUS[0]}"`;
    const output = await shell('bash', ['-c', pipe, process.execPath, bin], env);
    assert.match(output, /^141$/m);
    assert.doesNotMatch(output, /EPIPE|^ +at /m);
  });
});

/** Loaded before the program: something it relies on then fails in a way that nobody expects. */
const broken = `data:text/javascript,${encodeURIComponent("URL.canParse=()=>{throw new Error('URL broke')}")}`;

function shell(command: string, args: string[], env: Record<string, string>): Promise<string> {
  const child = spawn(command, args, { env: { PATH: process.env.PATH ?? '', ...env } });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      output += text;
    });
  }
  return new Promise((resolve) => child.on('close', () => resolve(output)));
}
