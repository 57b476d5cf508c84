import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

const PROGRAM = `
import { createClient, ExitCode, type TaskClient, type TaskReply, waitForTasks, watchTasks } from 'mmai';
const accessKey = { accessKeyId: 'id', accessKeySecret: 'secret' };
const client = createClient({ accessKey, format: 'xml', requestTimeout: 2500, transport: fetch });
const reply: TaskReply = await client.getTaskStatus('1');
const { signal } = new AbortController();
const options = { timeout: '1h30m', queueTimeout: '1h5m10s', stallTimeout: '1.5h', interval: 'auto', maxInterval: 5000, any: true, failFast: false, results: true, signal } as const;
for await (const event of watchTasks(client, ['1'], options)) {
  if (event.type === 'summary') console.log(reply.ok, event.lagMaxMs, event.exitCode === ExitCode.ok);
}
const own: TaskClient = { getTaskStatus: async () => ({ ok: true, result: { status: 2 } }) };
const { tasks, summary } = await waitForTasks(own, ['t-1'], { count: 1, maxRps: Infinity, stallTimeout: 'none' });
console.log(tasks[0]?.state, tasks[0]?.result?.url, summary.counts.succeeded);
`;

/** Each does not compile. */
const WRONG = [
  'createClient({});',
  "createClient({ accessKey: { accessKeyId: 'id' } });",
  "createClient({ accessKey, format: 'yaml' });",
  "createClient({ accessKey, signature: 'v2' });",
  "createClient({ accessKey, requestTimeout: '90' });",
  'createClient({ accessKey, transport: {} });',
  "watchTasks(client, '1');",
  'watchTasks(client, [1]);',
  "watchTasks({}, ['1']);",
  "watchTasks(client, ['1'], { timeout: 'soon' });",
  "watchTasks(client, ['1'], { timout: 5 });",
  "watchTasks(client, ['1'], { any: 'yes' });",
  "watchTasks(client, ['1'], { count: '1' });",
  "watchTasks(client, ['1'], { until: 'done' });",
  "watchTasks(client, ['1'], { maxInterval: 'auto' });",
  "waitForTasks(client, ['1'], { maxRps: '5' });",
  "waitForTasks({ getTaskStatus: async () => ({ ok: true, result: { status: 'done' } }) }, ['1']);",
  "waitForTasks({ getTaskStatus: async () => ({ ok: false, failure: { code: 'x' } }) }, ['1']);",
];

it('has types that a program can use with no package beside mmai, checked to the last declaration; wrong options do not compile', () => {
  const directory = mkdtempSync(join(tmpdir(), 'mmai-types-'));
  try {
    const installed = join(directory, 'node_modules', 'mmai');
    mkdirSync(installed, { recursive: true });
    cpSync(join(root, 'package.json'), join(installed, 'package.json'));
    cpSync(join(root, 'dist'), join(installed, 'dist'), { recursive: true });
    const wrong = WRONG.map((line) => `// @ts-expect-error\n${line}\n`).join('');
    writeFileSync(join(directory, 'program.mts'), PROGRAM + wrong);
    const compilerOptions = {
      ...{ module: 'nodenext', target: 'es2022', strict: true, noEmit: true, skipLibCheck: false },
      types: [],
    };
    writeFileSync(join(directory, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['program.mts'] }));
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    const { stdout, status } = spawnSync(process.execPath, [tsc, '-p', directory], { encoding: 'utf8' });
    assert.equal(stdout, '');
    assert.equal(status, 0);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});
