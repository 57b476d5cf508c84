import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { run } from '../../../src/cli.ts';
import { networkCallError } from '../../../src/core/rpc/call-error.ts';
import { type HttpRequest, type HttpResponse, NetworkError } from '../../../src/core/rpc/transport.ts';
import { en } from '../../../src/locales/en/messages.ts';
import { type FakeClock, fakeClock } from '../../support/clock.ts';
import { fakeDeps } from '../../support/deps.ts';
import { answer, refusal } from '../../support/transport.ts';

const env = {
  ALIBABA_CLOUD_ROLE_ARN: 'acs:ram::1:role/r',
  ALIBABA_CLOUD_OIDC_PROVIDER_ARN: 'acs:ram::1:oidc-provider/p',
  ALIBABA_CLOUD_OIDC_TOKEN_FILE: '/token',
};
const MINUTE = 60_000;

/** Runs the command against STS as it is at each time (ms since the start), and a service whose tasks succeed after `endMs`. */
async function runWith(args: string[], sts: (now: number, clock: FakeClock) => HttpResponse, endMs = 0) {
  const clock = fakeClock();
  const asked: number[] = [];
  const send = async ({ url }: HttpRequest) => {
    await clock.sleep(50);
    if (!url.startsWith('https://sts.'))
      return answer(200, { Status: clock.monotonic() < endMs ? 1 : 2, RequestId: 'r' });
    asked.push(clock.monotonic());
    return sts(clock.monotonic(), clock);
  };
  const transport = { send, renew() {}, close() {} };
  const deps = fakeDeps({
    env,
    clock,
    transport: async () => transport,
    readText: async (path) => (path === '/token' ? 't-o-k-e-n' : undefined),
  });
  const code = await run(args, deps);
  return { code, asked, stdout: deps.stdout.text(), stderr: deps.stderr.text(), ms: clock.monotonic() };
}

const throwing = (kind: ConstructorParameters<typeof NetworkError>[0]) => () => {
  throw new NetworkError(kind, `sts.aliyuncs.com: ${kind}`);
};
/** Good for so long; the double's own clock is not needed, since lifetimes count on the issuer's `Date`. */
const issued = (minutes: number) => {
  const now = Date.parse('2023-03-13T00:00:00Z');
  const key = { AccessKeyId: 'STS.id-of-role', AccessKeySecret: 'role-secret', SecurityToken: 'role-token' };
  const Expiration = new Date(now + minutes * MINUTE).toISOString();
  return answer(200, { Credentials: { ...key, Expiration } }, { date: new Date(now).toUTCString() });
};

describe('a network that fails while a role is assumed', () => {
  it('is told without a character of the path of a file that a terminal would obey', () => {
    const { failure } = networkCallError('Timeout', () => '/h\u001b]0;x\u0007/config.json: no credentials');
    const safe = '/h\\u{1b}]0;x\\u{7}/config.json: no credentials';
    assert.deepEqual([failure.message, failure.text?.(en)], [safe, safe]);
  });

  const failures: [string, string, () => HttpResponse][] = [
    ['STS that is unreachable', 'Network.Unreachable', throwing('Unreachable')],
    ['a proxy that is unreachable', 'Network.Proxy', throwing('Proxy')],
    ['a wrong password of a proxy', 'Network.ProxyAuthentication', throwing('ProxyAuthentication')],
    ['a certificate that is not yet valid', 'Network.CertificateExpired', throwing('CertificateExpired')],
    ['STS that is busy', 'ServiceUnavailable', () => refusal(503, 'ServiceUnavailable')],
  ];
  it('since this process was stopped is tried once more, past the limit, too', async () => {
    let count = 0;
    const { code, asked } = await runWith(['status', '1'], (_, clock) => {
      count += 1;
      if (count > 1) return issued(60);
      clock.stop(12_000);
      throw new NetworkError('Timeout', 'no answer');
    });
    assert.deepEqual([code, asked.length], [0, 2]);
  });

  for (const [title, code, sts] of failures) {
    it(`${title}: exit 4, with the hint of ${code}, within 10 s`, async () => {
      const { code: exitCode, stderr, ms } = await runWith(['status', '1'], sts);
      assert.equal(exitCode, 4);
      assert.match(stderr, new RegExp(`task 1: ${code.replace('.', '\\.')}\\b.*OIDC`));
      assert.match(stderr, new RegExp(`mmai explain ${code}`));
      assert.doesNotMatch(stderr, /RAM|trusts/);
      assert.ok(ms <= 10_000, `${ms} ms`);
    });
  }

  for (const kind of ['Dns', 'ConnectionRefused', 'Protocol', 'BodyTooLarge'] as const) {
    it(`${kind}: no advice about --endpoint, which is another host`, async () => {
      for (const args of [
        ['status', '1'],
        ['status', '1', '--json'],
        ['watch', '1', '--error-budget', '1s'],
      ]) {
        const { code, stdout, stderr } = await runWith(args, throwing(kind));
        assert.equal(code, 4);
        assert.match(stderr, new RegExp(`Network\\.${kind}`));
        assert.doesNotMatch(stdout + stderr, /--endpoint/);
      }
    });
  }

  const ofService: [string, HttpResponse][] = [
    ['Throttling.User', refusal(429, 'Throttling.User')],
    ['InternalError', refusal(500, 'InternalError')],
    // As it does under load.
    ['Network.Throttled', answer(302, '')],
  ];
  for (const [code, response] of ofService) {
    it(`${code}: no advice about the checks of tasks or the support of MultimediaAI, which STS knows nothing of`, async () => {
      const { code: exitCode, stdout, stderr } = await runWith(['status', '1'], () => response);
      assert.equal(exitCode, 4);
      assert.match(stderr, new RegExp(code));
      assert.doesNotMatch(stdout + stderr, /hint:/);
    });
  }

  it('is tried again within the limit', async () => {
    const { code, asked } = await runWith(['status', '1'], (now) =>
      now < 2000 ? throwing('ConnectionReset')() : issued(60),
    );
    assert.equal(code, 0);
    assert.ok(asked.length > 1);
  });

  it('is not waited for by each of a thousand tasks', async () => {
    const ids = Array.from({ length: 1000 }, (_, index) => String(index + 1));
    const { code, ms } = await runWith(['status', ...ids], throwing('Unreachable'));
    assert.equal(code, 4);
    assert.ok(ms <= 10_000, `${ms} ms`);
  });

  it('in the middle of a wait falls under the error budget, and the wait goes on when it is over', async () => {
    const outage = (now: number) => now > 4 * MINUTE && now < 12 * MINUTE;
    const sts = (now: number) => (outage(now) ? throwing('Unreachable')() : issued(10));
    const { code, stdout } = await runWith(['watch', '1', '-o', 'ndjson'], sts, 20 * MINUTE);
    assert.equal(code, 0);
    assert.match(stdout, /"type":"retry".*Network\.Unreachable/);
  });

  it('for longer than the error budget is exit 4, not 3', async () => {
    const sts = (now: number) => (now > 4 * MINUTE ? throwing('Unreachable')() : issued(10));
    const { code } = await runWith(['watch', '1'], sts, 60 * MINUTE);
    assert.equal(code, 4);
  });
});

it('a role that may not be assumed is exit 3, with the advice about roles', async () => {
  const { code, asked, stderr } = await runWith(['status', '1'], () => refusal(403, 'NoPermission'));
  assert.deepEqual([code, asked.length], [3, 1]);
  assert.match(stderr, /refused with NoPermission \(HTTP 403\)/);
});
