import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, it } from 'node:test';
import { run } from '../../src/cli.ts';
import type { HttpRequest } from '../../src/core/rpc/transport.ts';
import { plainStyle } from '../../src/io/terminal/style.ts';
import { assertNoCanary, CANARY } from '../support/canary.ts';
import { fakeDeps } from '../support/deps.ts';
import { answer } from '../support/transport.ts';

const signed = (path: string) =>
  `http://bucket.example/${path}?Expires=1571392620&OSSAccessKeyId=LTAI&Signature=${encodeURIComponent(CANARY)}`;
const URL_OF_RESULT = signed('processResult/1.txt');

/** Task 1 succeeds, every other one fails; each result holds signed URLs wherever one may be. */
function respond({ url, body = '' }: HttpRequest) {
  const parameters = new URLSearchParams(url.split('?')[1] ?? body);
  const Status = parameters.get('TaskId') === '1' ? 2 : 3;
  if (parameters.get('Action') === 'GetTaskStatus') return answer(200, { Status, RequestId: 'r' });
  const words = `cannot download ${signed('video.mp4')}`;
  const reason = { ErrorName: words, ErrorCode: '1000', ErrorReason: words, ErrorMessage: `${words} at once` };
  const own = Status === 2 ? { ProcessResultUrl: URL_OF_RESULT } : reason;
  return answer(200, { Status, RequestId: 'r', Result: { ...own, VideoUrl: signed('video.mp4') } });
}

/** What a command wrote, by where it wrote it. */
async function channels(args: readonly string[], env: Record<string, string> = {}) {
  const kept = { files: '', debug: '', hookEnvironment: '', hookInput: '' };
  const deps = fakeDeps({
    env: {
      ...{ ALIBABA_CLOUD_ACCESS_KEY_ID: 'an-id', ALIBABA_CLOUD_ACCESS_KEY_SECRET: 'a-secret' },
      ...{ GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: '/summary', GITHUB_OUTPUT: '/output', ...env },
    },
    nonce: randomUUID,
    transport: async () => ({ send: async (request) => respond(request), renew() {}, close() {} }),
    writeFile: async (path, text) => {
      kept.files += `${path}: ${text}\n`;
    },
    debug: (line) => {
      kept.debug += `${line}\n`;
    },
    runHook: async (_, environment, input) => {
      kept.hookEnvironment += JSON.stringify(environment);
      kept.hookInput += input;
      return { how: 'exited', exitCode: 1 };
    },
  });
  const code = await run(args, deps);
  return { ...kept, code, stdout: deps.stdout.text(), stderr: deps.stderr.text() };
}

const COMMANDS: readonly (readonly string[])[] = [
  ['result', '1', '2', '--debug'],
  ['result', '1', '2', '--json', '--debug', '--format', 'xml'],
  ['result', '1', '2', '-o', 'tsv', '--lang', 'zh'],
  ['result', '1', '2', '--raw', '--debug'],
  ['result', '1', '2', '--query', 'abs(tasks[0].result.url)'],
  ['result', '1', '--query', 'pad_left(tasks[0].result.url, `9`, tasks[0].result.url)', '--json', '--debug'],
  ...['text', 'json', 'ndjson', 'tsv'].map((form) => [
    ...['watch', '1', '2', '3', '--results', '-o', form, '--debug', '--exec', 'x', '--junit', 'report.xml'],
  ]),
  ['watch', '1', '2', '--results', '--notify', '--fail-fast', '--lang', 'zh'],
  ['watch', '2', '--progress', 'plain', '--heartbeat', '1ms', '--query', 'abs(tasks)'],
];

describe('the signed URL of a result is whole on standard output, and in full nowhere else', () => {
  for (const args of COMMANDS) {
    it(`mmai ${args.join(' ')}`, async () => {
      const { stderr, files, debug, hookEnvironment } = await channels(args);
      for (const [what, text] of Object.entries({ stderr, files, debug, hookEnvironment })) assertNoCanary(text, what);
      for (const text of [stderr, files, debug]) assert.ok(!text.includes('Signature=Ca'), text);
    });
  }

  it('as text, json, tsv, events, body and query, and on the standard input of --exec', async () => {
    const texts = [
      (await channels(['result', '1'])).stdout,
      JSON.parse((await channels(['result', '1', '--json'])).stdout).tasks[0].result.url,
      (await channels(['result', '1', '-o', 'tsv'])).stdout,
      (await channels(['result', '1', '--raw'])).stdout,
      (await channels(['result', '1', '--query', 'tasks[0].result.url'])).stdout,
      (await channels(['watch', '1', '--results', '-o', 'ndjson'])).stdout,
      (await channels(['watch', '1', '--results', '--exec', 'x'])).hookInput,
    ];
    for (const text of texts) assert.ok(text.includes(URL_OF_RESULT), text);
  });

  it('a reason that quotes one shows its address without the query, on standard output too', async () => {
    const { stdout, stderr } = await channels(['watch', '2', '--json']);
    const { reason } = JSON.parse(stdout).tasks[0].result;
    assert.equal(reason.name, 'cannot download http://bucket.example/video.mp4?…');
    assert.match(stderr, /failed: 2: cannot download http:\/\/bucket\.example\/video\.mp4\?… \(1000\)/);
  });
});

it('a crash that happens while a result is printed does not show its URL', async () => {
  let calls = 0;
  const deps = fakeDeps({
    env: { ALIBABA_CLOUD_ACCESS_KEY_ID: 'an-id', ALIBABA_CLOUD_ACCESS_KEY_SECRET: 'a-secret' },
    transport: async () => ({ send: async (request) => respond(request), renew() {}, close() {} }),
    style: async () => {
      calls += 1;
      if (calls === 1) throw new TypeError('style is not a function');
      return plainStyle;
    },
  });
  assert.equal(await run(['result', '1', '--debug'], deps), 70);
  assertNoCanary(deps.stderr.text() + deps.stdout.text(), 'the report of a bug');
});
