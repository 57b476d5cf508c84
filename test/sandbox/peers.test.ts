import assert from 'node:assert/strict';
import { request } from 'node:http';
import { createRequire } from 'node:module';
import { describe, it } from 'node:test';
import { acs3Vectors, v1Vectors } from '../fixtures/signatures.ts';
import { sandbox, testKey } from '../support/mmai.ts';

/** The official clients prove the sandbox right: what they send it takes, and what it refuses they report by code. */

const require = createRequire(import.meta.url);
const PopCore = require('@alicloud/pop-core');
const { default: OpenApi, Config, OpenApiRequest, Params } = require('@alicloud/openapi-client');
const { RuntimeOptions } = require('@alicloud/tea-util');

type Server = Awaited<ReturnType<typeof sandbox>>;
interface Told {
  readonly Status?: number;
  readonly Result?: Readonly<Record<string, string | number>>;
  readonly code?: string;
}
type Ask = (server: Server, key: typeof testKey & { securityToken?: string }, action: string) => Promise<Told>;

const popCore =
  (method: 'GET' | 'POST'): Ask =>
  (server, key, action) =>
    new PopCore({ endpoint: server.url, apiVersion: '2019-08-10', ...key })
      .request(action, { TaskId: '9223372036854775807' }, { method })
      .catch((error: { code: string }) => ({ code: error.code }));

const openApi =
  (place: 'query' | 'body'): Ask =>
  async (server, key, action) => {
    const client = new OpenApi(new Config({ ...key, endpoint: new URL(server.url).host, protocol: 'http' }));
    const params = new Params({
      ...{
        action,
        version: '2019-08-10',
        protocol: 'HTTP',
        pathname: '/',
        method: 'POST',
        authType: 'AK',
        style: 'RPC',
      },
      ...{ reqBodyType: 'formData', bodyType: 'json' },
    });
    const parameters = { TaskId: '9223372036854775807' };
    try {
      const { body } = await client.callApi(
        params,
        new OpenApiRequest({ [place]: parameters }),
        new RuntimeOptions({}),
      );
      return body;
    } catch (error) {
      return { code: (error as { code: string }).code };
    }
  };

const clients: [string, Ask][] = [
  ['@alicloud/pop-core (V1, GET)', popCore('GET')],
  ['@alicloud/pop-core (V1, POST)', popCore('POST')],
  ['@alicloud/openapi-client (ACS3, query)', openApi('query')],
  ['@alicloud/openapi-client (ACS3, body)', openApi('body')],
];

for (const [name, ask] of clients) {
  describe(name, () => {
    it('gets the status of the script', async () => {
      const server = await sandbox({ script: '9223372036854775807=3;2' });
      assert.equal((await ask(server, testKey, 'GetTaskStatus')).Status, 3);
    });

    it('gets where the result is, or why the task failed', async () => {
      const server = await sandbox({ script: '2,3(Download fail),1' });
      const resultOf = async () => ({ ...(await ask(server, testKey, 'GetTaskResult')).Result });
      const { ProcessResultUrl: url, ...success } = await resultOf();
      const task = { VideoName: 'video-9223372036854775807', ApplicationId: '1000000000000001' };
      assert.deepEqual(success, { ...task, AnalysisUseTime: 30 });
      assert.match(await (await fetch(String(url))).text(), /^sample result of task 9223372036854775807/);
      const reason = { ErrorName: 'Download fail', ErrorReason: 'Download fail', ErrorMessage: 'Download fail' };
      assert.deepEqual(await resultOf(), { ...task, ...reason, ErrorCode: '1000' });
      assert.deepEqual(await resultOf(), {});
    });

    it('gets it with temporary keys, and is refused without their token', async () => {
      const key = { ...testKey, securityToken: 'a+token/of==STS' };
      const server = await sandbox({ script: '2', accessKeys: [key] });
      assert.equal((await ask(server, key, 'GetTaskResult')).Status, 2);
      assert.equal((await ask(server, testKey, 'GetTaskResult')).code, 'MissingSecurityToken');
    });

    const refusals: [string, string, object, object, string][] = [
      ['a wrong secret', 'SignatureDoesNotMatch', {}, { accessKeySecret: 'wrong' }, 'GetTaskStatus'],
      ['an unknown key', 'InvalidAccessKeyId.NotFound', {}, { accessKeyId: 'nobody' }, 'GetTaskStatus'],
      [
        'a timestamp of 20 minutes ago',
        'InvalidTimeStamp.Expired',
        { now: () => Date.now() + 1_200_000 },
        {},
        'GetTaskStatus',
      ],
      ['an unknown action', 'InvalidApiNotFound', {}, {}, 'GetTaskFate'],
      ['a RAM policy', 'Forbidden.RAM', { script: 'forbidden' }, {}, 'GetTaskStatus'],
    ];
    for (const [what, code, options, key, action] of refusals) {
      it(`is refused for ${what}`, async () => {
        const server = await sandbox(options);
        assert.equal((await ask(server, { ...testKey, ...key }, action)).code, code);
      });
    }
  });
}

/** Sends bytes as they are, which no client would. */
function raw(
  server: Server,
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body = '',
): Promise<string> {
  return new Promise((resolve, reject) => {
    const sent = request(`${server.url}${path}`, { method, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () => resolve(text));
    });
    sent.on('error', reject).end(body);
  });
}

const vectorKey = { accessKeyId: 'testid', accessKeySecret: 'testsecret' };

describe('the sandbox', () => {
  const named = (host: string) => sandbox({ hosts: [] }).then((server) => raw(server, 'GET', '/', { host }));

  for (const host of ['localhost', 'LOCALHOST:8080', '127.0.0.1:1', '127.8.9.1', '[::1]:9']) {
    it(`answers a request for ${host}`, async () => {
      assert.match(await named(host), /MissingParameter/);
    });
  }

  for (const host of [
    'evil.example',
    '127.0.0.1.evil.example:80',
    'localhost.evil.example',
    '192.168.0.1',
    '0.0.0.0',
    '[::2]',
    '[::1',
    'localhost:port',
  ]) {
    it(`does not answer a request for ${host}, as a page that rebinds its name sends it`, async () => {
      assert.match(await named(host), /<Code>MisdirectedRequest<\/Code>/);
    });
  }

  const at = (time: string) => ({ accessKeys: [vectorKey], script: '2', now: () => Date.parse(time) });

  for (const vector of v1Vectors.filter(({ name }) => /^G[12346]$/.test(name))) {
    it(`accepts vector ${vector.name} once, and refuses its replay`, async () => {
      const server = await sandbox(at('2023-03-13T08:34:30Z'));
      const query = `${new URLSearchParams({ ...vector.parameters, Signature: vector.signature })}`.replaceAll(
        '+',
        '%20',
      );
      const form = { 'content-type': 'application/x-www-form-urlencoded' };
      const send = () =>
        vector.method === 'GET' ? raw(server, 'GET', `/?${query}`) : raw(server, 'POST', '/', form, query);
      assert.match(await send(), /Status/);
      assert.match(await send(), /SignatureNonceUsed/);
    });
  }

  for (const vector of acs3Vectors.filter(({ name }) => /^A[123],/.test(name))) {
    it(`accepts vector ${vector.name}`, async () => {
      const server = await sandbox(at('2023-10-26T10:22:32Z'));
      const headers = Object.fromEntries(vector.headers);
      const signed = Object.keys(headers).sort().join(';');
      const authorization = `ACS3-HMAC-SHA256 Credential=testid,SignedHeaders=${signed},Signature=${vector.signature}`;
      const query = `${new URLSearchParams(vector.query)}`;
      const send = (extra: object) =>
        raw(server, vector.method, `/${query && `?${query}`}`, { ...headers, authorization, ...extra }, vector.body);
      assert.match(await send({ 'x-acs-more': 'unsigned' }), /IncompleteSignature/);
      assert.match(await send({}), /Status/);
    });
  }

  const bad: [string, Record<string, string>, string][] = [
    ['nothing at all', {}, 'MissingParameter'],
    ['another SignatureMethod', { SignatureMethod: 'MD5' }, 'InvalidSignatureMethod'],
    ['a timestamp with milliseconds', { Timestamp: '2023-03-13T08:34:30.000Z' }, 'InvalidTimeStamp.Format'],
    ['a token nobody gave', { SecurityToken: 'x' }, 'InvalidSecurityToken.MismatchWithAccessKey'],
  ];
  for (const [name, parameters, code] of bad) {
    it(`refuses ${name} with ${code}, in XML unless asked for JSON`, async () => {
      const server = await sandbox(at('2023-03-13T08:34:30Z'));
      const { Format: _, ...given } = v1Vectors.find(({ name }) => name === 'G1')!.parameters;
      const query = new URLSearchParams(code === 'MissingParameter' ? {} : { ...given, Signature: 'x', ...parameters });
      assert.match(await raw(server, 'GET', `/?${query}`), new RegExp(`<Error>.*<Code>${code}</Code>`));
    });
  }
});
