import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { aliyunProvider } from '../../../src/core/credentials/aliyun.ts';
import { aliyunMode, aliyunPath } from '../../../src/core/credentials/aliyun-file.ts';
import { credentialDeps } from '../../support/credential-deps.ts';

const KEY = { access_key_id: 'a', access_key_secret: 'b' };
const ROLE = { ram_role_arn: 'r' };
const COMMAND = { process_command: 'c' };

describe('a profile of aliyun-cli without a mode is guessed in the order of aliyun-cli', () => {
  const cases: [fields: Record<string, unknown>, mode: string | undefined][] = [
    [KEY, 'AK'],
    [{ ...KEY, sts_token: 't' }, 'StsToken'],
    [{ ...KEY, ...ROLE }, 'RamRoleArn'],
    [{ ...KEY, sts_token: 't', ...ROLE }, 'StsToken'],
    [{ ...KEY, bearer_token: 'x' }, 'AK'],
    [{ ...KEY, private_key: 'x', ...COMMAND }, 'AK'],
    [{ private_key: 'x', ram_role_name: 'r' }, undefined],
    [{ ram_role_name: 'r', ...COMMAND }, 'EcsRamRole'],
    [{ access_key_id: 'a', ram_role_name: 'r' }, 'EcsRamRole'],
    [{ ...COMMAND, oidc_provider_arn: 'p' }, 'External'],
    [{ oidc_provider_arn: 'p', cloud_sso_sign_in_url: 'u' }, 'OIDC'],
    [{ cloud_sso_sign_in_url: 'u', bearer_token: 'x' }, 'CloudSSO'],
    [{ bearer_token: 'x' }, undefined],
    [{ access_key_id: 'a' }, 'AK'],
    [{ access_key_id: ' ', region_id: 'x' }, ''],
    [{ mode: 'ststoken', ...KEY }, 'StsToken'],
    [{ mode: 'Anonymous', ...KEY }, undefined],
  ];
  for (const [fields, mode] of cases) {
    it(`${Object.keys(fields).join(', ')}: ${mode ?? 'none that mmai supports'}`, () => {
      assert.equal(aliyunMode({ mode: '', ...fields }), mode);
    });
  }

  it('and of several profiles of one name the first counts', async () => {
    const world = await credentialDeps();
    world.aliyun({ name: 'x', ...KEY, access_key_id: 'first' }, { name: 'x', ...KEY });
    assert.equal((await aliyunProvider(world).find())?.accessKey.accessKeyId, 'first');
  });
});

describe('the file of aliyun-cli', () => {
  it('has a source_profile whose blanks count, too', async () => {
    const world = await credentialDeps();
    const chained = { name: 'chained', mode: 'ChainableRamRoleArn', source_profile: 'x ', ...ROLE };
    world.write('.aliyun/config.json', { current: 'chained', profiles: [{ name: 'x', ...KEY }, chained] });
    await assert.rejects(aliyunProvider(world).find(), /"x "/);
  });

  it('has names whose blanks count, as aliyun-cli compares them', async () => {
    const [blank, plain] = [
      { name: 'x ', ...KEY, access_key_id: 'blank' },
      { name: 'x', ...KEY, access_key_id: 'plain' },
    ];
    for (const [current, id] of [
      ['x', 'plain'],
      ['x ', 'blank'],
    ]) {
      const world = await credentialDeps();
      world.write('.aliyun/config.json', { current, profiles: [blank, plain] });
      assert.equal((await aliyunProvider(world).find())?.accessKey.accessKeyId, id);
    }
  });

  it('is read in any letter case, and of two spellings the last counts, as encoding/json of Go does', async () => {
    const world = await credentialDeps();
    const profile = { Name: 'x', MODE: 'AK', access_key_id: 'first', Access_Key_ID: 'last', ACCESS_KEY_SECRET: 'b' };
    world.write('.aliyun/config.json', { Current: 'x', PROFILES: [profile] });
    const found = await aliyunProvider(world).find();
    assert.deepEqual([found?.accessKey.accessKeyId, found?.accessKey.accessKeySecret], ['last', 'b']);
  });

  for (const [what, env, path, platform = 'win32'] of [
    ['is in the home', {}, '/home/me/.aliyun/config.json'],
    ['is in HOMEDRIVE and HOMEPATH on Windows', { HOMEDRIVE: 'H:', HOMEPATH: '\\me' }, 'H:\\me/.aliyun/config.json'],
    ['is in HOMEPATH where that is a share', { HOMEPATH: '\\\\server\\me' }, '\\\\server\\me/.aliyun/config.json'],
    ['is never looked for in the working directory', { HOMEPATH: 'me' }, '/home/me/.aliyun/config.json'],
    [
      'is in the home elsewhere, whatever Windows shares',
      { HOMEPATH: '\\me' },
      '/home/me/.aliyun/config.json',
      'linux',
    ],
  ] as const) {
    it(what, () => assert.equal(aliyunPath({ env, platform, home: () => '/home/me' }), path));
  }
});
