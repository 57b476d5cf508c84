import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { mmaiInProcess } from './support/in-process.ts';
import { sandbox, temporaryDirectory } from './support/mmai.ts';
import { outputOf } from './support/output-of.ts';

describe('--dry-run', { concurrency: 4 }, () => {
  it('sends nothing', async () => {
    const { env, requestCount } = await sandbox();
    const { code, stdout } = await mmaiInProcess(['status', '1', '2', '--dry-run'], { env });
    assert.equal(code, 0);
    assert.equal(stdout.match(/^GET http:.*TaskId=[12]&/gm)?.length, 2);
    assert.equal(requestCount(), 0);
  });

  for (const form of ['--dry-run', '--dry-run=curl', '--dry-run=node']) {
    it(`${form} looks for no key, which a newcomer has not and a role would be asked for`, async () => {
      const { code, stdout, stderr } = await mmaiInProcess(['status', '123', form, '--debug']);
      assert.deepEqual([code, stderr], [0, '']);
      assert.match(stdout, /multimediaai\.cn-beijing\.aliyuncs\.com/);
    });
  }

  it('explains its scripts in the language of the user', async () => {
    for (const form of ['curl', 'node']) {
      const { stdout } = await mmaiInProcess(['status', '123', `--dry-run=${form}`, '--format=xml', '--lang=zh']);
      assert.match(stdout, /^(#|\/\/) .*\p{Script=Han}/mu, form);
    }
  });

  it('describes the requests as JSON where JSON is asked for', async () => {
    const { code, stdout } = await mmaiInProcess(['status', '1', '2', '--dry-run', '--json', '--method', 'post']);
    const { requests } = JSON.parse(stdout);
    assert.equal(code, 0);
    assert.deepEqual(
      requests.map(({ method, url }: { method: string; url: string }) => [method, url]),
      [
        ['POST', 'https://multimediaai.cn-beijing.aliyuncs.com/'],
        ['POST', 'https://multimediaai.cn-beijing.aliyuncs.com/'],
      ],
    );
    assert.match(requests[1].body, /&TaskId=2&.*&Signature=\*{8}$/);
  });

  for (const more of [
    ...[[], ['--method', 'post'], ['--format', 'xml'], ['--signature', 'acs3']],
    ['--signature', 'acs3', '--method', 'post', '--format', 'xml'],
  ]) {
    it(`=curl prints a script that works as it is pasted (${more.join(' ') || 'get, json'})`, async () => {
      const { env } = await sandbox({ script: '2' });
      const { stdout } = await mmaiInProcess(['status', '123', '--dry-run=curl', ...more], { env });
      assert.match(await outputOf('sh', ['-c', stdout], env), more.includes('xml') ? /<Status>2</ : /"Status":2/);
    });
  }

  for (const more of [[], ['--method', 'post'], ['--signature', 'acs3']]) {
    it(`=curl signs with a token, and puts nothing secret into an argument, which other users see (${more.join(' ')})`, async () => {
      const key = { accessKeyId: 'id', accessKeySecret: 'canary secret%$`"', securityToken: 'canary+token/==' };
      const { env } = await sandbox({ script: '2', accessKeys: [key] });
      const { stdout } = await mmaiInProcess(['status', '123', '--dry-run=curl', ...more], { env });
      const log = join(temporaryDirectory(), 'arguments');
      const logged = ['curl', 'openssl', 'od', 'sed', 'tr', 'cat'].map(
        (name) => `${name}() { printf '%s\\n' "${name} $*" >> '${log}'; command ${name} "$@"; }\n`,
      );
      const variables = {
        ALIBABA_CLOUD_ACCESS_KEY_ID: key.accessKeyId,
        ALIBABA_CLOUD_ACCESS_KEY_SECRET: key.accessKeySecret,
        ALIBABA_CLOUD_SECURITY_TOKEN: key.securityToken,
      };
      assert.match(await outputOf('sh', ['-c', logged.join('') + stdout], variables), /"Status":2/);
      const seen = readFileSync(log, 'utf8');
      assert.match(seen, /^curl .* -K -$/m);
      assert.doesNotMatch(seen, /canary|Signature=/);
    });
  }

  it('=curl trusts the CA file that mmai trusts', async () => {
    for (const signature of ['v1', 'acs3']) {
      const flags = ['--dry-run=curl', '--ca-file', "o'ur $(ca).pem", '--signature', signature];
      const { stdout } = await mmaiInProcess(['status', '123', ...flags]);
      assert.match(stdout, /^curl -sS --cacert 'o'\\''ur \$\(ca\)\.pem' "https:/m);
    }
  });

  it('=node prints a script for the official SDK that works', async () => {
    const { env } = await sandbox({ script: '2' });
    const { stdout } = await mmaiInProcess(['status', '123', '--dry-run=node'], { env });
    for (const type of ['module', 'commonjs']) {
      assert.match(await outputOf(process.execPath, [`--input-type=${type}`, '-e', stdout], env), /Status: 2/);
    }
  });
});
