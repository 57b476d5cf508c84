import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, it } from 'node:test';
import { run } from '../../src/cli.ts';
import { fakeDeps } from '../support/deps.ts';
import { mmaiInProcess, realClock, realTransport } from '../support/in-process.ts';
import { sandbox } from '../support/mmai.ts';

const REASON = 'Download fail \\(1000\\)';
const matches = (text: string, pattern: string) => assert.match(text, new RegExp(pattern, 'm'));

describe('mmai watch says why a task failed', () => {
  it('in its row, on a line of the progress, and in the last line of all', async () => {
    const { code, stdout, stderr } = await mmaiInProcess(['watch', '51', '7', '--simulate', '51=3;7=2']);
    assert.equal(code, 1);
    matches(stdout, `^51 {2}failed {5}\\S+ +${REASON}$`);
    matches(stdout, '^7 {3}succeeded {2}\\S+$');
    matches(stderr, `^\\[\\+00:0\\d\\] 51 failed: ${REASON}$`);
    matches(stderr, `\n {2}failed: 51: ${REASON}\n$`);
  });

  it('of a single task too, in the language of the user', async () => {
    const { stderr } = await mmaiInProcess(['watch', '51', '--simulate', '3', '--lang', 'zh']);
    assert.match(stderr, /\n {2}失败：51：Download fail \(1000\)\n$/);
  });

  it('once for each reason where many tasks failed', async () => {
    const script = '1=3(a);2=3(b);3=3(a);4=2';
    const { stderr } = await mmaiInProcess(['watch', '1', '2', '3', '4', '--simulate', script]);
    assert.match(stderr, /\n {2}failed: 1, 3: a\n {2}failed: 2: b\n$/);
  });

  it('in the json document and in the event of its end', async () => {
    const { stdout } = await mmaiInProcess(['watch', '51', '7', '--json', '--simulate', '51=3;7=2']);
    const [failed, succeeded] = JSON.parse(stdout).tasks;
    assert.equal(failed.result.reason.name, 'Download fail');
    assert.ok(!('result' in succeeded));
    const { stdout: lines } = await mmaiInProcess(['watch', '51', '-o', 'ndjson', '--simulate', '3']);
    const events = lines
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    assert.deepEqual(
      events.map(({ type }) => type),
      ['version', 'start', 'state', 'result', 'summary'],
    );
    assert.equal(events[3].result.reason.code, '1000');
    const times = events.map(({ elapsedMs }) => elapsedMs);
    assert.deepEqual(
      times,
      times.toSorted((one, other) => one - other),
    );
  });

  it('in annotations, step summary and JUnit report', async () => {
    const files: Record<string, string> = {};
    const { env } = await sandbox({ script: '3' });
    const names = { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: '/summary', GITHUB_OUTPUT: '/output' };
    const deps = fakeDeps({
      ...{ env: { ...env, ...names }, transport: realTransport({}), clock: realClock, nonce: randomUUID },
      writeFile: async (path, text) => {
        files[path] = text;
      },
    });
    assert.equal(await run(['watch', '51', '--junit', 'report.xml'], deps), 1);
    matches(deps.stderr.text(), `^::error title=mmai task 51::failed: ${REASON}$`);
    matches(files['/summary']!, `^\\| 51 \\| failed: ${REASON} \\|`);
    matches(files['report.xml']!, `<failure message="failed: ${REASON}"/>`);
  });
});

describe('the results of a wait', { concurrency: 8 }, () => {
  it('are those of every task that ended with --results, the URL in the row', async () => {
    const { code, stdout, stderr } = await mmaiInProcess(['watch', '7', '--results', '--simulate', '1,2']);
    assert.equal(code, 0);
    assert.match(stdout, /^7 {2}succeeded {2}\S+ {2}http:\/\/127\.0\.0\.1:\d+\/processResult\/7\.txt\?Expires=/);
    assert.doesNotMatch(stderr, /Signature/);
  });

  it('follow from the answer of aliyun-cli to the request that submits a task, as it prints it', async () => {
    const input =
      '{\n\t"Code": "OK",\n\t"RequestId": "7CAB5D5A-11E4-4C5D-9AE5-55F48A4ACD8F",\n\t"TaskId": 9007199254740993\n}\n';
    const { code, stdout, stderr } = await mmaiInProcess(['watch', '--results', '--json', '--simulate', '3'], {
      input,
    });
    const [task] = JSON.parse(stdout).tasks;
    assert.deepEqual([code, task.id, task.result.reason.code], [1, '9007199254740993', '1000']);
    assert.match(stderr, /\n {2}failed: 9007199254740993: Download fail \(1000\)\n$/);
  });

  it('are none with --no-results', async () => {
    const { env, requestCount } = await sandbox({ script: '3' });
    const { code, stdout } = await mmaiInProcess(['watch', '7', '--no-results'], { env });
    assert.deepEqual([code, requestCount()], [1, 1]);
    assert.match(stdout, /^7 {2}failed {2}\S+\n$/);
  });

  it('cannot be wanted and not wanted: exit 2, nothing sent', async () => {
    for (const flags of [
      ['--results', '--no-results'],
      ['--no-results', '--results'],
    ]) {
      const { env, requestCount } = await sandbox({ script: '3' });
      const { code, stderr } = await mmaiInProcess(['watch', '7', ...flags], { env });
      assert.deepEqual([code, requestCount()], [2, 0]);
      assert.match(stderr, /--results and --no-results/);
    }
  });

  for (const fault of ['forbidden', '404', '500', 'garbage', 'reset', 'html', 'expired', 'throttle']) {
    it(`that fail with ${fault} change neither the outcome nor what is said`, async () => {
      const given = await mmaiInProcess(['watch', '7', '--simulate', `3,${fault}`]);
      const without = await mmaiInProcess(['watch', '7', '--no-results', '--simulate', '3']);
      const shown = ({ stdout, stderr }: typeof given) =>
        `${stdout}${stderr}`.replace(/[\d.]+(m?s)\b/g, '0$1').replace(/\[\+[\d:]+\]/g, '[]');
      assert.equal(given.code, 1);
      assert.equal(shown(given), shown(without));
    });
  }

  it('are wanted by the command that resumes the wait, as they were', async () => {
    for (const flag of ['--results', '--no-results']) {
      const { stdout } = await mmaiInProcess(['watch', '7', flag, '--json', '--timeout', '50ms', '--simulate', '1']);
      assert.ok(JSON.parse(stdout).summary.resume.includes(flag));
    }
  });
});
