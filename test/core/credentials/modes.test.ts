import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { aliyunProvider } from '../../../src/core/credentials/aliyun.ts';
import type { MmaiError } from '../../../src/errors.ts';
import { en } from '../../../src/locales/en/messages.ts';
import { credentialDeps } from '../../support/credential-deps.ts';
import { type World, world } from '../../support/credential-world.ts';
import { issuedKey, PROVIDER_ARN, ROLE, ROLE_ARN } from '../../support/issuers.ts';

const AK = { access_key_id: 'base-id', access_key_secret: 'base-secret' };
const HOUR = 3_600_000;

type Profile = Record<string, unknown> & { mode?: string };

describe('aliyun-cli config.json', { concurrency: 4 }, () => {
  const run = (file: string) => `"${process.execPath}" '${file}'`;
  const modes: [mode: string, profile: (world: World) => Profile, n: 0 | 1 | 2][] = [
    ['AK', () => ({ mode: 'AK', ...AK }), 0],
    ['ak, the case being no matter', () => ({ mode: 'ak', ...AK }), 0],
    ['no mode, guessed', () => ({ ...AK }), 0],
    [
      'RamRoleArn',
      ({ double }) => ({ mode: 'RamRoleArn', ...AK, ram_role_arn: ROLE_ARN, sts_endpoint: double.url }),
      1,
    ],
    ['no mode, with a role', ({ double }) => ({ ...AK, ram_role_arn: ROLE_ARN, sts_endpoint: double.url }), 1],
    ['EcsRamRole', () => ({ mode: 'EcsRamRole' }), 1],
    ['EcsRamRole by name', () => ({ mode: 'EcsRamRole', ram_role_name: ROLE }), 1],
    [
      'OIDC',
      ({ double, write }) => ({
        ...{ mode: 'OIDC', oidc_provider_arn: PROVIDER_ARN, oidc_token_file: write('token', 'oidc-token') },
        ...{ ram_role_arn: ROLE_ARN, sts_endpoint: double.url, ram_session_name: 'me' },
      }),
      1,
    ],
    ['CredentialsURI', ({ double }) => ({ mode: 'CredentialsURI', credentials_uri: `${double.url}/uri` }), 1],
    [
      'External',
      ({ write }) => ({
        mode: 'External',
        process_command: run(
          write('print it.mjs', `console.log(JSON.stringify(${JSON.stringify({ mode: 'AK', ...AK })}))`),
        ),
      }),
      0,
    ],
    [
      'External that prints a role to assume',
      ({ write, double }) => ({
        ...{ mode: 'External', ram_role_arn: ROLE_ARN, sts_endpoint: double.url },
        process_command: run(
          write('p.mjs', `console.log(JSON.stringify(${JSON.stringify({ mode: 'RamRoleArn', ...AK })}))`),
        ),
      }),
      1,
    ],
    [
      'ChainableRamRoleArn, a role assumed by a role',
      ({ double }) => ({
        mode: 'ChainableRamRoleArn',
        source_profile: 'base',
        ram_role_arn: ROLE_ARN,
        sts_endpoint: double.url,
      }),
      2,
    ],
  ];
  for (const [title, profile, n] of modes) {
    it(`mode ${title}`, async () => {
      const at = await world();
      const base = { name: 'base', mode: 'RamRoleArn', ...AK, ram_role_arn: ROLE_ARN, sts_endpoint: at.double.url };
      at.aliyun({ name: 'main', ...profile(at) }, base);
      const found = await aliyunProvider(at).find();
      const expected = n === 0 ? { accessKeyId: 'base-id', accessKeySecret: 'base-secret' } : issuedKey(n);
      assert.deepEqual(found?.accessKey, expected);
      assert.equal(found?.validForMs, n === 0 ? undefined : HOUR);
    });
  }

  it('a role that takes its key from a slow command has its own time limit', async () => {
    const world_ = await world();
    const printed = JSON.stringify({ mode: 'AK', ...AK });
    const at = {
      ...world_,
      runCommand: async () => {
        await world_.clock.sleep(30_000);
        return { how: 'exited', exitCode: 0, stdout: printed } as const;
      },
    };
    const command = { name: 'command', mode: 'External', process_command: 'slow' };
    const role = { ram_role_arn: ROLE_ARN, sts_endpoint: at.double.url };
    at.aliyun({ name: 'main', mode: 'ChainableRamRoleArn', source_profile: 'command', ...role }, command);
    const { transport } = at;
    const limits: number[] = [];
    const send: typeof transport.send = (request) => {
      limits.push(request.timeoutMs);
      return transport.send(request);
    };
    const found = await aliyunProvider({ ...at, transport: { ...transport, send } }).find();
    assert.deepEqual([found?.accessKey, limits], [issuedKey(1), [5000]]);
  });

  it('mode StsToken takes all three', async () => {
    const at = await world();
    at.aliyun({ name: 'main', mode: 'StsToken', ...AK, sts_token: 'token' });
    assert.equal((await aliyunProvider(at).find())?.accessKey.securityToken, 'token');
  });

  for (const mode of ['CloudSSO', 'OAuth']) {
    it(`mode ${mode} takes the cached token while it is good, and then names the command that renews it`, async () => {
      const at = await world();
      const cached = (sts_expiration: number) =>
        at.aliyun({ name: 'sso', mode, ...AK, sts_token: 'token', sts_expiration });
      cached(at.clock.now() / 1000 + 60);
      const found = await aliyunProvider(at).find();
      assert.deepEqual([found?.accessKey.securityToken, found?.validForMs], ['token', 60_000]);
      cached(at.clock.now() / 1000 - 1);
      await assert.rejects(aliyunProvider(at).find(), (error: MmaiError) => {
        assert.equal(error.exitCode, 3);
        assert.match(error.hint?.(en) ?? '', new RegExp(`aliyun configure --profile sso --mode ${mode}"`));
        return true;
      });
    });
  }

  it("mode OIDC sends no token from a file that another user's profile names: it may be any file, and the server that user's", async () => {
    const at = await world();
    const names = {
      oidc_provider_arn: PROVIDER_ARN,
      oidc_token_file: at.write('private', 'mine'),
      ram_role_arn: ROLE_ARN,
    };
    const path = at.aliyun({ name: 'o', mode: 'OIDC', ...names, sts_endpoint: at.double.url });
    const isForeign = async (file?: string) => file === path;
    await assert.rejects(aliyunProvider({ ...at, isForeign }).find(), {
      exitCode: 3,
      message: /its oidc_token_file is not used, since another user can change the file/,
    });
    assert.deepEqual(at.requests, []);
  });

  it('RamRoleArn sends session, duration, external id and the token of its key', async () => {
    const at = await world();
    const more = { ram_session_name: 'ci-7', expired_seconds: 900, external_id: 'x/y', sts_token: 'tok+en' };
    const role = { name: 'r', mode: 'RamRoleArn', ...AK, ...more, ram_role_arn: ROLE_ARN, sts_endpoint: at.double.url };
    at.aliyun(role);
    assert.ok(await aliyunProvider(at).find());
    const { parameters } = at.double.requests[0]!;
    assert.deepEqual(
      ['RoleSessionName', 'DurationSeconds', 'ExternalId', 'SecurityToken'].map((name) => parameters[name]),
      ['ci-7', '900', 'x/y', 'tok+en'],
    );
  });

  it('ALIBABA_CLOUD_ROLE_SESSION_NAME names the session where the profile does not, else it is mmai', async () => {
    const names = [];
    for (const env of [{ ALIBABA_CLOUD_ROLE_SESSION_NAME: 'job-9' }, {}]) {
      const at = await world({}, env);
      const role = { name: 'r', mode: 'RamRoleArn', ...AK, ram_role_arn: ROLE_ARN, sts_endpoint: at.double.url };
      at.aliyun(role);
      await aliyunProvider(at).find();
      names.push(at.double.requests[0]?.parameters.RoleSessionName);
    }
    assert.deepEqual(names, ['job-9', 'mmai']);
  });

  it('an empty profile, as aliyun-cli makes it, offers nothing; a file without profiles neither', async () => {
    const at = await world();
    at.aliyun({ name: 'default', mode: 'AK', access_key_id: '', access_key_secret: '' });
    assert.equal(await aliyunProvider(at).find(), undefined);
    at.aliyun();
    assert.equal(await aliyunProvider(at).find(), undefined);
  });

  it('learns the offset of a clock that is off from STS, and asks once more', async () => {
    const at = await world();
    const slow = await credentialDeps({ clock: { ...at.clock, now: () => at.clock.now() - 2 * HOUR } });
    slow.aliyun({ name: 'r', mode: 'RamRoleArn', ...AK, ram_role_arn: ROLE_ARN, sts_endpoint: at.double.url } as {
      name: string;
    });
    const found = await aliyunProvider(slow).find();
    assert.deepEqual([found?.accessKey, found?.validForMs], [issuedKey(1), HOUR]);
    assert.equal(at.double.requests.length, 2);
  });

  it('asks again after a passing failure', async () => {
    let failures = 2;
    const at = await world({
      instead: () => (failures-- > 0 ? { status: 503, body: '{"Code":"ServiceUnavailable"}' } : undefined),
    });
    at.aliyun({ name: 'r', mode: 'CredentialsURI', credentials_uri: `${at.double.url}/uri` });
    assert.deepEqual((await aliyunProvider(at).find())?.accessKey, issuedKey(1));
  });
});
