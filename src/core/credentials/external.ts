import type { Text } from '../../errors.ts';
import { type CommandEnd, type CredentialDeps, denied, type Fields, parseFields } from './provider.ts';

/** What a `process_command` of aliyun-cli prints: a JSON object with the keys of a profile. Nothing of its output is ever shown. Throws exit 3. */
export async function runExternal(command: string, deps: CredentialDeps, source: Text, until: number): Promise<Fields> {
  const timeoutMs = Math.max(1, until - deps.clock.monotonic());
  const end = await deps.runCommand(command, { timeoutMs, signal: deps.signal });
  const fields = end.how === 'exited' && end.exitCode === 0 ? parseFields(end.stdout) : undefined;
  if (fields) return fields;
  throw denied(
    (m) => m.credentials.external[trouble(end)](source(m), detail(end)),
    (m) => m.credentials.externalHint(),
  );
}

// --- internal ---

function trouble(end: CommandEnd): 'failed' | 'garbage' | 'notStarted' | 'timeout' | 'tooLong' | 'stopped' {
  if (end.how !== 'exited') return end.how;
  return end.exitCode === 0 ? 'garbage' : 'failed';
}

function detail(end: CommandEnd): string {
  if (end.how === 'notStarted') return end.code;
  return end.how === 'exited' ? String(end.exitCode ?? 'signal') : '';
}
