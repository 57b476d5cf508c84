import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { parse } from 'yaml';
import { attributes, page, read, testCases } from './support/ci.ts';
import { bin, cacheHome, sandbox, temporaryDirectory, testKey } from './support/mmai.ts';

/** A step as a CI gives it to a shell. */
interface Step {
  readonly run: string;
  /** GitHub's condition; the page has one kind only, which holds after a failure too. */
  readonly if?: string;
  readonly env?: Readonly<Record<string, string>>;
}

interface Recipe {
  readonly steps: (block: string) => readonly Step[];
  /** The shell that the CI starts; the script is its last argument. */
  readonly shell: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
}

// biome-ignore lint/suspicious/noExplicitAny: whatever the page says, which the steps found in it prove
const yaml = (block: string): any => parse(block, { strict: true });

const RECIPES: Readonly<Record<string, Recipe>> = {
  'GitHub Actions': {
    steps: (block) => yaml(block).jobs.wait.steps.filter((step: Partial<Step>) => step.run),
    shell: ['bash', '-ec'],
    env: { GITHUB_ACTIONS: 'true', CI: 'true' },
  },
  'GitLab CI': {
    steps: (block) => yaml(block).wait.script.map((run: string) => ({ run })),
    shell: ['bash', '-eo', 'pipefail', '-c'],
    env: { GITLAB_CI: 'true', CI: 'true' },
  },
  Jenkins: {
    steps: (block) => [...block.matchAll(/\bsh(?: |\(.*script: )'([^']+)'/g)].map(([, run]) => ({ run: run! })),
    shell: ['sh', '-xec'],
    env: { BUILD_NUMBER: '1' },
  },
  'Alibaba Cloud Flow': {
    steps: (block) => [{ run: yaml(block).stages.wait_stage.jobs.wait_job.steps.wait_step.with.run }],
    // Nothing is said about -e there, so the script has to say it.
    shell: ['bash', '-c'],
    env: {},
  },
};

describe('the CI recipes', { concurrency: 4 }, () => {
  it('are the same in both languages', () => {
    const code = (text: string) => [...text.matchAll(/^```\w+\n[\s\S]*?^```$/gm)].map(([block]) => block);
    assert.deepEqual(code(read('CI.zh-CN.md')), code(page));
    const shape = (text: string) => text.match(/^(#+ |- |\||```)/gm);
    assert.deepEqual(shape(read('CI.zh-CN.md')), shape(page));
  });

  it('are all run here', () => {
    const named = [...page.matchAll(/^## (.+)\n[^#]*?^```/gm)].map(([, name]) => name);
    assert.deepEqual(named, Object.keys(RECIPES));
  });

  /** The run of a recipe in which a task fails, once for all that comes of it. */
  const withFailure = (name: string) => (failed[name] ??= runRecipe(name, RECIPES[name]!, '11=2;12=3'));
  const failed: Record<string, ReturnType<typeof runRecipe>> = {};

  for (const [name, recipe] of Object.entries(RECIPES)) {
    it(`${name}: passes when the tasks succeed`, async () => {
      const { code, report } = await runRecipe(name, recipe, '2');
      assert.equal(code, 0);
      assert.deepEqual(report?.map(Object.keys), [attributes, attributes]);
    });

    it(`${name}: fails when one fails, and leaves the report`, async () => {
      const { code, report } = await withFailure(name);
      assert.equal(code, 1);
      assert.deepEqual(report?.map(Object.keys), [attributes, ['failure', ...attributes]]);
    });
  }

  for (const [name, recipe] of Object.entries(RECIPES)) {
    it(`${name}: waits for nothing when the installation fails`, async () => {
      const failing = { ...recipe, env: { ...recipe.env, NPM_CI_EXIT_CODE: '7' } };
      const { code, report } = await runRecipe(name, failing, '2');
      assert.deepEqual([code, report], [7, undefined]);
    });
  }

  it('GitHub Actions: a later step reads the outputs, beside annotation and summary', async () => {
    const { told, files } = await withFailure('GitHub Actions');
    assert.match(told, /^::error title=mmai task 12::failed: Download fail \(1000\)$/m);
    assert.match(told, /^ended \(1\), 1 succeeded, 1 failed, still running \[\]$/m);
    assert.match(files.GITHUB_STEP_SUMMARY!, /^### mmai watch: .* \(exit code 1\)\n\n\| task \|/);
  });
});

/** Runs the steps of a recipe in an empty project until one fails; those that always run, too. No output has the secret. */
async function runRecipe(name: string, { steps, shell, env }: Recipe, script: string) {
  const block = new RegExp(`^## ${name}\\n[^#]*?^\`\`\`\\w+\\n([\\s\\S]*?)^\`\`\`$`, 'm').exec(page)![1]!;
  const { env: service } = await sandbox({ script });
  const project = newProject();
  const paths = ['GITHUB_OUTPUT', 'GITHUB_STEP_SUMMARY'].map((file) => [file, join(project.directory, file)] as const);
  const files = () =>
    Object.fromEntries(paths.map(([file, path]) => [file, existsSync(path) ? readFileSync(path, 'utf8') : '']));
  let [code, told] = [0, ''];
  for (const step of steps(block)) {
    if (code !== 0 && !isAlwaysRun(step, files().GITHUB_OUTPUT!)) break;
    const values = Object.entries(step.env ?? {}).map(([key, value]) => [
      key,
      evaluated(value, files().GITHUB_OUTPUT!),
    ]);
    // A key that the step names comes from there alone; elsewhere the CI has put it into the environment.
    const given = step.env ? { MMAI_ENDPOINT: service.MMAI_ENDPOINT } : service;
    const inShell = { ...project.env, ...env, ...Object.fromEntries(paths), TASK_IDS: '11 12', ...given };
    const ended = await run([...shell, step.run], project.directory, { ...inShell, ...Object.fromEntries(values) });
    told += ended.told;
    code ||= ended.code;
  }
  const report = join(project.directory, 'report.xml');
  const xml = existsSync(report) ? readFileSync(report, 'utf8') : undefined;
  for (const text of [told, xml ?? '', ...Object.values(files())]) assert.ok(!text.includes(testKey.accessKeySecret));
  return { code, told, files: files(), report: xml === undefined ? undefined : testCases(xml) };
}

function isAlwaysRun(step: Step, outputs: string): boolean {
  if (step.if === undefined) return false;
  assert.match(step.if, /^\$\{\{ !cancelled\(\) && steps\.wait\.outputs\.outcome != '' \}\}$/);
  return /^outcome=./m.test(outputs);
}

/** What the expressions of the page stand for. */
function evaluated(value: string, outputs: string): string {
  const [, expression] = /^\$\{\{ (.*) \}\}$/.exec(value)!;
  const [, output] = /^steps\.wait\.outputs\.(.+)$/.exec(expression!) ?? [];
  if (output) {
    const [, found] = new RegExp(`^${output}=(.*)$`, 'm').exec(outputs)!;
    return found!;
  }
  const known: Readonly<Record<string, string>> = {
    'inputs.task-ids': '11 12',
    'secrets.ALIBABA_CLOUD_ACCESS_KEY_ID': testKey.accessKeyId,
    'secrets.ALIBABA_CLOUD_ACCESS_KEY_SECRET': testKey.accessKeySecret,
  };
  assert.ok(expression! in known, expression);
  return known[expression!]!;
}

/** A project whose `npm ci` installs mmai, as it does where mmai is among the devDependencies. npx is the real one, off line. */
function newProject() {
  const directory = temporaryDirectory();
  const commands = join(directory, 'bin');
  mkdirSync(commands);
  writeFileSync(join(directory, 'package.json'), '{}');
  writeFileSync(
    join(commands, 'npm'),
    `#!/bin/sh
[ "$*" = ci ] || exit 64
mkdir -p node_modules/.bin
printf '#!/bin/sh\\nexec "${process.execPath}" "${bin}" "$@"\\n' > node_modules/.bin/mmai
chmod +x node_modules/.bin/mmai
exit "\${NPM_CI_EXIT_CODE:-0}"
`,
  );
  chmodSync(join(commands, 'npm'), 0o755);
  const env = {
    ...{ PATH: `${commands}:${process.env.PATH}`, HOME: directory, XDG_CACHE_HOME: cacheHome },
    ...{ npm_config_offline: 'true', npm_config_update_notifier: 'false', ALIBABA_CLOUD_ECS_METADATA_DISABLED: 'true' },
  };
  return { directory, env };
}

function run([command, ...args]: readonly string[], cwd: string, env: Record<string, string>) {
  const child = spawn(command!, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let told = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      told += text;
    });
  }
  return new Promise<{ code: number; told: string }>((resolve, reject) => {
    child.on('error', reject).on('close', (code) => resolve({ code: code ?? -1, told }));
  });
}
