import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { readTaskIds } from '../core/ids.ts';
import { MAX_IN_FLIGHT } from '../core/ports.ts';
import type { Reply } from '../core/response.ts';
import { foldOutcomes, type TaskId, taskState } from '../core/task.ts';
import { ExitCode } from '../errors.ts';
import { replyOutcome, statusDocument, taskRow } from '../output/document.ts';
import { describeFailures } from '../output/failures.ts';
import { compileQuery } from '../output/query.ts';
import { printAnswer } from './answer.ts';
import { dryRun } from './dry-run.ts';
import { addServiceOptions, type ServiceOptions } from './options.ts';
import { rememberTasks } from './recent.ts';
import { openSession, resolveSetup, type Session, type Setup } from './session.ts';

export interface StatusOptions extends ServiceOptions {
  readonly exitStatus?: true;
  readonly raw?: true;
}

const OUTPUTS = ['text', 'json', 'tsv', 'raw'] as const;
export function addStatusCommand(program: Command, context: Context, done: (exitCode: number) => void): void {
  const { help } = context.messages;
  const command = program
    .command('status')
    .description(help.commands.status)
    .argument('[taskId...]', help.arguments.taskId);
  command
    .optionsGroup(help.headings.output)
    .option('--exit-status', help.flags.exitStatus)
    .option('--raw', help.flags.raw);
  const forms = { outputs: 'text|json|tsv|raw', dryRuns: 'request|curl|node' };
  addServiceOptions(command, context.messages, forms).action(async (words: string[], options: StatusOptions) =>
    done(await runStatus(words, options, context)),
  );
}

/** One look at each task; the exit code. Throws what concerns no single task: usage, configuration, missing credentials. */
export async function runStatus(words: readonly string[], options: StatusOptions, context: Context): Promise<number> {
  const ids = await readTaskIds(words, context);
  const setup = await resolveSetup(options.raw ? { ...options, output: 'raw' } : options, context, OUTPUTS);
  const query = await compileQuery(options.query);
  if (options.dryRun !== undefined) return dryRun(options.dryRun, ids, setup, context);
  const session = await openSession(setup, options.simulate, context);
  try {
    const replies = await askAll(ids, setup, session, context);
    const exitCode = statusExitCode(replies, options.exitStatus === true);
    const tasks = ids.map((id, index) => taskRow(id, replies[index]!, context.messages));
    const document = statusDocument(tasks, session.client.traffic, exitCode);
    if (setup.values.output === 'raw' && !query) printBodies(replies, context);
    else await printAnswer(document, query, setup.values, context);
    if (!options.quiet) explainFailures(ids, replies, context);
    const known = ids.filter((_, index) => replies[index]!.ok);
    await rememberTasks(known, options, context);
    return exitCode;
  } finally {
    await session.close();
  }
}

// --- internal ---

/** Asks in order, some at a time. A refusal that concerns the key would meet every task, so it stops the rest. */
async function askAll(ids: readonly TaskId[], setup: Setup, { client }: Session, context: Context): Promise<Reply[]> {
  const replies: Reply[] = [];
  let next = 0;
  let refusal: Reply | undefined;
  const worker = async () => {
    for (let index = next++; index < ids.length; index = next++) {
      const reply = refusal ?? (await client.askPatiently(ids[index]!, setup.values.retries, context.signal));
      if (!reply.ok && reply.failure.exitCode === ExitCode.denied) refusal = reply;
      replies[index] = reply;
    }
  };
  await Promise.all(Array.from({ length: Math.min(MAX_IN_FLIGHT, ids.length) }, worker));
  return replies;
}

function statusExitCode(replies: readonly Reply[], tellsState: boolean): number {
  if (replies.some((reply) => !reply.ok && reply.failure.exitCode === ExitCode.denied)) return ExitCode.denied;
  const outcomes = replies.map(replyOutcome);
  if (tellsState) return foldOutcomes(outcomes, ExitCode.pending);
  const unanswered = outcomes.filter((outcome) => outcome === 'unanswered' || outcome === 'notFound');
  return foldOutcomes(unanswered, ExitCode.ok);
}

/** The service's bodies byte for byte; a line break stands between two, none after the last. */
function printBodies(replies: readonly Reply[], { stdout }: Context): void {
  replies.forEach((reply, index) => {
    if (index > 0) stdout.write('\n');
    stdout.write(reply.ok ? reply.answer.body : reply.failure.body);
  });
}

/** Says on stderr what went wrong with which tasks; and warns once of a status nobody knows. */
function explainFailures(ids: readonly TaskId[], replies: readonly Reply[], { messages, stderr }: Context): void {
  // That somebody stopped us is no news to who did it.
  const failures = replies.flatMap((reply, index) =>
    reply.ok || reply.failure.code === 'Network.Aborted' ? [] : [{ id: ids[index]!, failure: reply.failure }],
  );
  stderr.write(describeFailures(failures, messages));
  const unknown = replies.findIndex((reply) => reply.ok && taskState(reply.answer.status) === 'unknown');
  const reply = replies[unknown];
  if (reply?.ok) stderr.write(`${messages.warning}${messages.unknownStatus(ids[unknown]!, reply.answer.status)}\n`);
}
