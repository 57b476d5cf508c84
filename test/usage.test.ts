import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { run } from '../src/cli.ts';
import { plainStyle } from '../src/io/terminal/style.ts';
import { fakeDeps } from './support/deps.ts';
import { chinese, mmaiInProcess } from './support/in-process.ts';

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

  it('is refused in color as flag, variable or profile say', async () => {
    for (const [args, env, expected] of [
      [[], {}, 'auto'],
      [[], { MMAI_COLOR: 'never' }, 'never'],
      [['--color', 'ALWAYS'], { MMAI_COLOR: 'never' }, 'always'],
      [['--color=pink'], {}, 'auto'],
      [['--profile', 'dull'], {}, 'never'],
      [['--profile', 'none'], {}, 'auto'],
    ] as const) {
      const colors: string[] = [];
      const style = async (_: unknown, color: string) => {
        colors.push(color);
        return plainStyle;
      };
      const deps = fakeDeps({ env, style });
      await (await deps.store()).update(({ profiles }) => void Object.assign(profiles, { dull: { color: 'never' } }));
      assert.equal(await run(['status', '1x', ...args], deps), 2);
      assert.deepEqual(colors, [expected]);
    }
  });

  it('is a task id, not a flag, after --', async () => {
    const { code, stderr } = await mmaiInProcess(['status', '--simulate', '2', '--', '--dry-run']);
    assert.equal(code, 2);
    assert.match(stderr, /"--dry-run" is not a valid task ID/);
  });
});
