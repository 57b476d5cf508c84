import assert from 'node:assert/strict';
import { Server } from 'node:net';
import { it, mock } from 'node:test';
import { run } from '../../src/cli.ts';
import { fakeDeps } from '../support/deps.ts';

for (const code of ['EPERM', 'EADDRNOTAVAIL', 'EMFILE', 'EADDRINUSE']) {
  for (const args of [['status', '1', '--simulate', '2'], ['sandbox']]) {
    it(`a machine that does not let mmai listen (${code}) is no bug of mmai: ${args[0]}`, async () => {
      mock.method(Server.prototype, 'listen', function (this: Server) {
        queueMicrotask(() => this.emit('error', Object.assign(new Error(`listen ${code}`), { code })));
        return this;
      });
      const deps = fakeDeps();
      assert.equal(await run(args, deps), 2);
      mock.restoreAll();
      assert.match(deps.stderr.text(), new RegExp(`^error: cannot listen on 127\\.0\\.0\\.1: ${code}`, 'm'));
    });
  }
}
