import type { CommandDeps } from '../../deps.ts';
import { systemError, usageError } from '../../errors.ts';
import { annotations, MAX_SUMMARY, stepOutputs, stepSummary } from '../../output/github.ts';
import { junitReport } from '../../output/junit.ts';
import { verdictLine } from '../../output/verdict.ts';
import type { WatchDocument } from '../../output/watch-document.ts';
import { quotedPath, visible } from '../../text/safe-text.ts';
import type { WatchOptions } from './watch-options.ts';

/** Nothing, or the usual names of standard output, where a report would overwrite the answer. */
const NO_FILE = /^(-|\/dev\/stdout|\/(dev|proc\/self)\/fd\/1)?$/;

/** Throws a usage error for a report that cannot be written: better before the wait than after it. */
export async function checkReports(options: WatchOptions, deps: CommandDeps): Promise<void> {
  const { junit } = options;
  if (junit !== undefined && NO_FILE.test(junit)) throw usageError((m) => m.watch.notAFile);
  for (const [what, path] of Object.entries(reportPaths(options, deps))) {
    if (!path) continue;
    const refuse = ({ code, message }: NodeJS.ErrnoException) => {
      throw usageError((m) => m.labelled(what, m.watch.unwritable(quotedPath(path), code ?? message)));
    };
    if (path === junit && (await deps.isStandardOutput(path).catch(refuse))) {
      throw usageError((m) => m.watch.notAFile);
    }
    await deps.writableSize(path).catch(refuse);
  }
}

/** What a CI reads besides the exit code. A report that cannot be written any more is a warning: the outcome is that of the tasks. */
export async function writeReports(document: WatchDocument, options: WatchOptions, deps: CommandDeps): Promise<void> {
  const { messages, stderr } = deps;
  const { GITHUB_STEP_SUMMARY, GITHUB_OUTPUT, '--junit': junit } = reportPaths(options, deps);
  const write = async (path: string | undefined, text: () => string | Promise<string>, how: 'replace' | 'append') => {
    if (!path) return;
    try {
      await deps.writeFile(path, await text(), how);
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      stderr.write(`${messages.warning}${visible(messages.watch.unwritable(path, code ?? message))}\n`);
    }
  };
  if (isOnGitHub(options, deps)) stderr.write(annotations(document, messages));
  const summary = async (path: string) => {
    const text = stepSummary(document, messages, MAX_SUMMARY - (await deps.writableSize(path)));
    // The step summary is full.
    if (!text) throw systemError('EFBIG');
    return text;
  };
  await write(GITHUB_STEP_SUMMARY, () => summary(GITHUB_STEP_SUMMARY!), 'append');
  await write(GITHUB_OUTPUT, () => stepOutputs(document), 'append');
  await write(junit, () => gathered(junitReport(document, messages), deps), 'replace');
}

/** `--notify`: the bell, and a notification (OSC 9) where the terminal is known to show one. */
export function notify(document: WatchDocument, { env, messages, stderr }: CommandDeps): void {
  if (!stderr.isTerminal) return;
  const isKnown = /^(iTerm\.app|WezTerm|ghostty)$/.test(env.TERM_PROGRAM ?? '') || Boolean(env.ConEmuPID);
  stderr.write(`${isKnown ? `\u001b]9;mmai: ${verdictLine(document, messages)}\u001b\\` : ''}\u0007`);
}

// --- internal ---

/** How many tasks of a report are handled at once: some ms. */
const TASKS_AT_ONCE = 1000;

/** How long a report may still be made after a signal, in ms. */
const LAST_MS = 300;

/**
 * The whole text, which takes seconds for a million tasks: signals are handled meanwhile, and what is not made soon after one is not
 * written, so that the verdict still is. Rejects with ECANCELED then.
 */
async function gathered(pieces: Iterable<string>, { clock, signal }: CommandDeps): Promise<string> {
  let text = '';
  let count = 0;
  let stoppedAt: number | undefined;
  for (const piece of pieces) {
    text += piece;
    count += 1;
    if (count % TASKS_AT_ONCE !== 0) continue;
    await new Promise(setImmediate);
    if (signal.aborted) stoppedAt ??= clock.monotonic();
    if (stoppedAt !== undefined && clock.monotonic() - stoppedAt > LAST_MS) throw systemError('ECANCELED');
  }
  return text;
}

function isOnGitHub({ annotations }: WatchOptions, { env }: CommandDeps): boolean {
  return annotations === 'github' || (annotations === 'auto' && env.GITHUB_ACTIONS === 'true');
}

/** The files to write, by the flag or variable that names them. */
function reportPaths(options: WatchOptions, deps: CommandDeps) {
  const { GITHUB_STEP_SUMMARY, GITHUB_OUTPUT } = isOnGitHub(options, deps) ? deps.env : {};
  return { GITHUB_STEP_SUMMARY, GITHUB_OUTPUT, '--junit': options.junit };
}
