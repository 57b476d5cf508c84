import type { Command } from 'commander';
import { earlySetting, OUTPUTS, type Settings } from '../core/config/settings.ts';
import { errorEnd } from '../core/outcome.ts';
import { noTraffic } from '../core/rpc/call.ts';
import type { CommandDeps } from '../deps.ts';
import { exitCodeOf } from '../errors.ts';
import { statusDocument, thrownObject } from '../output/document.ts';
import { watchDocument } from '../output/watch-document.ts';
import { eventStamp, versionEvent } from '../output/watch-events.ts';
import { jsonDocument, jsonText } from '../text/safe-text.ts';
import { beforeDashes, flagValue } from './arguments.ts';

/** The commands whose document is about tasks. */
const COMMANDS = ['status', 'watch', 'wait', 'result'];

/**
 * What standard output has to hold when an error ends a command about tasks before it has an answer: a document, or events, with
 * the error. Empty for another command or form, and with a query, which selects something else. The command line may be the
 * error: then `named` is the program or undefined, and the first word that could be the command counts.
 */
export async function errorDocument(
  error: Error,
  named: Command | undefined,
  argv: readonly string[],
  deps: CommandDeps,
): Promise<string> {
  const words = beforeDashes(argv);
  const command = named?.parent ? named.name() : words.find((word) => COMMANDS.includes(word));
  if (command === undefined || !COMMANDS.includes(command) || flagValue(words, '--query') !== undefined) return '';
  const isWait = command === 'watch' || command === 'wait';
  const form = await formOf(words, isWait, deps);
  if (form !== 'json' && form !== 'ndjson') return '';
  const { messages, clock, pid } = deps;
  const exitCode = exitCodeOf(error);
  if (!isWait) return jsonDocument(statusDocument([], noTraffic(), exitCode, thrownObject(error, messages)));
  const end = {
    type: 'end',
    why: errorEnd(exitCode),
    exitCode,
    elapsedMs: 0,
    tasks: [],
    traffic: noTraffic(),
    error,
  } as const;
  const document = watchDocument(end, 0, () => [], messages);
  if (form === 'json') return jsonDocument(document);
  const stamp = eventStamp({ elapsedMs: () => 0 }, clock);
  const events = [versionEvent(pid), { type: 'summary', ...document.summary } as const];
  return events.map((event) => `${jsonText(stamp(event))}\n`).join('');
}

// --- internal ---

async function formOf(
  words: readonly string[],
  isWait: boolean,
  deps: CommandDeps,
): Promise<Settings['output'] | undefined> {
  if (words.includes('--json')) return 'json';
  const flag = flagValue(words, '--output', '-o');
  if (flag === undefined && !isWait && words.includes('--raw')) return 'raw';
  const text = await earlySetting('output', flag, flagValue(words, '--profile'), deps);
  const form = OUTPUTS.find((known) => known === text?.trim().toLowerCase());
  // A wait has no raw form: where a variable or a profile says raw, it prints json.
  return form === 'raw' && isWait && flag === undefined ? 'json' : form;
}
