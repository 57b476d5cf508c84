import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { rootCertificates } from 'node:tls';
import { jsonText, visible } from '../src/text/safe-text.ts';
import { mmaiInProcess } from './support/in-process.ts';
import { endpointEnv } from './support/matrix.ts';
import { type Ended, mmai, temporaryDirectory } from './support/mmai.ts';
import { ok, rawServer, reply } from './support/raw-server.ts';

/** Clears, sets the title, turns the text around, forges a line and commands of GitHub's runner. */
const HOSTILE =
  '::error::a\u001b[2J\u001b]0;title\u0007\u009b2J\u202eb\u2066c\u200fd\r\n::error::forged\n  ::add-mask::x\n##[error]y\u2028z';

/** Nothing but line breaks of our own, and no line that a runner obeys. */
function assertHarmless({ stdout, stderr }: Ended, what: string): void {
  for (const text of [stdout, stderr]) {
    assert.doesNotMatch(text.replaceAll(/[\n\t]/g, ''), /\p{Cc}|\p{Bidi_Control}|[\u2028\u2029]/u, what);
    assert.doesNotMatch(text, /^\s*::|##\[/m, what);
    assert.doesNotMatch(text, /^forged|^\s*y/m, what);
  }
}

describe('whatever the service or a proxy says, nothing of it reaches the terminal as a command', {
  concurrency: 4,
}, () => {
  const fields = { Code: HOSTILE, Message: HOSTILE, RequestId: HOSTILE, Recommend: HOSTILE };
  const escaped = (text: string) => text.replace(/[^ -;=?-~]/g, (c) => `&#${c.codePointAt(0)};`);
  const xml = Object.entries(fields).map(([name, value]) => `<${name}>${escaped(value)}</${name}>`);
  const answers: Record<string, string | Uint8Array> = {
    'an error in JSON': reply('400 Bad', JSON.stringify(fields)),
    'an error in XML': reply('400 Bad', `<Error>${xml.join('')}</Error>`),
    'a request id beside a status': ok(JSON.stringify({ Status: 2, RequestId: HOSTILE })),
    'a status nobody knows': reply('200 OK', JSON.stringify({ Status: 77, RequestId: HOSTILE })),
    'a header': Buffer.from(reply('500 Oops', '{}', ['X-Acs-Request-Id: ::error::\u009b2J']), 'latin1'),
    'a page': reply('502 Bad Gateway', `<html>${HOSTILE}`, ['Content-Type: text/html']),
  };
  const commands: Record<string, string[]> = {
    status: ['status', '1', '--retries', '0', '--debug'],
    'status --json': ['status', '1', '--retries', '0', '--json'],
    'status -o tsv': ['status', '1', '--retries', '0', '-o', 'tsv'],
    watch: ['watch', '1', '--error-budget', '1ms', '--timeout', '700ms', '--debug', '--annotations', 'none'],
    'watch -o ndjson': ['watch', '1', '--error-budget', '1ms', '--timeout', '700ms', '-o', 'ndjson'],
  };
  for (const [source, play] of Object.entries(answers)) {
    for (const [command, args] of Object.entries(commands)) {
      it(`${source}: ${command}`, async () => {
        const { url } = await rawServer(play);
        assertHarmless(await mmaiInProcess(args, { env: endpointEnv(url) }), command);
      });
    }
  }
});

describe('whatever an argument, a variable or a file is called, it is shown and not obeyed', { concurrency: 4 }, () => {
  const ask = ['status', '1', '--simulate', '2'];
  const calls: [string, string[], Record<string, string>?][] = [
    ['an id', ['status', HOSTILE]],
    ['a command', [HOSTILE]],
    ['a flag', ['status', `--${HOSTILE}`]],
    ['a flag of config', ['config', 'list', `--${HOSTILE}`]],
    ['a subcommand of config', ['config', HOSTILE]],
    ['a key', ['config', 'set', HOSTILE, 'x']],
    ['a query', [...ask, '--query', HOSTILE]],
    ['a script', ['status', '1', '--simulate', HOSTILE]],
    ['a CA file', [...ask, '--ca-file', HOSTILE]],
    ['a form of --dry-run', [...ask, `--dry-run=${HOSTILE}`]],
    ...['region', 'endpoint', 'output', 'profile', 'lang', 'request-timeout', 'signature', 'color'].map(
      (flag): [string, string[]] => [`--${flag}`, [...ask, '--debug', `--${flag}`, HOSTILE]],
    ),
    ...['REGION', 'ENDPOINT', 'OUTPUT', 'PROFILE', 'RETRIES', 'CA_FILE', 'FORMAT'].map(
      (name): [string, string[], Record<string, string>] => [`MMAI_${name}`, ask, { [`MMAI_${name}`]: HOSTILE }],
    ),
    ['MMAI_CONFIG_DIR, shown', ['config', 'path'], { MMAI_CONFIG_DIR: HOSTILE }],
    ['MMAI_CONFIG_DIR, refused', ['config', 'set', 'region', 'x'], { MMAI_CONFIG_DIR: `/dev/null/${HOSTILE}` }],
    [
      'an AccessKey',
      ['config', 'list'],
      { ALIBABA_CLOUD_ACCESS_KEY_ID: HOSTILE, ALIBABA_CLOUD_ACCESS_KEY_SECRET: 's' },
    ],
    ['a report', ['watch', '1', '--simulate', '2', '--junit', `/dev/null/${HOSTILE}`]],
  ];
  for (const [name, args, env = {}] of calls) {
    // Files are for the real program to open.
    const launch = 'MMAI_CONFIG_DIR' in env || args.includes('--junit') ? mmai : mmaiInProcess;
    it(name, async () => assertHarmless(await launch(args, { env }), name));
  }

  it('a CA file, in the command that resumes a wait', async () => {
    const caFile = join(temporaryDirectory(), HOSTILE);
    writeFileSync(caFile, rootCertificates[0]!);
    const ended = await mmai(['watch', '1', '--simulate', '1', '--timeout', '300ms', '--ca-file', caFile]);
    assert.match(ended.stderr, /\n {2}mmai watch 1 --ca-file '.*' --simulate 1 --timeout 300ms\n$/);
    assertHarmless(ended, caFile);
  });

  it('an error that nobody caught, with MMAI_DEBUG', async () => {
    const thrower = `setTimeout(() => { throw new Error(${JSON.stringify(HOSTILE)}) }, 300)`;
    const env = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(thrower)}`, MMAI_DEBUG: '1' };
    const ended = await mmai(['status', '1', '--simulate', 'hang', '-q'], { env });
    assert.equal(ended.code, 70);
    assertHarmless(ended, 'the crash');
    const args = ['status', '1', '--simulate', 'hang', '-q'];
    const off = await mmai(args, { env: { ...env, MMAI_DEBUG: '0' } });
    assert.equal(off.stderr.match(/\n/g)?.length, 1);
    // The hint of exit code 70 asks for its output.
    const flag = await mmai([...args, '--debug'], { env: { ...env, MMAI_DEBUG: '0' } });
    assert.match(flag.stderr, /^ {4}at /m);
    assertHarmless(flag, 'the crash');
  });

  it('an id on standard input', async () =>
    assertHarmless(await mmaiInProcess(['status'], { input: HOSTILE }), 'stdin'));

  it('a profile of a file that was given to somebody', async () => {
    const directory = join(temporaryDirectory(), 'mmai');
    mkdirSync(directory);
    const profiles = { [HOSTILE]: { region: HOSTILE, 'access-key-id': HOSTILE, 'access-key-secret': 's' } };
    writeFileSync(join(directory, 'config.json'), JSON.stringify({ current: HOSTILE, profiles }));
    const env = { MMAI_CONFIG_DIR: directory };
    for (const args of [
      ['config', 'profiles'],
      ['config', 'profiles', '--json'],
      ['config', 'list', '--show-origin'],
      ['config', 'list', '--show-origin', '--json'],
      ['config', 'get', 'access-key-id'],
      ['config', 'use', 'x'],
      ['status', '1', '--region', 'x', '--debug', '--endpoint', '127.0.0.1:1', '--retries', '0'],
    ]) {
      assertHarmless(await mmai(args, { env }), args.join(' '));
    }
  });
});

it('JSON keeps the true text, escaped', () => {
  const safe = jsonText({ [HOSTILE]: [HOSTILE] }, 2);
  assert.deepEqual(JSON.parse(safe), { [HOSTILE]: [HOSTILE] });
  assert.doesNotMatch(safe.replaceAll('\n', ''), /\p{Cc}|\p{Bidi_Control}|##\[/u);
});

it('visible() leaves addresses, code and emphasis alone', () => {
  for (const text of ['::1', '[::1]:80', 'std::vector', 'a ::error:: b', '## title', '#[x]'])
    assert.equal(visible(text), text);
});
