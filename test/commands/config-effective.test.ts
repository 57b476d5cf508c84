import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { run } from '../../src/cli.ts';
import { credentialDeps } from '../support/credential-deps.ts';
import { fakeDeps } from '../support/deps.ts';
import { ROLE_ARN } from '../support/issuers.ts';

const KEY = { access_key_id: 'aliyun-id', access_key_secret: 'aliyun-secret' };

/** Runs `mmai config …` in a home with these profiles of aliyun-cli. */
async function config(
  words: string,
  profiles: object[] = [],
  env: Record<string, string> = {},
  current: Record<string, string> = {},
) {
  const world = await credentialDeps();
  if (profiles.length > 0) world.aliyun(...(profiles as { name: string }[]));
  const deps = fakeDeps({ env, home: world.home });
  await (await deps.store()).update(({ profiles: own }) => {
    own.work = { region: 'cn-shanghai', 'credential-process': 'print-a-key' };
    own.bare = { region: 'cn-shanghai' };
    own.default = current;
  });
  const code = await run(['config', ...words.split(' ')], deps);
  return { code, stdout: deps.stdout.text(), stderr: deps.stderr.text() };
}

describe('config get and list ask the places of credentials that sign', () => {
  const aliyun = [{ name: 'a', mode: 'AK', ...KEY }];

  it('a key of aliyun-cli is shown with its file', async () => {
    assert.deepEqual(await config('get access-key-id', aliyun), { code: 0, stdout: 'aliyun-id\n', stderr: '' });
    const { stdout } = await config('list --show-origin', aliyun);
    assert.match(stdout, /^access-key-secret +\*+ +profile "a" \(AK\) of aliyun-cli's \S+config\.json$/m);
    const { settings } = JSON.parse((await config('list --show-origin --json', aliyun)).stdout);
    assert.equal(settings[0].value, 'aliyun-id');
    assert.equal(settings[0].origin.from, 'file');
    assert.match(settings[0].origin.name, /\.aliyun\/config\.json$/);
  });

  for (const prefix of ['ALIBABACLOUD', 'ALICLOUD']) {
    it(`a key in ${prefix}_… variables is shown with their names`, async () => {
      const env = { [`${prefix}_ACCESS_KEY_ID`]: 'env-id', [`${prefix}_ACCESS_KEY_SECRET`]: 's' };
      const { stdout } = await config('list --show-origin', aliyun, env);
      assert.match(stdout, new RegExp(`^access-key-id .* environment variables ${prefix}_ACCESS_KEY_ID and`, 'm'));
    });
  }

  it('a role is no key: list says where from, get that there is none yet', async () => {
    const role = [{ name: 'r', mode: 'RamRoleArn', ...KEY, ram_role_arn: ROLE_ARN }];
    const { stdout } = await config('list --show-origin', role);
    assert.match(stdout, /^access-key-id +\(obtained when needed\) +profile "r" \(RamRoleArn\)/m);
    assert.doesNotMatch(stdout, /aliyun-id/);
    const { code, stderr } = await config('get access-key-id', role);
    assert.equal(code, 2);
    assert.match(stderr, /access-key-id is obtained when needed, from profile "r" \(RamRoleArn\)/);
    const { settings } = JSON.parse((await config('list --json', role)).stdout);
    assert.deepEqual(settings[0], { key: 'access-key-id', value: null });
  });

  it('a command of a profile is listed, and the key comes from the profile', async () => {
    const { stdout } = await config('list --show-origin --profile work', aliyun);
    assert.match(stdout, /^access-key-id +\(obtained when needed\) +profile "work" \(explicitly selected\)$/m);
    assert.match(stdout, /^credential-process +print-a-key +/m);
    assert.equal((await config('get credential-process --profile work')).stdout, 'print-a-key\n');
  });

  it('a profile named on purpose without a key shows no other key, and a warning', async () => {
    const { code, stdout, stderr } = await config('list --profile bare', aliyun);
    assert.equal(code, 0);
    assert.doesNotMatch(stdout, /access-key/);
    assert.equal(stderr, 'warning: profile "bare" has no AccessKey\n');
    assert.equal((await config('get region --profile bare', aliyun)).stderr, '');
  });

  const elsewhere: [string, object[], Record<string, string>, RegExp][] = [
    ['names a profile that aliyun-cli has not', aliyun, { ALIBABA_CLOUD_PROFILE: 'gone' }, /"gone"/],
    ['holds half a key', [], { ALIBABA_CLOUD_ACCESS_KEY_ID: 'env-id' }, /ALIBABA_CLOUD_ACCESS_KEY_SECRET/],
  ];
  for (const [what, profiles, env, warning] of elsewhere) {
    it(`where a variable ${what}, the key of the current profile, which would not sign, is not shown`, async () => {
      const own = { 'access-key-id': 'own-id', 'access-key-secret': 'own-secret' };
      const { code, stdout, stderr } = await config('list', profiles, env, own);
      assert.equal(code, 0);
      assert.doesNotMatch(stdout, /access-key/);
      assert.match(stderr, warning);
      assert.equal((await config('get access-key-id', profiles, env, own)).code, 2);
    });
  }

  it('a security token that was saved before its AccessKey is shown', async () => {
    const own = { 'security-token': 'own-token' };
    const { code, stdout } = await config('get security-token --reveal', [], {}, own);
    assert.deepEqual([code, stdout], [0, 'own-token\n']);
    assert.match((await config('list', [], {}, own)).stdout, /^security-token /m);
  });
});
