import { ExitCode, MmaiError, type Text } from '../../errors.ts';
import type { Environment, Origin } from '../config/settings.ts';
import { type Fields, textOf } from '../record.ts';
import type { RpcDeps } from '../rpc/call.ts';
import type { AccessKey } from '../rpc/signature.ts';

export interface Credentials {
  readonly accessKey: AccessKey;
  /** Where they were found, for `--debug` and error messages. */
  readonly source: Text;
  /** How much longer they are good, in ms, by the clock of whoever issued them; undefined where nothing is known of an end. */
  readonly validForMs?: number;
}

/** Credentials that a place offers, before any request is sent or command run. */
export interface Offer {
  readonly source: Text;
  /** The key, where it is written down there; otherwise it takes {@link obtain} to get one. */
  readonly accessKey?: AccessKey;
  /** Throws exit 3, or 4 where the network failed. Each request, and a command, has a time limit of its own. */
  obtain(): Promise<Credentials>;
}

/**
 * A place where credentials may be. Absent → undefined and the chain moves on; half configured → throws, for to go on could
 * sign with another key.
 */
export interface Provider {
  readonly source: Text;
  /** The same for programs. */
  readonly origin: Origin;
  /** What the environment and files say. Errors name the source and quote nothing of what was read. */
  offer(): Promise<Offer | undefined>;
  /** The credentials themselves. */
  find(): Promise<Credentials | undefined>;
}

/** What a provider reaches the world through. */
export interface CredentialDeps extends RpcDeps {
  readonly env: Environment;
  /** As `process.platform`: `linux`, `darwin`, `win32`… */
  readonly platform: string;
  /** Ends requests and commands early. */
  readonly signal: AbortSignal;
  /** The user's home directory; undefined where there is none. */
  home(): string | undefined;
  /** A small file as UTF-8; undefined where there is none. Rejects with an error that has a `code`, as those of Node. */
  readText(path: string): Promise<string | undefined>;
  /** Both standard input and standard error are a terminal. */
  isInteractive(): boolean;
  /** Runs a command line without a shell. Never rejects. */
  runCommand(commandLine: string, limits: CommandLimits): Promise<CommandEnd>;
  /** Whether another user, but root, can change a file or a directory above it; without a path, mmai's own. */
  isForeign(path?: string): Promise<boolean>;
  /** Warns of something that is wrong and does not stop the search. */
  warn(text: Text): void;
}

export interface CommandLimits {
  readonly timeoutMs: number;
  /** With our standard input and standard error, so that the command can ask for a password or a code. */
  readonly isInteractive: boolean;
  readonly signal: AbortSignal;
}

/** `timeout`, `tooLong` (its output) and `stopped` are ours; `notStarted` has the system's code, such as ENOENT. */
export type CommandEnd = (
  | { readonly how: 'exited'; readonly exitCode: number | null; readonly stdout: string }
  | { readonly how: 'notStarted'; readonly code: string }
  | { readonly how: 'timeout' | 'tooLong' | 'stopped' }
) & {
  /** It wrote to its standard error, which is shown nowhere. */
  readonly wroteError?: boolean;
};

/** Exit 3, with what to do. Never give it a cause: what a parser or a server says may quote a secret. */
export function denied(text: Text, hint?: Text): MmaiError {
  return new MmaiError(ExitCode.denied, text, { hint });
}

/** Exit 3: a command gave no credentials. Where it did before, and is run again to renew them, this may pass: it may need the network. */
export class CommandError extends MmaiError {}

/** A variable that says yes: `true` in any case, or `1`, as the official clients read them. */
export function isOn(value: string | undefined): boolean {
  return /^\s*(?:true|1)\s*$/i.test(value ?? '');
}

export function createProvider(
  { source, origin }: Pick<Provider, 'source' | 'origin'>,
  offer: () => Promise<Offer | undefined>,
): Provider {
  return { source, origin, offer, find: async () => (await offer())?.obtain() };
}

/** The offer of a key that is written down. */
export function writtenKey(credentials: Credentials): Offer {
  return { ...credentials, obtain: async () => credentials };
}

/**
 * {@link CredentialDeps.readText} of a provider's file. One that cannot be read is exit 3 naming `source`; with `warn`, for a file
 * that was not named explicitly, it is a warning and the file counts as absent.
 */
export async function readFileOf(
  source: Text,
  path: string,
  { readText }: Pick<CredentialDeps, 'readText'>,
  warn?: CredentialDeps['warn'],
): Promise<string | undefined> {
  try {
    return await readText(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const text: Text = (m) => m.credentials.unreadable(source(m), code ?? '');
    if (!warn) throw denied(text);
    warn(text);
    return undefined;
  }
}

/** The text of a field that has to be there. Throws exit 3 naming the field and the place. */
export function requireField(fields: Fields, name: string, source: Text): string {
  const value = textOf(fields, name);
  if (value === undefined) throw denied((m) => m.credentials.halfConfigured(source(m), name));
  return value;
}

/** The key in these fields: id, secret and, where `names` has a third, perhaps a token. Throws exit 3 for one that no request could carry. */
export function keyIn(fields: Fields, names: readonly [string, string, string?], source: Text): Credentials {
  const [idName, secretName, tokenName] = names;
  const accessKeyId = requireField(fields, idName, source);
  const accessKeySecret = requireField(fields, secretName, source);
  const securityToken = tokenName && textOf(fields, tokenName);
  for (const [name, value] of [
    [idName, accessKeyId],
    [secretName, accessKeySecret],
    [tokenName, securityToken],
  ]) {
    // A line break in a header would be another header; a quotation mark from a word processor signs as something else.
    if (value && !/^[\x20-\x7e]+$/.test(value)) throw denied((m) => m.credentials.badCharacters(source(m), name ?? ''));
  }
  return { accessKey: { accessKeyId, accessKeySecret, ...(securityToken && { securityToken }) }, source };
}
