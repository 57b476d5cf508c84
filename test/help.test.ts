import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Command } from 'commander';
import { en } from '../src/locales/en/messages.ts';
import { zh } from '../src/locales/zh/messages.ts';
import { FAULTS } from '../src/sandbox/script.ts';
import { displayWidth } from '../src/text/width.ts';
import { fakeDeps } from './support/deps.ts';
import { chinese, mmaiInProcess } from './support/in-process.ts';
import { commandTree } from './support/tree.ts';

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
      ['status', 'help'],
      ['status', '--help'],
    ],
    [
      ['--lang', 'en', 'status', 'help'],
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
      'CA_FILE',
      'OUTPUT',
      'COLOR',
      'LANG',
      'DEBUG',
    ]) {
      assert.ok(stdout.replace(/\s+/g, ' ').includes(`env: MMAI_${name}`), name);
    }
  });

  it('tells the defaults of a wait and of its requests', async () => {
    const { stdout } = await mmaiInProcess(['watch', '--help']);
    const entries = stdout.split(/\n {2}(?=-)/).map((entry) => entry.replace(/\s+/g, ' '));
    const defaults = {
      ...{ timeout: '30m', until: 'ended', interval: 'auto', 'max-interval': '30s', 'max-rps': '10' },
      ...{ 'error-budget': '5m', 'not-found-grace': '10s', 'queue-timeout': 'none', 'stall-timeout': 'none' },
      ...{ 'timeout-exit-code': '124', progress: 'auto', heartbeat: 'auto', 'exec-timeout': '1m', annotations: 'auto' },
      ...{ region: 'cn-beijing', format: 'json', signature: 'v1', method: 'get', output: 'text', color: 'auto' },
      ...{ 'request-timeout': '10s', retries: '3' },
    };
    for (const [flag, value] of Object.entries(defaults)) {
      const entry = entries.find((text) => new RegExp(`^(-., )?--${flag} `).test(text)) ?? '';
      const [, found] = /\(default: ([^;)]*)/.exec(entry) ?? [];
      assert.equal(found, value, flag);
    }
  });

  it('a flag names no variable where the command reads none', async () => {
    const env = { MMAI_OUTPUT: 'json' };
    assert.match((await mmaiInProcess(['explain', '5'], { env })).stdout, /^exit code 5\n/);
    assert.match((await mmaiInProcess(['explain', '--help'])).stdout, /output format \(default: text\)\n/);
  });
});
