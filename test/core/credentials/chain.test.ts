import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Profile } from '../../../src/core/config/profiles.ts';
import { credentialChain, findCredentials } from '../../../src/core/credentials/chain.ts';
import type { MmaiError } from '../../../src/errors.ts';
import { en } from '../../../src/locales/en/messages.ts';
import { zh } from '../../../src/locales/zh/messages.ts';
import { credentialDeps } from '../../support/credential-deps.ts';
import { issuers, PROVIDER_ARN, ROLE_ARN } from '../../support/issuers.ts';

const AK = { mode: 'AK', access_key_id: 'aliyun-id', access_key_secret: 's' };
const none: Profile = { name: 'default', values: {}, isNamed: false };
const withKey = (id: string) => ({ 'access-key-id': id, 'access-key-secret': 's' });

/** Every source at once, but for the first `absent` rows of the table: who wins? */
async function winner(absent: number) {
  const double = await issuers({ now: () => Date.parse('2023-03-13T08:34:30Z') });
  const world = await credentialDeps({}, double);
  const has = (row: number) => row > absent;
  const env = {
    ...(has(2) && { ALIBABA_CLOUD_ACCESS_KEY_ID: 'env-id', ALIBABA_CLOUD_ACCESS_KEY_SECRET: 's' }),
    ...(has(3) && {
      ALIBABA_CLOUD_ROLE_ARN: ROLE_ARN,
      ALIBABA_CLOUD_OIDC_PROVIDER_ARN: PROVIDER_ARN,
      ALIBABA_CLOUD_OIDC_TOKEN_FILE: world.write('token', 'oidc-token\n'),
      ALIBABA_CLOUD_STS_ENDPOINT: double.url,
    }),
    ...(has(7) && { ALIBABA_CLOUD_CREDENTIALS_URI: `${double.url}/uri` }),
    ...(!has(8) && { ALIBABA_CLOUD_ECS_METADATA_DISABLED: 'true' }),
  };
  if (has(5)) world.aliyun({ name: 'a', ...AK });
  if (has(6)) {
    world.write(
      '.alibabacloud/credentials',
      '[default]\ntype = access_key\naccess_key_id = ini-id\naccess_key_secret = s\n',
    );
  }
  const profile = has(1)
    ? { name: 'work', values: withKey('named-id'), isNamed: true }
    : { ...none, values: has(4) ? withKey('current-id') : {} };
  const { credentials } = await findCredentials(credentialChain(profile, { ...world, env }));
  return {
    id: credentials.accessKey.accessKeyId,
    source: credentials.source(en),
    paths: double.requests.map((r) => r.path),
  };
}

describe('credentials: the table of precedence in README, a test a row', { concurrency: 4 }, () => {
  const rows: [row: string, id: string, source: RegExp][] = [
    ['1 a profile named on purpose', 'named-id', /explicitly selected/],
    ['2 the variables of a key', 'env-id', /ALIBABA_CLOUD_ACCESS_KEY_ID/],
    ['3 the variables of OIDC', 'STS.issued-1', /ALIBABA_CLOUD_OIDC_TOKEN_FILE/],
    ['4 the current profile of mmai', 'current-id', /^profile "default"$/],
    ['5 config.json of aliyun-cli', 'aliyun-id', /"a" \(AK\) of aliyun-cli's .*\.aliyun\/config\.json/],
    ['6 the credentials file', 'ini-id', /"default" of credentials file .*\.alibabacloud\/credentials/],
    ['7 a credentials URI', 'STS.issued-1', /ALIBABA_CLOUD_CREDENTIALS_URI/],
    ['8 the metadata of an ECS instance', 'STS.issued-1', /ECS instance metadata/],
  ];
  for (const [index, [row, id, source]] of rows.entries()) {
    it(`${row} wins when those above have nothing to offer`, async () => {
      const won = await winner(index);
      assert.equal(won.id, id);
      assert.match(won.source, source);
    });
  }

  it('a profile that is not named on purpose comes after the variables of a key', async () => {
    const world = await credentialDeps({
      env: { ALIBABA_CLOUD_ACCESS_KEY_ID: 'env-id', ALIBABA_CLOUD_ACCESS_KEY_SECRET: 's' },
    });
    const chain = credentialChain({ ...none, values: withKey('current-id') }, world);
    assert.equal((await findCredentials(chain)).credentials.accessKey.accessKeyId, 'env-id');
  });

  it('none at all is exit 3, and three lines with two ways to give them, a trial, and where to see what was searched', async () => {
    const world = await credentialDeps({ env: { ALIBABA_CLOUD_ECS_METADATA_DISABLED: 'TRUE' } });
    await assert.rejects(findCredentials(credentialChain(none, world)), (error: MmaiError) => {
      for (const messages of [en, zh]) {
        const lines = [error.text(messages), ...(error.hint?.(messages).split('\n') ?? [])];
        assert.equal(lines.length, 3);
        assert.match(lines[1]!, /mmai config init.*ALIBABA_CLOUD_ACCESS_KEY_ID.*ALIBABA_CLOUD_ACCESS_KEY_SECRET/);
        assert.match(lines[2]!, /--simulate 0,1,2.*mmai config check/);
      }
      return error.exitCode === 3;
    });
    assert.deepEqual(world.requests, []);
  });

  it('every place that offers nothing is told, with what is switched off', async () => {
    const env = { ALIBABA_CLOUD_ECS_METADATA_DISABLED: 'TRUE', ALIBABA_CLOUD_CLI_PROFILE_DISABLED: 'true' };
    const world = await credentialDeps({ env });
    const passed: string[] = [];
    const search = findCredentials(credentialChain(none, world), ({ source }) => passed.push(source(en)));
    await assert.rejects(search, /no credentials found/);
    const text = passed.join('\n');
    assert.match(text, /ALIBABA_CLOUD_ACCESS_KEY_ID.*OIDC.*default.*\.aliyun\/config\.json.*CLI_PROFILE_DISABLED/s);
    assert.match(text, /\.alibabacloud\/credentials.*CREDENTIALS_URI.*ECS.*ALIBABA_CLOUD_ECS_METADATA_DISABLED/s);
  });

  const off = ['ALIBABA_CLOUD_CLI_PROFILE_DISABLED', 'ALIBABA_CLOUD_IGNORE_PROFILE', 'ALIBABACLOUD_IGNORE_PROFILE'];
  for (const variable of off) {
    it(`${variable} keeps the file of aliyun-cli out, even a malformed one`, async () => {
      const world = await credentialDeps({ env: { [variable]: 'TRUE', ALIBABA_CLOUD_ECS_METADATA_DISABLED: 'true' } });
      world.write('.aliyun/config.json', '{"torn');
      await assert.rejects(findCredentials(credentialChain(none, world)), /no credentials found/);
    });
  }

  it('without a metadata service one short request, past every proxy, is all that is sent', async () => {
    const world = await credentialDeps();
    await assert.rejects(findCredentials(credentialChain(none, world)), /no credentials found/);
    assert.deepEqual(
      world.requests.map(({ method, url, direct, timeoutMs }) => [method, url, direct, timeoutMs]),
      [['PUT', 'http://100.100.100.200/latest/api/token', true, 1000]],
    );
  });

  for (const variable of ['ALIBABA_CLOUD_PROFILE', 'ALIBABACLOUD_PROFILE', 'ALICLOUD_PROFILE']) {
    it(`${variable} chooses the profile of aliyun-cli, or the section of the credentials file, whatever mmai's current profile is`, async () => {
      const find = async (name: string) => {
        const world = await credentialDeps({ env: { [variable]: name } });
        world.aliyun({ name: 'a', ...AK }, { name: 'b', ...AK, access_key_id: 'b-id' });
        const section = '[my.prod]\ntype = access_key\naccess_key_id = prod-id\naccess_key_secret = s\n';
        world.write('.alibabacloud/credentials', section);
        const current = { ...none, values: withKey('current-id') };
        return (await findCredentials(credentialChain(current, world))).credentials.accessKey.accessKeyId;
      };
      assert.equal(await find('b'), 'b-id');
      assert.equal(await find('my.prod'), 'prod-id');
      await assert.rejects(find('nowhere'), new RegExp(`${variable} names profile "nowhere", which exists neither`));
    });
  }
});
