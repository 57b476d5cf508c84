import { ExitCode, type Text } from '../../errors.ts';
import { formatDuration } from '../../text/duration.ts';
import type { Environment } from '../config/settings.ts';
import { type Fields, parseRecord, textOf } from '../record.ts';
import { aliyunMode, inLowerCase } from './aliyun-file.ts';
import { type CommandEnd, CommandError, type CredentialDeps, type Credentials, denied, isOn } from './provider.ts';

/** With it aliyun-cli forbids commands and URIs in profiles. */
const OFF_VARIABLE = 'ALIBABA_CLOUD_DISABLE_EXTERNAL_PROCESS';

/** Throws exit 3 where the user forbids commands and URIs. */
export function checkExternalAllowed(env: Environment, source: Text): void {
  if (isOn(env[OFF_VARIABLE])) throw denied((m) => m.credentials.forbidden(source(m), OFF_VARIABLE));
}

/** How long a command may take, in ms: a person may have to find a phone. */
const LIMITS_MS = { alone: 60_000, interactive: 300_000 };

/** A key of a profile whose value is run or read. */
interface ProfileKey {
  /** For errors. */
  readonly name: string;
  readonly source: Text;
  /** The file that holds the profile, unless it is mmai's own. */
  readonly file?: string | undefined;
}

export interface ExternalCommand extends ProfileKey {
  readonly command: string;
}

/**
 * Throws exit 3 for a file that another user can change: root in that user's home, or with HOME=/tmp anybody, would run what that
 * user likes, or send any file to a server of that user's.
 */
export async function refuseForeign(
  { name, source, file }: ProfileKey,
  { isForeign }: Pick<CredentialDeps, 'isForeign'>,
): Promise<void> {
  if (!(await isForeign(file))) return;
  throw denied(
    (m) => m.credentials.foreignFile(source(m), name),
    (m) => m.credentials.foreignFileHint,
  );
}

/**
 * What the command prints: a JSON object with the keys of a profile of aliyun-cli, whose mode is neither a command nor a URI.
 * Nothing of its output is ever shown. Throws exit 3.
 */
export async function printedProfile(
  { command, name, source, file }: ExternalCommand,
  deps: CredentialDeps,
): Promise<Fields> {
  await refuseForeign({ name, source, file }, deps);
  const isInteractive = deps.isInteractive();
  const timeoutMs = LIMITS_MS[isInteractive ? 'interactive' : 'alone'];
  const end = await deps.runCommand(command, { timeoutMs, isInteractive, signal: deps.signal });
  const printed = end.how === 'exited' && end.exitCode === 0 ? parseRecord(end.stdout) : undefined;
  const fields = printed && inLowerCase(printed);
  const mode = fields && aliyunMode(fields);
  if (fields && mode && mode !== 'External' && mode !== 'CredentialsURI') return fields;
  const hint: Text | undefined =
    end.how === 'stopped' ? undefined : (m) => m.credentials.externalHint(end.wroteError === true);
  throw new CommandError(
    ExitCode.denied,
    (m) => m.credentials.external[trouble(end)](source(m), name, detail(end, timeoutMs)),
    { hint },
  );
}

/** How long printed credentials are good, if they say so. */
export function validFor(printed: Fields, { clock }: Pick<CredentialDeps, 'clock'>): Pick<Credentials, 'validForMs'> {
  const end = Date.parse(textOf(printed, 'expiration') ?? '');
  return Number.isNaN(end) ? {} : { validForMs: end - clock.now() };
}

// --- internal ---

function trouble(end: CommandEnd): 'failed' | 'garbage' | 'notStarted' | 'timeout' | 'tooLong' | 'stopped' {
  if (end.how !== 'exited') return end.how;
  return end.exitCode === 0 ? 'garbage' : 'failed';
}

function detail(end: CommandEnd, timeoutMs: number): string {
  if (end.how === 'timeout') return formatDuration(timeoutMs);
  if (end.how === 'notStarted') return end.code;
  return end.how === 'exited' ? String(end.exitCode ?? 'signal') : '';
}
