import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { mmaiInProcess } from './support/in-process.ts';
import { mmai, temporaryDirectory } from './support/mmai.ts';

describe('mmai complete, what the scripts ask at each tab', { concurrency: 4 }, () => {
  const asks: [string, string[], string, string[]][] = [
    ['commands', [], '', ['status', 'watch', 'wait', 'result', 'config', 'explain', 'completion', 'sandbox', 'help']],
    ['commands below', ['config'], 'p', ['path', 'profiles']],
    ['the commands of help', ['help'], 'wa', ['watch', 'wait']],
    ['flags', ['status'], '--re', ['--region', '--request-timeout', '--retries']],
    ['flags of an alias', ['wait'], '--fail', ['--fail-fast']],
    ['flags that are not given yet', ['status', '--region', 'x'], '--re', ['--request-timeout', '--retries']],
    ['no flag twice for its short form', ['status', '-q'], '--qui', []],
    ['flag values', ['status', '--format'], '', ['json', 'xml']],
    ['flag values after a short flag', ['status', '-o'], 't', ['text', 'tsv']],
    ['flag values after =', ['status'], '--signature=', ['--signature=v1', '--signature=acs3']],
    ['no value for a duration', ['status', '--request-timeout'], '', []],
    ['the words beside a duration', ['watch', '--interval'], '', ['auto']],
    ['--dry-run, whose form comes after = only', ['status'], '--dry', ['--dry-run']],
    ['forms of --dry-run', ['status'], '--dry-run=c', ['--dry-run=curl']],
    ['no form of --dry-run to watch, which has but one', ['watch'], '--dry-run=', []],
    ['config keys', ['config', 'set'], 'access', ['access-key-id', 'access-key-secret']],
    ['no key as value of a key', ['config', 'set', 'region'], '', []],
    ['values of a setting', ['config', 'set', 'signature'], '', ['v1', 'acs3']],
    ['values that any command has', ['config', 'set', 'output'], '', ['text', 'json', 'tsv', 'raw', 'ndjson']],
    ['languages', ['config', 'set', 'language'], '', ['zh', 'en']],
    ['files for a setting', ['config', 'set', 'ca-file'], '', ['@files']],
    ['commands after a flag before them', ['--profile', 'work'], 'st', ['status']],
    ['values of a flag before the command', ['--output'], 'j', ['json']],
    [
      'flags that were not given before the command',
      ['--region', 'x', 'status'],
      '--re',
      ['--request-timeout', '--retries'],
    ],
    ['the commands below that help knows', ['help', 'config'], 'p', ['path', 'profiles']],
    ['the commands of help below', ['config', 'help'], 'p', ['path', 'profiles']],
    ['no argument of a command after help', ['help', 'explain'], '', []],
    ['shells', ['completion'], '', ['bash', 'zsh', 'fish', 'powershell']],
    ['error codes, in any case', ['explain'], 'throttling.a', ['Throttling.Api', 'Throttling.Api.Concurrency']],
    ['statuses', ['explain'], 'sub', ['submitting']],
    ['files', ['status', '--ca-file'], '/etc', ['@files']],
    ['no flag after --', ['status', '--'], '--re', []],
    ['no value of a flag after --', ['status', '--'], '--format=', []],
    ['no help about help', ['help'], 'h', []],
    ['nothing for a command that is none', ['nope'], '', []],
    ['nothing hidden', [], 'comple', ['completion']],
  ];
  for (const [name, words, word, expected] of asks) {
    it(`offers ${name}: ${[...words, word || "''"].join(' ')}`, async () => {
      const { code, stdout, stderr } = await mmaiInProcess(['complete', `--word=${word}`, '--', ...words]);
      assert.deepEqual([code, stderr], [0, '']);
      const values = stdout.split('\n').flatMap((line) => (line ? [line.split('\t')[0]] : []));
      assert.deepEqual(values, expected);
    });
  }

  it('offers profile names that fit on a line, and nothing when the config file is malformed', async () => {
    const directory = temporaryDirectory();
    const env = { MMAI_CONFIG_DIR: directory };
    for (const name of ['work', 'home'])
      await mmaiInProcess(['config', 'set', 'region', 'x', '--profile', name], { env });
    const ask = (...words: string[]) => mmaiInProcess(['complete', '--word=', '--', ...words], { env });
    assert.equal((await ask('status', '--profile')).stdout, 'home\t\nwork\t\n');
    assert.equal((await ask('config', 'use')).stdout, 'home\t\nwork\t\n');
    const odd = { current: 'work', profiles: { 'ho\nme': {}, 'wo\trk': {}, 'a\u202eb': {}, 'a b': {} } };
    writeFileSync(join(directory, 'config.json'), JSON.stringify(odd));
    assert.equal((await ask('config', 'use')).stdout, 'a b\t\n');
    writeFileSync(join(directory, 'config.json'), '{');
    assert.deepEqual(await ask('config', 'use'), { code: 0, signal: null, stdout: '', stderr: '' });
  });

  it('offers @last and recent task IDs with their states, each once, and no line of the file that is no ID', async () => {
    const env = { XDG_STATE_HOME: temporaryDirectory() };
    mkdirSync(join(env.XDG_STATE_HOME, 'mmai'));
    writeFileSync(
      join(env.XDG_STATE_HOME, 'mmai', 'recent-tasks'),
      '10051344\n400010 failed\n99999999999999999999\nrm -rf\n',
    );
    const { stdout } = await mmai(['complete', '--word=', '--', 'watch', '10051344'], { env });
    assert.equal(stdout, '@last\t10051344\n400010\tfailed\n');
    const none = { ...env, MMAI_NO_RECENT: '1' };
    assert.equal((await mmai(['complete', '--word=', '--', 'watch'], { env: none })).stdout, '');
  });

  it('describes in the language of the user', async () => {
    const { stdout } = await mmaiInProcess(['complete', '--word=sta', '--'], { env: { LANG: 'zh_CN.UTF-8' } });
    assert.equal(stdout, 'status\t查询一次任务状态\n');
  });
});
