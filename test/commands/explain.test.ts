import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { runExplain } from '../../src/commands/explain.ts';
import { catalogue, classify } from '../../src/core/rpc/error-codes.ts';
import { ExitCode, MmaiError } from '../../src/errors.ts';
import { en, type Messages } from '../../src/locales/en/messages.ts';
import { zh } from '../../src/locales/zh/messages.ts';
import { thrownObject } from '../../src/output/document.ts';
import { displayWidth } from '../../src/text/width.ts';
import { fakeDeps } from '../support/deps.ts';
import { mmai } from '../support/mmai.ts';

async function explained(topic: string | undefined, options: object = {}, messages: Messages = en): Promise<string> {
  const deps = fakeDeps({ messages, transport: () => assert.fail('explain asks nobody') });
  assert.equal(await runExplain(topic, options, deps), 0);
  return deps.stdout.text();
}

async function documentOf(topic?: string) {
  return JSON.parse(await explained(topic, { json: true })).explanations;
}

describe('mmai explain', () => {
  for (const code of Object.keys(catalogue) as (keyof typeof catalogue)[]) {
    it(`explains ${code} in any case: meaning, what to do, whether mmai retries it`, async () => {
      const [told, ...more] = await documentOf(code.toUpperCase());
      assert.deepEqual(more, []);
      assert.equal(told.topic, code);
      assert.equal(told.retry, classify(code, 0).retry);
      const rule = ['auth', 'notFound', 'throttle'].includes(told.class) ? told.class : told.retry;
      assert.deepEqual({ meaning: told.meaning, hint: told.hint }, en.codes[catalogue[code].topic]);
      for (const messages of [en, zh]) {
        const { meaning, hint } = messages.codes[catalogue[code].topic];
        const text = await explained(code, {}, messages);
        for (const part of [code, meaning, hint, messages.explain.retries[rule as 'never']]) {
          assert.ok(text.includes(part), part);
        }
      }
    });
  }

  it('refuses two forms of output', async () => {
    const asked = runExplain('3', { output: 'text', json: true }, fakeDeps());
    await assert.rejects(asked, { exitCode: 2, message: '--output text and --json cannot be used together' });
  });

  it('names the system policy of whatever a permission is missing for', async () => {
    const denied = (Object.keys(catalogue) as (keyof typeof catalogue)[]).filter((code) =>
      /^(noPermission|forbidden)$/.test(catalogue[code].topic),
    );
    assert.ok(denied.length >= 4);
    for (const code of denied) {
      for (const messages of [en, zh]) {
        assert.match(await explained(code, {}, messages), /AliyunMultimediaAIReadOnlyAccess/);
      }
    }
  });

  it('explains every exit code and every status, by number, by word and in the language of the user', async () => {
    for (const exitCode of Object.values(ExitCode)) {
      assert.ok((await documentOf(String(exitCode))).some((told: { exitCode: number }) => told.exitCode === exitCode));
    }
    for (const [status, word] of ['submitting', 'running', 'succeeded', 'failed'].entries()) {
      const [told] = await documentOf(word);
      assert.deepEqual([told.kind, told.status, told.final], ['status', status, status > 1]);
      assert.match(await explained(zh.states[word as 'running'], {}, zh), new RegExp(zh.states[word as 'running']));
    }
  });

  it('tells of the number after a reason that it is no status', async () => {
    for (const messages of [en, zh])
      assert.match(await explained('1000', {}, messages), /Download fail \(1000\).*"mmai result ID"/s);
  });

  it('tells both of a number that is a status and an exit code', async () => {
    assert.deepEqual(
      (await documentOf('3')).map(({ kind }: { kind: string }) => kind),
      ['status', 'exitCode'],
    );
    assert.match(await explained('3'), /^status 3: failed\n[\s\S]*\n\nexit code 3\n/);
  });

  it('explains the codes of its own errors as the exit codes that they end with', async () => {
    const exitCodesOf = async (code: string) =>
      (await documentOf(code)).map((told: { exitCode: number }) => told.exitCode);
    assert.deepEqual(await exitCodesOf('mmai.usage'), [2]);
    for (const exitCode of [
      ExitCode.usage,
      ExitCode.denied,
      ExitCode.unanswered,
      ExitCode.outputFailed,
      ExitCode.bug,
    ]) {
      const { code } = thrownObject(new MmaiError(exitCode, () => ''), en);
      assert.deepEqual(await exitCodesOf(code), [exitCode]);
    }
    assert.deepEqual(await exitCodesOf('Mmai.Interrupted'), [129, 130, 143]);
    assert.deepEqual(await exitCodesOf('Network.Aborted'), [129, 130, 143]);
  });

  it('explains an HTTP status as the code that comes with it', async () => {
    const [told, ...more] = await documentOf('404');
    assert.deepEqual([told.topic, told.countsAs, more], ['ResourceNotFound', null, []]);
    for (const status of ['403', '429', '500', '503']) assert.equal((await documentOf(status))[0].kind, 'errorCode');
  });

  it('says of a number the documents do not name that it counts as not finished', async () => {
    const [told, ...more] = await documentOf('7');
    assert.deepEqual([told.state, told.status, told.final, more], ['unknown', 7, false, []]);
  });

  it('explains a code of a known family as what it is treated as', async () => {
    const [told] = await documentOf('Throttling.Somehow');
    assert.deepEqual([told.topic, told.countsAs, told.retry], ['Throttling.Somehow', 'Throttling', 'backoff']);
    assert.match(await explained('Throttling.Somehow'), /treated as: Throttling\n/);
  });

  it('lists every topic without one, and a group by its name', async () => {
    const topics = (await documentOf()).map(({ topic }: { topic: string }) => topic);
    const names = ['statuses', 'exit-codes', 'error-codes', 'guides'];
    const groups = await Promise.all(names.map((name) => documentOf(name)));
    assert.deepEqual(
      topics,
      groups.flat().map(({ topic }) => topic),
    );
    for (const topic of topics) assert.ok((await documentOf(topic)).length > 0, topic);
    const list = await explained(undefined);
    for (const topic of topics) assert.match(list, new RegExp(`^  ${topic.replaceAll('.', '\\.')} `, 'm'));
    // The long names of error codes push only each other aside.
    assert.match(list, /^ {2}succeeded {3}the task/m);
  });

  it('tells how an agent or a job with short steps waits: bounded turns, 124, the command that continues', async () => {
    for (const messages of [en, zh]) {
      const text = await explained('AGENTS', {}, messages);
      for (const part of ['mmai watch ID --timeout 50s --json', '124', 'summary.resume'])
        assert.ok(text.includes(part), part);
    }
    assert.equal((await documentOf('agents'))[0].kind, 'guide');
  });

  it('puts a query to the document', async () => {
    assert.equal(await explained('Throttling', { query: 'explanations[0].retry' }), 'backoff\n');
  });

  const near: [string, string][] = [
    ['throttlin', 'Throttling'],
    ['SignatureDoesntMatch', 'SignatureDoesNotMatch'],
    ['resourcNotFound', 'ResourceNotFound'],
    ['suceeded', 'succeeded'],
    ['exitcodes', 'exit-codes'],
    ['Network.DSN', 'Network.Dns'],
  ];
  for (const [typed, meant] of near) {
    it(`suggests ${meant} for ${typed}`, async () => {
      const { code, stderr } = await mmai(['explain', typed]);
      assert.equal(code, 2);
      assert.match(stderr, new RegExp(`did you mean "mmai explain ${meant}"\\?\n$`));
    });
  }

  it('suggests nothing for what is near nothing, and shows no control character of it', async () => {
    const { code, stderr } = await mmai(['explain', '\u001b[2Jxyz']);
    assert.equal(code, 2);
    assert.match(stderr, /"\\u\{1b\}\[2Jxyz"\nhint: run "mmai explain" to list all topics\n$/);
  });

  it('is named by the last line of an error that has a code it knows, and knows that code', async () => {
    for (const [script, flags] of [
      ['forbidden', []],
      ['404', []],
      ['500', ['--retries', '0']],
      ['reset', ['--retries', '0']],
    ] as const) {
      const { stderr } = await mmai(['status', '1', '--simulate', script, ...flags]);
      const topic = /details: mmai explain (\S+)\n$/.exec(stderr)?.[1];
      assert.ok(topic && (await documentOf(topic)).length === 1, stderr);
    }
  });
});

describe('at a terminal an explanation', () => {
  for (const columns of [200, 80, 68, 60, 46]) {
    it(`fits ${columns} columns, and says the same as elsewhere`, async () => {
      for (const [messages, topic] of [en, zh].flatMap((messages) =>
        [undefined, 'agents', '3', 'Throttling.Somehow'].map((topic) => [messages, topic] as const),
      )) {
        const deps = fakeDeps({ messages });
        const stdout = Object.assign(deps.stdout, { isTerminal: true, size: () => ({ columns, rows: 24 }) });
        assert.equal(await runExplain(topic, {}, deps), 0);
        const lines = stdout.text().split('\n');
        assert.deepEqual(
          lines.filter((line) => displayWidth(line) > columns),
          [],
        );
        const words = (text: string) => text.replace(/\s+/g, '');
        assert.equal(words(stdout.text()), words(await explained(topic, {}, messages)));
      }
    });
  }
});
