import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { mmaiInProcess } from './support/in-process.ts';
import { mmai, sandbox, testKey } from './support/mmai.ts';
import { caFile, proxyServer, tlsServer } from './support/network.ts';

const PASSWORD = 'canary-proxy/p@ssword';
const SECRET = 'canary+access-key/secret=';
const TOKEN = 'canary+security/token==';
const BASIC = `Basic ${btoa(`me:${PASSWORD}`)}`;

interface World {
  readonly script?: string;
  readonly offsetMs?: number;
  readonly certificate?: 'server' | 'expired' | 'other';
  /** What the proxy answers instead of doing its work. */
  readonly refusal?: string;
  readonly authorization?: string;
  readonly secret?: string;
}

/** The sandbox behind TLS of a private authority behind a proxy with a password; all that arrived as a signature or token. */
async function world({ offsetMs = 0, certificate, authorization = BASIC, secret = SECRET, ...options }: World = {}) {
  const key = { accessKeyId: testKey.accessKeyId, accessKeySecret: SECRET, securityToken: TOKEN };
  const { url } = await sandbox({
    script: options.script ?? '2',
    accessKeys: [key],
    now: () => Date.now() + offsetMs,
  });
  const signatures = new Set<string>();
  const port = await tlsServer(url, certificate, ({ url: path = '', headers }) => {
    signatures.add(new URL(path, 'http://h').searchParams.get('Signature') ?? '');
    signatures.add(/Signature=(\w+)/.exec(headers.authorization ?? '')?.[1] ?? '');
  });
  const { refusal } = options;
  const proxy = await proxyServer({ port, authorization, ...(refusal !== undefined && { refusal }) });
  const env = {
    HTTPS_PROXY: `http://me:${encodeURIComponent(PASSWORD)}@${proxy.host}`,
    MMAI_CA_FILE: caFile,
    MMAI_RETRIES: '1',
    ALIBABA_CLOUD_ACCESS_KEY_ID: key.accessKeyId,
    ALIBABA_CLOUD_ACCESS_KEY_SECRET: secret,
    ALIBABA_CLOUD_SECURITY_TOKEN: TOKEN,
    ALIBABA_CLOUD_ECS_METADATA_DISABLED: 'true',
  };
  return { env, proxy, signatures };
}

describe('mmai behind a proxy with a password, a private authority at the other end', { concurrency: 4 }, () => {
  it('asks through both', async () => {
    const { env, proxy } = await world();
    const { code, stdout, stderr } = await mmai(['status', '1', '-o', 'tsv'], { env });
    assert.deepEqual([code, stdout, stderr], [0, '1\tsucceeded\t2\n', '']);
    assert.deepEqual(proxy.seen, [{ line: 'CONNECT multimediaai.cn-beijing.aliyuncs.com:443', authorization: BASIC }]);
  });

  it('trusts the authority of NODE_EXTRA_CA_CERTS, alone and with --ca-file', async () => {
    const { env } = await world();
    const extra = { ...env, NODE_EXTRA_CA_CERTS: caFile };
    assert.equal((await mmai(['status', '1'], { env: { ...extra, MMAI_CA_FILE: '' } })).code, 0);
    const other = new URL('./fixtures/tls/other.pem', import.meta.url).pathname;
    assert.equal((await mmai(['status', '1', '--ca-file', other], { env: extra })).code, 0);
    assert.equal((await mmai(['status', '1'], { env: { ...env, MMAI_CA_FILE: '' } })).code, 4);
  });

  it('--debug and MMAI_DEBUG tell credentials, way, each step, the answer and the request id, a line each', async () => {
    const { env } = await world();
    for (const [args, more] of [
      [['--debug'], {}],
      [[], { MMAI_DEBUG: '1' }],
      // It is a log: English in every language.
      [['--debug', '--lang', 'zh'], {}],
    ] as const) {
      const { stderr } = await mmaiInProcess(['status', '1', ...args], { env: { ...env, ...more } });
      const lines = stderr.trimEnd().split('\n');
      for (const line of lines) assert.match(line, /^debug: /);
      for (const expected of [
        /credentials: environment variables/,
        /request 1: GET https:\/\/multimediaai\.cn-beijing\.aliyuncs\.com, v1, clock offset 0 ms$/,
        /proxy: multimediaai\S+: through proxy 127\.0\.0\.1:\d+ \(HTTPS_PROXY\)$/,
        /tcp: 127\.0\.0\.1 port \d+ after [\d.]+ ms$/,
        /tunnel: HTTP 200 from proxy 127\.0\.0\.1:\d+ after [\d.]+ ms$/,
        /tls: TLSv1\.3 with multimediaai\S+ after [\d.]+ ms$/,
        /answer: HTTP 200 from multimediaai\S+, first byte received after [\d.]+ ms$/,
        /request 1: HTTP 200, status 2, request ID 00000000-\S+, \d+ ms$/,
      ]) {
        assert.equal(lines.filter((line) => expected.test(line)).length, 1, `${expected} in\n${stderr}`);
      }
    }
  });

  it('warns once of a clock an hour off, and of none with --quiet', async () => {
    const { env } = await world({ offsetMs: 3_600_000 });
    const { code, stderr } = await mmaiInProcess(['status', '1', '2'], { env });
    assert.equal(code, 0);
    assert.match(
      stderr,
      /^warning: the local clock is (1h|59m\d+s) behind that of the service; .*\n2 tasks: 2 succeeded\n$/,
    );
    assert.equal((await mmaiInProcess(['status', '1', '-q'], { env })).stderr, '');
  });
});

/** A text as it may appear in output: as it is, and in the encodings it travels in. */
function guises(text: string): string[] {
  const quoted = JSON.stringify(text).slice(1, -1);
  const percent = encodeURIComponent(text);
  const bytes = Buffer.from(text);
  return [
    text,
    quoted,
    percent,
    encodeURIComponent(percent),
    bytes.toString('base64url'),
    bytes.toString('hex'),
  ].concat(bytes.toString('base64').replace(/=+$/, ''));
}

describe('no secret reaches any output', { concurrency: 8 }, () => {
  const html = 'Content-Type: text/html\r\n\r\n<html>no</html>';
  const worlds: [string, World, number][] = [
    ['an answer', {}, 0],
    ['a task not found', { script: '404' }, 5],
    ['a missing permission', { script: 'forbidden' }, 3],
    ['trouble of the service', { script: '500' }, 4],
    ['a broken connection', { script: 'reset' }, 4],
    ['garbage', { script: 'garbage' }, 4],
    ['a clock an hour off', { offsetMs: 3_600_000 }, 0],
    ['a clock days off', { offsetMs: 3 * 86_400_000 }, 4],
    ['a wrong secret, the signed text being quoted', { secret: 'canary+another/secret=' }, 3],
    ['a wrong proxy password', { authorization: 'Basic other' }, 4],
    ['a refusing proxy', { refusal: 'HTTP/1.1 403 Forbidden\r\n\r\n' }, 4],
    ['a proxy that quotes its login', { refusal: `HTTP/1.1 502 ${PASSWORD} ${BASIC}\r\n\r\n` }, 4],
    ['a web page of the proxy', { refusal: `HTTP/1.1 503 Busy\r\n${html}` }, 4],
    ['a proxy that hangs up', { refusal: '' }, 4],
    ['an expired certificate', { certificate: 'expired' }, 4],
    ['a certificate of another host', { certificate: 'other' }, 4],
  ];
  const ways = [
    ['status', '1', '--debug', '--json'],
    ['status', '1', '--debug', '--signature', 'acs3'],
    ['watch', '1', '--debug', '--error-budget', '1ms', '--not-found-grace', '1ms', '-o', 'ndjson'],
    ['config', 'check', '--debug', '--json'],
    ['config', 'list', '--debug'],
  ];
  for (const [name, made, statusCode] of worlds) {
    it(`of ${name}`, async () => {
      const { env, signatures } = await world(made);
      const secrets = [SECRET, TOKEN, PASSWORD, `me:${PASSWORD}`, made.secret ?? SECRET].flatMap(guises);
      let output = '';
      for (const [index, way] of ways.entries()) {
        const { code, stdout, stderr } = await mmaiInProcess(way, { env });
        if (index === 0) assert.equal(code, statusCode, stderr);
        assert.notEqual(code, 70, stderr);
        output += stdout + stderr;
      }
      for (const text of [...secrets, ...[...signatures].filter(Boolean).flatMap(guises)]) {
        assert.ok(!output.includes(text), `"${text}" in\n${output}`);
      }
      assert.doesNotMatch(output, /[?&]Signature=|authorization:/i);
      assert.match(output, /debug: /);
    });
  }

  it('of a crash, a proxy variable that is none, and a scheme that is not supported', async () => {
    const { env } = await world();
    const broken = `data:text/javascript,${encodeURIComponent("URL.canParse=()=>{throw new Error('URL broke')}")}`;
    const cases: [Record<string, string>, number][] = [
      [{ NODE_OPTIONS: `--import=${broken}`, MMAI_ENDPOINT: 'h' }, 70],
      [{ HTTPS_PROXY: `http://me:${PASSWORD}@h` }, 2],
      [{ HTTPS_PROXY: `socks5://me:${encodeURIComponent(PASSWORD)}@h` }, 2],
    ];
    for (const [more, expected] of cases) {
      const { code, stdout, stderr } = await mmai(['status', '1', '--debug'], { env: { ...env, ...more } });
      assert.equal(code, expected, stderr);
      assert.doesNotMatch(stdout + stderr, /canary/);
    }
  });
});
