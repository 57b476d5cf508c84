import assert from 'node:assert/strict';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { mmaiInProcess } from './support/in-process.ts';
import { mmai, type SpawnOptions, sandbox, temporaryDirectory } from './support/mmai.ts';

/** A config of its own, and the program over it. */
function fresh() {
  const directory = join(temporaryDirectory(), 'mmai');
  const config = (args: string[], options: SpawnOptions = {}) =>
    mmaiInProcess(['config', ...args], { ...options, env: { MMAI_CONFIG_DIR: directory, ...options.env } });
  return { directory, config };
}

describe('mmai config', { concurrency: 4 }, () => {
  it('set and get keep a setting, unset removes it, each a process of its own', async () => {
    const { directory } = fresh();
    const config = (args: string[]) => mmai(['config', ...args], { env: { MMAI_CONFIG_DIR: directory } });
    assert.deepEqual(await config(['set', 'region', 'cn-shanghai']), { code: 0, signal: null, stdout: '', stderr: '' });
    assert.equal((await config(['get', 'region'])).stdout, 'cn-shanghai\n');
    assert.equal((await config(['unset', 'region'])).code, 0);
    assert.equal((await config(['get', 'region'])).stdout, 'cn-beijing\n');
    assert.equal((await config(['unset', 'region'])).code, 0);
  });

  it('takes a secret from standard input, and masks it unless --reveal', async () => {
    const { config } = fresh();
    assert.equal((await config(['set', 'access-key-secret'], { input: 'secret-of-mine-123\n' })).stderr, '');
    assert.equal((await config(['get', 'access-key-secret'])).stdout, '********-123\n');
    assert.equal((await config(['get', 'access-key-secret', '--reveal'])).stdout, 'secret-of-mine-123\n');
    assert.doesNotMatch((await config(['list'])).stdout, /secret-of-mine/);
  });

  it('stores a secret given as an argument with a warning', async () => {
    const { config } = fresh();
    const { code, stderr } = await config(['set', 'access-key-secret', 'short']);
    assert.equal(code, 0);
    assert.match(stderr, /warning: .*visible/);
    assert.equal((await config(['get', 'access-key-secret'])).stdout, '********\n');
  });

  it('list --show-origin says where each value comes from', async () => {
    const { config } = fresh();
    await config(['set', 'region', 'cn-shanghai']);
    const { stdout } = await config(['list', '--show-origin'], { env: { MMAI_RETRIES: '5' } });
    assert.match(stdout, /^region +cn-shanghai +profile "default"$/m);
    assert.match(stdout, /^retries +5 +MMAI_RETRIES$/m);
    assert.match(stdout, /^format +json +default$/m);
  });

  it('list takes id, secret and token from one place, as signing does', async () => {
    const { config } = fresh();
    await config(['set', 'access-key-id', 'profile-id']);
    await config(['set', 'security-token'], { input: 'token-of-the-profile' });
    const env = { ALIBABA_CLOUD_ACCESS_KEY_ID: 'env-id', ALIBABA_CLOUD_ACCESS_KEY_SECRET: 'env-secret' };
    assert.doesNotMatch((await config(['list'], { env })).stdout, /profile-id|security-token/);
    assert.doesNotMatch((await config(['list', '--profile', 'default'], { env })).stdout, /env-id|access-key-secret/);
  });

  it('use and profiles choose among profiles, the first one made being current', async () => {
    const { config } = fresh();
    await config(['set', 'region', 'a', '--profile', 'one']);
    await config(['set', 'region', 'b', '--profile', 'my.two']);
    assert.equal((await config(['get', 'region'])).stdout, 'a\n');
    assert.equal((await config(['use', 'my.two'])).code, 0);
    assert.equal((await config(['get', 'region'])).stdout, 'b\n');
    assert.equal((await config(['profiles'])).stdout, '* my.two\n  one\n');
    assert.deepEqual(JSON.parse((await config(['profiles', '--json'])).stdout), {
      current: 'my.two',
      profiles: ['my.two', 'one'],
    });
    assert.equal((await config(['get', 'region'], { env: { MMAI_PROFILE: 'one' } })).stdout, 'a\n');
  });

  it('path prints where the file is, and makes nothing', async () => {
    const { directory } = fresh();
    const env = { MMAI_CONFIG_DIR: directory };
    assert.equal((await mmai(['config', 'path'], { env })).stdout, `${join(directory, 'config.json')}\n`);
  });

  const bad: [string, string[], RegExp][] = [
    [
      'an unknown key',
      ['set', 'regoin', 'x'],
      /unknown setting "regoin"; valid settings: access-key-id[\s\S]*\nhint: did you mean "region"\?/,
    ],
    ['a secret in its key, not shown', ['set', 'access-key-secret=canary'], /unknown setting "access-key-secret=…";/],
    [
      'a secret in its key, quoted as one word',
      ['set', 'access-key-secret canary'],
      /unknown setting "access-key-secret …";/,
    ],
    [
      'an endpoint with a password',
      ['set', 'endpoint', 'https://me:canary@h'],
      /endpoint: invalid endpoint "https:\/\/…@h"/,
    ],
    ['a value the setting cannot take', ['set', 'region', 'A B'], /region: "A B"/],
    ['an empty value', ['set', 'region', ''], /region: the value is empty/],
    ['a profile name that is none', ['set', 'region', 'x', '--profile', '../x'], /"..\/x" is not a valid profile name/],
    ['a profile that does not exist', ['use', 'nope'], /profile "nope" does not exist/],
    ['a profile without a name', ['use', ''], /"" is not a valid profile name/],
    ['init without a terminal', ['init'], /needs a terminal/],
    ['a misspelt subcommand', ['lst'], /unknown command "lst"\nhint: did you mean "list"/],
  ];
  for (const [name, args, message] of bad) {
    it(`exits 2 for ${name}`, async () => {
      const { code, stdout, stderr } = await mmaiInProcess(['config', ...args]);
      assert.equal(code, 2);
      assert.equal(stdout, '');
      assert.match(stderr, message);
      assert.doesNotMatch(stderr, /canary/);
    });
  }

  it('does without a home, as a user without a name has none, and reads nothing of the working directory', async () => {
    const cwd = temporaryDirectory();
    const preload = join(temporaryDirectory(), 'no-home.cjs');
    writeFileSync(preload, `require('node:os').homedir = () => { throw new Error('ENOENT'); };`);
    const homeless = { env: { MMAI_CONFIG_DIR: '' }, nodeFlags: ['--require', preload], cwd };
    for (const options of [homeless, { env: { MMAI_CONFIG_DIR: '', HOME: '' }, cwd }]) {
      const { code, stdout, stderr } = await mmai(['config', 'path'], options);
      assert.deepEqual([code, stdout, stderr], [0, join('/', '.config', 'mmai', 'config.json\n'), '']);
      assert.equal((await mmai(['config', 'list'], options)).code, 0);
    }
    const env = { MMAI_CONFIG_DIR: temporaryDirectory() };
    assert.equal((await mmai(['config', 'set', 'retries', '5'], { ...homeless, env })).stderr, '');
    assert.deepEqual(readdirSync(cwd), []);
  });

  it('gives status its AccessKey; a profile named on purpose beats the variables', async () => {
    const { directory, config } = fresh();
    const { env } = await sandbox({ script: '2' });
    await config(['set', 'access-key-id', 'test-key-id', '--profile', 'good']);
    await config(['set', 'access-key-secret', '--profile', 'good'], { input: 'test-key-secret' });
    const ask = (args: string[], more: Record<string, string>) =>
      mmaiInProcess(['status', '1', ...args], {
        env: { MMAI_CONFIG_DIR: directory, MMAI_ENDPOINT: env.MMAI_ENDPOINT, ...more },
      });
    const wrong = { ALIBABA_CLOUD_ACCESS_KEY_ID: 'nobody', ALIBABA_CLOUD_ACCESS_KEY_SECRET: 'x' };
    assert.equal((await ask([], {})).code, 0, 'the current profile');
    assert.equal((await ask([], wrong)).code, 3, 'the variables beat the current profile');
    assert.equal((await ask(['--profile', 'good'], wrong)).code, 0, 'the named profile beats the variables');
  });
});
