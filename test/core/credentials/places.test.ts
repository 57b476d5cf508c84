import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Profile } from '../../../src/core/config/profiles.ts';
import { credentialChain, findCredentials, firstOffer } from '../../../src/core/credentials/chain.ts';
import { environmentProvider } from '../../../src/core/credentials/environment.ts';
import { profileProvider } from '../../../src/core/credentials/profile.ts';
import type { CredentialDeps } from '../../../src/core/credentials/provider.ts';
import { en } from '../../../src/locales/en/messages.ts';
import { credentialDeps } from '../../support/credential-deps.ts';
import { issuedKey, issuers, ROLE_ARN } from '../../support/issuers.ts';

const OFF = { ALIBABA_CLOUD_ECS_METADATA_DISABLED: 'true' };
const KEY = { ALIBABA_CLOUD_ACCESS_KEY_ID: 'env-id', ALIBABA_CLOUD_ACCESS_KEY_SECRET: 's' };
const none: Profile = { name: 'default', values: {}, isNamed: false };

const node = (script: string) => `"${process.execPath}" -e "${script}"`;
const printing = (fields: object) => node(`console.log(atob('${btoa(JSON.stringify(fields))}'))`);

describe('the variables of a key', () => {
  const find = async (env: CredentialDeps['env']) => environmentProvider(await credentialDeps({ env })).find();

  for (const prefix of ['ALIBABA_CLOUD', 'ALIBABACLOUD', 'ALICLOUD']) {
    it(`are read as ${prefix}_…, without blanks and carriage returns around them`, async () => {
      const env = {
        [`${prefix}_ACCESS_KEY_ID`]: ' id\r',
        [`${prefix}_ACCESS_KEY_SECRET`]: 'secret\r\n',
        [`${prefix}_SECURITY_TOKEN`]: 'token\r',
      };
      const expected = { accessKeyId: 'id', accessKeySecret: 'secret', securityToken: 'token' };
      assert.deepEqual((await find(env))?.accessKey, expected);
    });
  }

  it('of two spellings are never mixed: the first that has an id or a secret gives all', async () => {
    const other = { ALICLOUD_ACCESS_KEY_ID: 'x', ALICLOUD_ACCESS_KEY_SECRET: 'y', ALICLOUD_SECURITY_TOKEN: 'z' };
    assert.deepEqual((await find({ ...KEY, ...other }))?.accessKey, { accessKeyId: 'env-id', accessKeySecret: 's' });
    const half = { ALIBABACLOUD_ACCESS_KEY_ID: 'x', ...other };
    await assert.rejects(
      find(half),
      /variables ALIBABACLOUD_ACCESS_KEY_ID and .*: ALIBABACLOUD_ACCESS_KEY_SECRET is missing/,
    );
  });

  it('empty ones count as not set', async () => {
    assert.equal(await find({ ALIBABA_CLOUD_ACCESS_KEY_ID: ' \r', ALICLOUD_ACCESS_KEY_SECRET: '' }), undefined);
  });

  it('a value that no request could carry is told with the name of its variable', async () => {
    await assert.rejects(
      find({ ...KEY, ALIBABA_CLOUD_ACCESS_KEY_SECRET: '“s”' }),
      /ALIBABA_CLOUD_ACCESS_KEY_SECRET contains/,
    );
  });
});

describe('a profile of mmai', () => {
  const find = async (profile: Profile, env: CredentialDeps['env'] = {}) => {
    const world = await credentialDeps({ env: { ...OFF, ...env } });
    return (await findCredentials(credentialChain(profile, world))).credentials;
  };
  const named: Profile = { name: 'work', values: { region: 'cn-shanghai' }, isNamed: true };

  it('named on purpose without an AccessKey is exit 2, whatever else offers one', async () => {
    const message = 'profile "work" has no AccessKey';
    await assert.rejects(find(named, KEY), { exitCode: 2, message });
    await assert.rejects(find({ ...named, values: { 'security-token': 't' } }, KEY), { exitCode: 2, message });
  });

  it('named on purpose with half a key is exit 3, naming what is missing', async () => {
    const half = { ...named, values: { 'access-key-id': 'x' } };
    await assert.rejects(find(half, KEY), { exitCode: 3, message: /"work".*access-key-secret is missing/ });
  });

  it('not named is passed over where it has no key', async () => {
    assert.equal((await find({ ...named, isNamed: false }, KEY)).accessKey.accessKeyId, 'env-id');
  });

  const printed: [string, object, object | RegExp][] = [
    ['a key', { mode: 'AK', access_key_id: 'a', access_key_secret: 'b' }, { accessKeyId: 'a', accessKeySecret: 'b' }],
    [
      'a key without a mode',
      { access_key_id: 'a', access_key_secret: 'b' },
      { accessKeyId: 'a', accessKeySecret: 'b' },
    ],
    [
      'a key with a token',
      { mode: 'StsToken', access_key_id: 'a', access_key_secret: 'b', sts_token: 'c' },
      { accessKeyId: 'a', accessKeySecret: 'b', securityToken: 'c' },
    ],
    [
      'a key and a role to assume',
      { mode: 'RamRoleArn', access_key_id: 'a', access_key_secret: 'b', ram_role_arn: ROLE_ARN },
      issuedKey(1),
    ],
    [
      'a role of another profile',
      { mode: 'ChainableRamRoleArn', source_profile: 'q', ram_role_arn: ROLE_ARN },
      /profile "p": the profile named by source_profile has no AccessKey/,
    ],
    [
      'a temporary key without its token',
      { mode: 'StsToken', access_key_id: 'a', access_key_secret: 'b' },
      /profile "p": sts_token is missing/,
    ],
    ['half a key', { mode: 'AK', access_key_id: 'a' }, /profile "p": access_key_secret is missing/],
    ['another command', { mode: 'External', process_command: 'x' }, /profile "p": its credential-process printed no/],
  ];
  for (const [what, fields, expected] of printed) {
    it(`credential-process that prints ${what}`, async () => {
      const double = await issuers({ now: () => Date.parse('2023-03-13T08:34:30Z'), secrets: { a: 'b' } });
      const world = await credentialDeps({ env: { ALIBABA_CLOUD_STS_ENDPOINT: double.url } }, double);
      const profile = { name: 'p', values: { 'credential-process': printing(fields) }, isNamed: false };
      const search = profileProvider(profile, world).find();
      if (expected instanceof RegExp) await assert.rejects(search, { exitCode: 3, message: expected });
      else assert.deepEqual((await search)?.accessKey, expected);
    });
  }

  it('credential-process says how long the key is good, and is run again for the next', async () => {
    const world = await credentialDeps();
    const expiration = new Date(world.clock.now() + 60_000).toISOString();
    const command = printing({
      mode: 'StsToken',
      access_key_id: 'a',
      access_key_secret: 'b',
      sts_token: 'c',
      expiration,
    });
    const found = await profileProvider({ ...none, values: { 'credential-process': command } }, world).find();
    assert.equal(found?.validForMs, 60_000);
  });

  it('credential-process is not run with ALIBABA_CLOUD_DISABLE_EXTERNAL_PROCESS', async () => {
    const profile = { ...named, values: { 'credential-process': node('') } };
    const env = { ALIBABA_CLOUD_DISABLE_EXTERNAL_PROCESS: '1' };
    await assert.rejects(find(profile, env), /"work".*forbidden by ALIBABA_CLOUD_DISABLE_EXTERNAL_PROCESS/);
  });
});

describe('a default file that cannot be read', () => {
  const unreadable = async (pattern: RegExp, env: CredentialDeps['env'] = {}) => {
    const world = await credentialDeps({
      env: { ...OFF, ...env },
      readText: async (path) => {
        if (pattern.test(path)) throw Object.assign(new Error('no'), { code: 'EACCES' });
        return undefined;
      },
    });
    return { world, search: findCredentials(credentialChain(none, world)) };
  };

  for (const [name, pattern] of [
    ['config.json of aliyun-cli', /config\.json$/],
    ['the credentials file', /credentials$/],
  ] as const) {
    it(`is warned about and counts as absent: ${name}`, async () => {
      const { world, search } = await unreadable(pattern);
      await assert.rejects(search, /no credentials found/);
      assert.equal(world.warnings.length, 1);
      assert.match(world.warnings[0]!, /^cannot read .*: EACCES$/);
    });
  }

  it('is an error where a variable names it', async () => {
    const { search } = await unreadable(/mine$/, { ALIBABA_CLOUD_CREDENTIALS_FILE: '/home/me/mine' });
    await assert.rejects(search, { exitCode: 3, message: /cannot read credentials file \/home\/me\/mine: EACCES/ });
  });
});

describe('without a home', () => {
  it('no file is looked for below the working directory', async () => {
    const paths: string[] = [];
    const readText = async (path: string) => void paths.push(path);
    const world = await credentialDeps({ env: OFF, home: () => undefined, readText });
    await assert.rejects(findCredentials(credentialChain(none, world)), /no credentials found/);
    assert.deepEqual(paths, []);
  });
});

describe('the first offer, which config get and list show', () => {
  const offer = async (env: CredentialDeps['env'], profiles: object[] = [], profile = none) => {
    const world = await credentialDeps({ env });
    if (profiles.length > 0) world.aliyun(...(profiles as { name: string }[]));
    const found = await firstOffer(profile, world);
    assert.deepEqual(world.requests, []);
    assert.ok(!found || !('error' in found));
    return found && { id: found.accessKey?.accessKeyId, source: found.source(en), from: found.origin.from };
  };
  const AK = { access_key_id: 'aliyun-id', access_key_secret: 's' };

  it('is the key of config.json where nothing before has one', async () => {
    const found = await offer({}, [{ name: 'a', mode: 'AK', ...AK }]);
    assert.match(found?.source ?? '', /profile "a" \(AK\) of aliyun-cli's/);
    assert.deepEqual([found?.id, found?.from], ['aliyun-id', 'file']);
  });

  it('is no key but a place where a request or a command gets it', async () => {
    const role = { name: 'r', mode: 'RamRoleArn', ...AK, ram_role_arn: ROLE_ARN };
    assert.match((await offer({}, [role]))?.source ?? '', /"r" \(RamRoleArn\)/);
    assert.equal((await offer({}, [role]))?.id, undefined);
    const uri = await offer({ ALIBABA_CLOUD_CREDENTIALS_URI: 'http://127.0.0.1:1/' });
    assert.equal(uri?.source, 'the URI in ALIBABA_CLOUD_CREDENTIALS_URI');
    const command = { ...none, values: { 'credential-process': 'false' } };
    assert.equal((await offer({}, [], command))?.source, 'profile "default"');
  });

  it('does not ask whether this is an ECS instance, unless a variable names its role', async () => {
    assert.equal(await offer({}), undefined);
    assert.equal((await offer({ ALIBABA_CLOUD_ECS_METADATA: 'r' }))?.source, 'ECS instance metadata');
  });
});
