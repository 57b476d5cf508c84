import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { aliyunProvider } from '../../../src/core/credentials/aliyun.ts';
import type { HttpRequest } from '../../../src/core/rpc/transport.ts';
import type { MmaiError } from '../../../src/errors.ts';
import { en } from '../../../src/locales/en/messages.ts';
import { credentialDeps } from '../../support/credential-deps.ts';

const NOW = Date.parse('2023-03-13T08:34:30Z') / 1000;
const CACHED = { access_key_id: 'cached', access_key_secret: 's', sts_token: 'cached-token' };
const Expiration = new Date((NOW + 900) * 1000).toISOString();
const CLOUD_SSO = {
  name: 'sso',
  mode: 'CloudSSO',
  ...CACHED,
  access_token: 'access-token',
  cloud_sso_sign_in_url: 'https://signin-cn-shanghai.alibabacloudsso.com/start/login?x=y',
  cloud_sso_account_id: '123',
  cloud_sso_access_config: 'ac-1',
};
const OAUTH = { name: 'sso', mode: 'OAuth', ...CACHED, oauth_access_token: 'access-token', oauth_site_type: 'intl' };

type World = Awaited<ReturnType<typeof credentialDeps>>;

/** aliyun-cli's profile, and a service that answers every request with this document. */
async function login(profile: Parameters<World['aliyun']>[0], document: object) {
  const requests: HttpRequest[] = [];
  const world = await credentialDeps({
    transport: {
      async send(request) {
        requests.push(request);
        return { status: 200, headers: {}, body: new TextEncoder().encode(JSON.stringify(document)) };
      },
      renew() {},
      close() {},
    },
  });
  world.aliyun(profile);
  return { requests, redact: world.redactor.redact, find: () => aliyunProvider(world).find() };
}

describe('a log-in of aliyun-cli', () => {
  for (const profile of [CLOUD_SSO, OAUTH]) {
    it(`${profile.mode}: its STS credentials are used while they are good`, async () => {
      const { find, requests } = await login({ ...profile, sts_expiration: NOW + 60 }, {});
      const found = await find();
      assert.deepEqual([found?.accessKey.securityToken, found?.validForMs], ['cached-token', 60_000]);
      assert.deepEqual(requests, []);
    });

    it(`${profile.mode}: without a valid access token it has expired, and the command that renews it is named`, async () => {
      const over = { sts_expiration: NOW - 1, cloud_sso_access_token_expire: NOW, oauth_access_token_expire: NOW };
      const { find, requests } = await login({ ...profile, ...over }, {});
      await assert.rejects(find(), (error: MmaiError) => {
        assert.match(error.message, /has expired$/);
        assert.match(error.hint?.(en) ?? '', new RegExp(`aliyun configure --profile sso --mode ${profile.mode}"`));
        return error.exitCode === 3;
      });
      assert.deepEqual(requests, []);
    });
  }

  it('a name that a shell would take for more than a word is not put into that command', async () => {
    const { find } = await login({ ...CLOUD_SSO, name: 'a; touch x', sts_expiration: NOW - 1 }, {});
    await assert.rejects(find(), ({ hint }: MmaiError) => !/touch/.test(hint?.(en) ?? 'touch'));
  });

  it('CloudSSO: a valid access token gets new STS credentials, as aliyun-cli does it', async () => {
    const CloudCredential = { AccessKeyId: 'new', AccessKeySecret: 's', SecurityToken: 'new-token', Expiration };
    const valid = { ...CLOUD_SSO, sts_expiration: NOW - 1, cloud_sso_access_token_expire: NOW + 60 };
    const { find, requests, redact } = await login(valid, { CloudCredential });
    const found = await find();
    assert.deepEqual([found?.accessKey.accessKeyId, found?.validForMs], ['new', 900_000]);
    const [{ method, url, headers, body }] = requests as [HttpRequest];
    assert.deepEqual([method, url], ['POST', 'https://signin-cn-shanghai.alibabacloudsso.com/cloud-credentials']);
    assert.equal(headers.authorization, 'Bearer access-token');
    assert.equal(redact('quoted: access-token'), 'quoted: ********');
    assert.deepEqual(JSON.parse(body ?? ''), { AccountId: '123', AccessConfigurationId: 'ac-1' });
  });

  it('OAuth: a valid access token gets new STS credentials from the host of its site', async () => {
    const issued = { accessKeyId: 'new', accessKeySecret: 's', securityToken: 'new-token', expiration: Expiration };
    const valid = { ...OAUTH, sts_expiration: NOW - 1, oauth_access_token_expire: NOW + 60 };
    const { find, requests } = await login(valid, issued);
    const found = await find();
    assert.deepEqual([found?.accessKey.securityToken, found?.validForMs], ['new-token', 900_000]);
    assert.equal(requests[0]?.url, 'https://oauth.alibabacloud.com/v1/exchange');
    assert.equal(requests[0]?.headers.authorization, 'Bearer access-token');
  });

  for (const [what, profile, sentence] of [
    [
      'over plain http',
      { ...CLOUD_SSO, cloud_sso_sign_in_url: 'http://x.example' },
      /cloud_sso_sign_in_url is not an https/,
    ],
    [
      'to what is no URL',
      { ...CLOUD_SSO, cloud_sso_sign_in_url: 'x.example' },
      /cloud_sso_sign_in_url is not an https/,
    ],
    ['to a site that is none', { ...OAUTH, oauth_site_type: 'eu' }, /oauth_site_type is not one of CN, INTL/],
  ] as const) {
    it(`never sends its access token ${what}`, async () => {
      const expiry = { cloud_sso_access_token_expire: NOW + 60, oauth_access_token_expire: NOW + 60 };
      const { find, requests } = await login({ ...profile, ...expiry, sts_expiration: 0 }, {});
      await assert.rejects(find(), sentence);
      assert.deepEqual(requests, []);
    });
  }
});
