import { Command, CommanderError } from 'commander';
import { EXAMPLES } from './cli/examples.ts';
import { helpConfiguration, valueNotes } from './cli/help.ts';
import { parserError } from './cli/parser-error.ts';
import type { NetworkEvent } from './core/rpc/transport.ts';
import type { CommandDeps, Deps } from './deps.ts';
import { ExitCode, MmaiError } from './errors.ts';
import { languageOf, loadMessages } from './language.ts';
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
  const debugs = argv.includes('--debug') || Boolean(base.env.MMAI_DEBUG);
  const debug = (line: string) => debugs && base.stderr.write(`debug: ${visible(line)}\n`);
  const messages = await loadMessages(await languageOf(argv, base));
  const told: Deps['transport'] = (settings, observe) =>
    base.transport(settings, tellSteps({ messages, debug }, observe));
  const deps: CommandDeps = { ...base, messages, debug, transport: debugs ? told : base.transport };
  let exitCode: number = ExitCode.ok;
  try {
    const wants = (name: string) => argv.includes(name) || argv[0] === 'complete';
    const program = await createProgram(wants, deps, (code) => {
      exitCode = code;
    });
    await program.parseAsync(normalized(argv, program), { from: 'user' });
  } catch (error) {
    exitCode = report(error, deps, debugs);
  }
  return exitCode;
}

/** The command tree. A command that `wants` does not name has its name and summary only: loading costs time at every start. */
export async function createProgram(
  wants: (name: string) => boolean,
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
      // It is thrown too, and told in `report`.
      outputError() {},
    })
    .showSuggestionAfterError()
    .enablePositionalOptions();
  for (const { name, alias, load } of COMMANDS) {
    if (wants(name) || (alias && wants(alias))) (await load())(program, deps, done);
    else if (name !== 'complete') stub(program, name, alias).description(help.commands[name]);
  }
  addNotes(program, messages);
  return program.addHelpText('after', () => `\n${help.after(exitCodeTable(deps))}`);
}

function stub(program: Command, name: string, alias: string | undefined): Command {
  const command = program.command(name);
  return alias === undefined ? command : command.alias(alias);
}

/** Under the help of each command: how values are written, and the examples by its path, `config set`. */
function addNotes(command: Command, messages: CommandDeps['messages'], path: readonly string[] = []): void {
  command.addHelpText('after', () => valueNotes(command, messages) ?? '');
  const { help } = messages;
  const examples = EXAMPLES[path.join(' ')];
  if (examples) command.addHelpText('after', () => `\n${help.headings.examples}\n  ${examples.join('\n  ')}`);
  for (const below of command.commands) addNotes(below, messages, [...path, below.name()]);
}

/** Tells the steps of requests to `--debug`, and to the one who asked for them. */
function tellSteps(
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

/** `--dry-run` takes an optional form, which commander would take from the next word: a task id. */
function normalized(argv: readonly string[], program: Command): string[] {
  const [first, ...words] = argv;
  if (first === 'help' && words[0] && !words[0].startsWith('-')) return helpCall(words, program);
  const end = argv.indexOf('--');
  return argv.map((word, index) => (word === '--dry-run' && (end < 0 || index < end) ? '--dry-run=request' : word));
}

/** `help config set` is `config set --help`: commander's own looks at one word, and helps with whatever it does not know. */
function helpCall(words: readonly string[], program: Command): string[] {
  let command = program;
  for (const [index, word] of words.entries()) {
    if (word.startsWith('-') || command.commands.length === 0) break;
    const below = command.commands.find((one) => one.name() === word || one.aliases().includes(word));
    // Without the flag, so that commander refuses the word, and says which one is near.
    if (!below) return words.slice(0, index + 1);
    command = below;
  }
  return [...words, '--help'];
}

function exitCodeTable({ messages }: CommandDeps): string {
  return Object.entries(messages.exitCodes)
    .map(([code, meaning]) => `  ${code.padStart(3)}  ${meaning}`)
    .join('\n');
}

/** The one catch: an error becomes a sentence on stderr and an exit code. */
function report(thrown: unknown, { stderr, messages }: CommandDeps, debugs: boolean): number {
  const error = thrown instanceof CommanderError ? parserError(thrown) : thrown;
  // Help or the version was printed, on standard error where it was not asked for.
  if (thrown instanceof CommanderError && !error) return thrown.exitCode === 0 ? ExitCode.ok : ExitCode.usage;
  const isExpected = error instanceof MmaiError;
  const text = isExpected ? error.text(messages) : messages.bug(error instanceof Error ? error.message : String(error));
  const hint = isExpected ? error.hint?.(messages) : messages.bugHint();
  // The sentence may quote an argument, a path or a variable.
  stderr.write(`${messages.error}${visible(text)}\n${hint ? `${messages.hint}${visible(hint)}\n` : ''}`);
  if (debugs && error instanceof Error) stderr.write(`${error.stack?.split('\n').map(visible).join('\n')}\n`);
  return isExpected ? error.exitCode : ExitCode.bug;
}
