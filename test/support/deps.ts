import { join } from 'node:path';
import type { CommandDeps, Output } from '../../src/deps.ts';
import { runCommand } from '../../src/io/command.ts';
import { readText } from '../../src/io/files.ts';
import type { Input } from '../../src/io/input-stream.ts';
import { createRecentTasks } from '../../src/io/recent-tasks.ts';
import { createStore } from '../../src/io/store.ts';
import type { Prompts, Question } from '../../src/io/terminal/prompts.ts';
import { plainStyle } from '../../src/io/terminal/style.ts';
import { en } from '../../src/locales/en/messages.ts';
import { createRedactor } from '../../src/text/redactor.ts';
import { fakeClock } from './clock.ts';
import { temporaryPath } from './mmai.ts';
import { fakeTransport, succeeded } from './transport.ts';

/** An output that remembers. */
export interface FakeOutput extends Output {
  text(): string;
}

export interface FakeDeps extends CommandDeps {
  readonly stdout: FakeOutput;
  readonly stderr: FakeOutput;
}

/** A deps without anything real but a config file in a directory of its own, made on the first write; override what a test is about. */
export function fakeDeps(overrides: Partial<CommandDeps> = {}): FakeDeps {
  const home = temporaryPath();
  const store = createStore({ directory: join(home, 'config') });
  const recentTasks = createRecentTasks(join(home, 'state'), () => 'aside');
  const transport = fakeTransport(succeeded).transport;
  return {
    env: {},
    pid: 1,
    platform: 'linux',
    startedAt: 0,
    systemLocale: () => '',
    clock: fakeClock(),
    random: () => 0.5,
    nonce: () => '00000000-0000-4000-8000-000000000000',
    redactor: createRedactor(),
    signal: new AbortController().signal,
    handleSignals() {},
    stdin: piped(''),
    store: async () => store,
    home: () => home,
    isInteractive: () => false,
    readText,
    isForeign: async () => false,
    runCommand: (line, limits) => runCommand(line, limits, process.platform),
    recentTasks: async () => recentTasks,
    transport: async () => transport,
    prompts: async () => scripted(),
    style: async () => plainStyle,
    live: async () => ({ stop() {}, isDrawing: () => true }),
    runHook: async () => ({ how: 'exited', exitCode: 0 }),
    runProgram: async () => ({ exitCode: 0 }),
    writeFile: async () => {},
    writableSize: async () => 0,
    isStandardOutput: async () => false,
    messages: en,
    debug() {},
    ...overrides,
    stdout: fakeOutput(),
    stderr: fakeOutput(),
  };
}

/** Standard input with something piped in. */
export function piped(text: string): Input {
  const chunks = async function* () {
    yield new TextEncoder().encode(text);
  };
  return { isTerminal: false, chunks };
}

/** Standard input where a person sits; reading it to the end would wait for ever. */
export const terminal: Input = { isTerminal: true, chunks: () => assertUnread() };

/**
 * Answers questions from a list; `asked` tells which, and how. An empty answer gives the initial one; a question of yes or no
 * is answered `y` or `n`, a choice with its label. An answer that the question refuses is followed by the next one; `refused` tells why.
 */
export function scripted(
  ...answers: string[]
): Prompts & { readonly asked: readonly string[]; readonly refused: readonly string[] } {
  const asked: string[] = [];
  const refused: string[] = [];
  const answer =
    (how: string) =>
    async (question: string, { initial, check }: Question = {}): Promise<string> => {
      asked.push(`${how}: ${question}`);
      for (;;) {
        const next = answers.shift();
        if (next === undefined) throw new Error(`nobody answers "${question}"`);
        const refusal = check?.(next || initial || '');
        if (refusal === undefined) return next || initial || '';
        refused.push(refusal);
      }
    };
  const confirm: Prompts['confirm'] = async (question, { yes, no }, initial) =>
    (await answer('confirm')(`${question} ${yes} / ${no}`, { initial: initial ? 'y' : 'n' })) === 'y';
  const select: Prompts['select'] = async (question, choices) => {
    const label = await answer('select')(`${question} ${choices.map(({ label }) => label).join(' | ')}`);
    return choices.find((choice) => choice.label === label)!.value;
  };
  return { asked, refused, text: answer('text'), secret: answer('secret'), confirm, select };
}

function fakeOutput(): FakeOutput {
  const chunks: string[] = [];
  return {
    isTerminal: false,
    isPipe: false,
    size: () => ({ columns: 80, rows: 24 }),
    write: (chunk) => void chunks.push(typeof chunk === 'string' ? chunk : new TextDecoder().decode(chunk)),
    get hasWritten() {
      return chunks.length > 0;
    },
    isBehind: false,
    drained: async () => true,
    flush: async () => {},
    text: () => chunks.join(''),
  };
}

function assertUnread(): never {
  throw new Error('a terminal is not read to its end');
}
