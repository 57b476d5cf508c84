import { Command, CommanderError } from 'commander';
import { commandLine, type EarlyArguments, namedCommand, readEarlyArguments } from './cli/arguments.ts';
import { addHelpNotes, helpConfiguration } from './cli/help.ts';
import { createLog } from './commands/shared/log.ts';
import { earlyColor, settingUsage } from './core/config/settings.ts';
import type { NetworkEvent } from './core/rpc/transport.ts';
import type { CommandDeps, Deps, Output } from './deps.ts';
import { abortCode, ExitCode, exitCodeOf, inEnglish, MmaiError } from './errors.ts';
import { chooseSpeech, loadMessages, standIns } from './language.ts';
import { paintLabels } from './output/paint.ts';
import { visible } from './text/safe-text.ts';
import { isSwitchedOn } from './text/switched-on.ts';
import { version } from './version.ts';

interface CommandEntry {
  readonly name: 'status' | 'watch' | 'result' | 'config' | 'explain' | 'completion' | 'sandbox' | 'complete';
  readonly alias?: string;
  /** Adds the command with its flags to the program; only the one that is wanted is loaded. */
  readonly load: () => Promise<(program: Command, deps: CommandDeps, done: (exitCode: number) => void) => void>;
}

const COMMANDS: readonly CommandEntry[] = [
  { name: 'status', load: async () => (await import('./commands/status.ts')).addStatusCommand },
  { name: 'watch', alias: 'wait', load: async () => (await import('./commands/watch.ts')).addWatchCommand },
  { name: 'result', load: async () => (await import('./commands/result.ts')).addResultCommand },
  { name: 'config', load: async () => (await import('./commands/config.ts')).addConfigCommand },
  { name: 'explain', load: async () => (await import('./commands/explain.ts')).addExplainCommand },
  { name: 'completion', load: async () => (await import('./commands/completion.ts')).addCompletionCommand },
  { name: 'sandbox', load: async () => (await import('./commands/sandbox.ts')).addSandboxCommand },
  { name: 'complete', load: async () => (await import('./commands/completion.ts')).addCompleteCommand },
];

/** Runs one command line, from argv (without node and script) to the exit code. Never throws. */
export async function run(argv: readonly string[], base: Deps): Promise<number> {
  const early = readEarlyArguments(argv);
  const isDebug = early.isDebug || isSwitchedOn(base.env.MMAI_DEBUG);
  const debug = isDebug ? createDebug(base.stderr) : () => {};
  const speech = await chooseSpeech(early, base);
  const messages = await loadMessages(speech);
  const observed: Deps['transport'] = (settings, observe) => base.transport(settings, debugSteps(debug, observe));
  const prompts = async () => base.prompts(await standIns(speech));
  const transport = isDebug ? observed : base.transport;
  const deps: CommandDeps = { ...base, messages, debug, prompts, transport };
  const { stdout } = deps;
  let exitCode: number = ExitCode.ok;
  let command: Command | undefined;
  try {
    const program = await createProgram(early, deps, (code) => {
      exitCode = code;
    });
    const words = commandLine(argv, program);
    command = namedCommand(words, program);
    await program.parseAsync(words, { from: 'user' });
  } catch (thrown) {
    const { exitCode: code, error } = await report(thrown, deps, { ...early, isDebug, command });
    exitCode = code;
    // Where a document was requested there is exactly one.
    if (error && !stdout.hasWritten) {
      stdout.write(await (await import('./cli/error-document.ts')).errorDocument(error, command, argv, deps));
    }
  }
  try {
    await stdout.flush();
  } catch (thrown) {
    exitCode = (await report(thrown, deps, { ...early, isDebug, command })).exitCode;
  }
  return exitCode;
}

/** The command tree. A command that is not wanted has its name and summary only: loading costs time at every start. */
export async function createProgram(
  { wants, isShortHelp }: Pick<EarlyArguments, 'wants' | 'isShortHelp'>,
  deps: CommandDeps,
  done: (exitCode: number) => void,
): Promise<Command> {
  const { messages, stdout, stderr } = deps;
  const { help } = messages;
  const program = new Command('mmai')
    .description(help.program)
    .version(version, '-V, --version', help.version)
    .option(settingUsage('language'), help.flags.lang)
    .helpOption('-h, --help', help.help)
    .helpCommand('help [command]', help.helpCommand)
    .configureHelp(helpConfiguration(messages))
    .exitOverride()
    .configureOutput({
      writeOut: (text) => stdout.write(text),
      writeErr: (text) => stderr.write(text),
      getOutHelpWidth: () => stdout.size().columns,
      getErrHelpWidth: () => stderr.size().columns,
      // Our help has no colors, and checking whether a stream has them would open it.
      getOutHasColors: () => true,
      getErrHasColors: () => true,
      // It is thrown too, and `report` writes it.
      outputError() {},
    })
    .showSuggestionAfterError(false)
    .enablePositionalOptions()
    .hook('preAction', () => deps.handleSignals());
  for (const { name, alias, load } of COMMANDS) {
    if (wants(name) || (alias && wants(alias))) (await load())(program, deps, done);
    else if (name !== 'complete') {
      const stub = program.command(name).description(help.commands[name]);
      if (alias) stub.alias(alias);
    }
  }
  addHelpNotes(program, messages, isShortHelp);
  return program;
}

// --- internal ---

/** Writes lines for `--debug`, English as logs are. */
function createDebug(stderr: Output): CommandDeps['debug'] {
  const log = createLog(stderr, (lines) => `debug: lines left out, since standard error was not read: ${lines}`);
  return (line) => log(`debug: ${visible(line)}`);
}

/** Writes the steps of requests to `--debug`, whose lines are English as logs are, and passes them on. */
function debugSteps(debug: CommandDeps['debug'], observe?: (event: NetworkEvent) => void) {
  return (event: NetworkEvent) => {
    debug(
      `${event.step}: ${inEnglish(event.detail)}${event.step === 'proxy' ? '' : ` after ${event.ms.toFixed(1)} ms`}`,
    );
    observe?.(event);
  };
}

/** What fails because the run was aborted, a command or a file for instance, ends it with the code of the signal. */
function withAbortCode(thrown: unknown, signal: AbortSignal): unknown {
  if (!signal.aborted || !(thrown instanceof MmaiError)) return thrown;
  return new MmaiError(abortCode(signal), thrown.text, { hint: thrown.hint, cause: thrown });
}

/** An error becomes a sentence on stderr and an exit code. No error: commander printed help. */
async function report(
  thrown: unknown,
  deps: CommandDeps,
  { color, profile, isDebug, command }: EarlyArguments & { readonly command: Command | undefined },
) {
  const { stderr, messages } = deps;
  const isParser = command !== undefined && thrown instanceof CommanderError;
  if (isParser && thrown.exitCode === 0) return { exitCode: ExitCode.ok };
  const error = isParser
    ? (await import('./cli/parser-error.ts')).parserError(thrown, command)
    : withAbortCode(thrown, deps.signal);
  if (isParser && !error) return { exitCode: ExitCode.usage };
  const isExpected = error instanceof MmaiError;
  const text = isExpected ? error.text(messages) : messages.bug(error instanceof Error ? error.message : String(error));
  const hint = isExpected ? error.hint?.(messages) : messages.bugHint;
  // The sentence may quote an argument, a path or a variable.
  const lines = hint ? hint.split('\n').map((line) => `${messages.hint}${visible(line)}\n`) : [];
  const style = await deps.style(stderr, await earlyColor(color, profile, deps));
  stderr.write(paintLabels(`${messages.error}${visible(text)}\n${lines.join('')}`, style, messages));
  if (isDebug && error instanceof Error) stderr.write(`${error.stack?.split('\n').map(visible).join('\n')}\n`);
  return { exitCode: exitCodeOf(error), error: error instanceof Error ? error : new Error(String(error)) };
}
