import assert from 'node:assert/strict';
import { ChildProcess } from 'node:child_process';
import { afterEach, beforeEach, describe, it, mock } from 'node:test';
import { runCommand } from '../../src/io/command.ts';
import { runProgram } from '../../src/io/program.ts';

/** As sudo does: nothing that it runs can be sent a signal, which Node emits as an error of the process. */
describe('a command that runs as another user', () => {
  const refused = Object.assign(new Error('kill EPERM'), { code: 'EPERM' });
  const { kill } = process;
  const left: number[] = [];

  beforeEach(() => {
    mock.method(ChildProcess.prototype, 'kill', function (this: ChildProcess) {
      this.emit('error', refused);
      return false;
    });
    mock.method(process, 'kill', (pid: number) => {
      left.push(pid);
      throw refused;
    });
  });

  afterEach(() => {
    mock.restoreAll();
    for (const pid of left.splice(0)) kill.call(process, pid, 'SIGKILL');
  });

  it('ends the search for credentials at its limit all the same', async () => {
    const signal = new AbortController().signal;
    // The commands of Windows have no process group either, as those at a terminal.
    const end = await runCommand('sleep 60', { timeoutMs: 100, isInteractive: false, signal }, 'win32');
    assert.deepEqual(end, { how: 'timeout' });
  });

  it('leaves sandbox to the signal that cannot be passed on', async () => {
    let send: ((name: NodeJS.Signals) => void) | undefined;
    const end = runProgram(['sleep', '60'], process.env, (take) => {
      send = take;
    });
    send!('SIGTERM');
    assert.deepEqual(await end, { exitCode: 143 });
    assert.equal(send, undefined);
  });
});
