import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { manPage } from '../scripts/man.ts';
import { KEY_VARIABLES } from '../src/core/credentials/environment.ts';
import { fakeDeps } from './support/deps.ts';
import { temporaryDirectory } from './support/mmai.ts';
import { commandTree } from './support/tree.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (name: string) => readFileSync(join(root, name), 'utf8');
const manifest = JSON.parse(read('package.json'));

describe('the packed package', () => {
  const directory = temporaryDirectory();
  const npm = async (...args: string[]) => {
    const env = { ...process.env, npm_config_cache: join(directory, 'cache'), npm_config_offline: 'true' };
    const options = { cwd: root, env, shell: process.platform === 'win32' };
    return (await promisify(execFile)('npm', args, options)).stdout;
  };

  it('installs the program and its man page, alone and without a network', async () => {
    await npm('pack', '--ignore-scripts', '--silent', '--pack-destination', directory);
    const tarball = readdirSync(directory).find((name) => name.endsWith('.tgz'))!;
    const prefix = join(directory, 'prefix');
    mkdirSync(prefix);
    await npm('install', '--global', '--silent', '--prefix', prefix, join(directory, tarball));
    if (process.platform === 'win32') return;
    const installed = join(prefix, 'lib/node_modules/mmai');
    const page = join(prefix, 'share/man/man1/mmai.1');
    assert.ok(lstatSync(page).isSymbolicLink());
    assert.equal(realpathSync(page), realpathSync(join(installed, 'dist/mmai.1')));
    assert.deepEqual(readdirSync(join(prefix, 'lib/node_modules')), ['mmai']);
    assert.equal(existsSync(join(installed, 'src')), false);
    const { stdout } = await promisify(execFile)(join(prefix, 'bin/mmai'), ['--version']);
    assert.equal(stdout, `${manifest.version}\n`);
  });

  it('has every file that package.json names, and the schema of the events as it is in src/', () => {
    const exported = Object.values(manifest.exports).flatMap((target) => Object.values(Object(target) as object));
    const targets = [...exported, ...Object.values(manifest.exports), ...manifest.man, manifest.bin.mmai];
    for (const path of targets.filter((target) => typeof target === 'string' && target.length > 1)) {
      assert.ok(existsSync(join(root, path)), path);
    }
    assert.equal(read('dist/watch-events.schema.json'), read('src/output/watch-events.schema.json'));
  });

  it('lists the packages whose code is in it, with their versions, and their licences', () => {
    const licences = read('dist/LICENSES.txt');
    const entries = [...licences.matchAll(/^(@?[a-z][\w./-]*) (\d+\.\d+\.\d+\S*) \(.*\)$/gm)];
    const inlined = Object.fromEntries(entries.map(([, name, version]) => [name, version]));
    assert.deepEqual(manifest.inlinedDependencies, inlined, 'inlinedDependencies in package.json');
    assert.match(licences, /^llhttp.*\(MIT\)\nCopyright Fedor Indutny, 2018\.$/m);
    const foreign = entries.filter(([entry]) => !/\((MIT|ISC)\)$/.test(entry));
    assert.deepEqual(
      foreign.map(([entry]) => entry.replace(/ \d\S*/, '')),
      ['@jmespath-community/jmespath (MPL-2.0)'],
    );
    assert.match(licences, /\(MPL-2\.0\)\nSource code, used unchanged: https:\/\/github\.com\/jmespath-community\//);
  });
});

describe('the man page', () => {
  const page = read('dist/mmai.1');

  it('is in step with the command tree', async () => {
    assert.equal(page, manPage(await commandTree(fakeDeps())));
  });

  it('is ASCII, and groff has nothing to complain of where there is one', () => {
    assert.doesNotMatch(page, /[^\n\x20-\x7e]/);
    const groff = spawnSync('groff', ['-man', '-ww', '-z'], { input: page, encoding: 'utf8' });
    if (groff.error) process.stderr.write('NOT TESTED: the man page with groff, which is not installed here\n');
    else assert.deepEqual([groff.status, groff.stderr], [0, '']);
  });

  it('names every variable that mmai reads or sets, and describes each common option once', () => {
    const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts'))
      .map((path) => read(join('src', path)))
      .join('\n');
    const variables = sources.match(/\b(?:MMAI|ALIBABA_?CLOUD|ALICLOUD|XDG)_[A-Z0-9_]+\b/g)!;
    const ofTheBuild = ['MMAI_BUILD', 'MMAI_VERSION'];
    const section = page.slice(page.indexOf('.SH ENVIRONMENT'), page.indexOf('.SH FILES'));
    assert.deepEqual(
      [...new Set([...variables, ...KEY_VARIABLES])].filter(
        (name) => !ofTheBuild.includes(name) && !section.includes(name),
      ),
      [],
    );
    for (const option of ['\\-\\-profile', '\\-\\-region', '\\-\\-debug', '\\-\\-signature']) {
      assert.equal(page.split(`\n.B ${option}`).length - 1, 1, option);
    }
  });
});
