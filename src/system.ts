import { homedir } from 'node:os';
import type { Clock } from './core/clock.ts';
import type { Deps, Input, Output } from './deps.ts';
import { ExitCode } from './errors.ts';
import type { Live } from './io/terminal/live.ts';
import { createRedactor } from './text/redactor.ts';

/** The signals that end a run in an orderly way, each with its exit code. */
export const SIGNAL_CODES = {
  SIGHUP: ExitCode.hangup,
  SIGINT: ExitCode.interrupted,
  SIGTERM: ExitCode.terminated,
} as const;

/** The real thing. Installs the handlers of {@link endSignal}. */
export function systemDeps(): Deps {
  const signal = endSignal();
  const redactor = createRedactor();
  let live: Live | undefined;
  // A warning, or an event of ndjson, would stand in the middle of what is drawn.
  const writeAbove = (write: () => void) => (live ? live.writeAbove(write) : write());
  return {
    env: process.env,
    pid: process.pid,
    clock: systemClock,
    random: Math.random,
    nonce,
    redactor,
    signal,
    stdin: systemInput(signal),
    stdout: systemOutput(process.stdout, writeAbove),
    stderr: systemOutput(process.stderr, writeAbove),
    // Elsewhere the variables are the system's answer, and Intl takes 1 ms to load.
    systemLocale: () => (process.platform === 'win32' ? new Intl.DateTimeFormat().resolvedOptions().locale : ''),
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
    async recentTasks() {
      const { createRecentTasks, stateDirectory } = await import('./io/recent-tasks.ts');
      return createRecentTasks(stateDirectory(process.env, process.platform, homeOrRoot()), nonce);
    },
    async transport({ caFile }, observe) {
      const { createTransport } = await import('./io/net/transport.ts');
      return createTransport({ caFile, env: process.env, now: systemClock.monotonic, observe, redactor });
    },
    async prompts() {
      const { createPrompts } = await import('./io/terminal/prompts.ts');
      return createPrompts(process.stderr, signal);
    },
    async live(view, onKey) {
      const { startLive } = await import('./io/terminal/live.ts');
      const { env, stdin, stdout, stderr } = process;
      live = await startLive(view, { env, stdin, stdout, stderr, signal, onKey });
      return live;
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
      const { createStyle, plainStyle, wantsColor } = await import('./io/terminal/style.ts');
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

/** `writeAbove` makes way for what is written to a terminal. */
function systemOutput(stream: NodeJS.WriteStream, writeAbove: (write: () => void) => void): Output {
  return {
    isTerminal: stream.isTTY === true,
    size: () => ({ columns: stream.columns || 80, rows: stream.rows || 24 }),
    write: (text) => (stream.isTTY ? writeAbove(() => stream.write(text)) : void stream.write(text)),
  };
}

/**
 * Ends the process: output drained, then the exit code, or the signal raised again so that a shell's loop stops too. What
 * aborted `signal` (a signal, a closed stdout) decides over `exitCode`.
 */
export async function leave(exitCode: number, { signal }: Pick<Deps, 'signal'>): Promise<void> {
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
