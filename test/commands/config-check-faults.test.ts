import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { runConfigCheck } from '../../src/commands/config/check.ts';
import type { ServiceOptions } from '../../src/commands/shared/options.ts';
import { NetworkError } from '../../src/core/rpc/transport.ts';
import type { CommandDeps } from '../../src/deps.ts';
import { createTransport } from '../../src/io/net/transport.ts';
import { check, type Row, service } from '../support/config-check.ts';
import { refusingPort } from '../support/dead-port.ts';
import { fakeDeps } from '../support/deps.ts';
import { temporaryDirectory } from '../support/mmai.ts';
import { caFile, proxyServer, rawServer, silentServer, tlsServer } from '../support/network.ts';
import { answer } from '../support/transport.ts';

/** The real transport, but its time is up as soon as `written` resolves: no test waits for a real limit. */
function timesOut(written: Promise<void>): CommandDeps['transport'] {
  return async ({ caFile }, observe) => {
    const transport = await createTransport({ caFile, env: {}, now: () => performance.now(), observe });
    const timeout = written.then(() => Promise.reject(new NetworkError('Timeout', 'no answer within the limit')));
    return {
      ...transport,
      send: (request) => Promise.race([transport.send({ ...request, timeoutMs: 60_000 }), timeout]),
    };
  };
}

const skipped = { clock: 'skipped', signature: 'skipped', permission: 'skipped' };

describe('mmai config check, where something is wrong', () => {
  it('exits 3 at the permission, the signature being accepted', async () => {
    const { clock, url } = await service('forbidden');
    const { code, row, states } = await check({ endpoint: url }, {}, { clock });
    assert.equal(code, 3);
    assert.equal(states.signature, 'ok');
    assert.match(row('permission').detail, /Forbidden\.RAM.*[^.]; .*; request ID: \S{36}$/);
    assert.match(row('permission').hint ?? '', /AliyunMultimediaAIReadOnlyAccess/);
  });

  it('exits 3 at a signature that is not accepted', async () => {
    const { clock, url } = await service('2');
    const env = { ALIBABA_CLOUD_ACCESS_KEY_SECRET: 'canary' };
    const { code, row, states, text } = await check({ endpoint: url }, env, { clock });
    assert.equal(code, 3);
    assert.deepEqual([states.clock, states.signature, states.permission], ['ok', 'failed', 'skipped']);
    assert.match(row('signature').hint ?? '', /access-key-secret/);
    assert.doesNotMatch(text, /canary/);
  });

  it('exits 3 without credentials, with a line for each place that was searched and what is switched off', async () => {
    const env = { ALIBABA_CLOUD_ACCESS_KEY_ID: '', ALIBABA_CLOUD_ACCESS_KEY_SECRET: '' };
    const { code, row, document } = await check({}, env);
    assert.equal(code, 3);
    assert.equal(row('credentials').detail, 'no credentials found');
    assert.match(row('credentials').hint ?? '', /^run "mmai config init".*_SECRET$/);
    assert.equal(document.steps.at(-1).step, 'credentials');
    const places = document.steps.filter(({ step }: Row) => step === 'place');
    assert.deepEqual(
      places.map(({ state, detail }: Row) => [state, detail.replace(/ .*\//, ' …/')]),
      [
        'environment variables ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET',
        'environment variables ALIBABA_CLOUD_ROLE_ARN, ALIBABA_CLOUD_OIDC_PROVIDER_ARN and ALIBABA_CLOUD_OIDC_TOKEN_FILE',
        'profile "default"',
        "aliyun-cli's …/config.json",
        'credentials …/credentials',
        'the URI in ALIBABA_CLOUD_CREDENTIALS_URI',
        'ECS instance metadata (disabled by ALIBABA_CLOUD_ECS_METADATA_DISABLED)',
      ].map((place) => ['absent', place]),
    );
  });

  it('says of a file that cannot be read that it cannot, as every command does', async () => {
    const home = temporaryDirectory();
    mkdirSync(join(home, '.aliyun', 'config.json'), { recursive: true });
    const deps = fakeDeps({ home: () => home, env: { ALIBABA_CLOUD_ECS_METADATA_DISABLED: 'true' } });
    assert.equal(await runConfigCheck({}, deps), 3);
    // Beside it there may be heartbeats: files are read while the virtual clock runs.
    const warnings = deps.stderr
      .text()
      .split('\n')
      .filter((line) => line.startsWith('warning'));
    assert.equal(warnings.length, 1);
    assert.match(warnings[0]!, /^warning: cannot read aliyun-cli's .*config\.json: EISDIR$/);
  });

  it('exits 4 at a host name that nothing resolves in time', async () => {
    const transport: CommandDeps['transport'] = async (_, observe) => ({
      async send() {
        observe?.({ step: 'proxy', detail: () => 'none', ms: 0 });
        throw new NetworkError('Timeout', 'no answer');
      },
      renew() {},
      close() {},
    });
    const { code, states } = await check({}, {}, { transport });
    assert.equal(code, 4);
    assert.deepEqual([states.proxy, states.dns, states.tcp], ['ok', 'failed', undefined]);
  });

  it('exits 4 at a connection that is refused, though one to the issuer of the AccessKey was made', async () => {
    const transport: CommandDeps['transport'] = async (_, observe) => ({
      async send({ url }) {
        observe?.({ step: 'proxy', detail: () => 'none', ms: 0 });
        if (!url.startsWith('http://127.0.0.1:1/')) throw new NetworkError('ConnectionRefused', 'refused');
        observe?.({ step: 'tcp', detail: () => 'made', ms: 1 });
        return answer(200, { AccessKeyId: 'a', AccessKeySecret: 'b', SecurityToken: 'c' });
      },
      renew() {},
      close() {},
    });
    const none = { ALIBABA_CLOUD_ACCESS_KEY_ID: '', ALIBABA_CLOUD_ACCESS_KEY_SECRET: '' };
    const env = { ...none, ALIBABA_CLOUD_CREDENTIALS_URI: 'http://127.0.0.1:1/key' };
    const { code, states } = await check({}, env, { transport });
    assert.equal(code, 4);
    assert.deepEqual([states.credentials, states.tcp, states.answer], ['ok', 'failed', undefined]);
  });

  it('exits 4 at a clock that is days off', async () => {
    const { clock, url } = await service('2', { offsetMs: 3 * 86_400_000 });
    const { code, states } = await check({ endpoint: url }, {}, { clock });
    assert.equal(code, 4);
    assert.deepEqual([states.answer, states.clock, states.signature], ['ok', 'failed', 'skipped']);
  });

  type Broken = [name: string, step: string, make: () => Promise<ServiceOptions>, detail: RegExp];

  const local = (scheme: string, port: number) => ({ endpoint: `${scheme}://localhost:${port}`, caFile });

  const broken: Broken[] = [
    ['nobody listens', 'tcp', async () => local('http', await refusingPort()), /ConnectionRefused/],
    ['the certificate has expired', 'tls', async () => local('https', await tlsServer('', 'expired')), /has expired/],
    ['the certificate is of another', 'tls', async () => local('https', await tlsServer('', 'other')), /elsewhere/],
    ['no TLS is spoken', 'tls', async () => local('https', await rawServer('HTTP/1.1 400 No\r\n\r\n')), /Protocol/],
    [
      'the service is in trouble',
      'answer',
      async () => ({ endpoint: (await service('500')).url }),
      /InternalError.*request ID: \S{36}$/,
    ],
    ['a web page answers', 'answer', async () => ({ endpoint: (await service('html')).url }), /HtmlPage/],
  ];

  for (const [name, step, make, detail] of broken) {
    it(`exits 4 at ${step} when ${name}, and says what to do`, async () => {
      const { code, row, states } = await check(await make());
      assert.equal(code, 4);
      assert.equal(states[step], 'failed');
      assert.match(row(step).detail, detail);
      assert.match(row(step).hint ?? 'mmai config check', /^(?!.*mmai config check)/);
      assert.deepEqual({ ...states, ...skipped }, states, 'what comes after is skipped');
    });
  }

  const silent: [name: string, scheme: string, step: string][] = [
    ['nobody answers the handshake', 'https', 'tls'],
    ['no answer comes', 'http', 'answer'],
  ];

  for (const [name, scheme, step] of silent) {
    it(`exits 4 at ${step} when ${name}, and says what to do`, async () => {
      let onWritten = () => {};
      const written = new Promise<void>((resolve) => {
        onWritten = resolve;
      });
      const port = await silentServer(() => onWritten());
      const { code, row, states } = await check(local(scheme, port), {}, { transport: timesOut(written) });
      assert.equal(code, 4);
      assert.match(row(step).detail, /Timeout/);
      assert.match(row(step).hint ?? 'mmai config check', /^(?!.*mmai config check)/);
      assert.deepEqual([states.tcp, states[step]], ['ok', 'failed']);
      assert.deepEqual({ ...states, ...skipped }, states, 'what comes after is skipped');
    });
  }

  it('exits 4 at the tunnel when the proxy wants a password', async () => {
    const proxy = await proxyServer({ port: 1, authorization: 'Basic x' });
    const { code, row, states } = await check({ caFile }, { HTTPS_PROXY: `http://me:canary@${proxy.host}` });
    assert.equal(code, 4);
    assert.deepEqual([states.tcp, states.tunnel], ['ok', 'failed']);
    assert.match(
      row('tunnel').detail,
      new RegExp(`ProxyAuthentication: proxy ${proxy.host} \\(HTTPS_PROXY\\) returned HTTP 407`),
    );
  });

  const unusable: [string, ServiceOptions, Record<string, string>, string][] = [
    ['a region that is none', { region: 'A B' }, {}, 'profile'],
    ['a CA file that is not there', { caFile: '/nowhere' }, {}, 'endpoint'],
    ['a proxy variable that is no address', {}, { HTTPS_PROXY: 'socks5://me:canary@p' }, 'proxy'],
  ];

  for (const [name, options, env, step] of unusable) {
    it(`exits 2 at ${step} for ${name}`, async () => {
      const { code, states, text } = await check(options, env);
      assert.equal(code, 2);
      assert.equal(states[step], 'failed');
      assert.doesNotMatch(text, /canary/);
    });
  }
});
