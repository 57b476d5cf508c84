import type { Command } from 'commander';
import type { CallOptions, Client } from '../../core/client.ts';
import { DRY_RUNS, type Settings } from '../../core/config/settings.ts';
import type { TaskOperation } from '../../core/operations/task-operation.ts';
import { failureExitCode, failureOutcome, isDenied, type Outcome, stateOutcome } from '../../core/outcome.ts';
import type { Failure, Reply, ResponseInfo } from '../../core/rpc/response.ts';
import { MAX_IN_FLIGHT } from '../../core/rpc/transport.ts';
import type { TaskId } from '../../core/task.ts';
import type { CommandDeps, Output } from '../../deps.ts';
import { ExitCode, endCode } from '../../errors.ts';
import type { Messages } from '../../locales/en/messages.ts';
import { rawBody } from '../../output/bodies.ts';
import { errorObject, type StatusDocument, statusDocument, type TaskRow } from '../../output/document.ts';
import { describeFailures } from '../../output/failures.ts';
import { paintLabels } from '../../output/paint.ts';
import { compileQuery } from '../../output/query.ts';
import { statusCount } from '../../output/verdict.ts';
import { wholeSeconds } from '../../text/duration.ts';
import { jsonPieces } from '../../text/safe-text.ts';
import { dryRun } from './dry-run/dry-run.ts';
import { addServiceOptions, type ServiceOptions } from './options.ts';
import { allowedForms, formsOf, type Printers, printAnswer } from './print.ts';
import { withProgress } from './progress.ts';
import { openSession, resolveSetup, type Session, type Setup } from './session.ts';
import { commandTaskIds, nameTasks, rememberTasks } from './task-ids.ts';
import { createStatusWarning } from './warn.ts';

interface TaskCommandOptions extends ServiceOptions {
  readonly exitStatus?: true;
}

interface TaskAnswer<Row extends TaskRow> {
  readonly document: StatusDocument<Row>;
}

/** A command that sends one request about each task, and what is its own. */
export interface TaskCommand<Result extends ResponseInfo, Row extends TaskRow> {
  readonly operation: Pick<TaskOperation<Result>, 'request'>;
  readonly send: (client: Client, id: TaskId, options: CallOptions) => Promise<Reply<Result>>;
  readonly row: (id: TaskId, reply: Reply<Result>, messages: Messages) => Row;
  readonly printers: Printers<TaskAnswer<Row>>;
  /** What of a result its line shows, as text and tsv: no more is kept for them. */
  readonly shown?: (result: Result) => Result;
  /** The exit code of a run that no refusal stopped. */
  readonly exitCode: (outcomes: readonly Outcome[], options: TaskCommandOptions) => number;
}

/** The forms of such a command: `text` and `tsv` are its own. */
export function taskPrinters<Row extends TaskRow>(
  own: Pick<Printers<TaskAnswer<Row>>, 'text' | 'tsv'>,
): Printers<TaskAnswer<Row>> {
  return {
    ...own,
    json: ({ document }) => jsonPieces(document),
    // Each body was printed when it came.
    raw: () => [],
    ndjson: null,
  };
}

/** Adds the argument and the flags that such commands share. */
export function addTaskCommand<Result extends ResponseInfo, Row extends TaskRow>(
  command: Command,
  own: TaskCommand<Result, Row>,
  deps: CommandDeps,
  done: (exitCode: number) => void,
): void {
  const { help } = deps.messages;
  command.argument('[taskId...]', help.arguments.taskId).option('--raw', help.flags.raw);
  const forms = { outputs: formsOf(own.printers), dryRuns: DRY_RUNS.join('|') };
  addServiceOptions(command, deps.messages, forms).action(async (words: string[], options: TaskCommandOptions) =>
    done(await runTaskCommand(words, options, own, deps)),
  );
}

/** One request about each task; the exit code. Throws what concerns no single task: usage, configuration, missing credentials. */
export async function runTaskCommand<Result extends ResponseInfo, Row extends TaskRow>(
  words: readonly string[],
  options: TaskCommandOptions,
  own: TaskCommand<Result, Row>,
  deps: CommandDeps,
): Promise<number> {
  const { printers } = own;
  const setup = await resolveSetup(options, deps, allowedForms(printers, options));
  const query = await compileQuery(options.query);
  const readIds = async () => commandTaskIds(await nameTasks(words, deps), options, deps);
  if (options.dryRun !== undefined) return dryRun(options.dryRun, own.operation, readIds, setup, deps);
  // Before IDs are read, since it refuses bad values of flags.
  const session = await openSession(setup, options.simulate, deps);
  try {
    const ids = await readIds();
    const kept = query ? undefined : keptFor(setup.values.output, own);
    const replies = await requestAll(ids, own, kept, setup, session, deps);
    const tasks = ids.map((id, index) => own.row(id, replies[index]!, deps.messages));
    const outcomes = replies.map((reply, index) =>
      reply.ok ? stateOutcome(tasks[index]!.state) : failureOutcome(reply.failure.class),
    );
    const refusal = refusalIn(replies);
    const code = refusal ? failureExitCode(refusal.class) : own.exitCode(outcomes, options);
    // The document agrees with how the process ends.
    const exitCode = endCode(code, deps.signal);
    const error = refusal && errorObject(refusal, deps.messages);
    const document = statusDocument(tasks, session.client.traffic, exitCode, error);
    await printAnswer({ document }, printers, query, setup.values, deps);
    // Tasks not checked because their bodies could not be printed are no errors of theirs.
    if (!options.quiet && exitCode !== ExitCode.closedPipe && exitCode !== ExitCode.outputFailed) {
      const text = failureReport(tasks, replies, deps) + statusCount(document, deps.messages);
      deps.stderr.write(paintLabels(text, await deps.style(deps.stderr, setup.values.color), deps.messages));
    }
    const known = tasks.filter((task) => task.error === undefined);
    await rememberTasks(known, options, deps);
    return exitCode;
  } finally {
    await session.close();
  }
}

// --- internal ---

/** Sends the requests in order, some at a time. What would meet every task, a refusal of the AccessKey or a signal, stops the rest. */
async function requestAll<Result extends ResponseInfo, Row extends TaskRow>(
  ids: readonly TaskId[],
  { send }: TaskCommand<Result, Row>,
  kept: Kept<Result> | undefined,
  { values, quiet }: Setup,
  { client }: Session,
  deps: CommandDeps,
): Promise<Reply<Result>[]> {
  const isRaw = values.output === 'raw';
  const options = { retries: values.retries, signal: deps.signal, keepsBody: isRaw };
  const replies: Reply<Result>[] = [];
  let next = 0;
  let checked = 0;
  let stop: Reply<Result> | undefined;
  const print = bodyPrinter<Result>(deps.stdout);
  const worker = async () => {
    for (let index = next++; index < ids.length; index = next++) {
      const sent = stop ?? send(client, ids[index]!, options);
      const reply = await (isRaw ? print(sent) : sent);
      if (!reply.ok && (isDenied(reply.failure) || isInterrupted(reply.failure))) stop = reply;
      replies[index] = kept ? kept(reply) : reply;
      checked += 1;
    }
  };
  const start = deps.clock.monotonic();
  const line = () => {
    const elapsed = wholeSeconds(deps.clock.monotonic() - start);
    return deps.messages.checking(checked, ids.length, elapsed, client.traffic.retries);
  };
  const work = Promise.all(Array.from({ length: Math.min(MAX_IN_FLIGHT, ids.length) }, worker));
  await withProgress(work, line, { color: values.color, quiet }, deps);
  return replies;
}

/** Prints the body of each reply in the order of the calls, and before it resolves: ten thousand of a megabyte are not kept. */
function bodyPrinter<Result extends ResponseInfo>(stdout: Output) {
  let last: Promise<unknown> | undefined;
  return (sent: Reply<Result> | Promise<Reply<Result>>): Promise<Reply<Result>> => {
    const before = last;
    const printed = Promise.all([sent, before]).then(async ([reply]) => {
      const { body = '' } = reply.ok ? reply.result : reply.failure;
      const how = { isFirst: before === undefined, isTerminal: stdout.isTerminal };
      for (const piece of rawBody(body, how)) stdout.write(piece);
      await stdout.drained();
      return reply;
    });
    last = printed;
    return printed;
  };
}

/** Makes of a reply what is kept of it until all are there. */
type Kept<Result> = (reply: Reply<Result>) => Reply<Result>;

function keptFor<Result extends ResponseInfo, Row extends TaskRow>(
  output: Settings['output'],
  { shown }: TaskCommand<Result, Row>,
): Kept<Result> | undefined {
  if (output === 'raw') return withoutBody;
  if (output === 'json' || !shown) return undefined;
  return (reply) => (reply.ok ? { ok: true, result: shown(reply.result) } : reply);
}

function withoutBody<Result extends ResponseInfo>(reply: Reply<Result>): Reply<Result> {
  if (reply.ok) return { ok: true, result: { ...reply.result, body: undefined } };
  return { ok: false, failure: { ...reply.failure, body: undefined } };
}

function isInterrupted({ code }: Failure): boolean {
  return code === 'Network.Aborted';
}

function refusalIn(replies: readonly Reply<unknown>[]): Failure | undefined {
  return replies.flatMap((reply) => (!reply.ok && isDenied(reply.failure) ? [reply.failure] : []))[0];
}

/** What went wrong with which tasks; and warnings of unknown statuses. */
function failureReport(tasks: readonly TaskRow[], replies: readonly Reply<unknown>[], deps: CommandDeps): string {
  // The user knows of a stop by the user.
  const failures = replies.flatMap((reply, index) =>
    reply.ok || isInterrupted(reply.failure) ? [] : [{ id: tasks[index]!.id, failure: reply.failure }],
  );
  const warning = createStatusWarning(deps);
  const warnings = tasks.map(({ id, status }) => (status === null ? '' : warning(id, status)));
  return describeFailures(failures, deps.messages) + warnings.join('');
}
