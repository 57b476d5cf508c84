import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { chooseSpeech } from '../src/language.ts';
import { fakeDeps } from './support/deps.ts';
import { chinese, mmaiInProcess } from './support/in-process.ts';
import { mmai, temporaryDirectory } from './support/mmai.ts';

it('config check and config list answer in Chinese, but for names and what is quoted', async () => {
  for (const args of [
    ['config', 'check', '--simulate', '2'],
    ['config', 'list', '--show-origin'],
  ]) {
    const { code, stdout } = await mmaiInProcess(args, chinese);
    assert.equal(code, 0);
    assert.doesNotMatch(stdout, /\b(no|port|from|default|with|is|ok)\b/i);
  }
});

describe('the language', { concurrency: 4 }, () => {
  const ways: [string, string[], Record<string, string>, 'zh' | 'en'][] = [
    ['--lang before the command', ['--lang', 'zh', 'status'], {}, 'zh'],
    ['--lang after it, over MMAI_LANG', ['status', '--lang=en'], { MMAI_LANG: 'zh' }, 'en'],
    ['MMAI_LANG over the locale', ['status'], { MMAI_LANG: 'en', LC_ALL: 'zh_CN.UTF-8' }, 'en'],
    ['LC_ALL over LC_MESSAGES', ['status'], { LC_ALL: 'C', LC_MESSAGES: 'zh_CN.UTF-8' }, 'en'],
    ['LC_MESSAGES over LANG', ['status'], { LC_MESSAGES: 'zh_CN.UTF-8', LANG: 'en_US.UTF-8' }, 'zh'],
    ['LANG', ['status'], { LANG: 'zh_TW.UTF-8' }, 'zh'],
    ['English without any', ['status'], {}, 'en'],
    ['English where the locale names GBK', ['status'], { LC_ALL: 'zh_CN.GBK' }, 'en'],
    ['English where the locale names GB18030', ['status'], { LANG: 'zh_CN.GB18030' }, 'en'],
    ['English where the locale is GBK by convention', ['status'], { LANG: 'zh_CN' }, 'en'],
    ['English where the locale is Big5 by convention', ['status'], { LANG: 'zh_TW' }, 'en'],
    ['English where the character set is that of LC_CTYPE', ['status'], { LC_CTYPE: 'C', LANG: 'zh_CN.UTF-8' }, 'en'],
    ['Chinese where the locale names no character set', ['status'], { LANG: 'zh' }, 'zh'],
    ['MMAI_LANG over a character set', ['status'], { MMAI_LANG: 'zh', LC_ALL: 'zh_CN.GBK' }, 'zh'],
    ['--lang over a character set', ['status', '--lang', 'zh'], { LC_ALL: 'C' }, 'zh'],
    ['a variable with a carriage return from a CRLF file', ['status'], { MMAI_LANG: 'zh\r' }, 'zh'],
  ];
  it('is chosen by the config, over the locale', async () => {
    const env = { MMAI_CONFIG_DIR: join(temporaryDirectory(), 'config'), LANG: 'C' };
    await mmaiInProcess(['config', 'set', 'language', 'zh'], { env });
    assert.match((await mmaiInProcess(['status'], { env })).stderr, /未指定任务 ID/);
  });

  it('is that of the profile in use, however it is selected', async () => {
    const env = { MMAI_CONFIG_DIR: join(temporaryDirectory(), 'config') };
    await mmaiInProcess(['config', 'set', 'language', 'en'], { env });
    await mmaiInProcess(['config', 'set', 'language', 'zh', '--profile', 'work'], { env });
    const work = { ...env, MMAI_PROFILE: 'work' };
    for (const [args, given, expected] of [
      [['status'], env, /no task ID given/],
      [['status'], work, /未指定任务 ID/],
      [['status', '--profile=work'], env, /未指定任务 ID/],
      [['--profile', 'default', 'status'], work, /no task ID given/],
    ] as const) {
      assert.match((await mmaiInProcess(args, { env: given })).stderr, expected);
    }
  });

  for (const [name, args, env, expected] of ways) {
    it(`is chosen by ${name}`, async () => {
      const { stderr } = await mmaiInProcess(args, { env });
      assert.match(stderr, expected === 'zh' ? /未指定任务 ID/ : /no task ID given/);
    });
  }

  it('is that of a flag or a variable without a look at the config file, whose home may hang', async () => {
    let looks = 0;
    const store = async () => assert.fail(`look ${++looks}`);
    for (const [lang, env] of [
      ['zh', {}],
      [undefined, { MMAI_LANG: 'zh' }],
    ] as const) {
      const speech = await chooseSpeech({ lang, profile: undefined }, fakeDeps({ env, store }));
      assert.equal(speech.language, 'zh');
    }
    assert.equal(looks, 0);
  });

  it('is that of the system where no variable says one, as on Windows', async () => {
    const speech = (systemLocale: string, env = {}) =>
      chooseSpeech({ lang: undefined, profile: undefined }, fakeDeps({ env, systemLocale: () => systemLocale }));
    assert.deepEqual(await speech('zh-CN'), { language: 'zh', isAscii: false });
    assert.deepEqual(await speech('zh-CN', { LANG: 'en_US.UTF-8' }), { language: 'en', isAscii: false });
  });

  it('keeps to ASCII where the locale has no UTF-8', async () => {
    const args = ['watch', '1', '--simulate', '0,2', '--interval', '100ms', '--progress', 'plain'];
    for (const env of [{ LC_ALL: 'C' }, { LANG: 'POSIX' }, { LANG: 'de_DE.ISO-8859-1' }, { LC_ALL: 'zh_CN.GBK' }]) {
      const { stderr } = await mmaiInProcess(args, { env });
      assert.match(stderr, /submitting -> succeeded/);
      assert.match(stderr, /^[\n\x20-\x7e]*$/);
    }
    const { stderr } = await mmaiInProcess(args);
    assert.match(stderr, /submitting → succeeded/);
  });

  it('keeps the command to resume a wait as it was typed, quotation marks too', async () => {
    const script = '3(x’ … “y”),1:1h';
    const args = ['watch', '1', '--simulate', `1:1h,${script}`, '--timeout', '300ms', '-i', '200ms'];
    const { stderr } = await mmaiInProcess(args, { env: { LC_ALL: 'C' } });
    assert.ok(stderr.includes(`\n  mmai watch 1 --simulate '1:1h,${script}' `), stderr);
  });
});

it('mmai help ends well as a process too, like mmai --help', async () => {
  for (const args of [['help'], ['help', '--lang', 'zh'], ['help', '-h'], ['--help']]) {
    const { code, stdout } = await mmai(args);
    assert.deepEqual([code, stdout !== ''], [0, true], args.join(' '));
  }
});
