import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { runConfigCheck } from '../../src/commands/config/check.ts';
import type { ServiceOptions } from '../../src/commands/shared/options.ts';
import { NetworkError } from '../../src/core/rpc/transport.ts';
import type { CommandDeps } from '../../src/deps.ts';
import { createTransport } from '../../src/io/net/transport.ts';
import { fakeClock } from '../support/clock.ts';
import { refusingPort } from '../support/dead-port.ts';
import { fakeDeps } from '../support/deps.ts';
import { sandbox, temporaryDirectory, testKey } from '../support/mmai.ts';
import { type Certificate, caFile, proxyServer, rawServer, silentServer, tlsServer } from '../support/network.ts';

const KEY = {
  ALIBABA_CLOUD_ACCESS_KEY_ID: testKey.accessKeyId,
  ALIBABA_CLOUD_ACCESS_KEY_SECRET: testKey.accessKeySecret,
  ALIBABA_CLOUD_ECS_METADATA_DISABLED: 'true',
};

interface Row {
  readonly step: string;
  readonly state: string;
  readonly detail: string;
  readonly ms: number | null;
  readonly hint: string | null;
}

/** Runs the check with the real transport over loopback; its document. */
async function check(options: ServiceOptions, env: Record<string, string> = {}, overrides: Partial<CommandDeps> = {}) {
  const deps = fakeDeps({
    env: { ...KEY, ...env },
    transport: ({ caFile }, observe) =>
      createTransport({ caFile, env: { ...env }, now: () => performance.now(), observe }),
    ...overrides,
  });
  const code = await runConfigCheck({ json: true, ...options }, deps);
  const document = JSON.parse(deps.stdout.text());
  assert.equal(document.exitCode, code);
  assert.equal(document.ok, code === 0);
  assert.equal(deps.stderr.text(), '');
  const row = (step: string): Row => document.steps.find((found: Row) => found.step === step);
  const states = Object.fromEntries(document.steps.map(({ step, state }: Row) => [step, state]));
  return { code, document, row, states, text: deps.stdout.text() };
}

/** The sandbox on the clock of the check, with https in front of it if wanted. */
async function service(script: string, { offsetMs = 0, certificate = 'server' as Certificate } = {}) {
  // In the middle of a second: `Date` has whole ones, and the check takes their middle.
  const clock = fakeClock(Date.parse('2023-03-13T08:34:30.500Z'));
  const { url } = await sandbox({ script, now: () => clock.now() + offsetMs });
  return { clock, url, port: await tlsServer(url, certificate) };
}

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

describe('mmai config check', () => {
  it('tells every step of a way that works, with times, and masks the key', async () => {
    const { clock, port } = await service('2');
    const { code, row, states, text } = await check(
      { endpoint: `https://localhost:${port}`, caFile },
      { ALIBABA_CLOUD_ACCESS_KEY_ID: 'test-key-id' },
      { clock },
    );
    assert.equal(code, 0);
    assert.deepEqual(Object.keys(states), [
      ...['profile', 'credentials', 'region', 'endpoint', 'proxy', 'dns', 'tcp', 'tls'],
      ...['answer', 'clock', 'signature', 'permission'],
    ]);
    assert.ok(Object.values(states).every((state) => state === 'ok'));
    for (const step of ['credentials', 'dns', 'tcp', 'tls', 'answer']) assert.equal(typeof row(step).ms, 'number');
    assert.match(row('credentials').detail, /^AccessKey \*+, from environment variables/);
    assert.equal(row('region').detail, 'cn-beijing (default)');
    assert.match(row('endpoint').detail, /\(--endpoint\)$/);
    assert.match(row('proxy').detail, /no proxy \(loopback\)/);
    assert.match(row('tls').detail, /^TLSv1\.3 with localhost/);
    assert.match(row('permission').detail, /"succeeded"/);
    assert.doesNotMatch(text, /test-key-secret|test-key-id/);
  });

  it('tells the proxy and the tunnel through it', async () => {
    const { clock, port } = await service('2');
    const proxy = await proxyServer({ port });
    const env = { HTTPS_PROXY: `http://me:canary@${proxy.host}` };
    const { code, row, states, text } = await check({ caFile }, env, { clock });
    assert.equal(code, 0);
    assert.match(row('endpoint').detail, /^https:\/\/multimediaai\.cn-beijing\.aliyuncs\.com \(from the region\)/);
    assert.match(row('proxy').detail, new RegExp(`through proxy ${proxy.host} \\(HTTPS_PROXY\\)`));
    assert.equal(states.tunnel, 'ok');
    assert.doesNotMatch(text, /canary/);
  });

  const accepted: [string, string][] = [
    ['a task that does not exist', '404'],
    ['a task that failed', '3'],
  ];
  for (const [name, script] of accepted) {
    it(`counts ${name} as accepted`, async () => {
      const { clock, url } = await service(script);
      const { code, states } = await check({ endpoint: url }, {}, { clock });
      assert.equal(code, 0);
      assert.equal(states.permission, 'ok');
    });
  }

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
    assert.match(row('credentials').hint ?? '', /config init/);
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

  it('says which places came before the one that has the key, and that no profile is stored yet', async () => {
    const { clock, url } = await service('2');
    const env = { ALIBABA_CLOUD_ACCESS_KEY_ID: '', ALIBABA_CLOUD_ACCESS_KEY_SECRET: '' };
    const home = temporaryDirectory();
    mkdirSync(join(home, '.aliyun'));
    const key = { access_key_id: testKey.accessKeyId, access_key_secret: testKey.accessKeySecret };
    writeFileSync(
      join(home, '.aliyun/config.json'),
      JSON.stringify({ current: 'a', profiles: [{ name: 'a', ...key }] }),
    );
    const { code, document, row } = await check({ endpoint: url }, env, { clock, home: () => home });
    assert.equal(code, 0);
    assert.match(row('profile').detail, /^default, not yet in .*config\.json$/);
    assert.match(row('credentials').detail, /from profile "a" \(AK\) of aliyun-cli's/);
    assert.equal(document.steps.filter(({ step }: Row) => step === 'place').length, 3);
  });

  it('takes a profile that only aliyun-cli has for a mistake, and says what to write', async () => {
    const home = temporaryDirectory();
    mkdirSync(join(home, '.aliyun'));
    const profiles = [
      { name: 'sts', mode: 'AK' },
      { name: '$(id)', mode: 'AK' },
    ];
    writeFileSync(join(home, '.aliyun/config.json'), JSON.stringify({ profiles }));
    const { code, row } = await check({ profile: 'sts' }, {}, { home: () => home });
    assert.equal(code, 2);
    const odd = await check({ profile: '$(id)' }, {}, { home: () => home, platform: 'linux' });
    assert.match(odd.row('profile').hint ?? '', /import --profile '\$\(id\)'".*ALIBABA_CLOUD_PROFILE='\$\(id\)' /);
    assert.match(row('profile').hint ?? '', /aliyun-cli has a profile "sts".*config import.*ALIBABA_CLOUD_PROFILE=sts/);
  });

  const offsets: [string, number, string, string][] = [
    ['says nothing of a second', 1000, 'ok', 'within 2s of the service'],
    ['tells a small offset', -60_000, 'ok', '1m ahead of the service'],
    ['warns above five minutes', 600_000, 'warning', '10m behind the service'],
    ['warns of an offset that has to be learned', 3_600_000, 'warning', '1h behind the service'],
  ];
  for (const [name, offsetMs, state, detail] of offsets) {
    it(`${name}: ${offsetMs} ms`, async () => {
      const { clock, url } = await service('2', { offsetMs });
      const { code, row } = await check({ endpoint: url }, {}, { clock });
      assert.equal(code, 0);
      assert.deepEqual([row('clock').state, row('clock').detail], [state, detail]);
    });
  }

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

  it('shows a spinner at a terminal while the service does not answer', async () => {
    const drawn: string[] = [];
    const clock = fakeClock();
    const send = async () => {
      await clock.sleep(10_000);
      throw new NetworkError('Timeout', 'no answer');
    };
    const deps = fakeDeps({
      ...{ env: KEY, clock, transport: async () => ({ send, renew() {}, close() {} }) },
      live: async (view) => {
        drawn.push(...view.lines({ columns: 80, rows: 24, hasKeys: false, frame: '⠋' }));
        return { stop() {}, isDrawing: () => true };
      },
    });
    assert.equal(await runConfigCheck({}, { ...deps, stderr: { ...deps.stderr, isTerminal: true } }), 4);
    assert.match(drawn.join(), /^⠋ checking · \d+s$/);
  });

  it('has the exit code of the signal that ends it, as the process has', async () => {
    const controller = new AbortController();
    const send = async () => {
      controller.abort(143);
      throw new NetworkError('Aborted', 'stopped');
    };
    const { code, document } = await check(
      {},
      {},
      { signal: controller.signal, transport: async () => ({ send, renew() {}, close() {} }) },
    );
    assert.deepEqual([code, document.exitCode, document.ok], [143, 143, false]);
  });

  it('is a table for people, and needs nothing for a simulation', async () => {
    const deps = fakeDeps({
      transport: ({ caFile }, observe) => createTransport({ caFile, env: {}, now: () => 0, observe }),
    });
    assert.equal(await runConfigCheck({ simulate: 'forbidden' }, deps), 3);
    assert.match(deps.stdout.text(), /^ok {6}credentials {2}AccessKey \*+, from the simulation$/m);
    assert.match(deps.stdout.text(), /^failed {2}permission {3}Forbidden\.RAM.*\n {8}hint: grant it/m);
  });
});
