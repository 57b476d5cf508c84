import type { ProfileStore } from './core/config/profiles.ts';
import type { Environment, Settings } from './core/config/settings.ts';
import type { CredentialDeps } from './core/credentials/provider.ts';
import type { NetworkEvent, Transport } from './core/rpc/transport.ts';
import type { Subject } from './errors.ts';
import type { HookEnd } from './io/command.ts';
import type { Input } from './io/input-stream.ts';
import type { ProgramEnd } from './io/program.ts';
import type { RecentTasks } from './io/recent-tasks.ts';
import type { Live, LiveView } from './io/terminal/live.ts';
import type { Prompts } from './io/terminal/prompts.ts';
import type { Style } from './io/terminal/style.ts';
import type { Messages } from './locales/en/messages.ts';

export interface Output {
  readonly isTerminal: boolean;
  /** A pipe or a socket: what reads it may be a program at the same terminal. */
  readonly isPipe: boolean;
  /** Size of the window in characters; 80 × 24 where there is none. */
  size(): { columns: number; rows: number };
  write(text: string | Uint8Array): void;
  /** Something was written. */
  readonly hasWritten: boolean;
  /** More waits in memory for the reader than the stream's buffer is meant to hold. */
  readonly isBehind: boolean;
  /** Resolves when more may be written: the reader has taken enough, and signals were heard. False if nothing can be written any more. */
  drained(): Promise<boolean>;
  /**
   * Resolves when the reader has taken everything, however long that takes. Rejects with an MmaiError where something could not
   * be written.
   */
  flush(): Promise<void>;
}

/** Everything impure that mmai touches. Costly things are functions and load on first use, so that `--help` builds nothing. */
export interface Deps extends Omit<CredentialDeps, 'transport' | 'debug' | 'warn'> {
  readonly pid: number;
  /** When the process started, on the monotonic clock. */
  readonly startedAt: number;
  /** Aborts on SIGINT, SIGTERM, SIGHUP, or a stdout that is closed or full; the reason is the exit code. */
  readonly signal: AbortSignal;
  /**
   * From here on signals abort {@link signal}; before, they end the process, and writing may block it. To be called before a
   * command does anything; help alone does nothing.
   */
  handleSignals(): void;
  readonly stdin: Input;
  readonly stdout: Output;
  readonly stderr: Output;
  /** The language of the operating system, like `zh-CN`, where no variable says one; empty if it is not known. */
  systemLocale(): string;
  store(): Promise<ProfileStore>;
  recentTasks(): Promise<RecentTasks>;
  /** `caFileFrom` is what an error of the CA file names, its flag by default. `observe` gets every step of every request. */
  transport(
    settings: Pick<Settings, 'caFile'> & { readonly caFileFrom?: Subject },
    observe?: (event: NetworkEvent) => void,
  ): Promise<Transport>;
  prompts(shown?: (text: string) => string): Promise<Prompts>;
  /** Draws on stderr, a terminal, in the foreground until stopped or {@link signal} aborts; `onKeys` gets the keys pressed, those of a pasted text at once. */
  live(view: LiveView, onKeys: (keys: string) => void): Promise<Pick<Live, 'stop' | 'isDrawing'>>;
  /** Runs a shell command with more environment and an input. Never rejects. */
  runHook(command: string, env: Environment, input: string, timeoutMs: number): Promise<HookEnd>;
  /**
   * Runs a program in place of this process, with `env` as its whole environment: until it ends, signals go to it, and {@link signal}
   * does not abort for them. Never rejects.
   */
  runProgram(words: readonly string[], env: Environment): Promise<ProgramEnd>;
  /** Writes a file that the user named, or adds lines to it. Throws what the file system says. */
  writeFile(path: string, text: string, how: 'replace' | 'append'): Promise<void>;
  /** Size in bytes of a file that is to be written, 0 if there is none yet. Throws what the file system says if it cannot be written. */
  writableSize(path: string): Promise<number>;
  /** Whether a path leads to the file or the pipe that standard output is, or to the file of standard error. */
  isStandardOutput(path: string): Promise<boolean>;
  /** Colours for one stream, as `--color` and the environment say. */
  style(output: Output, color: Settings['color']): Promise<Style>;
}

/** What a command gets: {@link Deps}, and the user's language. */
export interface CommandDeps extends Deps {
  readonly messages: Messages;
  /** One line on stderr with `--debug`; nothing otherwise. Never give it a secret. */
  debug(line: string): void;
}
