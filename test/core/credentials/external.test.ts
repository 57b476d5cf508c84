import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { printedProfile } from '../../../src/core/credentials/external.ts';
import type { CommandEnd, CommandLimits } from '../../../src/core/credentials/provider.ts';
import { credentialDeps } from '../../support/credential-deps.ts';

/** What the command was given, and the error it ended with. */
async function fetched(end: CommandEnd, isInteractive: boolean) {
  const given: CommandLimits[] = [];
  const deps = await credentialDeps({
    isInteractive: () => isInteractive,
    runCommand: async (_, limits) => {
      given.push(limits);
      return end;
    },
  });
  const command = { command: 'tool', name: 'process_command', source: () => 'profile' };
  const error = (await printedProfile(command, deps).catch((thrown: unknown) => thrown)) as {
    message: string;
    exitCode: number;
  };
  return { limits: given[0]!, error };
}

describe('a command that prints credentials', () => {
  it('has five minutes and the terminal where somebody sits at one', async () => {
    const { limits, error } = await fetched({ how: 'timeout' }, true);
    assert.deepEqual([limits.timeoutMs, limits.isInteractive, error.exitCode], [300_000, true, 3]);
    assert.match(error.message, /did not finish within 5m$/);
  });

  it('has a minute, and nothing to read, where nobody does', async () => {
    const { limits, error } = await fetched({ how: 'timeout' }, false);
    assert.deepEqual([limits.timeoutMs, limits.isInteractive], [60_000, false]);
    assert.match(error.message, /did not finish within 1m$/);
  });

  it('may spell the names as it likes, as with aliyun-cli', async () => {
    const deps = await credentialDeps({
      runCommand: async () => ({
        how: 'exited',
        exitCode: 0,
        stdout: '{"Mode":"AK","Access_Key_ID":"a","ACCESS_KEY_SECRET":"b"}',
      }),
    });
    const command = { command: 'tool', name: 'process_command', source: () => 'profile' };
    assert.deepEqual(await printedProfile(command, deps), { mode: 'AK', access_key_id: 'a', access_key_secret: 'b' });
  });

  it('that could not be started is exit 3 with the code of the system', async () => {
    const { error } = await fetched({ how: 'notStarted', code: 'ELOOP' }, false);
    assert.equal(error.exitCode, 3);
    assert.match(error.message, /could not be started \(ELOOP\)/);
  });

  for (const [exitCode, shown] of [
    [1, '1'],
    [null, 'signal'],
  ] as const) {
    it(`is not believed where it printed a key and failed: ${shown}`, async () => {
      const stdout = '{"mode":"AK","access_key_id":"a","access_key_secret":"b"}';
      const { error } = await fetched({ how: 'exited', exitCode, stdout }, false);
      assert.match(error.message, new RegExp(`process_command failed \\(${shown}\\)$`));
    });
  }

  it("is not run from a file that another user can change, be it mmai's own or the one that names it", async () => {
    for (const file of [undefined, '/home/other/.aliyun/config.json']) {
      const asked: (string | undefined)[] = [];
      const deps = await credentialDeps({
        isForeign: async (path) => asked.push(path) > 0,
        runCommand: async () => assert.fail('it was run'),
      });
      const command = { command: 'tool', name: 'process_command', source: () => 'profile', ...(file && { file }) };
      await assert.rejects(printedProfile(command, deps), {
        exitCode: 3,
        message: /is not used, since another user can change/,
      });
      assert.deepEqual(asked, [file]);
    }
  });
});
