import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, it } from 'node:test';
import { run } from '../../src/cli.ts';
import { type HttpRequest, type HttpResponse, NetworkError } from '../../src/core/rpc/transport.ts';
import { fakeDeps } from '../support/deps.ts';
import { answer } from '../support/transport.ts';

const KEY = {
  ALIBABA_CLOUD_ACCESS_KEY_ID: 'LTAI5tQuotedKeyIdAbCdEf',
  ALIBABA_CLOUD_ACCESS_KEY_SECRET: 'quoted/Secret+oF==theKey9',
  ALIBABA_CLOUD_SECURITY_TOKEN: 'CAIS/quoted+ToKen/oF==theRole',
};
const percent = encodeURIComponent;
const base64 = (text: string) => Buffer.from(text).toString('base64');

const ENCODINGS: Readonly<Record<string, (text: string) => string>> = {
  'as they are': (text) => text,
  'percent-encoded': percent,
  'percent-encoded twice': (text) => percent(percent(text)),
  'in base64': base64,
  'split by line breaks': (text) => text.replace(/.{10}/g, '$&\n'),
};

/** A response that quotes a text in one of its fields. */
const FIELDS: Readonly<Record<string, (text: string) => HttpResponse>> = {
  code: (text) => answer(400, { Code: `Refused.${text}`, Message: 'no' }),
  message: (text) => answer(400, { Code: 'Refused', Message: `cannot read ${text}, sorry` }),
  'message behind 200 others': (text) => answer(400, { Code: 'Refused', Message: `${text} `.repeat(200) }),
  recommend: (text) => answer(400, { Code: 'Refused', Message: 'no', Recommend: `https://x/?q=${text}` }),
  'request id': (text) => answer(400, { Code: 'Refused', Message: 'no', RequestId: text }),
  'request id of a result': (text) => answer(200, { Status: 2, RequestId: text }),
  'request id in a header': (text) => answer(502, '', { 'x-acs-request-id': text }),
  'message in XML': (text) => answer(400, `<Error><Code>Refused</Code><Message><![CDATA[${text}]]></Message></Error>`),
  'message of a refused key': (text) => answer(403, { Code: 'Forbidden.RAM', Message: text }),
  'reason phrase of a proxy': (text) => {
    throw new NetworkError('ProxyRefused', `proxy 10.0.0.1:8080: HTTP 403 ${text}`);
  },
};

const COMMANDS: readonly (readonly string[])[] = [
  ['status', '1', '--debug'],
  ['status', '1', '--json', '--lang', 'zh'],
  ['watch', '1', '-o', 'ndjson', '--debug', '--error-budget', '1s'],
  ['watch', '1', '--annotations', 'github', '--junit', 'report.xml', '--error-budget', '1s'],
];

/** Everything that a command wrote, to streams and files, while each response quotes the request. */
async function written(args: readonly string[], respond: (request: HttpRequest) => HttpResponse): Promise<string> {
  const files: string[] = [];
  const lines: string[] = [];
  const deps = fakeDeps({
    env: { ...KEY, GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: '/summary', GITHUB_OUTPUT: '/output' },
    nonce: randomUUID,
    transport: async () => ({ send: async (request) => respond(request), renew() {}, close() {} }),
    writeFile: async (_, text) => void files.push(text),
    debug: (line) => lines.push(line),
  });
  await run(args, deps);
  return [deps.stdout.text(), deps.stderr.text(), ...files, ...lines].join('\n');
}

/** Fails if the text holds one of the secrets in the encoding, or what is left of it without marks and breaks. */
function assertHidden(text: string, secrets: readonly string[], encode: (text: string) => string): void {
  const plain = (value: string) => value.replace(/\\u\{?[0-9a-f]+\}?|\\n|%[0-9A-F]{2}|[^A-Za-z0-9]/g, '');
  for (const secret of secrets) {
    const [whole, part] = [plain(text), plain(encode(secret)).slice(4, -4)];
    assert.ok(!whole.includes(part), `"${encode(secret)}" is in ${text.slice(0, 2000)}`);
    assert.ok(!text.includes(secret), `"${secret}" is in ${text.slice(0, 2000)}`);
  }
}

/** What is secret of this request alone. */
function ownSecrets({ url }: HttpRequest): string[] {
  const { searchParams } = new URL(url);
  return ['Signature', 'SignatureNonce'].map((name) => searchParams.get(name) ?? '');
}

describe('a response that quotes the request shows no key, token, signature or nonce anywhere', () => {
  for (const [field, respond] of Object.entries(FIELDS)) {
    for (const [encoding, encode] of Object.entries(ENCODINGS)) {
      it(`in its ${field}, ${encoding}`, async () => {
        for (const args of COMMANDS) {
          const secrets = Object.values(KEY);
          const text = await written(args, (request) => {
            const own = ownSecrets(request);
            secrets.push(...own);
            return respond(encode([...Object.values(KEY), ...own].join(' & ')));
          });
          assertHidden(text, secrets, encode);
        }
      });
    }
  }

  it('in its message, cut in the middle of a token', async () => {
    const token = KEY.ALIBABA_CLOUD_SECURITY_TOKEN;
    for (const before of [480, 490, 32 * 1024 - 10, 16 * 1024 - 10]) {
      const text = await written(['status', '1', '--json'], () =>
        answer(400, { Code: 'X', Message: 'x'.repeat(before) + token.repeat(3000) }),
      );
      assert.ok(!text.includes(token.slice(0, 10)), text);
    }
  });
});

it('what is shown of an AccessKey ID is its end, by which its owner knows it', async () => {
  const text = await written(['status', '1'], () =>
    answer(403, { Code: 'NoPermission', Message: `user of ${KEY.ALIBABA_CLOUD_ACCESS_KEY_ID} may not` }),
  );
  assert.match(text, /user of \*{8}CdEf may not/);
});

it('STS that quotes the OIDC token and the metadata service that quotes its own show neither', async () => {
  const OIDC_TOKEN = 'eyJhbGciOi.quotedOidc.token+of/pod==';
  const roles = {
    ROLE_ARN: 'acs:ram::1:role/r',
    OIDC_PROVIDER_ARN: 'acs:ram::1:oidc-provider/p',
    OIDC_TOKEN_FILE: '/token',
  };
  const env = Object.fromEntries(Object.entries(roles).map(([name, value]) => [`ALIBABA_CLOUD_${name}`, value]));
  for (const http of [400, 503]) {
    const deps = fakeDeps({
      env,
      readText: async (path) => (path === '/token' ? OIDC_TOKEN : undefined),
      transport: async () => ({
        send: async ({ body }) =>
          answer(http, { Code: `Bad${OIDC_TOKEN}`, Message: body ?? '', RequestId: body ?? '' }),
        renew() {},
        close() {},
      }),
    });
    await run(['status', '1', '--debug'], deps);
    assertHidden(deps.stdout.text() + deps.stderr.text(), [OIDC_TOKEN], (text) => text);
  }
});
