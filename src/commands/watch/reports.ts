import type { CommandDeps } from '../../deps.ts';
import { annotations, stepOutputs, stepSummary } from '../../output/github.ts';
import { junitReport } from '../../output/junit.ts';
import { verdictLine } from '../../output/verdict.ts';
import type { WatchDocument } from '../../output/watch-document.ts';
import { visible } from '../../text/safe-text.ts';
import type { WatchOptions } from './watch-options.ts';

/** What a CI reads besides the exit code. A report that cannot be written is warned about: the outcome is that of the tasks. */
export async function writeReports(document: WatchDocument, options: WatchOptions, deps: CommandDeps): Promise<void> {
  const { env, messages, stderr } = deps;
  const onGitHub =
    options.annotations === 'github' || (options.annotations === 'auto' && env.GITHUB_ACTIONS === 'true');
  const write = async (path: string | undefined, text: () => string, how: 'replace' | 'append') => {
    if (!path) return;
    await deps.writeFile(path, text(), how).catch((error: Error) => {
      stderr.write(`${messages.warning}${visible(messages.watch.unwritable(path, error.message))}\n`);
    });
  };
  if (onGitHub) {
    stderr.write(annotations(document, messages));
    const summary = () => stepSummary(document, verdictLine(document, messages), messages);
    await write(env.GITHUB_STEP_SUMMARY, summary, 'append');
    await write(env.GITHUB_OUTPUT, () => stepOutputs(document), 'append');
  }
  await write(options.junit, () => junitReport(document, messages), 'replace');
}

/** `--notify`: the bell, and a notification (OSC 9) where the terminal is known to show one. */
export function notify(document: WatchDocument, { env, messages, stderr }: CommandDeps): void {
  if (!stderr.isTerminal) return;
  const isKnown = /^(iTerm\.app|WezTerm|ghostty)$/.test(env.TERM_PROGRAM ?? '') || Boolean(env.ConEmuPID);
  stderr.write(`${isKnown ? `\u001b]9;mmai: ${verdictLine(document, messages)}\u001b\\` : ''}\u0007`);
}
