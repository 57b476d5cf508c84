import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { runConfigCheck } from '../../src/commands/config/check.ts';
import { NetworkError } from '../../src/core/rpc/transport.ts';
import { createTransport } from '../../src/io/net/transport.ts';
import { plainStyle } from '../../src/io/terminal/style.ts';
import { fakeClock } from '../support/clock.ts';
import { check, KEY, type Row, service } from '../support/config-check.ts';
import { fakeDeps } from '../support/deps.ts';
import { temporaryDirectory, testKey } from '../support/mmai.ts';
import { caFile, proxyServer } from '../support/network.ts';
import { fakeTransport, succeeded } from '../support/transport.ts';

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
      { name: '\u001b[2J', mode: 'AK' },
    ];
    writeFileSync(join(home, '.aliyun/config.json'), JSON.stringify({ profiles }));
    const { code, row } = await check({ profile: 'sts' }, {}, { home: () => home });
    assert.equal(code, 2);
    const odd = await check({ profile: '$(id)' }, {}, { home: () => home, platform: 'linux' });
    const obeyed = await check({ profile: '\u001b[2J' }, {}, { home: () => home });
    assert.match(obeyed.row('profile').detail, /^profile "\\u\{1b\}\[2J" does not exist/);
    assert.match(obeyed.row('profile').hint ?? '', /aliyun-cli has a profile "\\u\{1b\}\[2J"/);
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

  it('warns where the response does not say what time it is', async () => {
    const { transport } = fakeTransport(succeeded);
    const { row } = await check({}, {}, { transport: async () => transport });
    assert.deepEqual([row('clock').state, row('clock').detail], ['warning', 'the response has no Date header']);
  });

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

  it('is in color as --color says, where another flag is wrong, too', async () => {
    const colors: string[] = [];
    const style = async (_: unknown, color: string) => {
      colors.push(color);
      return plainStyle;
    };
    assert.equal(await runConfigCheck({ region: 'A B', color: 'always' }, fakeDeps({ style })), 2);
    assert.deepEqual(colors, ['always']);
  });

  it('has no blanks at the end of a row without a detail', async () => {
    const { transport } = fakeTransport(new NetworkError('ConnectionRefused', 'refused'));
    const deps = fakeDeps({ env: KEY, transport: async () => transport });
    assert.equal(await runConfigCheck({}, deps), 4);
    assert.match(deps.stdout.text(), /^skipped {2}clock$/m);
  });

  for (const output of ['json', 'ndjson', 'tsv']) {
    it(`is one JSON document where MMAI_OUTPUT is ${output}, as of every command without that form`, async () => {
      const deps = fakeDeps({ env: { MMAI_OUTPUT: output } });
      await runConfigCheck({ simulate: '2' }, deps);
      assert.equal(JSON.parse(deps.stdout.text()).steps[0].step, 'profile');
    });
  }
});
