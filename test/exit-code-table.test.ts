import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { attributes, testCases } from './support/ci.ts';
import { mmai, temporaryDirectory } from './support/mmai.ts';

describe('the table of exit codes', { concurrency: 4 }, () => {
  /** As each row of the page says: what is in the report, which annotations there are, and whether there are outputs. */
  const rows: readonly (readonly [
    code: number,
    flags: string[],
    elements: string[],
    annotations: string[],
    outputs: boolean,
  ])[] = [
    [0, ['--simulate', '2'], [], [], true],
    [1, ['--simulate', '11=3;12=2'], ['failure'], ['error'], true],
    [3, ['--simulate', 'forbidden'], ['error', 'error'], ['error', 'error'], true],
    [3, [], ['error', 'error'], ['error', 'error'], false],
    [4, ['--simulate', '11=500;12=2', '--error-budget', '1ms'], ['error'], ['error'], true],
    [5, ['--simulate', '11=404;12=2', '--not-found-grace', '1ms'], ['error'], ['error'], true],
    [124, ['--simulate', '11=1;12=2', '--timeout', '1s'], ['skipped'], ['warning'], true],
  ];
  for (const [code, flags, elements, kinds, hasOutputs] of rows) {
    it(`is true of ${code}: ${flags.join(' ') || 'no credentials'}`, async () => {
      const at = githubStep();
      const { code: ended, stderr } = await mmai(['watch', '11', '12', ...flags, '--junit', at.report], at);
      assert.equal(ended, code);
      const found = testCases(readFileSync(at.report, 'utf8')).flatMap((one) =>
        Object.keys(one).filter((key) => !attributes.includes(key)),
      );
      assert.deepEqual(found, elements);
      assert.deepEqual(
        [...stderr.matchAll(/^::(\w+) /gm)].map(([, kind]) => kind),
        kinds,
      );
      assert.equal(at.outputs().startsWith(`exit-code=${code}\n`), hasOutputs);
      assert.match(readFileSync(at.env.GITHUB_STEP_SUMMARY, 'utf8'), new RegExp(`^### .* \\(exit code ${code}\\)\n`));
    });
  }

  it('is true of 2: no report, no outputs, no summary', async () => {
    const at = githubStep();
    const { code, stderr } = await mmai(['watch', '11', '--timeout', 'x', '--junit', at.report], at);
    assert.equal(code, 2);
    assert.doesNotMatch(stderr, /^::/m);
    for (const path of [at.report, at.env.GITHUB_OUTPUT, at.env.GITHUB_STEP_SUMMARY]) assert.ok(!existsSync(path));
  });

  it('is true of 130: what still runs is skipped, and there is no annotation', async () => {
    const at = githubStep();
    const onOutput = (kill: (signal: NodeJS.Signals) => void) => kill('SIGINT');
    const flags = ['--simulate', '11=1;12=1', '-o', 'ndjson', '--junit', at.report];
    const { signal, stderr } = await mmai(['watch', '11', '12', ...flags], { ...at, onOutput });
    assert.equal(signal, 'SIGINT');
    assert.doesNotMatch(stderr, /^::/m);
    assert.equal(readFileSync(at.report, 'utf8').match(/<skipped /g)?.length, 2);
  });
});

/** The files of a step, and the environment that names them. */
function githubStep() {
  const directory = temporaryDirectory();
  const path = (name: string) => join(directory, name);
  const env = { GITHUB_ACTIONS: 'true', GITHUB_OUTPUT: path('output'), GITHUB_STEP_SUMMARY: path('summary') };
  const outputs = () => (existsSync(env.GITHUB_OUTPUT) ? readFileSync(env.GITHUB_OUTPUT, 'utf8') : '');
  return { env, outputs, report: path('report.xml') };
}
