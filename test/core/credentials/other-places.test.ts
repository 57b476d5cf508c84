import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ecsProvider } from '../../../src/core/credentials/ecs.ts';
import { sdkFileProvider } from '../../../src/core/credentials/sdk-file.ts';
import { oidcProvider } from '../../../src/core/credentials/sts.ts';
import { uriProvider } from '../../../src/core/credentials/uri.ts';
import { en } from '../../../src/locales/en/messages.ts';
import { credentialDeps } from '../../support/credential-deps.ts';
import { type World, world } from '../../support/credential-world.ts';
import { type IssuersOptions, issuedKey, PROVIDER_ARN, ROLE, ROLE_ARN } from '../../support/issuers.ts';
import { answer } from '../../support/transport.ts';

describe('the other places', { concurrency: 4 }, () => {
  const ini = (text: string) => async (at: World) => {
    at.write('.alibabacloud/credentials', text.replaceAll('STS', at.double.url));
    return sdkFileProvider(at).find();
  };
  const key = 'access_key_id = base-id\naccess_key_secret = base-secret\n';
  const sections: [string, string, object][] = [
    [
      'access_key',
      `# mine\n[default]\r\ntype = access_key\n${key}`,
      { accessKeyId: 'base-id', accessKeySecret: 'base-secret' },
    ],
    [
      'sts',
      `[default]\ntype=sts\n${key}security_token=t\n`,
      { accessKeyId: 'base-id', accessKeySecret: 'base-secret', securityToken: 't' },
    ],
    ['ecs_ram_role', `[default]\ntype=ecs_ram_role\nrole_name=${ROLE}\n`, issuedKey(1)],
    ['ram_role_arn', `[default]\ntype=ram_role_arn\n${key}role_arn=${ROLE_ARN}\nrole_session_name=me\n`, issuedKey(1)],
  ];
  for (const [type, text, expected] of sections) {
    it(`credentials file, type ${type}`, async () => {
      const at = await world();
      const found = await ini(text)({ ...at, env: { ALIBABA_CLOUD_STS_ENDPOINT: at.double.url } });
      assert.deepEqual(found?.accessKey, expected);
    });
  }

  it('ALIBABA_CLOUD_CREDENTIALS_FILE moves the credentials file', async () => {
    const at = await world();
    const path = at.write('else/where', `[default]\ntype = access_key\n${key}`);
    const found = await sdkFileProvider({ ...at, env: { ALIBABA_CLOUD_CREDENTIALS_FILE: path } }).find();
    assert.equal(found?.accessKey.accessKeyId, 'base-id');
  });

  const content = `[default]\ntype = access_key\n${key.replace('base-secret', 'canary')}`;
  for (const path of [content, '{"access_key_secret": "canary"}', `${'eyJ'.padEnd(600, 'h')}.canary`]) {
    it(`what stands in the variable that is to name a file is not shown if it is no path: ${path.slice(0, 9)}`, async () => {
      const at = await world();
      const named = { ...at, env: { ALIBABA_CLOUD_CREDENTIALS_FILE: path, ALIBABA_CLOUD_PROFILE: 'work' } };
      const file = sdkFileProvider(named);
      const oidc = { ALIBABA_CLOUD_ROLE_ARN: ROLE_ARN, ALIBABA_CLOUD_OIDC_PROVIDER_ARN: PROVIDER_ARN };
      const role = oidcProvider({ ...at, env: { ...oidc, ALIBABA_CLOUD_OIDC_TOKEN_FILE: path } });
      const refusal = { exitCode: 3, message: /^(?![\s\S]*canary)/ };
      await assert.rejects(file.find(), refusal);
      await assert.rejects(role.find(), refusal);
      assert.doesNotMatch(file.source(en), /canary/);
    });
  }

  for (const prefix of ['ALIBABA_CLOUD', 'ALIBABACLOUD']) {
    it(`OIDC by ${prefix}_ variables; the token file is read anew each time`, async () => {
      const at = await world();
      const file = at.write('token', 'old-token');
      const names = { ROLE_ARN, OIDC_PROVIDER_ARN: PROVIDER_ARN, OIDC_TOKEN_FILE: file, ROLE_SESSION_NAME: 'pod' };
      const named = Object.entries(names).map(([name, value]) => [`${prefix}_${name}`, value]);
      const env = { ...Object.fromEntries(named), ALIBABA_CLOUD_STS_ENDPOINT: at.double.url };
      const provider = oidcProvider({ ...at, env });
      await assert.rejects(
        provider.find(),
        /refused with AuthenticationFail\.OIDCToken\.Invalid \(HTTP 400\).*8BA10F75/,
      );
      at.write('token', 'oidc-token\n');
      assert.deepEqual((await provider.find())?.accessKey, issuedKey(1));
      assert.equal(at.redactor.redact('quoted: oidc-token'), 'quoted: ********');
      assert.equal(at.double.requests.at(-1)?.parameters.RoleSessionName, 'pod');
      assert.equal('AccessKeyId' in at.double.requests.at(-1)!.parameters, false);
    });
  }

  it('STS is that of the region, of the VPC, or the one for everybody, always over TLS', async () => {
    const hosts: string[] = [];
    const at = await credentialDeps();
    const transport = {
      send: async ({ url }: { url: string }) => {
        hosts.push(new URL(url).origin);
        return { status: 403, headers: {}, body: new TextEncoder().encode('{"Code":"NoPermission"}') };
      },
      renew() {},
      close: async () => {},
    };
    for (const env of [
      {},
      { ALIBABA_CLOUD_STS_REGION: 'cn-beijing' },
      { ALIBABA_CLOUD_STS_REGION: 'cn-beijing', ALIBABA_CLOUD_VPC_ENDPOINT_ENABLED: 'true' },
    ]) {
      const role = { ROLE_ARN, OIDC_PROVIDER_ARN: PROVIDER_ARN, OIDC_TOKEN_FILE: at.write('token', 't') };
      const named = Object.fromEntries(Object.entries(role).map(([name, value]) => [`ALIBABA_CLOUD_${name}`, value]));
      await assert.rejects(oidcProvider({ ...at, transport, env: { ...named, ...env } }).find(), /NoPermission/);
    }
    assert.deepEqual(hosts, [
      'https://sts.aliyuncs.com',
      'https://sts.cn-beijing.aliyuncs.com',
      'https://sts-vpc.cn-beijing.aliyuncs.com',
    ]);
  });

  it('ALIBABA_CLOUD_ECS_METADATA names the role, which is then not asked for', async () => {
    const at = await world({}, { ALIBABA_CLOUD_ECS_METADATA: ROLE });
    assert.deepEqual((await ecsProvider(at).find())?.accessKey, issuedKey(1));
    assert.deepEqual(
      at.double.requests.map(({ method }) => method),
      ['PUT', 'GET'],
    );
    assert.ok(at.requests.every(({ direct }) => direct));
  });

  it('an instance without a role offers nothing', async () => {
    const at = await world({ instead: ({ method }) => (method === 'GET' ? { status: 404 } : undefined) });
    assert.equal(await ecsProvider(at).find(), undefined);
  });

  it('falls back to IMDSv1 where the service has no tokens, unless ALIBABA_CLOUD_IMDSV1_DISABLED', async () => {
    const body = (path: string) =>
      path.endsWith('/')
        ? ROLE
        : JSON.stringify({ Code: 'Success', AccessKeyId: 'v1', AccessKeySecret: 's', SecurityToken: 't' });
    const options: IssuersOptions = {
      instead: ({ method, path }) => (method === 'PUT' ? { status: 405 } : { status: 200, body: body(path) }),
    };
    assert.equal((await ecsProvider(await world(options)).find())?.accessKey.accessKeyId, 'v1');
    const strict = await world(options, { ALIBABA_CLOUD_IMDSV1_DISABLED: 'true' });
    await assert.rejects(
      ecsProvider(strict).find(),
      /IMDSv2 is not supported, and ALIBABA_CLOUD_IMDSV1_DISABLED forbids/,
    );
  });

  it('a URI on this host is asked past every proxy, one elsewhere through it', async () => {
    const at = await world();
    const find = (uri: string) => uriProvider({ ...at, env: { ALIBABA_CLOUD_CREDENTIALS_URI: uri } }).find();
    assert.deepEqual((await find(`${at.double.url}/uri#x`))?.accessKey, issuedKey(1));
    assert.equal(at.requests[0]?.direct, true);
  });

  it('a URI of plain http elsewhere is warned of by its host, never by its path', async () => {
    const at = await world();
    const find = (uri: string) => uriProvider({ ...at, env: { ALIBABA_CLOUD_CREDENTIALS_URI: uri } }).find();
    await find(`${at.double.url}/uri`);
    at.transport.send = async () => answer(200, {});
    await find('https://keys.example/canary').catch(() => {});
    assert.deepEqual(at.warnings, []);
    await assert.rejects(find('http://keys.example/canary?canary'), { exitCode: 3 });
    assert.equal(at.warnings.length, 1);
    assert.match(at.warnings[0]!, /ALIBABA_CLOUD_CREDENTIALS_URI: http:\/\/keys\.example is not encrypted/);
    assert.doesNotMatch(at.warnings[0]!, /canary/);
  });

  it('a URI whose service quotes it, or a key, in its code or request ID is refused without them, in --debug too', async () => {
    const at = await world();
    const [path, token] = ['PathOfTwentyLetters', 'TokenInTheQuery'];
    for (const [Code, RequestId] of [
      [token, path],
      [path, token],
      ['not a code: Canary', 'Canary'],
    ]) {
      for (const status of [403, 500]) {
        at.transport.send = async () => answer(status, { Code, RequestId, AccessKeySecret: 'Canary' });
        const env = { ALIBABA_CLOUD_CREDENTIALS_URI: `https://keys.example/${path}?token=${token}` };
        await assert.rejects(uriProvider({ ...at, env }).find(), (error: Error & { failure?: object }) => {
          assert.doesNotMatch(JSON.stringify([error.message, error.failure, at.debugged]), /canary|PathOf|TokenIn/i);
          return /HTTP \d+/.test(error.message);
        });
      }
    }
  });

  it('a key with a part that no request could carry is refused', async () => {
    const at = await world();
    const key = { AccessKeyId: 'id', AccessKeySecret: 's', SecurityToken: 't' };
    const env = { ALIBABA_CLOUD_CREDENTIALS_URI: 'https://keys.example/' };
    for (const name of Object.keys(key)) {
      const found = (length: number) => {
        at.transport.send = async () => answer(200, { ...key, [name]: 'x'.repeat(length) });
        return uriProvider({ ...at, env }).find();
      };
      assert.ok(await found(8192));
      await assert.rejects(found(8193), { exitCode: 3 });
    }
  });
});
