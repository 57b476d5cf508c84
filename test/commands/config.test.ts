import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Command } from 'commander';
import { addConfigCommand } from '../../src/commands/config.ts';
import { type FakeDeps, fakeDeps, piped, scripted, terminal } from '../support/deps.ts';

const SECRET = 'abcd-not-for-the-eyes-wxyz';

async function config(words: string, deps: FakeDeps): Promise<void> {
  const program = new Command('mmai').exitOverride();
  addConfigCommand(program, deps, () => {});
  await program.parseAsync(['config', ...words.split(' ')], { from: 'user' });
}

/** A person at a terminal who gives these answers. */
function person(...answers: string[]) {
  const prompts = scripted(...answers);
  return { asked: prompts.asked, stdin: terminal, prompts: async () => prompts };
}

const profilesOf = async (deps: FakeDeps) => (await deps.store()).read().profiles;

describe('mmai config, talking to a person', () => {
  it('init asks for id, secret without echo and region, and says on stderr where they are', async () => {
    const { asked, ...there } = person('my-id', SECRET, '');
    const deps = fakeDeps(there);
    await config('init --profile prod', deps);
    assert.deepEqual(await profilesOf(deps), {
      prod: { 'access-key-id': 'my-id', 'access-key-secret': SECRET, region: 'cn-beijing' },
    });
    assert.deepEqual(
      asked.map((question) => question.split(':')[0]),
      ['text', 'secret', 'text'],
    );
    assert.match(deps.stderr.text(), /"prod" stored in .*config\.json/);
    assert.doesNotMatch(deps.stderr.text(), /eyes/);
    assert.equal(deps.stdout.text(), '');
  });

  it('init replaces a key together with its token, and keeps the other settings', async () => {
    const deps = fakeDeps(person('id', SECRET, 'cn-shanghai'));
    await (await deps.store()).update(({ profiles }) => {
      profiles.default = { 'security-token': 'old', retries: '1' };
    });
    await config('init', deps);
    const { 'security-token': token, retries } = (await profilesOf(deps)).default ?? {};
    assert.deepEqual([token, retries], [undefined, '1']);
  });

  for (const answers of [
    ['', SECRET, ''],
    ['id', '', ''],
    ['id', SECRET, 'Peking!'],
  ]) {
    it(`init stores nothing when told "${answers.join('", "')}"`, async () => {
      const deps = fakeDeps(person(...answers));
      await assert.rejects(config('init', deps), { exitCode: 2 });
      assert.deepEqual(await profilesOf(deps), {});
    });
  }

  it('set asks for a secret without echo', async () => {
    const { asked, ...there } = person(SECRET);
    const deps = fakeDeps(there);
    await config('set access-key-secret', deps);
    assert.deepEqual(asked, ['secret: access-key-secret']);
    assert.deepEqual(await profilesOf(deps), { default: { 'access-key-secret': SECRET } });
  });

  it('set stores no half of a secret when a signal ends the reading', async () => {
    const deps = fakeDeps({ stdin: piped('half'), signal: AbortSignal.abort(143) });
    await assert.rejects(config('set access-key-secret', deps), { exitCode: 130 });
    assert.deepEqual(await profilesOf(deps), {});
  });
});
