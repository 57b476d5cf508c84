import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { run } from '../../src/cli.ts';
import type { Deps } from '../../src/deps.ts';
import { fakeDeps } from '../support/deps.ts';

const schema = JSON.parse(readFileSync(new URL('../../src/output/watch-events.schema.json', import.meta.url), 'utf8'));
const matchesSchema = new Ajv2020({ allowUnionTypes: true, strictTypes: false }).compile(schema);

/** Runs a command without credentials. */
async function ended(args: readonly string[], overrides: Partial<Deps> = {}) {
  const deps = fakeDeps({ env: { ALIBABA_CLOUD_ECS_METADATA_DISABLED: 'true' }, ...overrides });
  const code = await run(args, deps);
  return { code, stdout: deps.stdout.text(), stderr: deps.stderr.text() };
}

const broken: Partial<Deps> = {
  transport: async () => {
    throw new TypeError('nobody expected this');
  },
};

const CASES: readonly (readonly [
  why: string,
  args: string[],
  code: number,
  error: string,
  overrides?: Partial<Deps>,
])[] = [
  ['a bad id', ['abc'], 2, 'Mmai.Usage'],
  ['no id', [], 2, 'Mmai.Usage'],
  ['an unknown flag', ['1', '--bogus'], 2, 'Mmai.Usage'],
  ['a flag without its value', ['1', '--timeout'], 2, 'Mmai.Usage'],
  ['a bad setting', ['1', '--region', 'A B'], 2, 'Mmai.Usage'],
  ['no credentials', ['1', '2'], 3, 'Mmai.Credentials'],
  ['a bug', ['1'], 70, 'Mmai.Bug', broken],
];

describe('a document was asked for, and an error came first:', () => {
  for (const [why, args, code, error, overrides] of CASES) {
    for (const command of ['status', 'watch']) {
      if (command === 'status' && args.includes('--timeout')) continue;

      it(`${command} ends for ${why} with one document that has the error`, async () => {
        for (const form of [
          ['--json'],
          ['-o', 'json'],
          ['-ojson'],
          ['--output=JSON'],
          ['-qo', 'json'],
          ['-qojson'],
          ['-o=json'],
        ]) {
          const run = await ended([command, ...form, ...args], overrides);
          assert.equal(run.code, code);
          const document = JSON.parse(run.stdout);
          assert.equal(document.error.code, error);
          assert.equal(document.summary.exitCode, code);
          assert.ok(Array.isArray(document.tasks));
          assert.match(run.stderr, /^error: /m);
        }
      });
    }

    it(`watch ends for ${why} with a summary that has the error as its last event`, async () => {
      const run = await ended(['watch', '-o', 'ndjson', ...args], overrides);
      assert.equal(run.code, code);
      const events = run.stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line));
      for (const event of events) assert.ok(matchesSchema(event), JSON.stringify(matchesSchema.errors));
      assert.equal(events[0].type, 'version');
      const last = events.at(-1);
      assert.deepEqual([last.type, last.exitCode, last.error.code], ['summary', code, error]);
      assert.deepEqual(
        events.map(({ seq }) => seq),
        events.map((_, index) => index + 1),
      );
    });
  }

  it('the form may come from a variable or from the profile', async () => {
    const { stdout } = await ended(['status', 'abc'], { env: { MMAI_OUTPUT: 'json' } });
    assert.equal(JSON.parse(stdout).error.code, 'Mmai.Usage');
    // With the carriage return of a CRLF .env file.
    const deps = fakeDeps({ env: { MMAI_PROFILE: 'work\r' } });
    await (await deps.store()).update((config) => {
      config.profiles.work = { output: 'json' };
    });
    assert.equal(await run(['status', 'abc'], deps), 2);
    assert.equal(JSON.parse(deps.stdout.text()).error.code, 'Mmai.Usage');
  });

  it('a wait prints json where a variable says raw, and a flag counts for more than a variable', async () => {
    const { stdout } = await ended(['watch', 'abc'], { env: { MMAI_OUTPUT: 'raw' } });
    assert.equal(JSON.parse(stdout).error.code, 'Mmai.Usage');
    assert.equal((await ended(['watch', 'abc', '-o', 'raw'])).stdout, '');
    // A flag that it does not have.
    const unknown = await ended(['watch', '1', '--raw'], { env: { MMAI_OUTPUT: 'json' } });
    assert.equal(JSON.parse(unknown.stdout).error.code, 'Mmai.Usage');
    assert.equal((await ended(['status', 'abc', '--raw'], { env: { MMAI_OUTPUT: 'json' } })).stdout, '');
  });

  it('text, tsv, a query and other commands have nothing to print', async () => {
    for (const args of [['abc'], ['abc', '-o', 'tsv'], ['abc', '--json', '--query', 'tasks'], ['--', '--json']]) {
      assert.equal((await ended(['status', ...args])).stdout, '');
    }
    assert.equal((await ended(['explain', 'nothing-like-it', '--json'])).stdout, '');
    for (const args of [
      ['explain', 'result', '--json'],
      ['config', 'use', 'watch'],
      ['config', 'get', 'status', '--json'],
    ]) {
      const { code, stdout } = await ended(args, { env: { MMAI_OUTPUT: 'json' } });
      assert.deepEqual([code, stdout], [2, ''], args.join(' '));
    }
  });
});

describe('a signal ends a command while it', () => {
  const cases: readonly (readonly [string, Partial<Deps>, string[]])[] = [
    ['runs a credential-process', { runCommand: async () => ({ how: 'stopped' }) }, []],
    [
      'reads a file',
      { readText: () => Promise.reject(Object.assign(new Error('stopped'), { code: 'ECANCELED' })) },
      ['--ca-file', 'x'],
    ],
  ];
  for (const [what, overrides, flags] of cases) {
    it(`${what}: the document has the exit code of the signal, as the process has`, async () => {
      const controller = new AbortController();
      const deps = fakeDeps({ ...overrides, signal: controller.signal });
      await (await deps.store()).update((config) => {
        config.profiles.work = { 'credential-process': 'get-key' };
      });
      controller.abort(143);
      const code = await run(['status', '1', '--json', '--profile', 'work', ...flags], deps);
      const document = JSON.parse(deps.stdout.text());
      assert.deepEqual([code, document.summary.exitCode, document.error.code], [143, 143, 'Mmai.Interrupted']);
    });
  }
});
