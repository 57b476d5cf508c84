import type { Command } from 'commander';
import { choice } from '../core/config/settings.ts';
import { errorEnd } from '../core/outcome.ts';
import { taskState } from '../core/task.ts';
import type { EndEvent, ProgressEvent } from '../core/wait/events.ts';
import { parseWatchFlags, resumeFlags, waiterOptions, watchMode } from '../core/wait/flags.ts';
import { Waiter, type WaiterOptions } from '../core/wait/waiter.ts';
import type { CommandDeps } from '../deps.ts';
import { ExitCode, MmaiError, usageError } from '../errors.ts';
import { compileQuery, type Query } from '../output/query.ts';
import { statusTsv } from '../output/table.ts';
import { verdict } from '../output/verdict.ts';
import { type WatchDocument, watchDocument } from '../output/watch-document.ts';
import { eventStamp, startEvent, toldEvent, versionEvent } from '../output/watch-events.ts';
import { watchTable } from '../output/watch-table.ts';
import { parseDuration } from '../text/duration.ts';
import { jsonDocument, jsonText } from '../text/safe-text.ts';
import { addServiceOptions } from './shared/options.ts';
import { allowedForms, formsOf, type Printers, printAnswer } from './shared/print.ts';
import { rememberTasks } from './shared/remember-tasks.ts';
import { openSession, resolveSetup, type Session, type Setup } from './shared/session.ts';
import { commandTaskIds } from './shared/task-ids.ts';
import { type DisplayMode, displayMode, openDisplay } from './watch/display.ts';
import { createHook, type Hook } from './watch/hook.ts';
import { printPlan } from './watch/poll-plan.ts';
import { checkReports, notify, writeReports } from './watch/reports.ts';
import { addWatchOptions, type WatchOptions } from './watch/watch-options.ts';

const PRINTERS: Printers<{ readonly document: WatchDocument }> = {
  text: async ({ document }, { style, stdout, messages }, { color }) =>
    watchTable(document.tasks, await style(stdout, color), messages),
  json: ({ document }) => jsonDocument(document),
  tsv: ({ document }) => statusTsv(document.tasks),
  // Printed as they happened, the summary last.
  ndjson: () => '',
  raw: null,
};

export function addWatchCommand(program: Command, deps: CommandDeps, done: (exitCode: number) => void): void {
  const { help } = deps.messages;
  const command = program
    .command('watch')
    .alias('wait')
    .description(help.commands.watch)
    .argument('[taskId...]', help.arguments.taskId);
  addWatchOptions(command, deps.messages);
  addServiceOptions(command, deps.messages, { outputs: formsOf(PRINTERS) }).action(
    async (words: string[], options: WatchOptions) => done(await runWatch(words, options, deps)),
  );
}

/** A wait as the user asked for it, checked before anything is sent. */
interface Wait {
  readonly plan: WaiterOptions;
  readonly options: WatchOptions;
  readonly setup: Setup;
  readonly mode: DisplayMode;
  readonly query: Query | undefined;
  readonly execTimeoutMs: number;
}

/** Waits for tasks; the outcome as exit code. What it writes to stdout is complete on every way out. */
export async function runWatch(words: readonly string[], given: WatchOptions, deps: CommandDeps): Promise<number> {
  const annotations = choice('auto', 'github', 'none')(given.annotations, '--annotations');
  const options = { ...given, annotations };
  const { timeoutMs } = parseWatchFlags(options);
  if (options.exec?.trim() === '') throw usageError((m) => m.watch.noCommand());
  const execTimeoutMs = parseDuration(options.execTimeout, '--exec-timeout');
  const mode = displayMode(options, deps);
  const setup = await resolveSetup(options, deps, allowedForms(PRINTERS, options));
  const query = await compileQuery(options.query);
  if (options.dryRun === undefined) await checkReports(options, deps);
  const plan = await readPlan(words, timeoutMs, options, deps);
  if (options.dryRun !== undefined) return printPlan(plan, setup.values.output === 'json', deps);
  const session = await openSession(setup, options.simulate, deps);
  try {
    return await waitAndTell({ plan, options, setup, mode, query, execTimeoutMs }, session, deps);
  } finally {
    await session.close();
  }
}

// --- internal ---

/** The wait for the tasks named here or on standard input. The timeout counts from the start of the process, so reading counts against it. */
async function readPlan(
  words: readonly string[],
  timeoutMs: number,
  options: WatchOptions,
  deps: CommandDeps,
): Promise<WaiterOptions> {
  const { clock, startedAt } = deps;
  const limits = {
    totalMs: timeoutMs,
    idleMs: Number.POSITIVE_INFINITY,
    name: `--timeout ${options.timeout}`,
  };
  const start = clock.monotonic();
  const ids = await commandTaskIds(words, options.quiet === true, deps, limits);
  const readingMs = clock.monotonic() - start;
  // What starting takes is not worth an odd number in every sentence; what reading takes may be minutes.
  const spentMs = readingMs < 1000 ? 0 : clock.monotonic() - startedAt;
  return { ...waiterOptions(ids, options), timeoutMs: Math.max(1, timeoutMs - spentMs) };
}

async function waitAndTell(wait: Wait, session: Session, deps: CommandDeps): Promise<number> {
  const { plan, options, setup, query, execTimeoutMs } = wait;
  const { clock, random, signal, messages, stderr } = deps;
  const waiter = new Waiter(plan, { clock, random, signal, ask: session.client.getTaskStatus });
  const tellEvent = eventWriter(waiter, setup, deps);
  const place = { endpoint: session.origin, region: setup.values.region, profile: setup.profile.name };
  tellEvent(versionEvent(deps.pid));
  tellEvent(startEvent(plan, { mode: watchMode(options), ...place }, clock));
  const hook = createHook({ command: options.exec, timeoutMs: execTimeoutMs, isQuiet: options.quiet === true }, deps);
  const end = await follow(waiter, tellEvent, hook, wait, session, deps);
  const document = watchDocument(end, session.client, (succeeded) => resumeFlags(options, succeeded), messages);
  let misfit: MmaiError | undefined;
  if (setup.values.output === 'ndjson') tellEvent({ type: 'summary', ...document.summary });
  else misfit = await printAnswer({ document }, PRINTERS, query, setup.values, deps).then(() => undefined, misfitOf);
  await writeReports(document, options, deps);
  if (options.notify) notify(document, deps);
  const known = document.tasks.filter((task) => task.requestId !== null && !task.error).map((task) => task.id);
  await rememberTasks(known, options, deps);
  // Who closed the pipe wants to hear no more.
  if (!end.error && !options.quiet && end.exitCode !== ExitCode.closedPipe)
    stderr.write(verdict(end, document, messages));
  // Last, since it may take a while: everything is told by now.
  await hook.settled();
  if (end.error ?? misfit) throw end.error ?? misfit;
  return end.exitCode;
}

type TellEvent = ReturnType<typeof eventStamp>;

/** Puts an event into its envelope, and writes it where events are asked for. */
function eventWriter(waiter: Waiter, { values }: Setup, { clock, stdout }: CommandDeps): TellEvent {
  const stamp = eventStamp(waiter, clock);
  return (event) => {
    const told = stamp(event);
    if (values.output === 'ndjson') stdout.write(`${jsonText(told)}\n`);
    return told;
  };
}

/** Shows the wait to its end: on the display, as events, to the user's command. */
async function follow(
  waiter: Waiter,
  tellEvent: TellEvent,
  hook: Hook,
  wait: Wait,
  session: Session,
  deps: CommandDeps,
) {
  const { options, setup, mode } = wait;
  // Events are built only for those who read them: a tenth of a poll.
  const isRead = setup.values.output === 'ndjson' || options.exec !== undefined;
  const display = await openDisplay(mode, waiter, setup.values.color, deps);
  const warn = unknownStatusWarning(deps);
  const tell = (event: ProgressEvent) => {
    if (event.type === 'retry') session.client.traffic.retries += 1;
    if (event.type === 'wake') session.renewConnections();
    debugPoll(event, deps);
    const unstamped = isRead ? toldEvent(event, deps.messages) : undefined;
    const told = unstamped && tellEvent(unstamped);
    display.tell(event);
    if (event.type === 'result' && told) hook.ended(event, told);
    if (event.type === 'state' && !options.quiet) warn(event.id, event.status);
  };
  const last = await readEvents(waiter, tell).finally(() => display.stop());
  if (!deps.signal.aborted) return last;
  // Stopped perhaps after the last event: what is told agrees with how the process ends.
  return { ...last, why: 'interrupted' as const, exitCode: deps.signal.reason as number };
}

/** Reads the events to the end. An error ends them too: credentials that fail on the way, or a bug. It is reported like every other end. */
async function readEvents(waiter: Waiter, tell: (event: ProgressEvent) => void): Promise<EndEvent> {
  try {
    for await (const event of waiter.events()) {
      if (event.type === 'end') return event;
      tell(event);
    }
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const exitCode = error instanceof MmaiError ? error.exitCode : ExitCode.bug;
    const { tasks } = waiter;
    const why = errorEnd(exitCode);
    return { type: 'end', why, exitCode, elapsedMs: waiter.elapsedMs(), tasks, error };
  }
  throw new Error('a wait without an end');
}

/** What the query says against a document that it does not fit: told last, for it must not cost the reports and the verdict. */
function misfitOf(error: unknown): MmaiError {
  if (error instanceof MmaiError) return error;
  throw error;
}

/** Says for `--debug` why a task is asked about again when it is. */
function debugPoll(event: ProgressEvent, { debug }: CommandDeps): void {
  if (event.type === 'state') {
    debug(
      `task ${event.id}: ${event.state} after ${event.polls} polls, asked again in ${event.nextPollMs ?? 'never'} ms`,
    );
  } else if (event.type === 'retry') {
    const left = event.budgetLeftMs === null ? 'no budget used' : `${event.budgetLeftMs} ms of the budget left`;
    debug(`task ${event.id}: ${event.failure.code}, attempt ${event.attempt}, again in ${event.delayMs} ms, ${left}`);
  } else if (event.type === 'wake') {
    debug(`the clock jumped by ${event.jumpMs} ms: every task is asked about, over new connections`);
  }
}

/** Warns of a status nobody knows, once for each. */
function unknownStatusWarning({ messages, stderr }: CommandDeps): (id: string, status: number) => void {
  const seen = new Set<number>();
  return (id, status) => {
    if (taskState(status) !== 'unknown' || seen.has(status)) return;
    seen.add(status);
    stderr.write(`${messages.warning}${messages.unknownStatus(id, status)}\n`);
  };
}
