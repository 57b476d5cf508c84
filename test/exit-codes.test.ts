import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { refusingPort } from './support/dead-port.ts';
import { mmaiInProcess } from './support/in-process.ts';
import { bin, mmai, sandbox, temporaryDirectory } from './support/mmai.ts';
import { outputOf } from './support/output-of.ts';

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
    ['a query with --raw', ['status', '1', '--raw', '--query', 'tasks'], /--query and --raw cannot/],
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

  it('2: a path of a hundred thousand letters, not all of them quoted', async () => {
    const path = 'a'.repeat(100_000);
    for (const flags of [
      ['--junit', path],
      ['--ca-file', path],
      ['--ca-file', `/${path}`],
    ]) {
      const { code, stderr } = await mmai(['watch', '1', '--simulate', '2', ...flags]);
      assert.equal(code, 2);
      assert.match(stderr, /a{290,}…/);
      assert.ok(stderr.length < 500, String(stderr.length));
    }
  });

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
    const output = await outputOf('bash', ['-c', pipe, process.execPath, bin], env);
    assert.match(output, /^141$/m);
    assert.doesNotMatch(output, /EPIPE|^ +at /m);
  });
});

/** Loaded before the program: something it relies on then fails in a way that nobody expects. */
const broken = `data:text/javascript,${encodeURIComponent("URL.canParse=()=>{throw new Error('URL broke')}")}`;
