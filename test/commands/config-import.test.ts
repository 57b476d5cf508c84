import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { run } from '../../src/cli.ts';
import { assertNoCanary, CANARY } from '../support/canary.ts';
import { type FakeDeps, fakeDeps } from '../support/deps.ts';
import { temporaryDirectory } from '../support/mmai.ts';

const AK = { mode: 'AK', access_key_id: 'id', access_key_secret: 'secret-of-aliyun' };

/** A home with this file of aliyun-cli, and `mmai config import` in it. */
function home(file: object | string, env: Record<string, string> = {}) {
  const folder = temporaryDirectory();
  mkdirSync(join(folder, '.aliyun'));
  writeFileSync(join(folder, '.aliyun', 'config.json'), typeof file === 'string' ? file : JSON.stringify(file));
  const first = fakeDeps({ home: () => folder });
  const store = first.store;
  const config = async (...args: string[]) => {
    const deps: FakeDeps = fakeDeps({ home: () => folder, store, env });
    const exitCode = await run(['config', ...args], deps);
    return { exitCode, stdout: deps.stdout.text(), stderr: deps.stderr.text() };
  };
  return { config, stored: async () => (await store()).read() };
}

const several = {
  current: 'role',
  profiles: [
    { name: 'default', ...AK, region_id: 'cn-shanghai', language: 'zh' },
    { name: 'role', ...AK, mode: 'RamRoleArn', ram_role_arn: 'x' },
    { name: "token's $(id)", ...AK, mode: 'StsToken', sts_token: 't' },
    { name: 'mine', ...AK, region_id: 'Not A Region' },
    { name: 'empty', mode: 'AK', access_key_id: '', access_key_secret: '' },
    { name: 'quoted', ...AK, access_key_secret: '“secret”' },
    { name: '名字', ...AK },
    { name: 'new', mode: 'FromTheFuture' },
  ],
};

describe('mmai config import', () => {
  it('copies lasting keys with region and language, and says of every other profile why not', async () => {
    const { config, stored } = home(several);
    const { exitCode, stdout, stderr } = await config('import');
    assert.deepEqual([exitCode, stderr], [0, '']);
    assert.deepEqual(
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => line.split(/ {2,}/)),
      [
        ['default', 'AK', 'imported'],
        ['role', 'RamRoleArn', "not copied; to use it from aliyun-cli's file, set ALIBABA_CLOUD_PROFILE=role"],
        [
          "token's $(id)",
          'StsToken',
          "not copied; to use it from aliyun-cli's file, set ALIBABA_CLOUD_PROFILE='token'\\''s $(id)'",
        ],
        ['mine', 'AK', 'imported'],
        ['empty', 'AK', 'not copied; its AccessKey is incomplete'],
        ['quoted', 'AK', 'not copied; its AccessKey contains an invalid character'],
        ['名字', 'AK', 'not copied; profile names in mmai consist of letters, digits and . _ @ -'],
        ['new', '-', 'not copied; its mode is not supported'],
      ],
    );
    const { profiles } = await stored();
    const key = { 'access-key-id': 'id', 'access-key-secret': 'secret-of-aliyun' };
    assert.deepEqual(profiles, { default: { ...key, region: 'cn-shanghai', language: 'zh' }, mine: key });
  });

  it('leaves mmai signing as aliyun-cli does, when it had no profile of its own', async () => {
    const { config, stored } = home(several);
    await config('import');
    assert.equal((await stored()).current, 'role');
  });

  it('keeps a profile that exists, and replaces its key with --force, token and all, other settings not', async () => {
    const { config, stored } = home(several);
    await config('set', 'access-key-id', 'mine', '--profile', 'mine');
    await config('set', 'security-token', 'old', '--profile', 'mine');
    await config('set', 'retries', '7', '--profile', 'mine');
    assert.match((await config('import')).stdout, /^mine +AK +already exists, left unchanged/m);
    assert.equal((await stored()).profiles.mine?.['access-key-id'], 'mine');
    await config('import', '--force');
    const expected = { 'access-key-id': 'id', 'access-key-secret': 'secret-of-aliyun', retries: '7' };
    assert.deepEqual((await stored()).profiles.mine, expected);
    assert.equal((await stored()).current, 'mine');
  });

  it('copies a key into a profile that has settings only, which stay', async () => {
    const { config, stored } = home({
      current: 'a',
      profiles: [{ name: 'a', ...AK, region_id: 'cn-shanghai', language: 'zh' }],
    });
    await config('set', 'region', 'cn-hangzhou', '--profile', 'a');
    assert.match((await config('import')).stdout, /^a {2}AK {2}imported$/m);
    const key = { 'access-key-id': 'id', 'access-key-secret': 'secret-of-aliyun' };
    assert.deepEqual((await stored()).profiles.a, { language: 'zh', region: 'cn-hangzhou', ...key });
  });

  it('a name that a terminal would obey is printed as what it is, and not made the current one', async () => {
    const { config, stored } = home({ current: 'odd\u001b[2J', profiles: [{ name: 'odd\u001b[2J', ...AK }] });
    assert.match((await config('import')).stdout, /^odd\\u\{1b\}\[2J {2}AK {2}not copied/);
    assert.equal((await stored()).current, 'default');
  });

  it('MMAI_PROFILE copies one, too', async () => {
    const { config } = home(several, { MMAI_PROFILE: 'mine' });
    assert.equal((await config('import')).stdout, 'mine  AK  imported\n');
  });

  it('--profile copies one, --json tells it in one document', async () => {
    const { config, stored } = home(several);
    const { stdout } = await config('import', '--profile', 'mine', '--json');
    assert.deepEqual(JSON.parse(stdout).profiles, [{ name: 'mine', mode: 'AK', outcome: 'imported' }]);
    assert.deepEqual(Object.keys((await stored()).profiles), ['mine']);
    const gone = await config('import', '--profile', 'nowhere');
    assert.equal(gone.exitCode, 2);
    assert.match(gone.stderr, /no profile "nowhere"/);
  });

  it('shows no secret, of a whole file or of a malformed one', async () => {
    const whole = home({ current: 'a', profiles: [{ name: 'a', ...AK, access_key_secret: CANARY }] });
    const malformed = home(`{"profiles":[{"access_key_secret":${JSON.stringify(CANARY)}`);
    for (const { config } of [whole, malformed]) {
      const { stdout, stderr } = await config('import', '--debug');
      assertNoCanary(stdout + stderr, 'import');
    }
    assert.equal((await malformed.config('import')).exitCode, 3);
  });

  it('without a file of aliyun-cli exits 2 and says where it looked', async () => {
    const deps = fakeDeps();
    assert.equal(await run(['config', 'import'], deps), 2);
    assert.match(deps.stderr.text(), /nothing to import: .*\.aliyun\/config\.json does not exist/);
  });
});
