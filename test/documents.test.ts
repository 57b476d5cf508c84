import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { commandsBelow } from '../scripts/man.ts';
import { EXAMPLES } from '../src/cli/examples.ts';
import { kebab, settingNames, settingOfFlag } from '../src/core/config/settings.ts';
import { credentialChain } from '../src/core/credentials/chain.ts';
import { createStore } from '../src/io/store.ts';
import { en } from '../src/locales/en/messages.ts';
import { zh } from '../src/locales/zh/messages.ts';
import { credentialDeps } from './support/credential-deps.ts';
import { fakeDeps } from './support/deps.ts';
import { mmaiInProcess } from './support/in-process.ts';
import { bin, cacheHome, sandbox, temporaryDirectory, testKey } from './support/mmai.ts';
import { commandTree } from './support/tree.ts';

const root = new URL('../', import.meta.url);
const read = (name: string) => readFileSync(new URL(name, root), 'utf8');

/** Commands that a machine without a person, a network or that shell cannot run as they stand, and what CI does instead. */
const APART: readonly (readonly [line: RegExp, instead: string])[] = [
  [/^npm /, '.ci/run has the line'],
  [/^export /, 'the variables are those of the sandbox'],
  [/completion zsh|\| (Out-String|source\b)|"\$PROFILE"/, 'the script itself is tested in completion.test.ts'],
];

describe('README', { concurrency: 4 }, () => {
  /** The rows of the table under this heading. */
  const rowsUnder = (heading: string) => {
    const [, text] = new RegExp(`^## ${heading}\\n([\\s\\S]*?)^## `, 'm').exec(read('README.md'))!;
    const [, ...rows] = text!.split('\n').filter((line) => line.startsWith('| '));
    return rows;
  };

  it('has a row for every setting, with its key and its flag, which status has', async () => {
    const { commands } = await commandTree(fakeDeps());
    const flags = commands.find((command) => command.name() === 'status')!.options.map(({ long }) => long!);
    for (const name of settingNames) {
      const key = kebab(name);
      const flag = key === 'language' ? '--lang' : `--${key}`;
      assert.ok(flags.includes(flag), flag);
      const { variable } = settingOfFlag(flag)!;
      const isRow = (row: string) => [flag, variable, key].every((word) => row.includes(`\`${word}\``));
      assert.ok(rowsUnder('Settings').some(isRow), `a row with ${flag}, ${variable} and ${key}`);
    }
  });

  it('has a row for every place of credentials', async () => {
    const places = credentialChain({ name: 'default', values: {}, isNamed: false }, await credentialDeps());
    const rows = rowsUnder('Credentials');
    // The first is the profile that is named, which is mmai's current one in another order.
    assert.equal(rows.length - 1, places.length);
  });

  it('has the same sections and examples in both languages', () => {
    const [en, zh] = [read('README.md'), read('README.zh-CN.md')];
    const levels = (text: string) => [...text.matchAll(/^(#+) /gm)].map(([, level]) => level);
    assert.deepEqual(levels(zh), levels(en));
    // What mmai answers is in the language of the page, what is typed is not.
    const typed = (block: string) => (block.startsWith('$ ') ? block.replace(/^[^$].*\n/gm, '') : block);
    const code = (text: string) => blocks(text).map((block) => typed(block).replace(/ +#.*$/gm, ''));
    assert.deepEqual(code(zh), code(en));
    const rows = (text: string) => [...text.matchAll(/^\|/gm)].length;
    assert.equal(rows(zh), rows(en));
    // What a reader may type or look for is named in both.
    const spans = (text: string) => [...text.replace(/^```[\s\S]*?^```$/gm, '').matchAll(/`([^`]+)`/g)];
    const words = (text: string) => new Set(spans(text).flatMap(([, span]) => (/\s/.test(span!) ? [] : [span])));
    assert.deepEqual([...words(zh)].sort(), [...words(en)].sort());
  });

  for (const [name, { exitCodes }] of [
    ['README.md', en],
    ['README.zh-CN.md', zh],
  ] as const) {
    it(`${name}: its table of exit codes is that of --help and mmai explain; signals share a row`, () => {
      const rows = [...read(name).matchAll(/^\| ([\d, 、]+) \| ([^|]+) \|$/gm)];
      const isOne = ([, codes]: RegExpExecArray) => /^\d+$/.test(codes!);
      const told = rows.filter(isOne).map(([, code, meaning]) => [code, meaning!.replaceAll('`', '')]);
      const signals = rows.flatMap((row) => (isOne(row) ? [] : row[1]!.split(/[, 、]+/)));
      assert.deepEqual(signals, ['129', '130', '143']);
      assert.deepEqual(
        told,
        Object.entries(exitCodes).filter(([code]) => !signals.includes(code)),
      );
    });
  }

  it('begins with commands that CI runs as they are', () => {
    for (const line of shellLines(read('README.md')).filter((line) => line.startsWith('npm '))) {
      assert.ok(read('.ci/run').split('\n').includes(line), line);
    }
  });

  it('has a program that works where mmai is installed, with a key and an endpoint', async () => {
    const { url } = await sandbox({ script: '2' });
    const [, program] = /^```ts\n([\s\S]*?)^```$/m.exec(read('README.md'))!;
    const options = JSON.stringify({ accessKey: testKey, endpoint: url });
    const directory = temporaryDirectory();
    mkdirSync(join(directory, 'node_modules'));
    symlinkSync(fileURLToPath(root), join(directory, 'node_modules', 'mmai'));
    writeFileSync(join(directory, 'program.mjs'), program!.replace(/createClient\(.*\)/, `createClient(${options})`));
    const { stdout } = await promisify(execFile)(process.execPath, ['program.mjs'], { cwd: directory });
    assert.match(stdout, /^met \{\s+succeeded: 2,/);
  });

  it('has no line that does not work as it stands', async () => {
    const { env: service } = await sandbox({ script: '2' });
    const { home, env } = await newcomer();
    for (const line of shellLines(read('README.md'))) await assertRuns(line, home, { ...env, ...service });
  });

  it('has no line that reads into a variable that zsh keeps for itself', () => {
    const own = /\bread\s[^;|]*\b(argv|commands|history|options|path|pipestatus|signals|status)\b/;
    for (const line of shellLines(read('README.md'))) assert.doesNotMatch(line, own);
  });
});

describe('--help', { concurrency: 4 }, () => {
  it('gives examples for every command', async () => {
    for (const { path } of commandsBelow(await commandTree(fakeDeps()))) {
      assert.ok(EXAMPLES[path], path);
      if (path !== 'config check') assert.doesNotMatch(EXAMPLES[path][0]!, /--simulate/, 'the first is a real one');
      const { stdout } = await mmaiInProcess([...path.split(' '), '--help']);
      for (const example of EXAMPLES[path]) assert.ok(stdout.includes(example), example);
    }
  });

  for (const [path, lines] of Object.entries(EXAMPLES)) {
    it(`the examples of mmai ${path} work as they stand`, async () => {
      const { home, env: own } = await newcomer();
      const env = { ...own, ...(await sandbox({ script: '2' })).env };
      if (path === 'sandbox') return assertSandboxExample(lines, home, env);
      for (const line of lines) await assertRuns(line, home, env);
    });
  }
});

function blocks(markdown: string): string[] {
  return [...markdown.matchAll(/^```\w*\n([\s\S]*?)^```$/gm)].map(([, block]) => block!);
}

function shellLines(markdown: string): string[] {
  const shell = [...markdown.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block]) => block!);
  return shell.flatMap((block) => block.trimEnd().split('\n'));
}

/** No example may reach for the metadata of a cloud machine. */
const loopbackOnly = { ALIBABA_CLOUD_ECS_METADATA_DISABLED: 'true' };

/** A home of their own, with what the examples take for granted: a profile called work, a file of ids, and aliyun-cli's profiles. */
async function newcomer() {
  const home = temporaryDirectory();
  const directory = join(home, 'bin');
  for (const path of [directory, join(home, '.config', 'fish', 'completions')]) mkdirSync(path, { recursive: true });
  writeFileSync(join(directory, 'mmai'), `#!/bin/sh\nexec '${process.execPath}' '${bin}' "$@"\n`);
  chmodSync(join(directory, 'mmai'), 0o755);
  mkdirSync(join(home, '.aliyun'));
  const profile = { name: 'default', mode: 'AK', access_key_id: 'cli-id', access_key_secret: 'cli-secret' };
  writeFileSync(join(home, '.aliyun', 'config.json'), JSON.stringify({ current: 'default', profiles: [profile] }));
  writeFileSync(join(home, 'ids.txt'), '1\n2\n');
  const env = {
    ...{ PATH: `${directory}:${process.env.PATH}`, HOME: home, XDG_CACHE_HOME: cacheHome },
    ...{ SECRET: 'secret-of-a-test', ...loopbackOnly },
  };
  await createStore({ directory: join(home, '.config', 'mmai') }).update((config) => {
    const key = { 'access-key-id': testKey.accessKeyId, 'access-key-secret': testKey.accessKeySecret };
    config.current = 'work';
    config.profiles.work = { region: 'cn-beijing', ...key };
  });
  return { home, env };
}

async function assertRuns(line: string, cwd: string, env: Record<string, string>): Promise<void> {
  if (APART.some(([pattern]) => pattern.test(line))) return;
  const { code, stderr } = await shell(line, cwd, env);
  // It asks questions, so without a terminal all it can do is say so.
  const expected = line.startsWith('mmai config init')
    ? [2, /needs a terminal|需要在终端中/]
    : [0, /^(?![\s\S]*error)/];
  assert.equal(code, expected[0], `${line}\n${stderr}`);
  assert.match(stderr, expected[1] as RegExp, line);
}

function shell(line: string, cwd: string, env: Record<string, string>) {
  const child = spawn('bash', ['-o', 'pipefail', '-c', line], { cwd, env, stdio: ['ignore', 'ignore', 'pipe'] });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text;
  });
  return new Promise<{ code: number | null; stderr: string }>((resolve, reject) => {
    child.on('error', reject).on('close', (code) => resolve({ code, stderr }));
  });
}

/** Two terminals: the first serves, the second asks. Only the port is another, for 8080 may be taken here. */
async function assertSandboxExample(lines: readonly string[], cwd: string, env: Record<string, string>): Promise<void> {
  const [run, serve, ask] = lines as [string, string, string];
  await assertRuns(run, cwd, env);
  assert.match(serve, /--port 8080/);
  const child = spawn('bash', ['-c', `exec ${serve.replace('8080', '0')}`], { cwd, env });
  const told: string = await new Promise((resolve) => child.stdout.setEncoding('utf8').once('data', resolve));
  const port = /127\.0\.0\.1:(\d+)/.exec(told)![1]!;
  await assertRuns(ask.replace('8080', port), cwd, env);
  child.kill('SIGTERM');
  await new Promise((resolve) => child.on('close', resolve));
}
