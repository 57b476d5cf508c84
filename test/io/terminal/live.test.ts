import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { after, describe, it } from 'node:test';
import { isForegroundByStat } from '../../../src/io/terminal/foreground.ts';
import { type LiveOptions, startLive } from '../../../src/io/terminal/live.ts';
import { writeInThread } from '../../../src/io/terminal/unblocked.ts';

const CURSOR_HIDDEN = '\u001b[?25l';
const CURSOR_SHOWN = '\u001b[?25h';

/** A terminal that keeps what is written to it, and a keyboard that keeps its modes. */
function fakeTerminal() {
  const written: string[] = [];
  const modes: boolean[] = [];
  const stderr = Object.assign(new EventEmitter(), {
    ...{ columns: 80, rows: 24, isTTY: true },
    write: (text: string) => written.push(text),
  });
  const stdin = Object.assign(new EventEmitter(), {
    isTTY: true,
    fd: -1,
    setRawMode(mode: boolean) {
      modes.push(mode);
      return this;
    },
    resume: () => {},
    pause: () => {},
  });
  return { stderr, stdin, modes, text: () => written.join('') };
}

async function live(overrides: Partial<LiveOptions> = {}) {
  const terminal = fakeTerminal();
  const started = await startLive(
    { progress: () => 0, lines: ({ hasKeys }) => [hasKeys ? 'with keys' : 'without keys'] },
    {
      env: {},
      stdin: terminal.stdin as unknown as LiveOptions['stdin'],
      stdout: { isTTY: true },
      stderr: terminal.stderr as unknown as NodeJS.WriteStream,
      signal: new AbortController().signal,
      onKeys() {},
      isForeground: async () => true,
      ...overrides,
    },
  );
  after(() => started.stop());
  return { ...terminal, drawing: started };
}

describe('what is drawn', () => {
  it('is followed by the cursor when the process crashes', async () => {
    const before = new Set(process.listeners('exit'));
    const ours = () => process.listeners('exit').filter((listener) => !before.has(listener));
    const { text } = await live();
    assert.ok(!text().includes(CURSOR_SHOWN));
    for (const listener of ours()) listener(70);
    assert.ok(text().endsWith(CURSOR_SHOWN), JSON.stringify(text()));
    assert.deepEqual(ours(), []);
  });

  for (const name of ['SIGQUIT', 'SIGALRM', 'SIGXCPU', 'SIGUSR2'] as const) {
    it(`is followed by the cursor and the modes of the keyboard before ${name} ends the process`, async (t) => {
      // The test runner of Node 24 has one of its own for SIGUSR2, which writes a report.
      const others = process.listeners(name);
      const { text, modes } = await live();
      const kill = t.mock.method(process, 'kill', () => true);
      for (const listener of process.listeners(name)) if (!others.includes(listener)) listener(name);
      assert.ok(text().endsWith(CURSOR_SHOWN), JSON.stringify(text()));
      assert.equal(modes.at(-1), false);
      assert.deepEqual(
        kill.mock.calls.map(({ arguments: [, signal] }) => signal),
        [name],
      );
      assert.deepEqual(process.listeners(name), others);
    });
  }

  it('is followed by the cursor before a signal ends the process, also where a thread writes to the terminal', async (t) => {
    const { stderr, text } = await live();
    const others = process.listeners('SIGQUIT');
    const callbacks: (() => void)[] = [];
    // What is written is under way until the thread is done.
    const write = (part: string, done?: () => void) => (done ? callbacks.push(done) : stderr.write(part));
    const kill = t.mock.method(process, 'kill', () => true);
    const slow = Object.assign(new EventEmitter(), stderr, { write, writableLength: 1 });
    await live({ stderr: slow as unknown as NodeJS.WriteStream });
    for (const listener of process.listeners('SIGQUIT')) if (!others.includes(listener)) listener('SIGQUIT');
    await new Promise(setImmediate);
    assert.ok(text().endsWith(CURSOR_SHOWN));
    assert.equal(kill.mock.callCount(), 0);
    for (const done of callbacks) done();
    await new Promise(setImmediate);
    assert.equal(kill.mock.callCount(), 1);
  });

  it('is drawn in the foreground only, and keys are read there only', async () => {
    const { text, modes, drawing } = await live({ isForeground: async () => false });
    assert.equal(drawing.isDrawing(), false);
    assert.equal(text(), '');
    assert.deepEqual(modes, []);
  });

  it('leaves the terminal alone, keys too, while it is lent', async () => {
    let isLent = true;
    const { text, modes, drawing } = await live({ isLent: () => isLent });
    assert.equal(text(), '');
    isLent = false;
    await drawing.takeBack();
    assert.equal(drawing.isDrawing(), true);
    isLent = true;
    drawing.lend();
    assert.ok(text().endsWith(CURSOR_SHOWN));
    assert.equal(modes.at(-1), false);
    process.emit('SIGCONT');
    await new Promise(setImmediate);
    assert.equal(drawing.isDrawing(), false);
  });

  it('reads no keys where stdout is piped to a program that reads them, like a pager', async () => {
    const { text, modes } = await live({ stdout: {} });
    assert.match(text(), /without keys/);
    assert.deepEqual(modes, []);
  });

  it('reads no keys at a terminal that is written in a thread: what it does not take keeps its modes', async () => {
    const stderr = fakeTerminal().stderr as unknown as NodeJS.WriteStream;
    writeInThread(stderr, 2);
    assert.equal((await live({ stderr })).modes.length, process.platform === 'linux' ? 0 : 1);
  });

  it('reads no keys where task IDs were typed at the terminal until Ctrl-D', async () => {
    const stdin = Object.assign(fakeTerminal().stdin, { destroyed: true }) as unknown as LiveOptions['stdin'];
    assert.match((await live({ stdin })).text(), /without keys/);
  });

  it('only shows the cursor, and sets no mode, when the job goes on in the background', async () => {
    let isInFront = true;
    const { text, modes, drawing } = await live({ isForeground: async () => isInFront });
    assert.match(text(), /with keys/);
    const [writtenBefore, modesBefore] = [text(), modes.length];
    isInFront = false;
    process.emit('SIGCONT');
    await new Promise(setImmediate);
    assert.equal(drawing.isDrawing(), false);
    assert.equal(text(), `${writtenBefore}\u001b[?25h`);
    assert.equal(modes.length, modesBefore);
  });

  it('is drawn again when the job comes back to the foreground, with the keyboard in raw mode', async () => {
    let isInFront = false;
    const { text, modes, drawing } = await live({ isForeground: async () => isInFront });
    isInFront = true;
    process.emit('SIGCONT');
    await new Promise(setImmediate);
    assert.equal(drawing.isDrawing(), true);
    assert.ok(text().includes(CURSOR_HIDDEN));
    assert.equal(modes.at(-1), true);
  });

  it('stops when the run is told to end', async () => {
    const stop = new AbortController();
    const { text, drawing } = await live({ signal: stop.signal });
    const aborted = once(stop.signal, 'abort');
    stop.abort();
    await aborted;
    assert.equal(drawing.isDrawing(), false);
    assert.ok(text().endsWith(CURSOR_SHOWN));
  });
});

describe('the foreground by /proc/self/stat', () => {
  const rows: [string, string, boolean][] = [
    ['the process group is that of the terminal', '7 (node) S 1 70 70 34816 70 4194304', true],
    ['it is another', '7 (node) S 1 70 60 34816 60 4194304', false],
    [
      'no terminal controls the process, so that the one it writes to is not its own',
      '7 (node) S 1 70 70 0 -1 4194304',
      false,
    ],
    ['a name with blanks and parentheses', '7 (a) S 1 (b) S 1 70 60 34816 60 1', false],
  ];
  for (const [name, stat, expected] of rows) {
    it(name, () => assert.equal(isForegroundByStat(stat), expected));
  }
});
