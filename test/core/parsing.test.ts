import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { resolveSettings } from '../../src/core/config/settings.ts';
import { serviceOrigin } from '../../src/core/origin.ts';
import { parseTaskId, taskState } from '../../src/core/task.ts';
import { MmaiError } from '../../src/errors.ts';
import { en } from '../../src/locales/en/messages.ts';
import { zh } from '../../src/locales/zh/messages.ts';
import { formatDuration, parseDuration } from '../../src/text/duration.ts';
import { visible } from '../../src/text/safe-text.ts';

const usage = { name: 'MmaiError', exitCode: 2 };

describe('a task id', () => {
  for (const good of ['1', '10051344', '9007199254740993', '9223372036854775807']) {
    it(`may be ${good}, digit by digit`, () => assert.equal(parseTaskId(good), good));
  }
  for (const bad of [
    '',
    '0',
    '-1',
    '01',
    '1.0',
    '1e3',
    '0x10',
    ' 1',
    '9223372036854775808',
    '99999999999999999999',
    'abc',
    '１',
  ]) {
    it(`may not be "${bad}"`, () => assert.throws(() => parseTaskId(bad), usage));
  }
  it('that is no task id is quoted to 80 characters', () => {
    assert.throws(
      () => parseTaskId('9'.repeat(100_000)),
      ({ message }: Error) => message.length < 200,
    );
  });
});

describe('a duration', () => {
  const good: [string, number][] = [
    ['90', 90_000],
    ['1.5', 1500],
    ['90s', 90_000],
    ['10m', 600_000],
    ['1h30m', 5_400_000],
    ['1.5h', 5_400_000],
    ['0.03s', 30],
    ['500ms', 500],
    ['1m0s', 60_000],
    ['0', Number.POSITIVE_INFINITY],
    ['0s', Number.POSITIVE_INFINITY],
    ['none', Number.POSITIVE_INFINITY],
  ];
  for (const [text, ms] of good) it(`"${text}" is ${ms} ms`, () => assert.equal(parseDuration(text, '--timeout'), ms));
  for (const bad of ['', '-1', '1x', 's', '1m1h', '1 h', '9999999999h', 'infinity', '1.m', '.5s', '1.2.3', '0.4ms']) {
    it(`"${bad}" is refused, flag and value named`, () => {
      assert.throws(() => parseDuration(bad, '--timeout'), { ...usage, message: new RegExp(`--timeout: "${bad}"`) });
    });
  }
  it('is shown as a person reads it', () => {
    assert.deepEqual([1, 5, 0].map(formatDuration), ['0.001s', '0.01s', '0s']);
    assert.deepEqual([850, 7000, 92_000, 60_000, 7_500_000, 7_200_000].map(formatDuration), [
      '0.85s',
      '7s',
      '1m32s',
      '1m',
      '2h05m',
      '2h',
    ]);
  });
});

describe('settings', () => {
  const profile = { name: 'work', isNamed: false, values: { region: 'cn-shanghai' } };
  const region = (flags: object, env: object, withProfile = true) => {
    const { values, origins } = resolveSettings(flags, { ...env }, withProfile ? profile : undefined);
    return [values.region, origins.region.from, origins.region.name];
  };
  const all = { MMAI_REGION: 'r-mmai', ALIBABA_CLOUD_REGION_ID: 'r-alibaba' };

  it('come from the flag first', () =>
    assert.deepEqual(region({ region: 'r-flag' }, all), ['r-flag', 'flag', '--region']));
  it('then from MMAI_*', () => assert.deepEqual(region({}, all), ['r-mmai', 'environment', 'MMAI_REGION']));
  it('then from ALIBABA_CLOUD_*', () =>
    assert.deepEqual(region({}, { ...all, MMAI_REGION: '' }), ['r-alibaba', 'environment', 'ALIBABA_CLOUD_REGION_ID']));
  it('in each spelling that a key may have', () => {
    for (const prefix of ['ALIBABA_CLOUD', 'ALIBABACLOUD', 'ALICLOUD']) {
      const name = `${prefix}_REGION_ID`;
      assert.deepEqual(region({}, { [name]: 'r' }), ['r', 'environment', name]);
    }
  });
  it('then from the profile', () => assert.deepEqual(region({}, {}), ['cn-shanghai', 'profile', 'work']));
  it('then from the default', () => assert.deepEqual(region({}, {}, false), ['cn-beijing', 'default', 'default']));

  it('of a profile are named with their profile where they are wrong, in the language of the user', () => {
    const wrong = { name: 'work', isNamed: false, values: { retries: 'abc' } };
    assert.throws(
      () => resolveSettings({}, {}, wrong),
      (error: MmaiError) => {
        assert.match(error.text(en), /^retries of profile "work": "abc"/);
        assert.match(error.text(zh), /^配置“work”的 retries：“abc”/);
        return true;
      },
    );
  });

  const origin = (flags: object) => serviceOrigin(resolveSettings(flags, {}, undefined).values);
  it('give the endpoint by formula', () => {
    assert.equal(origin({ region: 'cn-hangzhou' }), 'https://multimediaai.cn-hangzhou.aliyuncs.com');
  });
  it('give any other endpoint as a host or an origin', () => {
    assert.equal(origin({ endpoint: 'example.com' }), 'https://example.com');
    assert.equal(origin({ endpoint: 'http://127.0.0.1:8080/' }), 'http://127.0.0.1:8080');
  });

  const bad: [string, object, RegExp][] = [
    ['a region that could name another host', { region: 'evil.com/' }, /--region: "evil.com\/"/],
    ['a region in capitals', { region: 'CN' }, /cn-beijing/],
    ['an endpoint with a path', { endpoint: 'https://h/p' }, /--endpoint: .*"https:\/\/h\/p"/],
    ['an endpoint with a password', { endpoint: 'https://u:p@h' }, /endpoint/],
    ['an endpoint that a shell would run', { endpoint: 'http://a$(id)' }, /endpoint/],
    ['an endpoint with a query', { endpoint: 'h?x' }, /endpoint/],
    ['an endpoint of another scheme', { endpoint: 'ftp://h' }, /endpoint/],
    ['an unknown output', { output: 'yaml' }, /--output: "yaml" is not one of text, json/],
    ['retries that are no number', { retries: 'many' }, /--retries: "many".*0 to 20/],
  ];
  for (const [name, flags, message] of bad) {
    it(`refuse ${name}`, () => assert.throws(() => resolveSettings(flags, {}, undefined), { ...usage, message }));
  }
  it('name the variable that holds a bad value', () => {
    assert.throws(() => resolveSettings({}, { MMAI_RETRIES: 'x' }, undefined), { message: /^MMAI_RETRIES: "x"/ });
  });
});

it('states are words for 0 to 3, and unknown for any other integer', () => {
  assert.deepEqual([0, 1, 2, 3, 4, -1].map(taskState), [
    'submitting',
    'running',
    'succeeded',
    'failed',
    'unknown',
    'unknown',
  ]);
});

it('visible() leaves ordinary text alone, Chinese and emoji too', () => {
  assert.equal(visible('任务 ok 🎬'), '任务 ok 🎬');
});

it('an error speaks English to programs and the user’s language to people', () => {
  const error = new MmaiError(2, (m) => m.usage.noTaskIds);
  assert.match(error.message, /no task ID/);
});
