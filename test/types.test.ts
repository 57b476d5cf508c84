import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

const PROGRAM = `
import { createClient, ExitCode, type TaskReply, watchTasks } from 'mmai';
const client = createClient({ accessKey: { accessKeyId: 'id', accessKeySecret: 'secret' } });
const reply: TaskReply = await client.getTaskStatus('1');
for await (const event of watchTasks(client, ['1'], { timeout: '5m' })) {
  if (event.type === 'summary') console.log(reply.ok, event.lagMaxMs, event.exitCode === ExitCode.ok);
}
`;

it('has types that a program can use with no package beside mmai, checked to the last declaration', () => {
  const directory = mkdtempSync(join(tmpdir(), 'mmai-types-'));
  try {
    const installed = join(directory, 'node_modules', 'mmai');
    mkdirSync(installed, { recursive: true });
    cpSync(join(root, 'package.json'), join(installed, 'package.json'));
    cpSync(join(root, 'dist'), join(installed, 'dist'), { recursive: true });
    writeFileSync(join(directory, 'program.mts'), PROGRAM);
    const compilerOptions = {
      ...{ module: 'nodenext', target: 'es2022', strict: true, noEmit: true, skipLibCheck: false },
      ...{ types: ['node'], typeRoots: [join(root, 'node_modules/@types')] },
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
