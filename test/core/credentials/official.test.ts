import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { describe, it } from 'node:test';
import { aliyunProvider } from '../../../src/core/credentials/aliyun.ts';
import { ecsProvider } from '../../../src/core/credentials/ecs.ts';
import type { Provider } from '../../../src/core/credentials/provider.ts';
import { sdkFileProvider } from '../../../src/core/credentials/sdk-file.ts';
import { oidcProvider } from '../../../src/core/credentials/sts.ts';
import { uriProvider } from '../../../src/core/credentials/uri.ts';
import { fakeClock } from '../../support/clock.ts';
import { credentialDeps } from '../../support/credential-deps.ts';
import { issuers, PROVIDER_ARN, ROLE, ROLE_ARN } from '../../support/issuers.ts';

interface OfficialRequest {
  protocol?: string;
  host?: string;
}

/** What the classes of @alicloud/credentials have in common; `doRequest` and `homedir` are its own seams ("used for mock"). */
interface Official {
  doRequest?: (request: OfficialRequest) => Promise<unknown>;
  homedir?: string;
  innerProvider?: Official;
  getCredentialsProvider?: (...args: unknown[]) => Official;
  getCredentials(): Promise<{ accessKeyId: string; accessKeySecret: string; securityToken?: string }>;
}

type Builder = { build(): Official } & Record<string, (value: unknown) => Builder>;

const require = createRequire(import.meta.url);
const load = (name: string) => require(`@alicloud/credentials/dist/src/providers/${name}.js`);
const builder = (name: string): Builder => load(name).default.builder();

const AK = { access_key_id: 'base-id', access_key_secret: 'base-secret' };

/** Its requests, which know https and fixed hosts only, led to the issuers on loopback; nothing else about them is touched. */
function redirected(official: Official, host: string): Official {
  const { doRequest } = load('http') as { doRequest: (request: OfficialRequest) => Promise<unknown> };
  const inner = official.getCredentialsProvider?.bind(official);
  if (inner) official.getCredentialsProvider = (...args) => redirected(inner(...args), host);
  official.doRequest = (request) => {
    if (request.host) Object.assign(request, { protocol: 'http', host });
    return doRequest(request);
  };
  return official;
}

type World = Awaited<ReturnType<typeof world>>;

async function world() {
  const double = await issuers({ secrets: { 'base-id': 'base-secret' } });
  return { double, ...(await credentialDeps({ clock: fakeClock(Date.now()) }, double)) };
}

/** Both get their credentials from the same issuers; what they sent, and what they made of the answer. */
async function both(at: World, official: Official, ours: Provider) {
  const theirs = await redirected(official, at.double.host).getCredentials();
  const theirRequests = at.double.requests.splice(0);
  const found = await ours.find();
  // The doubles count what they issue, so the two keys differ by that number only.
  const uncounted = (key: object | undefined) => JSON.parse(JSON.stringify(key ?? null).replace(/\d+"/g, 'N"'));
  const { accessKeyId, accessKeySecret, securityToken } = theirs;
  assert.deepEqual(
    uncounted(found?.accessKey),
    uncounted({ accessKeyId, accessKeySecret, ...(securityToken && { securityToken }) }),
  );
  const parameters = (requests: typeof theirRequests) =>
    requests.map(({ method, path, parameters: { SignatureNonce, Timestamp, ...rest } }) => ({ method, path, rest }));
  return { ours: parameters(at.double.requests), theirs: parameters(theirRequests) };
}

describe('the official client gets its credentials from the same doubles', { concurrency: 4 }, () => {
  it('AssumeRole: the same parameters, both signatures accepted', async () => {
    const at = await world();
    const previous = {
      getProviderName: () => 'static',
      getCredentials: async () => ({ accessKeyId: 'base-id', accessKeySecret: 'base-secret', providerName: 'x' }),
    };
    const official = builder('ram_role_arn').withCredentialsProvider!(previous).withRoleArn!(ROLE_ARN)
      .withRoleSessionName!("it's a (session)*".replace(/[^\w]/g, '-')).withExternalId!('ex/ter nal+id')
      .withDurationSeconds!(900);
    const role = { ram_role_arn: ROLE_ARN, ram_session_name: 'it-s-a--session--', external_id: 'ex/ter nal+id' };
    const profile = {
      name: 'r',
      mode: 'RamRoleArn',
      ...AK,
      ...role,
      expired_seconds: 900,
      sts_endpoint: at.double.url,
    };
    at.aliyun(profile);
    const sent = await both(at, official.build(), aliyunProvider(at));
    assert.deepEqual(sent.ours, sent.theirs);
  });

  it('AssumeRoleWithOIDC: the same parameters', async () => {
    const at = await world();
    const file = at.write('token', 'oidc-token');
    const official =
      builder('oidc_role_arn').withOIDCTokenFilePath!(file).withOIDCProviderArn!(PROVIDER_ARN).withRoleArn!(ROLE_ARN)
        .withRoleSessionName!('me');
    const env = {
      ...{ ALIBABA_CLOUD_ROLE_ARN: ROLE_ARN, ALIBABA_CLOUD_OIDC_PROVIDER_ARN: PROVIDER_ARN },
      ...{ ALIBABA_CLOUD_OIDC_TOKEN_FILE: file, ALIBABA_CLOUD_ROLE_SESSION_NAME: 'me' },
      ALIBABA_CLOUD_STS_ENDPOINT: at.double.url,
    };
    const sent = await both(at, official.build(), oidcProvider({ ...at, env }));
    assert.deepEqual(sent.ours, sent.theirs);
  });

  it('ECS metadata, IMDSv2: the same credentials, with one token instead of two', async () => {
    const at = await world();
    const sent = await both(at, builder('ecs_ram_role').build(), ecsProvider(at));
    assert.deepEqual(
      sent.theirs.map(({ method }) => method),
      ['PUT', 'GET', 'PUT', 'GET'],
    );
    assert.deepEqual(
      sent.ours.map(({ method }) => method),
      ['PUT', 'GET', 'GET'],
    );
    assert.deepEqual(
      sent.ours.slice(1).map(({ path }) => path),
      sent.theirs.filter(({ method }) => method === 'GET').map(({ path }) => path),
    );
  });

  it('a credentials URI: the same request', async () => {
    const at = await world();
    const uri = `${at.double.url}/uri?for=ci`;
    const official = new (load('uri').default)(load('uri').default.builder().withCredentialsURI(uri)) as Official;
    const ours = uriProvider({ ...at, env: { ALIBABA_CLOUD_CREDENTIALS_URI: uri } });
    const sent = await both(at, official, ours);
    assert.deepEqual(sent.ours, sent.theirs);
  });

  const profiles: [string, (at: World) => object][] = [
    ['AK', () => ({ ...AK })],
    ['StsToken', () => ({ ...AK, sts_token: 'token' })],
    ['EcsRamRole', () => ({ ram_role_name: ROLE })],
    ['RamRoleArn', () => ({ ...AK, ram_role_arn: ROLE_ARN, ram_session_name: 'me' })],
    ['ChainableRamRoleArn', () => ({ source_profile: 'base', ram_role_arn: ROLE_ARN, ram_session_name: 'me' })],
    [
      'External',
      ({ write }) => ({
        process_command: `"${process.execPath}" "${write('p.mjs', `console.log('${JSON.stringify({ mode: 'AK', ...AK })}')`)}"`,
      }),
    ],
  ];
  for (const [mode, fields] of profiles) {
    it(`config.json, mode ${mode}: the same requests`, async () => {
      const at = await world();
      const base = { name: 'base', mode: 'AK', ...AK };
      at.aliyun({ name: 'main', mode, ...fields(at) }, base);
      const official = builder('cli_profile').build();
      official.homedir = at.homePath;
      const env = { ALIBABA_CLOUD_STS_ENDPOINT: at.double.url };
      const sent = await both(at, official, aliyunProvider({ ...at, env }));
      assert.deepEqual(sent.ours, sent.theirs);
    });
  }

  for (const [type, lines] of [
    ['access_key', ''],
    ['ram_role_arn', `role_arn = ${ROLE_ARN}\nrole_session_name = me\n`],
    ['ecs_ram_role', `role_name = ${ROLE}\n`],
  ]) {
    it(`credentials file, type ${type}: the same requests`, async () => {
      const at = await world();
      const key = 'access_key_id = base-id\naccess_key_secret = base-secret\n';
      at.write('.alibabacloud/credentials', `[default]\ntype = ${type}\n${key}${lines}`);
      const official = builder('profile').build();
      official.homedir = at.homePath;
      const env = { ALIBABA_CLOUD_STS_ENDPOINT: at.double.url };
      const sent = await both(at, official, sdkFileProvider({ ...at, env }));
      assert.deepEqual(sent.ours, sent.theirs);
    });
  }
});
