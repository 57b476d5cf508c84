import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { describe, it } from 'node:test';
import xterm from '@xterm/headless';
import { parseTaskId } from '../../src/core/task.ts';
import { Watched } from '../../src/core/wait/watched.ts';
import { Block } from '../../src/io/terminal/block.ts';
import { plainStyle } from '../../src/io/terminal/style.ts';
import { en } from '../../src/locales/en/messages.ts';
import { zh } from '../../src/locales/zh/messages.ts';
import { taskBlock, taskLine } from '../../src/output/task-block.ts';
import { displayWidth } from '../../src/text/width.ts';

/** What the block reads of a waiter. */
function waiterOf(tasks: Watched[]) {
  const done = tasks.filter((task) => task.outcome).length;
  return { tasks, done, elapsedMs: () => 92_000, nextPollMs: () => 7000, timeoutMs: 1_800_000 };
}

function task(id: string, values: Partial<Watched> = {}): Watched {
  return { ...new Watched(parseTaskId(id)), ...values };
}

const running = (id: string) => task(id, { state: 'running', status: 1, seenAt: 2000 });
const failed = (id: string) => task(id, { state: 'failed', status: 3, outcome: 'failed', seenAt: 0, endedAt: 60_000 });
const lines = (tasks: Watched[], columns: number, rows: number, messages = en) =>
  taskBlock(waiterOf(tasks), { columns, rows, hasKeys: true }, plainStyle, messages);

describe('the block of a wait for several tasks', () => {
  const three = [running('12'), failed('9223372036854775807'), task('7')];

  it('has a row a task, failed first, glyph and word, and a footer', () => {
    assert.deepEqual(lines(three, 80, 24), [
      '✖ 9223372036854775807  failed   1m',
      '● 12                   running  1m30s',
      '· 7                    …',
      '1/3 done · 1m32s of 30m · next check in 7s · press r to check now',
    ]);
  });

  it('says that a poll is under way while none is queued', () => {
    const waiter = { ...waiterOf(three), nextPollMs: () => 0 };
    const window = { columns: 80, rows: 24, hasKeys: false };
    assert.equal(taskBlock(waiter, window, plainStyle, en).at(-1), '1/3 done · 1m32s of 30m · checking now');
  });

  it('tells the failure of a task that cannot be asked about', () => {
    const failure = { code: 'Throttling.User' } as Watched['failure'];
    const stuck = task('2', { state: 'submitting', outcome: 'queueTimeout', seenAt: 0, endedAt: 20_000 });
    const [first, second] = lines([task('1', { state: 'running', failure, seenAt: 0 }), stuck], 80, 24);
    assert.match(first!, /✖ 2 {2}submitting {2}20s {2}still submitting/);
    assert.match(second!, /● 1 {2}running {5}1m32s {2}Throttling\.User/);
  });

  it('shows the time since a task was first seen, in one line as in a block', () => {
    const window = { columns: 80, frame: '⠋ ', hasKeys: false };
    const line = taskLine(waiterOf([running('12')]), window, plainStyle, en);
    assert.equal(line, '⠋ 12 running 1m30s · 1m32s of 30m · next check in 7s');
    const unseen = taskLine(waiterOf([task('12')]), window, plainStyle, en);
    assert.equal(unseen, '⠋ 12 not checked yet · 1m32s of 30m · next check in 7s');
    const failing = task('12', { polls: 2, failures: 2, failure: { code: 'InternalError' } as Watched['failure'] });
    assert.match(taskLine(waiterOf([failing]), window, plainStyle, en), /^⠋ 12 unknown · InternalError · /);
  });

  it('gives up its columns before its content in a narrow window', () => {
    assert.deepEqual(lines(three, 20, 24), ['✖ 92233720368547…', '● 12 running 1m30s', '· 7 …', '1/3 done · 1m32s…']);
  });

  for (const messages of [en, zh]) {
    for (const columns of [1, 2, 5, 20, 40, 80, 200]) {
      for (const rows of [1, 2, 3, 4, 24]) {
        it(`fits ${columns} × ${rows}, in ${messages.states.running}`, () => {
          const many = [...Array(300).keys()].map((n) => (n % 7 ? running(String(n + 1)) : failed(String(n + 1))));
          const drawn = lines(many, columns, rows, messages);
          assert.ok(drawn.length <= Math.max(1, rows - 1), `${drawn.length} lines`);
          for (const line of drawn) assert.ok(displayWidth(line) < Math.max(2, columns), line);
        });
      }
    }
  }

  it('of 300 tasks in 24 rows shows the failed ones and counts the rest', () => {
    const many = [...Array(300).keys()].map((n) => (n % 100 === 50 ? failed(String(n + 1)) : running(String(n + 1))));
    const drawn = lines(many, 80, 24);
    assert.equal(drawn.length, 23);
    assert.deepEqual(
      drawn.slice(0, 3).map((line) => line.split(' ')[1]),
      ['51', '151', '251'],
    );
    assert.equal(drawn.at(-2), '… +279 running');
    assert.equal(drawn.at(-1), '3/300 done · 1m32s of 30m · next check in 7s · press r to check now');
  });
});

/** A real terminal's behaviour without a terminal: what a block leaves on it. */
function emulator(columns: number, rows: number) {
  const terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true, convertEol: true });
  const events = new EventEmitter();
  let written = Promise.resolve();
  const canvas = {
    columns,
    rows,
    on: (event: 'resize', listener: () => void) => events.on(event, listener),
    off: (event: 'resize', listener: () => void) => events.off(event, listener),
    write(text: string) {
      written = written.then(() => new Promise((done) => terminal.write(text, done)));
    },
  };
  return {
    canvas,
    write: canvas.write,
    async resize(toColumns: number, toRows: number) {
      await written;
      terminal.resize(toColumns, toRows);
      Object.assign(canvas, { columns: toColumns, rows: toRows });
      events.emit('resize');
      await written;
    },
    /** All lines there are, those scrolled away included, without the empty ones at the end. */
    async screen() {
      await written;
      const { buffer } = terminal;
      const all = [...Array(buffer.active.length).keys()].map((y) => buffer.active.getLine(y)!.translateToString(true));
      return all.join('\n').trimEnd().split('\n');
    },
    async isCursorShown() {
      await written;
      // biome-ignore lint/suspicious/noExplicitAny: the emulator tells it nowhere else
      return !(terminal as any)._core.coreService.isCursorHidden;
    },
  };
}

describe('a block on a terminal', () => {
  const tasks = [running('12'), failed('9223372036854775807'), task('7')];
  const view = (size: { columns: number; rows: number }) => lines(tasks, size.columns, size.rows);

  it('is drawn at once, below what was there, and leaves nothing behind', async () => {
    const { canvas, write, screen, isCursorShown } = emulator(80, 24);
    write('$ mmai watch\n');
    const block = new Block(canvas, view, 250);
    block.start();
    assert.deepEqual(await screen(), ['$ mmai watch', ...lines(tasks, 80, 24)]);
    assert.equal(await isCursorShown(), false);
    block.stop({ ownsTerminal: true });
    assert.deepEqual(await screen(), ['$ mmai watch']);
    assert.equal(await isCursorShown(), true);
  });

  for (const rows of [24, 4, 2]) {
    it(`makes way in ${rows} rows for what others write, which stays above it`, async () => {
      const { canvas, write, screen } = emulator(80, rows);
      write('$ mmai watch\n');
      const block = new Block(canvas, view, 250);
      block.start();
      block.writeAbove(() => write('warning: one\n'));
      block.writeAbove(() => write('warning: two\n'));
      const above = ['$ mmai watch', 'warning: one', 'warning: two'];
      assert.deepEqual(await screen(), [...above, ...view({ columns: 80, rows })]);
      block.stop({ ownsTerminal: true });
      assert.deepEqual(await screen(), above);
    });
  }

  it('leaves out the first frame after a stop of the process: the terminal may be another job’s', async (t) => {
    const { canvas } = emulator(80, 24);
    let frames = 0;
    let made = 0;
    canvas.write = () => {
      frames += 1;
    };
    const block = new Block(canvas, () => [String(made++)], 20);
    t.after(() => block.stop({ ownsTerminal: true }));
    block.start();
    assert.equal(frames, 1);
    for (const until = performance.now() + 150; performance.now() < until; );
    await new Promise((resolve) => setTimeout(resolve));
    assert.equal(frames, 1);
    while (frames === 1) await new Promise(setImmediate);
  });

  it('never erases the window from its first cell on, which tmux would scroll up and keep', async () => {
    const { canvas, resize } = emulator(80, 4);
    const written: string[] = [];
    const { write } = canvas;
    canvas.write = (text) => {
      written.push(text);
      write(text);
    };
    const block = new Block(canvas, view, 250);
    block.start();
    for (const columns of [60, 20, 90]) await resize(columns, 4);
    block.stop({ ownsTerminal: true });
    assert.ok(written.length >= 4);
    for (const text of written) assert.doesNotMatch(text, /\r(\u001b\[\d+A)?\u001b\[J/);
  });

  for (const [columns, rows] of [
    [20, 24],
    [40, 6],
    [200, 50],
    [30, 24],
  ] as const) {
    it(`stays one block when the window becomes ${columns} × ${rows}`, async () => {
      const { canvas, write, resize, screen } = emulator(80, 24);
      write('$ mmai\n');
      const block = new Block(canvas, view, 250);
      block.start();
      await resize(columns, rows);
      assert.deepEqual(await screen(), ['$ mmai', ...lines(tasks, columns, rows)]);
      block.stop({ ownsTerminal: true });
      assert.deepEqual(await screen(), ['$ mmai']);
    });
  }
});
