import assert from 'node:assert/strict';
import { cpSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { run } from '../src/cli.ts';
import { fakeDeps } from './support/deps.ts';
import { bin, mmai, temporaryDirectory } from './support/mmai.ts';
import { commandTree } from './support/tree.ts';

const root = join(dirname(bin), '..');

/** A copy of the installed package, which may be damaged. */
function install() {
  const directory = temporaryDirectory();
  for (const name of ['bin', 'dist', 'package.json'])
    cpSync(join(root, name), join(directory, name), { recursive: true });
  const copy = join(directory, 'bin/mmai.cjs');
  return { path: (name: string) => join(directory, name), run: (...args: string[]) => mmai(args, { bin: copy }) };
}

describe('a Node that is too old', () => {
  const preload = join(temporaryDirectory(), 'old.cjs');
  const runAs = (version: string, ...args: string[]) => {
    const versions = `Object.assign({}, process.versions, { node: '${version}' })`;
    writeFileSync(preload, `Object.defineProperty(process, 'versions', { value: ${versions} });`);
    return mmai(args, { nodeFlags: ['--require', preload] });
  };

  it('is told so in one sentence, with exit 2', async () => {
    for (const version of ['0.10.48', '4.9.1', '18.20.8', '20.0.0', '20.9.0', '20.18.0']) {
      const { code, stdout, stderr } = await runAs(version, 'watch', '1', '--simulate', '3');
      assert.deepEqual([code, stdout], [2, ''], version);
      assert.match(stderr, /^mmai: needs Node\.js 20\.18\.1 or newer, and this is v.*\n$/);
    }
    assert.equal((await runAs('20.18.0', '--version')).code, 2);
  });

  it('is none from 20.18.1 on', async () => {
    for (const version of ['20.18.1', '20.19.0', '21.0.0', '100.0.0']) {
      assert.equal((await runAs(version, '--version')).code, 0, version);
    }
  });

  it('parses the file that says so: no syntax since ES5 (.ci/run tries real ones)', () => {
    const code = readFileSync(bin, 'utf8').replace(/^ *\/[/*].*$|'[^'\n]*'/gm, '');
    assert.doesNotMatch(code, /=>|`|\?\.|\?\?|\.\.\.|,\s*[)\]}]|\b(?:const|let|class|async|await|of)\b|catch \{/);
  });
});

it('a Node without WebAssembly, which requests need, is told so in two lines, with exit 2', async () => {
  const preload = join(temporaryDirectory(), 'jitless.cjs');
  writeFileSync(preload, 'delete globalThis.WebAssembly;');
  for (const command of ['status', 'watch', 'result']) {
    const { code, stderr } = await mmai([command, '1', '--simulate', '2'], { nodeFlags: ['--require', preload] });
    assert.equal(code, 2, command);
    assert.match(stderr, /^error: this Node\.js runs without WebAssembly.*\nhint: .*--jitless.*\n$/);
  }
});

it('every command has compiled code of its own, which bin/mmai.cjs finds by its name', async () => {
  const [, names] = /\^\(([a-z|]+)\)\$/.exec(readFileSync(bin, 'utf8'))!;
  for (const command of (await commandTree(fakeDeps())).commands) {
    for (const name of [command.name(), ...command.aliases()]) assert.ok(names!.split('|').includes(name), name);
  }
});

describe('a run that only prints help', { concurrency: 2 }, () => {
  it('loads neither streams of its output nor network, cryptography and compression', async () => {
    const preload = join(temporaryDirectory(), 'loaded.cjs');
    const costly = '/^NativeModule (tty|net|crypto|zlib|child_process|timers.promises)$/';
    const list = `process.moduleLoadList.filter((name) => ${costly}.test(name))`;
    writeFileSync(preload, `process.on('exit', () => require('fs').writeSync(2, ${list}.join()));`);
    for (const args of [['--help'], ['help', 'config', 'set'], ['watch', '-h'], ['status', '1', '--help']]) {
      const { code, stderr } = await mmai(args, { nodeFlags: ['--require', preload] });
      // The help of a command loads all of it.
      const loaded = args.includes('--help') && args.length === 1 ? stderr : stderr.replace('NativeModule crypto', '');
      assert.deepEqual([code, loaded], [0, ''], args.join(' '));
    }
  });

  it('is known by its parsed command line: only commands that do something handle signals', async () => {
    const handled = async (...args: string[]) => {
      let count = 0;
      const handleSignals = () => {
        count += 1;
      };
      await run(args, fakeDeps({ handleSignals }));
      return count;
    };
    for (const args of [['--help'], ['help', 'watch'], ['status', '1', '-h'], []])
      assert.equal(await handled(...args), 0);
    for (const args of [
      ['watch', '1', '--exec', 'help'],
      ['explain', 'help'],
      ['config', 'list'],
    ])
      assert.equal(await handled(...args), 1, args.join(' '));
  });
});

describe('an install with', { concurrency: 4 }, () => {
  const damages: [string, (path: (name: string) => string) => void][] = [
    ['nothing built', (path) => rmSync(path('dist'), { recursive: true })],
    ['code-cache.cjs missing', (path) => rmSync(path('dist/code-cache.cjs'))],
    ['main.cjs missing', (path) => rmSync(path('dist/main.cjs'))],
    ['half of main.cjs', (path) => truncateSync(path('dist/main.cjs'), 50_000)],
    ['half of code-cache.cjs', (path) => truncateSync(path('dist/code-cache.cjs'), 1500)],
    ['main.cjs empty', (path) => truncateSync(path('dist/main.cjs'), 0)],
    ['an error in main.cjs', (path) => writeFileSync(path('dist/main.cjs'), 'null.x')],
    ['main.cjs of another kind', (path) => writeFileSync(path('dist/main.cjs'), 'exports.main = () => { throw 1; };')],
  ];
  for (const [what, damage] of damages) {
    it(`${what} ends with one sentence and 70, never with Node’s 1, which says that a task failed`, async () => {
      const { path, run } = install();
      damage(path);
      const { code, stdout, stderr } = await run('watch', '1', '--simulate', '3');
      assert.deepEqual([code, stdout], [70, '']);
      assert.match(stderr, /^mmai: cannot start: .*; reinstall it, or in a clone run "npm ci"\n$/);
    });
  }

  it('undici.cjs missing or damaged ends with 70, when it is needed', async () => {
    const { path, run } = install();
    truncateSync(path('dist/undici.cjs'), 20_000);
    const damaged = await run('watch', '1', '--simulate', '3');
    assert.equal(damaged.code, 70, damaged.stderr);
    rmSync(path('dist/undici.cjs'));
    assert.equal((await run('watch', '1', '--simulate', '3')).code, 70);
    assert.equal((await run('--help')).code, 0);
  });

  it('chalk.cjs missing, as an upgrade in the middle of a wait leaves it, costs the colours alone', async () => {
    const { path, run } = install();
    rmSync(path('dist/chalk.cjs'));
    const { code, stdout, stderr } = await run('watch', '1', '--simulate', '3', '--color', 'always');
    assert.equal(code, 1, stderr);
    assert.match(stdout, /^1 {2}failed/);
    assert.match(stderr, /^all tasks ended .*: 1 failed$/m);
  });

  it('no package.json still tells its version', async () => {
    const { path, run } = install();
    const { version } = JSON.parse(readFileSync(path('package.json'), 'utf8'));
    rmSync(path('package.json'));
    assert.deepEqual(await run('--version'), { code: 0, signal: null, stdout: `${version}\n`, stderr: '' });
  });
});
