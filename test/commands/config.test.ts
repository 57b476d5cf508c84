import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Command } from 'commander';
import { addConfigCommand } from '../../src/commands/config.ts';
import { type FakeContext, fakeContext, piped, scripted, terminal } from '../support/context.ts';

const SECRET = 'abcd-not-for-the-eyes-wxyz';

async function config(words: string, context: FakeContext): Promise<void> {
  const program = new Command('mmai').exitOverride();
  addConfigCommand(program, context, () => {});
  await program.parseAsync(['config', ...words.split(' ')], { from: 'user' });
}

/** A person at a terminal who gives these answers. */
function person(...answers: string[]) {
  const prompts = scripted(...answers);
  return { asked: prompts.asked, stdin: terminal, prompts: async () => prompts };
}

const profilesOf = async (context: FakeContext) => (await context.store()).read().profiles;

describe('mmai config, talking to a person', () => {
  it('init asks for id, secret without echo and region, and says on stderr where they are', async () => {
    const { asked, ...there } = person('my-id', SECRET, '');
    const context = fakeContext(there);
    await config('init --profile prod', context);
    assert.deepEqual(await profilesOf(context), {
      prod: { 'access-key-id': 'my-id', 'access-key-secret': SECRET, region: 'cn-beijing' },
    });
    assert.deepEqual(
      asked.map((question) => question.split(':')[0]),
      ['text', 'secret', 'text'],
    );
    assert.match(context.stderr.text(), /"prod" stored in .*config\.json/);
    assert.doesNotMatch(context.stderr.text(), /eyes/);
    assert.equal(context.stdout.text(), '');
  });

  it('init replaces a key together with its token, and keeps the other settings', async () => {
    const context = fakeContext(person('id', SECRET, 'cn-shanghai'));
    await (await context.store()).update(({ profiles }) => {
      profiles.default = { 'security-token': 'old', retries: '1' };
    });
    await config('init', context);
    const { 'security-token': token, retries } = (await profilesOf(context)).default ?? {};
    assert.deepEqual([token, retries], [undefined, '1']);
  });

  for (const answers of [
    ['', SECRET, ''],
    ['id', '', ''],
    ['id', SECRET, 'Peking!'],
  ]) {
    it(`init stores nothing when told "${answers.join('", "')}"`, async () => {
      const context = fakeContext(person(...answers));
      await assert.rejects(config('init', context), { exitCode: 2 });
      assert.deepEqual(await profilesOf(context), {});
    });
  }

  it('set asks for a secret without echo', async () => {
    const { asked, ...there } = person(SECRET);
    const context = fakeContext(there);
    await config('set access-key-secret', context);
    assert.deepEqual(asked, ['secret: access-key-secret']);
    assert.deepEqual(await profilesOf(context), { default: { 'access-key-secret': SECRET } });
  });

  it('set stores no half of a secret when a signal ends the reading', async () => {
    const context = fakeContext({ stdin: piped('half'), signal: AbortSignal.abort(143) });
    await assert.rejects(config('set access-key-secret', context), { exitCode: 130 });
    assert.deepEqual(await profilesOf(context), {});
  });
});
