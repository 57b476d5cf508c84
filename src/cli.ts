import { Command, CommanderError } from 'commander';
import type { Context, System } from './context.ts';
import type { NetworkEvent } from './core/ports.ts';
import { visible } from './core/text.ts';
import { ExitCode, MmaiError } from './errors.ts';
import { languageOf, loadMessages } from './language.ts';
import { version } from './version.ts';

interface CommandEntry {
  readonly name: 'status' | 'watch' | 'config' | 'sandbox';
  readonly alias?: string;
  /** Adds the command with its flags to the program; only the one that is asked for is loaded. */
  readonly load: () => Promise<(program: Command, context: Context, done: (exitCode: number) => void) => void>;
}

const COMMANDS: readonly CommandEntry[] = [
  { name: 'status', load: async () => (await import('./commands/status.ts')).addStatusCommand },
  { name: 'watch', alias: 'wait', load: async () => (await import('./commands/watch.ts')).addWatchCommand },
  { name: 'config', load: async () => (await import('./commands/config.ts')).addConfigCommand },
  { name: 'sandbox', load: async () => (await import('./commands/sandbox.ts')).addSandboxCommand },
];

/** Runs one command line, from argv (without node and script) to the exit code. Never throws. */
export async function run(argv: readonly string[], system: System): Promise<number> {
  const debugs = argv.includes('--debug') || Boolean(system.env.MMAI_DEBUG);
  const debug = (line: string) => debugs && system.stderr.write(`debug: ${visible(line)}\n`);
  const context: Context = {
    ...system,
    messages: await loadMessages(await languageOf(argv, system)),
    debug,
    transport: debugs ? (settings, observe) => system.transport(settings, tellSteps(debug, observe)) : system.transport,
  };
  let exitCode: number = ExitCode.ok;
  try {
    const program = await createProgram(argv, context, (code) => {
      exitCode = code;
    });
    await program.parseAsync(normalized(argv), { from: 'user' });
  } catch (error) {
    exitCode = report(error, context, debugs);
  }
  return exitCode;
}

async function createProgram(
  argv: readonly string[],
  context: Context,
  done: (exitCode: number) => void,
): Promise<Command> {
  const { help } = context.messages;
  const program = new Command('mmai')
    .description(help.program)
    .version(version, '-V, --version', help.version)
    .helpOption('-h, --help', help.help)
    .helpCommand('help [command]', help.helpCommand)
    .addHelpText('after', () => `\n${help.after(exitCodeTable(context))}`)
    .exitOverride()
    .configureOutput({ writeOut: (text) => context.stdout.write(text), writeErr: (text) => context.stderr.write(text) })
    .showSuggestionAfterError()
    .enablePositionalOptions();
  for (const { name, alias, load } of COMMANDS) {
    if (argv.includes(name) || (alias && argv.includes(alias))) (await load())(program, context, done);
    else program.command(name).description(help.commands[name]);
  }
  return program;
}

/** Tells the steps of requests to `--debug`, and to the one who asked for them. */
function tellSteps(debug: (line: string) => void, observe?: (event: NetworkEvent) => void) {
  return (event: NetworkEvent) => {
    debug(`${event.step}: ${event.detail}${event.step === 'proxy' ? '' : ` after ${event.ms.toFixed(1)} ms`}`);
    observe?.(event);
  };
}

/** `--dry-run` takes an optional form, which commander would take from the next word: a task id. */
function normalized(argv: readonly string[]): string[] {
  return argv.map((word) => (word === '--dry-run' ? '--dry-run=request' : word));
}

function exitCodeTable({ messages }: Context): string {
  return Object.entries(messages.exitCodes)
    .map(([code, meaning]) => `  ${code.padStart(3)}  ${meaning}`)
    .join('\n');
}

/** The one catch: an error becomes a sentence on stderr and an exit code. */
function report(error: unknown, { stderr, messages }: Context, debugs: boolean): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.ok : ExitCode.usage;
  const isExpected = error instanceof MmaiError;
  const text = isExpected ? error.text(messages) : messages.bug(error instanceof Error ? error.message : String(error));
  const hint = isExpected ? error.hint?.(messages) : messages.bugHint();
  // The sentence may quote an argument, a path or a variable.
  stderr.write(`${messages.error}: ${visible(text)}\n${hint ? `${messages.hint}: ${hint}\n` : ''}`);
  if (debugs && error instanceof Error) stderr.write(`${error.stack}\n`);
  return isExpected ? error.exitCode : ExitCode.bug;
}
