import { homedir } from 'node:os';
import type { Doors } from './core/credentials/provider.ts';
import type { Clock, NetworkEvent, Transport } from './core/ports.ts';
import type { ProfileStore } from './core/profiles.ts';
import type { Settings } from './core/settings.ts';
import { ExitCode } from './errors.ts';
import type { LiveView } from './io/live.ts';
import type { Drawing, LivePart } from './io/live-part.ts';
import type { Prompts } from './io/prompts.ts';
import type { RecentTasks } from './io/recent.ts';
import type { Style } from './io/style.ts';
import type { Messages } from './locales/en.ts';

export interface Output {
  readonly isTerminal: boolean;
  /** Size of the window in characters; 80 × 24 where there is none. */
  size(): { columns: number; rows: number };
  write(text: string | Uint8Array): void;
}

export interface Input {
  readonly isTerminal: boolean;
  /** All that is piped in, as UTF-8. */
  text(): Promise<string>;
}

/** Everything impure that mmai touches. Costly things are functions and load on first use, so that `--help` builds nothing. */
export interface System extends Omit<Doors, 'transport' | 'debug'> {
  readonly pid: number;
  /** Aborts on SIGINT, SIGTERM, SIGHUP or a closed stdout; the reason is the exit code. */
  readonly signal: AbortSignal;
  readonly stdin: Input;
  readonly stdout: Output;
  readonly stderr: Output;
  store(): Promise<ProfileStore>;
  recentTasks(): Promise<RecentTasks>;
  /** `observe` is told of every step of every request. */
  transport(settings: Pick<Settings, 'caFile'>, observe?: (event: NetworkEvent) => void): Promise<Transport>;
  prompts(): Promise<Prompts>;
  /** Draws on stderr, a terminal, until stopped or {@link signal} aborts; `onKey` gets the keys pressed meanwhile. */
  live(view: LiveView, onKey: (key: string) => void): Promise<Pick<LivePart, 'stop'>>;
  /** Runs a shell command with more environment and an input; its exit code, null if it has none. */
  runHook(command: string, env: Readonly<Record<string, string>>, input: string): Promise<number | null>;
  /** Writes a file that the user named, or adds to it. Throws what the file system says. */
  writeFile(path: string, text: string, how: 'replace' | 'append'): Promise<void>;
  /** Colours for one stream, as `--color` and the environment say. */
  style(output: Output, color: Settings['color']): Promise<Style>;
}

/** What a command gets: the world, and the user's language. */
export interface Context extends System {
  readonly messages: Messages;
  /** One line on stderr with `--debug`; nothing otherwise. Never give it a secret. */
  debug(line: string): void;
}

/** The signals that end a run in an orderly way, each with its exit code. */
export const SIGNAL_CODES = {
  SIGHUP: ExitCode.hangup,
  SIGINT: ExitCode.interrupted,
  SIGTERM: ExitCode.terminated,
} as const;

/** The real world. Installs the handlers of {@link endSignal}. */
export function systemContext(): System {
  const signal = endSignal();
  let live: Pick<Drawing, 'aside'> | undefined;
  // A warning, or an event of ndjson, would stand in the middle of what is drawn.
  const aside = (write: () => void) => (live ? live.aside(write) : write());
  return {
    env: process.env,
    pid: process.pid,
    clock: systemClock,
    random: Math.random,
    nonce,
    signal,
    stdin: systemInput(signal),
    stdout: systemOutput(process.stdout, aside),
    stderr: systemOutput(process.stderr, aside),
    async store() {
      const { createStore, configDirectory } = await import('./io/store.ts');
      return createStore({ directory: configDirectory(process.env, process.platform, homeOrRoot()) });
    },
    home,
    async readText(path) {
      const { readText } = await import('./io/files.ts');
      return readText(path);
    },
    async runCommand(commandLine, limits) {
      const { runCommand } = await import('./io/command.ts');
      return runCommand(commandLine, limits, process.platform);
    },
    async parseIni(text) {
      const { parseIni } = await import('./io/ini.ts');
      return parseIni(text);
    },
    async recentTasks() {
      const { createRecentTasks, stateDirectory } = await import('./io/recent.ts');
      return createRecentTasks(stateDirectory(process.env, process.platform, homeOrRoot()), nonce);
    },
    async transport({ caFile }, observe) {
      const { createTransport } = await import('./io/transport.ts');
      return createTransport({ caFile, env: process.env, now: systemClock.monotonic, observe });
    },
    async prompts() {
      const { createPrompts } = await import('./io/prompts.ts');
      return createPrompts(process.stderr, signal);
    },
    async live(view, onKey) {
      const { startLive } = await import('./io/live.ts');
      const { env, stdin, stderr } = process;
      const started = await startLive(view, { env, stdin, stderr, signal, onKey });
      live = started;
      return started;
    },
    async runHook(command, env, input) {
      const { runHook } = await import('./io/command.ts');
      return runHook(command, env, input, signal);
    },
    async writeFile(path, text, how) {
      const { writeFile } = await import('node:fs/promises');
      await writeFile(path, text, { flag: how === 'append' ? 'a' : 'w' });
    },
    async style(output, color) {
      const { createStyle, plainStyle, wantsColor } = await import('./io/style.ts');
      return wantsColor(color, process.env, output.isTerminal) ? createStyle() : plainStyle;
    },
  };
}

/** Aborts at the first signal or a failing stdout, with the exit code as its reason; a second signal kills at once. */
function endSignal(): AbortSignal {
  const controller = new AbortController();
  const onSignal = (name: keyof typeof SIGNAL_CODES) => {
    if (!controller.signal.aborted) return controller.abort(SIGNAL_CODES[name]);
    // Our listener stays until here: ora's would kill the process at the first signal if it were the only one.
    process.removeAllListeners(name);
    process.kill(process.pid, name);
  };
  for (const name of Object.keys(SIGNAL_CODES)) process.on(name, onSignal);
  process.stdout.on('error', ({ code, message }: NodeJS.ErrnoException) => {
    // A closed pipe is the reader's wish. A full disk has to be told: an answer that was not written is none.
    if (code !== 'EPIPE' && !controller.signal.aborted) process.stderr.write(`mmai: standard output: ${message}\n`);
    controller.abort(ExitCode.closedPipe);
  });
  process.stderr.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') controller.abort(ExitCode.closedPipe);
  });
  // A limit on the size of files (`ulimit -f`) then gives an error to the one who writes, and does not kill the run.
  process.on('SIGXFSZ', () => {});
  return controller.signal;
}

/** Not imported above: node:crypto takes a tenth of the time of --help. */
function nonce(): string {
  return process.getBuiltinModule('node:crypto').randomUUID();
}

export const systemClock: Clock = {
  now: Date.now,
  monotonic: () => {
    // Not performance.now: loading its module takes as long as sending a request.
    const [seconds, nanoseconds] = process.hrtime();
    return seconds * 1000 + nanoseconds / 1e6;
  },
  // Not node:timers/promises: its sleep with a signal takes half as much again.
  sleep(ms, signal) {
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      const timer = setTimeout(wake, ms);
      signal?.addEventListener('abort', wake);
      if (signal?.aborted) wake();
    });
  },
};

/** A user without a name and without HOME, as some containers have, has none; nor has one with an empty HOME. */
function home(): string | undefined {
  try {
    return homedir() || undefined;
  } catch {
    return undefined;
  }
}

/** Where no home is, files are looked for where containers have theirs: not in the working directory, which may be anybody's. */
function homeOrRoot(): string {
  return home() ?? '/';
}

function systemInput(signal: AbortSignal): Input {
  return {
    // Asked when it matters: opening standard input takes a tenth of the time of --help.
    get isTerminal() {
      return process.stdin.isTTY === true;
    },
    async text() {
      const stop = () => process.stdin.destroy();
      signal.addEventListener('abort', stop);
      process.stdin.setEncoding('utf8');
      let text = '';
      try {
        for await (const chunk of process.stdin) text += chunk;
      } catch (error) {
        if (!signal.aborted) throw error;
      } finally {
        signal.removeEventListener('abort', stop);
      }
      return text;
    },
  };
}

/** `aside` makes way for what is written to a terminal. */
function systemOutput(stream: NodeJS.WriteStream, aside: (write: () => void) => void): Output {
  return {
    isTerminal: stream.isTTY === true,
    size: () => ({ columns: stream.columns || 80, rows: stream.rows || 24 }),
    write: (text) => (stream.isTTY ? aside(() => stream.write(text)) : void stream.write(text)),
  };
}

/**
 * Ends the process: output drained, then the exit code, or the signal raised again so that a shell's loop stops too. What
 * aborted `signal` (a signal, a closed stdout) decides over `exitCode`.
 */
export async function leave(exitCode: number, { signal }: Pick<System, 'signal'>): Promise<void> {
  for (const stream of [process.stdout, process.stderr]) {
    if (stream.writable) await new Promise<void>((done) => stream.write('', () => done()));
  }
  // A closed pipe is told by an event after the write's callback.
  await new Promise(setImmediate);
  process.exitCode = signal.aborted ? (signal.reason as number) : exitCode;
  const raised = Object.entries(SIGNAL_CODES).find(([, code]) => code === process.exitCode)?.[0];
  if (raised && process.platform !== 'win32') {
    process.removeAllListeners(raised);
    process.kill(process.pid, raised);
  }
}
