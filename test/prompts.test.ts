import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { sandbox, temporaryDirectory, testKey } from './support/mmai.ts';
import { COLUMNS, hasScript, mmai, ROWS, runAtTerminal, type Typed } from './support/terminal.ts';

describe('a question at a terminal', { concurrency: 4, skip: !hasScript && 'needs script of util-linux' }, () => {
  const script = `const { createInterface } = require('node:readline');
    createInterface({ input: process.stdin, output: process.stderr, terminal: false }).question('Code? ', (code) => {
      console.log(JSON.stringify({ mode: 'AK', access_key_id: code, access_key_secret: '${testKey.accessKeySecret}' }));
      process.exit();
    });`;

  for (const [command, state] of [
    ['status 1', /^1 +succeeded/m],
    ['watch 1 2', /^done after .* 2 succeeded$/m],
  ] as const) {
    it(`of a credential-process has the terminal for itself while ${command} waits for it`, async () => {
      const directory = temporaryDirectory();
      writeFileSync(join(directory, 'ask.cjs'), script);
      const profile = { 'credential-process': `'${process.execPath}' '${directory}/ask.cjs'` };
      writeFileSync(join(directory, 'config.json'), JSON.stringify({ profiles: { default: profile } }));
      const { url } = await sandbox({ script: '2' });
      const { code, screen } = await runAtTerminal(
        `exec ${mmai} ${command}`,
        [[/Code\? /, `${testKey.accessKeyId}\n`]],
        {
          env: { MMAI_CONFIG_DIR: directory, MMAI_ENDPOINT: url },
          // Typed when a spinner would be drawn.
          delayMs: 700,
        },
      );
      assert.match(screen, /^Code\? test-key-id$/m);
      assert.match(screen, state);
      assert.equal(code, 0);
    });
  }

  for (const [name, keys] of [
    ['Ctrl-C', '\u0003'],
    ['Ctrl-D', '\u0004'],
  ] as const) {
    it(`takes ${name} for the signal, which ends what the shell runs after it, too`, async () => {
      const setSecret = `${mmai} config set access-key-secret`;
      const typed: Typed = [[/access-key-secret/, keys]];
      const [ended, trapped] = await Promise.all([
        runAtTerminal(`${setSecret}; echo after`, typed),
        runAtTerminal(`trap : INT; ${setSecret}; echo ended with $?`, typed),
      ]);
      assert.doesNotMatch(ended.screen, /after/);
      assert.match(trapped.screen, /^error: interrupted\nended with 130$/m);
    });
  }

  for (const TERM of ['xterm', 'linux']) {
    it(`is drawn in ASCII where the locale has another character set, on ${TERM}`, async () => {
      const asks: Typed = [
        [/AccessKey ID/, 'an-id\r'],
        [/AccessKey secret/, 'a-secret\r'],
        [/Default region/, '\r'],
        [/Check it now/, 'n'],
      ];
      const { code, seen, screen } = await runAtTerminal(`exec ${mmai} config init`, asks, {
        env: { LC_ALL: 'zh_CN.GBK', TERM },
        delayMs: 100,
      });
      assert.equal(code, 0, screen);
      assert.match(seen, /^[\r\n\x1b\x20-\x7e]+$/);
    });
  }

  it('forgets a secret that it refuses: nobody sees that what is typed next would be added to it', async () => {
    const directory = temporaryDirectory();
    const { code, seen, screen } = await runAtTerminal(
      `exec ${mmai} config set access-key-secret`,
      [
        [/access-key-secret/, 'wrong \u201d\r'],
        [/cannot occur in it/, 'right\r'],
        [/cannot occur in it[\s\S]*cannot occur in it/, '\u0003'],
      ],
      { env: { MMAI_CONFIG_DIR: directory }, delayMs: 100 },
    );
    assert.equal(code, 0, screen);
    assert.doesNotMatch(seen, /wrong|right/);
    assert.match(readFileSync(join(directory, 'config.json'), 'utf8'), /"access-key-secret": "right"/);
  });

  it('is drawn without codes where the terminal knows none', async () => {
    const asks: Typed = [
      [/AccessKey ID/, 'an-id\r'],
      [/AccessKey secret/, 'a-secret\r'],
      [/Default region/, '\r'],
      [/Check it now/, 'n'],
    ];
    const { code, seen } = await runAtTerminal(`exec ${mmai} config init`, asks, {
      env: { TERM: 'dumb' },
      delayMs: 100,
    });
    assert.equal(code, 0, seen);
    assert.doesNotMatch(seen, /\x1b/);
  });

  for (const command of ['init', 'set access-key-secret', 'delete default']) {
    it(`is not begun where nobody would see it: config ${command} 2> file`, async () => {
      const directory = temporaryDirectory();
      const { screen } = await runAtTerminal(
        `${mmai} config set region cn-hangzhou; ${mmai} config ${command} 2> "$MMAI_CONFIG_DIR/log"; echo ended with $?`,
        [],
        { env: { MMAI_CONFIG_DIR: directory } },
      );
      assert.match(screen, /^ended with 2$/m);
      assert.match(readFileSync(join(directory, 'log'), 'utf8'), /^error: prompts are written to standard error/);
    });
  }

  for (const behind of ['', 'ls\r']) {
    it(`begins anew when the job continues that Ctrl-Z stopped, read with ${JSON.stringify(behind)} behind it`, async () => {
      const directory = temporaryDirectory();
      const { seen, screen } = await runAtTerminal(
        `set -m; ${mmai} config set access-key-secret; echo stopped; fg; echo ended with $?`,
        [
          [/access-key-secret/, `half\u001a${behind}`],
          [/stopped[\s\S]*◆.*access-key-secret/, 'whole\r'],
        ],
        { env: { MMAI_CONFIG_DIR: directory }, delayMs: 100 },
      );
      assert.match(screen, /^ended with 0$/m);
      assert.doesNotMatch(seen, /whole/);
      const { profiles } = JSON.parse(readFileSync(join(directory, 'config.json'), 'utf8'));
      assert.equal(profiles.default['access-key-secret'], 'whole');
    });
  }

  it('takes blanks for no answer, which keeps what is offered', async () => {
    const directory = temporaryDirectory();
    const values = { 'access-key-id': 'an-id', 'access-key-secret': 'a-secret', region: 'cn-shanghai' };
    const path = join(directory, 'config.json');
    writeFileSync(path, JSON.stringify({ current: 'default', profiles: { default: values } }));
    const asks: Typed = [
      [/AccessKey ID/, '  \r'],
      [/AccessKey secret/, 'a-secret\r'],
      [/Default region/, ' \r'],
      [/Check it now/, 'n'],
    ];
    const env = { MMAI_CONFIG_DIR: directory };
    const { code, screen } = await runAtTerminal(`exec ${mmai} config init`, asks, { env, delayMs: 100 });
    assert.equal(code, 0, screen);
    assert.deepEqual(JSON.parse(readFileSync(path, 'utf8')).profiles.default, values);
  });

  for (const [name, enter, size] of [
    ['Enter', '\r', `cols ${COLUMNS} rows ${ROWS}`],
    ['a line feed, as a program types it', '\n', `cols ${COLUMNS} rows ${ROWS}`],
    ['Enter, where the terminal has no size', '\r', 'cols 0 rows 0'],
  ] as const) {
    it(`of config init is followed by the next one after ${name}`, async () => {
      const directory = temporaryDirectory();
      const { code, screen } = await runAtTerminal(
        `exec ${mmai} config init`,
        [
          [/AccessKey ID/, `an-id${enter}`],
          [/AccessKey secret/, `a-secret${enter}`],
          [/Default region/, enter],
          [/Check it now/, 'n'],
        ],
        { env: { MMAI_CONFIG_DIR: directory }, delayMs: 100, size },
      );
      assert.equal(code, 0, screen);
      const values = { 'access-key-id': 'an-id', 'access-key-secret': 'a-secret', region: 'cn-beijing' };
      const saved = JSON.parse(readFileSync(join(directory, 'config.json'), 'utf8'));
      assert.deepEqual(saved.profiles.default, values);
      assert.doesNotMatch(screen, /a-secret/);
    });
  }
});
