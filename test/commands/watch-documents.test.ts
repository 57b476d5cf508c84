import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type FakeAnswer, refusal } from '../support/transport.ts';
import { env, finishedAt, matchesSchema, status, watch } from '../support/watch-command.ts';

describe('ndjson', () => {
  const lives: [string, string[], (second: number, id: string) => FakeAnswer][] = [
    ['a success', ['1', '2'], finishedAt(100)],
    [
      'a failed task and one that is not found',
      ['1', '2'],
      (_, id) => (id === '1' ? status(3) : refusal(404, 'ResourceNotFound')),
    ],
    [
      'errors',
      ['1'],
      (now) => (now < 60 ? refusal(500, 'InternalError') : now < 90 ? refusal(400, 'Throttling') : status(2)),
    ],
    ['a refusal', ['1', '2'], () => refusal(403, 'Forbidden.RAM')],
    ['a deadline', ['1', '2', '--any', '--timeout', '20m'], () => status(7)],
    ['an unlimited wait', ['1', '--timeout', 'none', '--max-interval', 'none'], finishedAt(4000)],
  ];
  for (const [name, args, life] of lives) {
    it(`of ${name} keeps to the schema, version first and summary last`, async () => {
      const { stdout } = await watch([...args, '-o', 'ndjson', '-q'], life);
      const events = stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line));
      for (const event of events)
        assert.ok(matchesSchema(event), `${JSON.stringify(event)} ${JSON.stringify(matchesSchema.errors)}`);
      assert.deepEqual([events[0].type, events[1].type, events.at(-1).type], ['version', 'start', 'summary']);
    });
  }

  it('shows no control character of a name, and stays the true text as JSON', async () => {
    const profile = '\u009b2J\u202e##[error]y';
    const store = async () => ({
      path: '/none',
      read: () => ({ current: profile, profiles: { [profile]: {} } }),
      update: async () => {},
    });
    const { stdout } = await watch(['1', '-o', 'ndjson', '-q'], finishedAt(0), () => ({ store }));
    assert.doesNotMatch(stdout, /[\u0080-\u009f\u202e]|##\[/);
    assert.equal(JSON.parse(stdout.split('\n')[1]!).profile, profile);
  });

  it('tells of each task that ended how late that may have been noticed', async () => {
    const { stdout } = await watch(['1', '2', '--json'], finishedAt(100));
    const { tasks, summary } = JSON.parse(stdout);
    assert.ok(summary.lagMaxMs['1'] > 1000 && summary.lagMaxMs['1'] < 11_000);
    assert.equal(summary.lagMaxMs['2'], tasks[1].lagMaxMs);
  });
});

describe('--query', () => {
  it('that does not fit the document costs neither the verdict nor the reports', async () => {
    const reports: Record<string, string> = {};
    const writeFile = async (path: string, text: string) => {
      reports[path] = text;
    };
    const github = { ...env, GITHUB_OUTPUT: 'outputs', GITHUB_STEP_SUMMARY: 'summary' };
    const args = ['1', '--query', 'sum(tasks)', '--junit', 'report.xml', '--annotations', 'github'];
    const { code, stderr } = await watch(args, finishedAt(0), () => ({ writeFile, env: github }));
    assert.equal(code, 2);
    assert.match(stderr, /done after 0s: 1 succeeded\nerror: --query/);
    assert.match(reports['report.xml'] ?? '', /<testsuites/);
    assert.match(reports.outputs ?? '', /^exit-code=2\noutcome=met\n/);
    assert.match(reports.summary ?? '', /\(exit code 2\)/);
  });

  it('is refused with events, which are no document; events that a variable asks for make way', async () => {
    const { code, requests } = await watch(['1', '--query', 'summary', '-o', 'ndjson'], finishedAt(0));
    assert.deepEqual([code, requests.length], [2, 0]);
    const variable = () => ({ env: { ...env, MMAI_OUTPUT: 'ndjson' } });
    const { stdout } = await watch(['1', '--query', 'summary.exitCode'], finishedAt(0), variable);
    assert.equal(stdout, '0\n');
  });
});

describe('reports for a CI', () => {
  const ci = { ...env, GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: '/summary', GITHUB_OUTPUT: '/output' };
  async function report(args: string[], environment: Record<string, string>) {
    const files: Record<string, string> = {};
    const writeFile = async (path: string, text: string, how: string) => {
      files[path] = `${how}: ${text}`;
    };
    return {
      files,
      ...(await watch(
        [...args, '1'],
        () => status(3),
        () => ({ env: environment, writeFile }),
      )),
    };
  }

  it('are an annotation, a step summary and outputs on GitHub Actions, found by itself', async () => {
    const { files, stderr, code } = await report([], ci);
    assert.equal(code, 1);
    assert.match(stderr, /^::error title=mmai task 1::failed$/m);
    assert.match(files['/summary']!, /^append: ### mmai watch: [\s\S]*\| 1 \| failed \| R \|/);
    assert.match(files['/output']!, /^append: exit-code=1\noutcome=ended\n/);
  });
  it('are asked for in any case, as every flag of words is', async () => {
    assert.match((await report(['--annotations', 'GitHub'], env)).stderr, /::error/);
  });
  it('are left out with --annotations none, and elsewhere', async () => {
    assert.deepEqual((await report(['--annotations', 'none'], ci)).files, {});
    assert.doesNotMatch((await report([], env)).stderr, /::error/);
  });
  it('are a JUnit file with --junit', async () => {
    assert.match((await report(['--junit', 'report.xml'], env)).files['report.xml']!, /^replace: <\?xml/);
  });
  it('that cannot be written change no exit code', async () => {
    const writeFile = async () => {
      throw new Error('ENOSPC');
    };
    const { code, stderr } = await watch(['1', '--junit', 'x'], finishedAt(0), () => ({ writeFile }));
    assert.equal(code, 0);
    assert.match(stderr, /warning: cannot write x: ENOSPC/);
  });
});
