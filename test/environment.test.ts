import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

describe('the tests run on any machine', () => {
  it('with nothing of the environment of whoever runs them but what programs need in order to start', () => {
    const own = {
      LC_ALL: 'zh_CN.GBK',
      FORCE_COLOR: '1',
      CI: 'true',
      https_proxy: 'http://127.0.0.1:9',
      MMAI_LANG: 'zh',
    };
    const program = `await import('./test/support/environment.ts'); console.log(JSON.stringify(process.env));`;
    const printed = execFileSync(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', program], {
      cwd: root,
      encoding: 'utf8',
      env: { ...process.env, ...own, MMAI_FUZZ_SEED: '7' },
    });
    const left = JSON.parse(printed);
    assert.equal(left.PATH, process.env.PATH);
    assert.equal(left.MMAI_FUZZ_SEED, '7');
    for (const name of Object.keys(own)) assert.equal(left[name], undefined, name);
  });

  it('from any shell: no script of package.json has a glob, a variable or single quotes', () => {
    const { scripts } = JSON.parse(readFileSync(`${root}/package.json`, 'utf8')) as { scripts: Record<string, string> };
    for (const [name, line] of Object.entries(scripts)) assert.doesNotMatch(line, /[*$'`;|]|^\w+=/, name);
  });

  it('from a checkout with core.autocrlf: every text file keeps its line ends', () => {
    assert.equal(readFileSync(`${root}/.gitattributes`, 'utf8'), '* text=auto eol=lf\n');
  });
});
