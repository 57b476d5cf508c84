import type { Command } from 'commander';
import type { TaskReply } from '../core/client.ts';
import { failureExitCode, failureOutcome, isDenied, stateOutcome, statusExitCode } from '../core/outcome.ts';
import type { Failure } from '../core/rpc/response.ts';
import { MAX_IN_FLIGHT } from '../core/rpc/transport.ts';
import { type TaskId, taskState } from '../core/task.ts';
import type { CommandDeps } from '../deps.ts';
import type { Messages } from '../locales/en/messages.ts';
import { rawBodies } from '../output/bodies.ts';
import { errorObject, type StatusDocument, statusDocument, taskRow } from '../output/document.ts';
import { describeFailures } from '../output/failures.ts';
import { paintLabels } from '../output/paint.ts';
import { compileQuery } from '../output/query.ts';
import { statusTable, tsvLines } from '../output/table.ts';
import { statusCount } from '../output/verdict.ts';
import { wholeSeconds } from '../text/duration.ts';
import { jsonPieces } from '../text/safe-text.ts';
import { dryRun } from './shared/dry-run/dry-run.ts';
import { addServiceOptions, type ServiceOptions } from './shared/options.ts';
import { allowedForms, formsOf, type Printers, printAnswer } from './shared/print.ts';
import { rememberTasks } from './shared/remember-tasks.ts';
import { openSession, resolveSetup, type Session, type Setup } from './shared/session.ts';
import { withSpinner } from './shared/spinner.ts';
import { commandTaskIds } from './shared/task-ids.ts';

export interface StatusOptions extends ServiceOptions {
  readonly exitStatus?: true;
  readonly raw?: true;
}

/** What is printed: the document, or the bodies that it was read from. */
interface StatusAnswer {
  readonly document: StatusDocument;
  readonly replies: readonly TaskReply[];
}

const PRINTERS: Printers<StatusAnswer> = {
  text: async ({ document }, { style, stdout, messages }, { color }) =>
    statusTable(document.tasks, await style(stdout, color), messages),
  json: ({ document }) => jsonPieces(document),
  tsv: ({ document }) => tsvLines(document.tasks),
  raw: ({ replies }, { stdout }) =>
    rawBodies(
      replies.map((reply) => (reply.ok ? reply.answer.body : reply.failure.body) ?? ''),
      stdout,
    ),
  ndjson: null,
};

export function addStatusCommand(program: Command, deps: CommandDeps, done: (exitCode: number) => void): void {
  const { help } = deps.messages;
  const command = program
    .command('status')
    .description(help.commands.status)
    .argument('[taskId...]', help.arguments.taskId);
  command
    .optionsGroup(help.headings.output)
    .option('--exit-status', help.flags.exitStatus)
    .option('--raw', help.flags.raw);
  const forms = { outputs: formsOf(PRINTERS), dryRuns: 'request|curl|node' };
  addServiceOptions(command, deps.messages, forms).action(async (words: string[], options: StatusOptions) =>
    done(await runStatus(words, options, deps)),
  );
}

/** One look at each task; the exit code. Throws what concerns no single task: usage, configuration, missing credentials. */
export async function runStatus(words: readonly string[], options: StatusOptions, deps: CommandDeps): Promise<number> {
  const output = options.raw ? 'raw' : options.output;
  const setup = await resolveSetup(options, deps, allowedForms(PRINTERS, { ...options, ...(output && { output }) }));
  const query = await compileQuery(options.query);
  const ids = await commandTaskIds(words, options.quiet === true, deps);
  if (options.dryRun !== undefined) return dryRun(options.dryRun, ids, setup, deps);
  const session = await openSession(setup, options.simulate, deps);
  try {
    const replies = await checkAll(ids, setup, session, deps);
    // A signal or a failing stdout decides how the process ends; the document agrees with that.
    const { aborted, reason } = deps.signal;
    const refusal = refusalIn(replies);
    const exitCode = aborted ? (reason as number) : exitCodeOf(replies, refusal, options.exitStatus === true);
    const tasks = ids.map((id, index) => taskRow(id, replies[index]!, deps.messages));
    const error = refusal && errorObject(refusal, deps.messages);
    const document = statusDocument(tasks, session.client.traffic, exitCode, error);
    await printAnswer({ document, replies }, PRINTERS, query, setup.values, deps);
    if (!options.quiet) {
      const text = failureReport(ids, replies, deps.messages) + statusCount(document, deps.messages);
      deps.stderr.write(paintLabels(text, await deps.style(deps.stderr, setup.values.color), deps.messages));
    }
    const known = tasks.filter(({ error }) => !error);
    await rememberTasks(known, options, deps);
    return exitCode;
  } finally {
    await session.close();
  }
}

// --- internal ---

/** Checks in order, some at a time. A refusal that concerns the AccessKey would meet every task, so it stops the rest. */
async function checkAll(ids: readonly TaskId[], setup: Setup, { client }: Session, deps: CommandDeps) {
  const { values, quiet } = setup;
  const options = { retries: values.retries, signal: deps.signal, keepsBody: values.output === 'raw' };
  const replies: TaskReply[] = [];
  let next = 0;
  let checked = 0;
  let refusal: TaskReply | undefined;
  const worker = async () => {
    for (let index = next++; index < ids.length; index = next++) {
      const reply = refusal ?? (await client.getTaskStatus(ids[index]!, options));
      if (!reply.ok && isDenied(reply.failure)) refusal = reply;
      replies[index] = reply;
      checked += 1;
    }
  };
  const start = deps.clock.monotonic();
  const line = () => {
    const elapsed = wholeSeconds(deps.clock.monotonic() - start);
    return deps.messages.checking(checked, ids.length, elapsed, client.traffic.retries);
  };
  const work = Promise.all(Array.from({ length: Math.min(MAX_IN_FLIGHT, ids.length) }, worker));
  await withSpinner(work, line, { color: values.color, quiet }, deps);
  return replies;
}

function refusalIn(replies: readonly TaskReply[]): Failure | undefined {
  return replies.flatMap((reply) => (!reply.ok && isDenied(reply.failure) ? [reply.failure] : []))[0];
}

function exitCodeOf(replies: readonly TaskReply[], refusal: Failure | undefined, tellsState: boolean): number {
  if (refusal) return failureExitCode(refusal.class);
  const outcomes = replies.map((reply) =>
    reply.ok ? stateOutcome(taskState(reply.answer.status)) : failureOutcome(reply.failure.class),
  );
  return statusExitCode(outcomes, tellsState);
}

/** What went wrong with which tasks; and one warning of a status nobody knows. */
function failureReport(ids: readonly TaskId[], replies: readonly TaskReply[], messages: Messages): string {
  // A stop by the user is no news to the user.
  const failures = replies.flatMap((reply, index) =>
    reply.ok || reply.failure.code === 'Network.Aborted' ? [] : [{ id: ids[index]!, failure: reply.failure }],
  );
  const unknown = replies.findIndex((reply) => reply.ok && taskState(reply.answer.status) === 'unknown');
  const reply = replies[unknown];
  const warning = reply?.ok ? `${messages.warning}${messages.unknownStatus(ids[unknown]!, reply.answer.status)}\n` : '';
  return describeFailures(failures, messages) + warning;
}
