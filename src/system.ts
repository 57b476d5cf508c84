import { setMaxListeners } from 'node:events';
import { homedir } from 'node:os';
import { isAbsolute } from 'node:path';
import type { ProfileStore } from './core/config/profiles.ts';
import type { Deps } from './deps.ts';
import { abortCode, ExitCode, MmaiError } from './errors.ts';
import { createInput } from './io/input-stream.ts';
import { isClosedPipe, isOneOutput, StandardOutput } from './io/output-stream.ts';
import type { RedirectSignals } from './io/program.ts';
import { abort, handleSignals } from './io/signals.ts';
import { systemClock } from './io/system-clock.ts';
import { createDisplay, type Display } from './io/terminal/display.ts';
import type { Messages } from './locales/en/messages.ts';
import { createRedactor } from './text/redactor.ts';

/** For a report after a signal, in ms. */
const LAST_WRITE_MS = 300;

/** The real thing. */
export function systemDeps(): Deps {
  const redactor = createRedactor();
  const controller = new AbortController();
  const { signal } = controller;
  // Every request and delay under way may listen; Node would warn of more than ten.
  setMaxListeners(0, signal);
  const display = createDisplay(signal);
  let redirectSignals: RedirectSignals | undefined;
  const { stdout, stderr } = createOutputs(controller, display, () => redirectSignals === undefined);
  return {
    env: process.env,
    pid: process.pid,
    platform: process.platform,
    startedAt: systemClock.monotonic() - process.uptime() * 1000,
    clock: systemClock,
    random: Math.random,
    nonce,
    redactor,
    signal,
    stdin: createInput(),
    stdout,
    stderr,
    handleSignals() {
      redirectSignals ??= handleSignals(controller);
    },
    // Elsewhere the variables say all, and Intl takes 1 ms to load.
    systemLocale: () => (process.platform === 'win32' ? new Intl.DateTimeFormat().resolvedOptions().locale : ''),
    home,
    isInteractive: () => process.stdin.isTTY === true && process.stderr.isTTY === true,
    ...fileDeps(signal),
    ...programDeps(display, signal, () => redirectSignals!),
    async transport(settings, observe) {
      const { limitLookups } = await import('./io/resolver-limits.ts');
      const { createTransport } = await import('./io/net/transport.ts');
      limitLookups();
      return createTransport({ ...settings, env: process.env, now: systemClock.monotonic, observe, redactor, signal });
    },
    ...terminalDeps(display, signal, stdout, stderr),
  };
}

// --- internal ---

/** Both standard outputs. An answer that cannot be written ends the run; diagnostics do where both go to a reader that is gone. */
function createOutputs(controller: AbortController, { writeAbove }: Display, mayBlock: () => boolean) {
  let failure: MmaiError | undefined;
  const onStderrError = (error: NodeJS.ErrnoException) => {
    if (isClosedPipe(error) && isOneOutput()) abort(controller, ExitCode.closedPipe);
  };
  const onError = (error: NodeJS.ErrnoException) => {
    if (isClosedPipe(error)) return abort(controller, ExitCode.closedPipe);
    failure ??= outputFailed(error);
    abort(controller, ExitCode.outputFailed);
  };
  const pending = (output: StandardOutput) => {
    const stream = output.pending();
    return stream && isOneOutput() ? stream : undefined;
  };
  const stdout: StandardOutput = new StandardOutput({
    ...{ fd: 1, onError, mayBlock, writeAbove },
    failure: () => failure,
    pendingOther: () => pending(stderr),
  });
  const stderr: StandardOutput = new StandardOutput({
    ...{ fd: 2, onError: onStderrError, mayBlock, writeAbove },
    pendingOther: () => pending(stdout),
  });
  return { stdout, stderr };
}

/** What runs other programs. */
function programDeps(
  display: Display,
  signal: AbortSignal,
  redirectSignals: () => RedirectSignals,
): Pick<Deps, 'runCommand' | 'runHook' | 'runProgram'> {
  return {
    async runCommand(commandLine, limits) {
      const { runCommand } = await import('./io/command.ts');
      const run = () => runCommand(commandLine, limits, process.platform);
      return limits.isInteractive ? display.lendFor(run) : run();
    },
    async runHook(command, env, input, timeoutMs) {
      const { runHook } = await import('./io/command.ts');
      return runHook(command, env, input, { timeoutMs, signal });
    },
    async runProgram(words, env) {
      const { runProgram } = await import('./io/program.ts');
      return signal.aborted ? { exitCode: abortCode(signal) } : runProgram(words, env, redirectSignals());
    },
  };
}

/** What a person at a terminal sees. */
function terminalDeps(
  display: Display,
  signal: AbortSignal,
  stdout: StandardOutput,
  stderr: StandardOutput,
): Pick<Deps, 'prompts' | 'live' | 'style'> {
  return {
    async prompts(shown) {
      const { createPrompts } = await import('./io/terminal/prompts.ts');
      return createPrompts(stderr.open(), signal, shown);
    },
    live: (view, onKeys) => display.start(view, onKeys, stdout.open(), stderr.open()),
    async style(output, color) {
      const { createStyle, plainStyle, wantsColor } = await import('./io/terminal/style.ts');
      // An upgrade may have replaced the file of the colours during a long wait: no reason to lose its outcome.
      return wantsColor(color, process.env, output.isTerminal) ? createStyle().catch(() => plainStyle) : plainStyle;
    },
  };
}

/** What reads and writes files. */
function fileDeps(
  signal: AbortSignal,
): Pick<Deps, 'store' | 'recentTasks' | 'readText' | 'writeFile' | 'writableSize' | 'isStandardOutput' | 'isForeign'> {
  return {
    store: () => openStore(signal),
    async recentTasks() {
      const { stateDirectory } = await import('./io/directories.ts');
      const { createRecentTasks } = await import('./io/recent-tasks.ts');
      return createRecentTasks(stateDirectory(process.env, process.platform, homeOrRoot()), nonce);
    },
    async isForeign(path) {
      const { isForeign } = await import('./io/directories.ts');
      return isForeign(path ?? (await openStore(signal)).path);
    },
    async readText(path) {
      const { checkOpened } = await import('./io/directories.ts');
      const { readText } = await import('./io/files.ts');
      // Afterwards, since it would wait for a file system that hangs.
      return readText(path, { signal, check: (opened) => checkOpened(path, opened) });
    },
    async writeFile(path, text, how) {
      const { writeText } = await import('./io/files.ts');
      // After a signal too a report is written, but not for long.
      await writeText(path, text, how, signal.aborted ? { limitMs: LAST_WRITE_MS } : { signal });
    },
    /** To its end, whatever the signal: the file that it makes must not stay. */
    async writableSize(path) {
      const { writableSize } = await import('./io/files.ts');
      return writableSize(path, signal.aborted ? { limitMs: LAST_WRITE_MS } : {});
    },
    async isStandardOutput(path) {
      const { isStandardOutput } = await import('./io/files.ts');
      return isStandardOutput(path);
    },
  };
}

async function openStore(signal: AbortSignal): Promise<ProfileStore> {
  const { configDirectory } = await import('./io/directories.ts');
  const { createStore } = await import('./io/store.ts');
  const directory = configDirectory(process.env, process.platform, homeOrRoot());
  return createStore({ directory, isNamed: Boolean(process.env.MMAI_CONFIG_DIR?.trim()), signal });
}

/** Not imported above: node:crypto takes a tenth of the time of --help. */
function nonce(): string {
  return process.getBuiltinModule('node:crypto').randomUUID();
}

/** A user without a name and without HOME, as some containers have, has none; nor has one with an empty or relative HOME. */
function home(): string | undefined {
  try {
    const path = homedir();
    return isAbsolute(path) ? path : undefined;
  } catch {
    return undefined;
  }
}

/** Where no home is, files are looked for where containers have theirs: not in the working directory, which may be anybody's. */
function homeOrRoot(): string {
  return home() ?? '/';
}

/** Exit 74: what was written is incomplete, whatever the tasks did. */
function outputFailed({ code, message }: NodeJS.ErrnoException): MmaiError {
  const hint = (m: Messages) => m.explain.exitHints[ExitCode.outputFailed];
  return new MmaiError(ExitCode.outputFailed, (m) => m.outputFailed(code ?? message), { hint });
}
