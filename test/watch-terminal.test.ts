import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { hasScript, mmai, runAtTerminal, type Typed } from './support/terminal.ts';

/** Runs `mmai watch` as {@link runAtTerminal}. */
function watchAtTerminal(args: string, until?: RegExp, keys = '', size?: string) {
  return runAtTerminal(`exec ${mmai} watch ${args}`, until ? [[until, keys]] : [], { size });
}

describe('mmai watch at a terminal', { concurrency: 4, skip: !hasScript && 'needs script of util-linux' }, () => {
  for (const [tasks, shown] of [
    ['1 2', /r to check now/],
    ['1', /next check/],
  ] as const) {
    it(`of ${tasks} ends by Ctrl-C with the cursor shown, the state told and nothing left of the drawing`, async () => {
      const { code, screen, isCursorShown } = await watchAtTerminal(`${tasks} --simulate 1`, shown, '\u0003');
      assert.equal(code, 130);
      assert.ok(isCursorShown);
      assert.match(screen, /^(\^C)?\d +\S+[\s\S]*interrupted after/);
      assert.doesNotMatch(screen, /next check|press r/);
    });
  }

  it('gives the cursor back to Ctrl-\\ as well', async () => {
    const { code, isCursorShown } = await watchAtTerminal('1 2 --simulate 1', /r to check now/, '\u001c');
    assert.equal(code, 131);
    assert.ok(isCursorShown);
  });

  for (const tasks of ['1', '1 2']) {
    it(`of ${tasks} ends where the terminal says that it has no size`, async () => {
      const { code, screen } = await watchAtTerminal(
        `${tasks} --simulate 1 --timeout 2s`,
        undefined,
        '',
        'cols 0 rows 0',
      );
      assert.equal(code, 124);
      assert.match(screen, /to keep waiting, run:/);
    });
  }

  it('checks at once by r', async () => {
    const args = '1 2 --interval 10m --simulate 1,2';
    const { code, screen } = await watchAtTerminal(args, /running[\s\S]*r to check now/, 'r');
    assert.equal(code, 0);
    assert.match(screen, /done after \d+(\.\d+)?s: 2 succeeded$/);
  });

  it('shows a warning, and events, above the tasks and whole', async () => {
    const { screen } = await watchAtTerminal('1 2 --interval 100ms --simulate 7,7,2 -o tsv');
    assert.match(screen, /^warning: task 1 has status 7.*not finished\n1 +succeeded +2\n2 +succeeded +2\ndone/);
    const { screen: events } = await watchAtTerminal('1 2 --interval 100ms --simulate 1,2 -o ndjson');
    const lines = events.split('\n').slice(0, -1);
    assert.deepEqual(
      lines.map((line) => JSON.parse(line).seq),
      lines.map((_, index) => index + 1),
    );
  });
});

it('a command of the sandbox writes to a terminal that was itself started with nohup', {
  skip: !hasScript && 'needs script of util-linux',
}, async () => {
  const { screen } = await runAtTerminal(`exec ${mmai} sandbox -- echo here`, [], { env: { _: '/usr/bin/nohup' } });
  assert.equal(screen, 'here');
});

describe('a job of a shell', { concurrency: 2, skip: !hasScript && 'needs script of util-linux' }, () => {
  const SHELL = { env: { PS1: 'ready> ' }, delayMs: 200 };
  const wait = "watch 1 --simulate '1:3s,2'";
  const stopped: Typed = [[/press r/, '\u001a']];

  it('that goes on in the background after Ctrl-Z ends there, with its exit code', async () => {
    const { seen } = await runAtTerminal(
      'exec bash --norc -i',
      [
        [/ready> /, `${mmai} ${wait} --progress tty\r`],
        ...stopped,
        [/Stopped/, 'bg; wait %1; echo "code: $?"; exit\r'],
      ],
      SHELL,
    );
    assert.match(seen, /code: 0\r/);
  });

  it('below a script is drawn again after Ctrl-Z and fg, and ends', async () => {
    const { seen } = await runAtTerminal(
      'exec bash --norc -i',
      [
        [/ready> /, `sh -c "${mmai} ${wait} --progress tty; echo ended; exit 7"\r`],
        ...stopped,
        [/Stopped/, 'fg; echo "code: $?"; exit\r'],
      ],
      SHELL,
    );
    assert.match(seen, /done after [\d.]+s: 1 succeeded[\s\S]*\nended\r[\s\S]*code: 7\r/);
  });
});
