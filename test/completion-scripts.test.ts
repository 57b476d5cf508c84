import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { mmaiInProcess } from './support/in-process.ts';
import { bin, cacheHome, temporaryDirectory } from './support/mmai.ts';
import { has, run } from './support/programs.ts';

describe('mmai completion', { concurrency: 4 }, () => {
  it('refuses a shell it does not know, naming those it does', async () => {
    const { code, stderr } = await mmaiInProcess(['completion', 'tcsh']);
    assert.equal(code, 2);
    assert.match(stderr, /"tcsh" is not one of bash, zsh, fish, powershell/);
  });

  it('evaluates nothing of the command line, in any shell', async () => {
    for (const shell of ['bash', 'zsh', 'fish', 'powershell']) {
      assert.doesNotMatch((await mmaiInProcess(['completion', shell])).stdout, /\beval\b|Invoke-Expression|\biex\b/);
    }
  });

  it('has a PowerShell script with balanced brackets that never passes an empty word alone', async () => {
    const { stdout } = await mmaiInProcess(['completion', 'powershell']);
    for (const [open, close] of ['{}', '()', '[]']) {
      assert.equal(stdout.split(open!).length, stdout.split(close!).length, open);
    }
    assert.match(stdout, /mmai complete "--word=\$wordToComplete" -- @words/);
  });

  /** What is typed, tabs and all, and the arguments that mmai then gets. */
  const typed: [keys: string, args: string][] = [
    ['mmai status --fo\tx', '[status][--format][x]'],
    ['mmai status --lang=z\t', '[status][--lang=zh]'],
    ['mmai wat\t', '[watch]'],
    ['mmai --la\tzh conf\tpr\t', '[--lang][zh][config][profiles]'],
    ['mmai explain invalidparameterl\t', '[explain][InvalidParameterLengthLimit]'],
    ['mmai status --ca-file a-fi\t', '[status][--ca-file][a-file.pem]'],
    ['mmai status --ca-file=a-fi\t', '[status][--ca-file=a-file.pem]'],
    ['mmai status --profile wo\t', '[status][--profile][work]'],
    ['mmai status @l\t', '[status][@last]'],
    ['mmai watch --lang=zh 7 @\tx', '[watch][--lang=zh][7][@last][x]'],
    ['mmai status --profile me@\t', '[status][--profile][me@work]'],
    ['mmai status --profile=me@w\tx', '[status][--profile=me@work][x]'],
    ['mmai watch 7 1005\t', '[watch][7][10051344]'],
  ];
  /** Names of profiles and files that a shell would act on. What is typed is their first two letters. */
  const hostile = [
    '$(touch run)',
    '`touch run`',
    ';touch run',
    '&touch run',
    '|touch run',
    '>run',
    ' two words',
    "'",
    '"',
  ]
    .concat(['\\', '$HOME', '*', '{a,b}', '!!', '#', '~', 'é中', '(x)', '[x]', '?', ':x', '=x', '%x', '^x'])
    .map((rest, index) => `${String.fromCharCode(97 + index)}9${rest}`);
  const interactive: Record<string, { rc: string; start: string; prologue: string }> = {
    bash: { rc: '.bashrc', start: 'bash --rcfile .bashrc -i', prologue: '' },
    zsh: { rc: '.zshrc', start: 'zsh -i', prologue: 'autoload -Uz compinit && compinit -u -D\n' },
  };
  for (const [shell, { rc, start, prologue }] of Object.entries(interactive)) {
    if (!has(shell) || !has('script')) {
      process.stderr.write(`NOT TESTED: completion in ${shell}, which is not installed here\n`);
      continue;
    }
    it(`completes at the prompt of a real ${shell}`, async () => {
      const { home, env } = newcomer();
      writeFileSync(join(home, rc), `${prologue}${(await mmaiInProcess(['completion', shell])).stdout}`);
      const keys = `${typed.map(([line]) => `${line}\n`).join('')}exit\n`;
      await run('script', ['-qec', start, '/dev/null'], env, home, keys);
      const expected = typed.map(([, args]) => `${args}\n`).join('');
      assert.equal(readFileSync(join(home, 'calls'), 'utf8'), expected);
    });
  }

  for (const [shell, { rc, start, prologue }] of Object.entries(interactive)) {
    if (!has(shell) || !has('script')) continue;
    it(`puts names in at the prompt of a real ${shell} so that they are arguments, never run`, async () => {
      const { home, env } = newcomer(hostile);
      writeFileSync(join(home, rc), `${prologue}${(await mmaiInProcess(['completion', shell])).stdout}`);
      const ways = ['--profile ', '--profile=', '--ca-file ', '--ca-file='];
      const asked = hostile.flatMap((name, index) => ways.slice(0, index < 3 ? 4 : 1).map((flag) => ({ name, flag })));
      const lines = asked.map(({ name, flag }) => `mmai status ${flag}${name.slice(0, 2)}\t\n`);
      await run('script', ['-qec', start, '/dev/null'], env, home, `${lines.join('')}exit\n`);
      const expected = asked.map(({ name, flag }) => `[status][${flag.replace(' ', '][')}${name}]\n`);
      assert.equal(readFileSync(join(home, 'calls'), 'utf8'), expected.join(''));
      assert.ok(!existsSync(join(home, 'run')));
    });
  }

  if (has('script')) {
    it('offers plain names only within quotation marks in a real bash, which would not quote others again', async () => {
      const { home, env } = newcomer(hostile);
      writeFileSync(join(home, '.bashrc'), (await mmaiInProcess(['completion', 'bash'])).stdout);
      const lines = [`'a9\t'`, `"b9\t"`, `'wo\t`].map((word) => `mmai status --profile ${word}\n`);
      await run('script', ['-qec', 'bash --rcfile .bashrc -i', '/dev/null'], env, home, `${lines.join('')}exit\n`);
      const expected = ['a9', 'b9', 'work'].map((name) => `[status][--profile][${name}]\n`);
      assert.equal(readFileSync(join(home, 'calls'), 'utf8'), expected.join(''));
      assert.ok(!existsSync(join(home, 'run')));
    });
  }

  if (has('zsh')) {
    it('shows zsh a description where there is one, and nothing else', async () => {
      const { home, env } = newcomer();
      writeFileSync(join(home, '_mmai'), (await mmaiInProcess(['completion', 'zsh'])).stdout);
      const ask = async (...words: string[]) => {
        const line = `words=(mmai ${words.join(' ')} '') CURRENT=${words.length + 2} PREFIX=${words.includes('-o') ? '' : '--sig'}`;
        const script = `compdef() {}; _describe() { print -rl -- "\${(@P)3}" }; source ./_mmai; ${line}; _mmai`;
        return run('zsh', ['-f', '-c', script], env, home);
      };
      assert.equal(await ask('status', '-o'), 'text\njson\ntsv\nraw\n');
      assert.equal(await ask('status'), '--signature:signature method\n');
    });
  }

  if (!has('fish')) process.stderr.write('NOT TESTED: completion in fish, which is not installed here\n');
  else {
    it('completes in a real fish', async () => {
      const { home, env } = newcomer(hostile);
      writeFileSync(join(home, 'mmai.fish'), (await mmaiInProcess(['completion', 'fish'])).stdout);
      const ask = async (line: string) => run('fish', ['-c', `source mmai.fish; complete -C '${line}'`], env, home);
      assert.equal(await ask('mmai status --fo'), '--format\tresponse format to request\n');
      assert.equal(await ask('mmai status --lang=z'), '--lang=zh\n');
      assert.equal(await ask('mmai status --format '), 'json\nxml\n');
      assert.equal(await ask('mmai explain invalidparameterl'), 'InvalidParameterLengthLimit\n');
      assert.equal(await ask('mmai status --profile wo'), 'work\n');
      // fish quotes what it puts in; the script must give it names as they are.
      for (const name of hostile.slice(0, 7)) {
        assert.equal(await ask(`mmai status --profile ${name.slice(0, 2)}`), `${name}\n`);
      }
      assert.match(await ask('mmai status --ca-file a-fi'), /^a-file\.pem/);
      assert.match(await ask('mmai status --ca-file=a-fi'), /^--ca-file=a-file\.pem/);
    });
  }
});

/**
 * A home with profiles, files, and an `mmai` on the path that answers tabs and otherwise notes its arguments. A tab costs a start of
 * the program: for all names but the first three, which take every way, what it would print is written down.
 */
function newcomer(names: readonly string[] = []) {
  const home = temporaryDirectory();
  const shim = join(home, 'mmai');
  const known = `[ "$1" = complete ] && cat '${home}/tabs/'"\${2#--word=}" 2>/dev/null && exit`;
  const complete = `[ "$1" = complete ] && exec '${process.execPath}' '${bin}' "$@"`;
  writeFileSync(
    shim,
    `#!/bin/sh\n${known}\n${complete}\nprintf '[%s]' "$@" >> '${home}/calls'\necho >> '${home}/calls'\n`,
  );
  chmodSync(shim, 0o755);
  writeFileSync(join(home, 'a-file.pem'), '');
  mkdirSync(join(home, '.local/state/mmai'), { recursive: true });
  writeFileSync(join(home, '.local/state/mmai/recent-tasks'), '10051344 failed\n');
  const env = {
    ...{ PATH: `${home}:${process.env.PATH}`, HOME: home, XDG_CACHE_HOME: cacheHome },
    ...{ ZDOTDIR: home, TERM: 'xterm', LC_ALL: 'C.UTF-8' },
  };
  const config = { profiles: Object.fromEntries(['work', 'me@work', ...names].map((name) => [name, {}])) };
  mkdirSync(join(home, '.config/mmai'), { recursive: true });
  writeFileSync(join(home, '.config/mmai/config.json'), JSON.stringify(config));
  for (const name of names) writeFileSync(join(home, name), '');
  mkdirSync(join(home, 'tabs'));
  for (const name of names.slice(3)) writeFileSync(join(home, 'tabs', name.slice(0, 2)), `${name}\t\n`);
  return { home, env };
}
