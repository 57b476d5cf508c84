import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { Command } from 'commander';
import { chooseSpeech } from '../src/language.ts';
import { en } from '../src/locales/en/messages.ts';
import { zh } from '../src/locales/zh/messages.ts';
import { FAULTS } from '../src/sandbox/script.ts';
import { displayWidth } from '../src/text/width.ts';
import { fakeDeps } from './support/deps.ts';
import { mmaiInProcess } from './support/in-process.ts';
import { mmai, temporaryDirectory } from './support/mmai.ts';
import { commandTree } from './support/tree.ts';

const chinese = { env: { LANG: 'zh_CN.UTF-8' } };

/** The command and all below it. */
function all(command: Command): Command[] {
  return [command, ...command.commands.flatMap(all)].filter((found) => found.name() !== 'complete');
}

describe('help', { concurrency: 4 }, () => {
  it('has no English sentence left in Chinese', async () => {
    for (const command of all(await commandTree(fakeDeps({ messages: zh })))) {
      const help = command.helpInformation();
      assert.doesNotMatch(help, /Usage|Arguments|Options|Commands|default|\[options\]|\[command\]|display|print/);
      // A description is what follows two spaces after its term.
      for (const [line, description] of help.matchAll(/^ {2}\S.*? {2,}(\S.*)$/gm)) {
        assert.match(description!, /[\u4e00-\u9fff]/, `${command.name()}: ${line}`);
      }
    }
  });

  for (const messages of [en, zh]) {
    it(`keeps to 80 columns and to its own, ${messages === zh ? 'in Chinese' : 'in English'}`, async () => {
      for (const command of all(await commandTree(fakeDeps({ messages })))) {
        const lines = command.helpInformation().split('\n');
        for (const line of lines) assert.ok(displayWidth(line) <= 80, line);
        const starts = lines.flatMap((line) => {
          const [, before] = /^( {2}\S.*? {2,}|\s{3,})\S/.exec(line) ?? [];
          return before ? [displayWidth(before)] : [];
        });
        assert.equal(new Set(starts).size <= 1, true, command.helpInformation());
      }
    });
  }

  for (const lang of ['en', 'zh']) {
    it(`says how values are written, and keeps to 80 columns below the flags too (${lang})`, async () => {
      const [top, watch, sandbox] = await Promise.all(
        [['--help'], ['watch', '--help'], ['sandbox', '--help']].map((args) =>
          mmaiInProcess([...args, '--lang', lang]),
        ),
      );
      const [values] = /^(Values:|取值：)$[\s\S]*?^$/m.exec(watch!.stdout) ?? [''];
      for (const told of ['<duration>', '1h30m', '<script>', '0,2;456=1,3', ...FAULTS])
        assert.ok(values.includes(told));
      assert.ok(sandbox!.stdout.includes(values));
      const [codes] = /^(Exit codes:|退出码：)$[\s\S]*/m.exec(top!.stdout) ?? [''];
      for (const line of `${values}${codes}`.split('\n')) assert.ok(displayWidth(line) <= 80, line);
    });
  }

  it('says of a dry run what each command prints', async () => {
    const [status, watch] = [await mmaiInProcess(['status', '--help']), await mmaiInProcess(['watch', '--help'])];
    assert.match(status.stdout, /--dry-run .*what would be sent/);
    assert.match(watch.stdout, /--dry-run .*when each task would be/);
  });

  it('has no blank behind the colon of the usage in Chinese', async () => {
    const { stdout } = await mmaiInProcess(['watch', '--help'], chinese);
    assert.match(stdout, /^用法：mmai watch \[选项\]/);
    assert.match((await mmaiInProcess(['watch', '--help'])).stdout, /^Usage: mmai watch \[options\]/);
  });

  it('breaks no line inside a short parenthesis', async () => {
    for (const messages of [en, zh]) {
      for (const command of all(await commandTree(fakeDeps({ messages })))) {
        const opened = command.helpInformation().match(/[（(](默认|default:)[^）)；;]*\n[^）)；;]*[）);；]/g);
        assert.equal(opened, null, String(opened));
      }
    }
  });

  it('begins no line with a mark that may not begin one', async () => {
    for (const command of all(await commandTree(fakeDeps({ messages: zh })))) {
      assert.doesNotMatch(command.helpInformation(), /^\s*[、，。；：！？）”]/m);
    }
  });

  const same: [string[], string[]][] = [
    [['help'], ['--help']],
    [
      ['help', 'status'],
      ['status', '--help'],
    ],
    [
      ['help', 'wait'],
      ['watch', '--help'],
    ],
    [
      ['help', 'config', 'set'],
      ['config', 'set', '--help'],
    ],
    [
      ['config', 'help', 'set'],
      ['config', 'set', '--help'],
    ],
    [
      ['config', 'help'],
      ['config', '--help'],
    ],
    [
      ['--lang', 'zh', 'help', 'config', 'set'],
      ['config', 'set', '--lang', 'zh', '--help'],
    ],
    [['help', 'help'], ['--help']],
    [
      ['help', 'sandbox', '--', 'false'],
      ['sandbox', '--help'],
    ],
    [
      ['help', 'status', '--lang', 'zh'],
      ['status', '--help', '--lang=zh'],
    ],
  ];
  for (const [words, others] of same) {
    it(`is the same for ${words.join(' ')} and ${others.join(' ')}`, async () => {
      const [one, other] = [await mmaiInProcess(words), await mmaiInProcess(others)];
      assert.deepEqual(one, other);
      assert.equal(one.code, 0);
      assert.notEqual(one.stdout, '');
    });
  }
});

describe('a command line that cannot be read', { concurrency: 4 }, () => {
  const refused: [string[], string, string][] = [
    [
      ['statsu'],
      'unknown command "statsu"\nhint: did you mean "status"?',
      '未知命令：statsu\n提示：您是否想输入 status？',
    ],
    [
      ['help', 'config', 'chek'],
      'unknown command "chek"\nhint: did you mean "check"?',
      '未知命令：chek\n提示：您是否想输入 check？',
    ],
    [
      ['help', 'nope'],
      'unknown command "nope"\nhint: run "mmai --help" to list the commands',
      '未知命令：nope\n提示：运行 "mmai --help" 查看所有命令',
    ],
    [
      ['version'],
      'unknown command "version"\nhint: did you mean "--version"?',
      '未知命令：version\n提示：您是否想输入 --version？',
    ],
    [
      ['constructor'],
      'unknown command "constructor"\nhint: run "mmai --help" to list the commands',
      '未知命令：constructor\n提示：运行 "mmai --help" 查看所有命令',
    ],
    // commander would suggest init.
    [
      ['config', 'edit'],
      'unknown command "edit"\nhint: run "mmai config --help" to list the commands',
      '未知命令：edit\n提示：运行 "mmai config --help" 查看所有子命令',
    ],
    [
      ['watch', '1', '--exit-status'],
      'unknown option "--exit-status"\nhint: watch does not need it: its exit code always reflects the outcome',
      '未知选项：--exit-status\n提示：watch 无需此选项：其退出码始终反映任务结果',
    ],
    [
      ['stat', '1'],
      'unknown command "stat"\nhint: did you mean "status"?',
      '未知命令：stat\n提示：您是否想输入 status？',
    ],
    [
      ['config', 'lst'],
      'unknown command "lst"\nhint: did you mean "list"?',
      '未知命令：lst\n提示：您是否想输入 list？',
    ],
    [
      ['status', '--regoin'],
      'unknown option "--regoin"\nhint: did you mean "--region"?',
      '未知选项：--regoin\n提示：您是否想输入 --region？',
    ],
    // What is written behind a misspelt flag may be a secret.
    [
      ['status', '--access-key-secret=canary=\n@canary'],
      'unknown option "--access-key-secret=…"\nhint: run "mmai status --help" to list the options',
      '未知选项：--access-key-secret=…\n提示：运行 "mmai status --help" 查看所有选项',
    ],
    [
      ['wacth', '1'],
      'unknown command "wacth"\nhint: did you mean "watch"?',
      '未知命令：wacth\n提示：您是否想输入 watch？',
    ],
    [['-v'], 'unknown option "-v"\nhint: did you mean "--version"?', '未知选项：-v\n提示：您是否想输入 --version？'],
    [
      ['status', '1', '-w'],
      'unknown option "-w"\nhint: did you mean "mmai watch"?',
      '未知选项：-w\n提示：您是否想输入 mmai watch？',
    ],
    [
      ['20'],
      'unknown command "20"\nhint: did you mean "mmai status 20"?',
      '未知命令：20\n提示：您是否想输入 mmai status 20？',
    ],
    [
      ['help', 'exit-codes'],
      'unknown command "exit-codes"\nhint: did you mean "mmai explain exit-codes"?',
      '未知命令：exit-codes\n提示：您是否想输入 mmai explain exit-codes？',
    ],
    [['status', '--region'], '--region <id> requires a value', '选项 --region <id> 缺少取值'],
    [
      ['status', '1', '-o', 'yaml'],
      '--output: "yaml" is not one of text, json, tsv, raw',
      '--output：“yaml”无效，可选值：text、json、tsv、raw',
    ],
    [
      ['watch', '1', '-o', 'yaml'],
      '--output: "yaml" is not one of text, json, ndjson, tsv',
      '--output：“yaml”无效，可选值：text、json、ndjson、tsv',
    ],
    [['config', 'get'], 'missing argument: key', '缺少参数：key'],
    [['config', 'path', 'x'], 'too many arguments: expected at most 0, got 1', '参数过多：最多 0 个，实际 1 个'],
    [['config', 'use', 'a', 'b'], 'too many arguments: expected at most 1, got 2', '参数过多：最多 1 个，实际 2 个'],
    [
      ['status', "--it's\u001b[2J\n'"],
      'unknown option "--it\'s\\u{1b}[2J\\u{a}\'"\nhint: run "mmai status --help" to list the options',
      '未知选项：--it\'s\\u{1b}[2J\\u{a}\'\n提示：运行 "mmai status --help" 查看所有选项',
    ],
  ];
  for (const [args, inEnglish, inChinese] of refused) {
    it(`is refused in the language of the user: ${JSON.stringify(args)}`, async () => {
      const expected = { code: 2, signal: null, stdout: '' };
      assert.deepEqual(await mmaiInProcess(args), { ...expected, stderr: `error: ${inEnglish}\n` });
      assert.deepEqual(await mmaiInProcess(args, chinese), { ...expected, stderr: `错误：${inChinese}\n` });
    });
  }

  it('is a task id, not a flag, after --', async () => {
    const { code, stderr } = await mmaiInProcess(['status', '--simulate', '2', '--', '--dry-run']);
    assert.equal(code, 2);
    assert.match(stderr, /"--dry-run" is not a valid task ID/);
  });
});

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

  for (const [name, args, env, expected] of ways) {
    it(`is chosen by ${name}`, async () => {
      const { stderr } = await mmaiInProcess(args, { env });
      assert.match(stderr, expected === 'zh' ? /未指定任务 ID/ : /no task ID given/);
    });
  }

  it('is that of the system where no variable says one, as on Windows', async () => {
    const speech = (systemLocale: string, env = {}) =>
      chooseSpeech(undefined, fakeDeps({ env, systemLocale: () => systemLocale }));
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

describe('-h', () => {
  it('has the flags that people type, and says how to list the others', async () => {
    for (const command of ['watch', 'status']) {
      const [short, whole] = [await mmaiInProcess([command, '-h']), await mmaiInProcess([command, '--help'])];
      assert.equal(short.code, 0);
      assert.match(short.stdout, new RegExp(`\nRun "mmai ${command} --help" for the full help`));
      assert.match(short.stdout, /--profile <name>[\s\S]*Examples:/);
      assert.doesNotMatch(short.stdout, /--signature|--ca-file|Exit codes/);
      assert.match(whole.stdout, /--signature/);
    }
  });

  it('--help of watch and status lists their exit codes', async () => {
    const [watch, status] = [await mmaiInProcess(['watch', '--help']), await mmaiInProcess(['status', '--help'])];
    assert.match(watch.stdout, /Exit codes:\n +0 [\s\S]*\n +124 /);
    assert.doesNotMatch(watch.stdout, /\n +8 /);
    assert.match(status.stdout, /Exit codes:\n +0 [\s\S]*\n +8 /);
    assert.doesNotMatch(status.stdout, /\n +124 /);
  });

  it('every flag that has a variable names it', async () => {
    const { stdout } = await mmaiInProcess(['watch', '--help']);
    for (const name of [
      'PROFILE',
      'REGION',
      'ENDPOINT',
      'FORMAT',
      'SIGNATURE',
      'METHOD',
      'REQUEST_TIMEOUT',
      'RETRIES',
    ]) {
      assert.ok(stdout.replace(/\s+/g, ' ').includes(`env: MMAI_${name}`), name);
    }
  });

  it('a flag names no variable where the command reads none', async () => {
    const env = { MMAI_OUTPUT: 'json' };
    assert.match((await mmaiInProcess(['explain', '5'], { env })).stdout, /^exit code 5\n/);
    assert.match((await mmaiInProcess(['explain', '--help'])).stdout, /output format \(default: text\)\n/);
  });
});
