import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { assertNoCanary, CANARY } from './support/canary.ts';
import { issuedKey, issuers, ROLE_ARN } from './support/issuers.ts';
import { mmai, sandbox, temporaryDirectory, testKey } from './support/mmai.ts';

/** A home with this profile of aliyun-cli, and the sandbox to ask. */
async function home(profile: object, accessKeys: Parameters<typeof sandbox>[0] = {}) {
  const HOME = temporaryDirectory();
  mkdirSync(join(HOME, '.aliyun'));
  const config = { current: 'work', profiles: [{ name: 'work', ...profile }] };
  writeFileSync(join(HOME, '.aliyun', 'config.json'), JSON.stringify(config));
  const { env } = await sandbox({ script: '2', ...accessKeys });
  return { HOME, env: { HOME, MMAI_ENDPOINT: env.MMAI_ENDPOINT } };
}

describe('credentials, the real program over real sockets', { concurrency: 4 }, () => {
  it('a watch whose token expires half-way gets another one and ends with 0', async () => {
    const double = await issuers();
    const answers: (number | string)[] = [];
    const first = {
      ...issuedKey(1),
      get expiresAt() {
        return answers.length < 2 ? Number.POSITIVE_INFINITY : 0;
      },
    };
    const { env } = await sandbox({
      script: '0,1,1,2',
      accessKeys: [first, issuedKey(2)],
      onRequest: ({ answer }) => answers.push(answer),
    });
    const { code, stderr } = await mmai(['watch', '1', '--interval', '100ms', '--debug'], {
      env: { MMAI_ENDPOINT: env.MMAI_ENDPOINT, ALIBABA_CLOUD_CREDENTIALS_URI: `${double.url}/uri` },
    });
    assert.equal(code, 0, stderr);
    assert.deepEqual(answers, [0, 1, 'InvalidSecurityToken.Expired', 1, 2]);
    assert.equal(double.requests.length, 2);
    for (const { securityToken, accessKeySecret } of [issuedKey(1), issuedKey(2)]) {
      assert.ok(!stderr.includes(securityToken) && !stderr.includes(accessKeySecret));
    }
  });

  it('a role of aliyun-cli is assumed once for many tasks', async () => {
    const double = await issuers({ secrets: { id: 'secret' } });
    const key = { access_key_id: 'id', access_key_secret: 'secret' };
    const profile = { mode: 'RamRoleArn', ...key, ram_role_arn: ROLE_ARN, sts_endpoint: double.url };
    const { env } = await home(profile, { accessKeys: [issuedKey(1)] });
    const { code, stderr } = await mmai(['status', '1', '2', '3', '4', '5'], { env });
    assert.equal(code, 0, stderr);
    assert.equal(double.requests.length, 1);
  });

  it('an External command gives the key; what it says on standard error is not passed on', async () => {
    const script = `console.error(process.env.SECRET); console.log(JSON.stringify({ mode: 'AK',
      access_key_id: '${testKey.accessKeyId}', access_key_secret: '${testKey.accessKeySecret}' }))`;
    const HOME = temporaryDirectory();
    writeFileSync(join(HOME, 'key.mjs'), script);
    const profile = { mode: 'External', process_command: `"${process.execPath}" "${join(HOME, 'key.mjs')}"` };
    const { env } = await home(profile);
    const { code, stdout, stderr } = await mmai(['status', '1', '--debug'], { env: { ...env, SECRET: CANARY } });
    assert.equal(code, 0, stderr);
    assert.match(stderr, /credentials: profile "work" \(External\) of aliyun-cli's/);
    assertNoCanary(stdout + stderr, 'the output');
  });

  it('a command that hangs does not keep the program from ending on a signal', async () => {
    const profile = { mode: 'External', process_command: `"${process.execPath}" -e "setInterval(() => {}, 1000)"` };
    const { env } = await home(profile);
    const onError = (kill: (signal: NodeJS.Signals) => void) => kill('SIGTERM');
    const { signal } = await mmai(['status', '1', '--debug'], { env, onError });
    assert.equal(signal, 'SIGTERM');
  });
});
