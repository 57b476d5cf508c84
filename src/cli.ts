import { Command, CommanderError } from 'commander';
import { commandLine, type EarlyArguments, readEarlyArguments } from './cli/arguments.ts';
import { addHelpNotes, helpConfiguration } from './cli/help.ts';
import { isSwitchedOn } from './core/config/settings.ts';
import type { NetworkEvent } from './core/rpc/transport.ts';
import type { CommandDeps, Deps } from './deps.ts';
import { ExitCode, MmaiError } from './errors.ts';
import { chooseSpeech, loadMessages } from './language.ts';
import { visible } from './text/safe-text.ts';
import { version } from './version.ts';

interface CommandEntry {
  readonly name: 'status' | 'watch' | 'config' | 'explain' | 'completion' | 'sandbox' | 'complete';
  readonly alias?: string;
  /** Adds the command with its flags to the program; only the one that is asked for is loaded. */
  readonly load: () => Promise<(program: Command, deps: CommandDeps, done: (exitCode: number) => void) => void>;
}

const COMMANDS: readonly CommandEntry[] = [
  { name: 'status', load: async () => (await import('./commands/status.ts')).addStatusCommand },
  { name: 'watch', alias: 'wait', load: async () => (await import('./commands/watch.ts')).addWatchCommand },
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
  const debug = (line: string) => isDebug && base.stderr.write(`debug: ${visible(line)}\n`);
  const messages = await loadMessages(await chooseSpeech(early.lang, base));
  const observed: Deps['transport'] = (settings, observe) =>
    base.transport(settings, debugSteps({ messages, debug }, observe));
  const deps: CommandDeps = { ...base, messages, debug, transport: isDebug ? observed : base.transport };
  let exitCode: number = ExitCode.ok;
  try {
    const program = await createProgram(early, deps, (code) => {
      exitCode = code;
    });
    await program.parseAsync(commandLine(argv, program), { from: 'user' });
  } catch (error) {
    exitCode = await report(error, deps, isDebug);
  }
  try {
    await deps.stdout.flush();
  } catch (error) {
    exitCode = await report(error, deps, isDebug);
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
    .option('--lang <zh|en>', help.flags.lang)
    .helpOption('-h, --help', help.help)
    .helpCommand('help [command]', help.helpCommand)
    .configureHelp(helpConfiguration(messages))
    .exitOverride()
    .configureOutput({
      writeOut: (text) => stdout.write(text),
      writeErr: (text) => stderr.write(text),
      getOutHelpWidth: () => stdout.size().columns,
      getErrHelpWidth: () => stderr.size().columns,
      // It is thrown too, and `report` writes it.
      outputError() {},
    })
    .showSuggestionAfterError()
    .enablePositionalOptions();
  for (const { name, alias, load } of COMMANDS) {
    if (wants(name) || (alias && wants(alias))) (await load())(program, deps, done);
    else if (name !== 'complete') stub(program, name, alias).description(help.commands[name]);
  }
  addHelpNotes(program, messages, isShortHelp);
  return program;
}

function stub(program: Command, name: string, alias: string | undefined): Command {
  const command = program.command(name);
  return alias === undefined ? command : command.alias(alias);
}

/** Writes the steps of requests to `--debug`, and passes them on. */
function debugSteps(
  { messages, debug }: Pick<CommandDeps, 'messages' | 'debug'>,
  observe?: (event: NetworkEvent) => void,
) {
  return (event: NetworkEvent) => {
    debug(
      `${event.step}: ${event.detail(messages)}${event.step === 'proxy' ? '' : ` after ${event.ms.toFixed(1)} ms`}`,
    );
    observe?.(event);
  };
}

/** The one catch: an error becomes a sentence on stderr and an exit code. */
async function report(thrown: unknown, { stderr, messages }: CommandDeps, isDebug: boolean): Promise<number> {
  const error = thrown instanceof CommanderError ? (await import('./cli/parser-error.ts')).parserError(thrown) : thrown;
  // Help or the version was printed, on standard error where it was not asked for.
  if (thrown instanceof CommanderError && !error) return thrown.exitCode === 0 ? ExitCode.ok : ExitCode.usage;
  const isExpected = error instanceof MmaiError;
  const text = isExpected ? error.text(messages) : messages.bug(error instanceof Error ? error.message : String(error));
  const hint = isExpected ? error.hint?.(messages) : messages.bugHint();
  // The sentence may quote an argument, a path or a variable.
  const lines = hint ? hint.split('\n').map((line) => `${messages.hint}${visible(line)}\n`) : [];
  stderr.write(`${messages.error}${visible(text)}\n${lines.join('')}`);
  if (isDebug && error instanceof Error) stderr.write(`${error.stack?.split('\n').map(visible).join('\n')}\n`);
  return isExpected ? error.exitCode : ExitCode.bug;
}
