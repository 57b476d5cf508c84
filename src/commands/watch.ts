import type { Command } from 'commander';
import { choice, type Settings } from '../core/config/settings.ts';
import type { EndEvent, ProgressEvent } from '../core/wait/events.ts';
import { parseWatchFlags, resumeFlags, waiterOptions } from '../core/wait/flags.ts';
import { Waiter } from '../core/wait/waiter.ts';
import type { WaiterDeps, WaiterOptions } from '../core/wait/waiter-options.ts';
import type { CommandDeps } from '../deps.ts';
import { abortCode, conflict, ExitCode, endCode, MmaiError } from '../errors.ts';
import { paintLabels } from '../output/paint.ts';
import { compileQuery, type Query } from '../output/query.ts';
import { withoutOtherUrls, withoutUrls } from '../output/results.ts';
import { tsvLines } from '../output/table.ts';
import { verdict } from '../output/verdict.ts';
import { type WatchDocument, watchDocument } from '../output/watch-document.ts';
import { eventStamp, startEvent, versionEvent, watchEvent } from '../output/watch-events.ts';
import { watchTable } from '../output/watch-table.ts';
import { jsonPieces, jsonText } from '../text/safe-text.ts';
import { addServiceOptions } from './shared/options.ts';
import { allowedForms, formsOf, type Printers, printAnswer } from './shared/print.ts';
import { openSession, resolveSetup, type Session, type Setup } from './shared/session.ts';
import { commandTaskIds, nameTasks, rememberTasks } from './shared/task-ids.ts';
import { createStatusWarning } from './shared/warn.ts';
import { type Display, displayMode, openDisplay } from './watch/display.ts';
import { Hook, parseHookOptions } from './watch/hook.ts';
import { printPlan } from './watch/poll-plan.ts';
import { checkReports, notify, writeReports } from './watch/reports.ts';
import { addWatchOptions, repeatedFlags, type WatchOptions } from './watch/watch-options.ts';

const PRINTERS: Printers<{ readonly document: WatchDocument }> = {
  text: async ({ document }, { style, stdout, messages }, { color }) =>
    watchTable(document.tasks, await style(stdout, color), messages),
  json: ({ document }) => jsonPieces(document),
  tsv: ({ document }) => tsvLines(document.tasks),
  // Printed as they happened, the summary last.
  ndjson: () => '',
  raw: null,
};

/** What is kept of results for these forms, which print no more of them. */
const KEPT: Partial<Record<Settings['output'], WaiterDeps['keptOf']>> = {
  text: withoutOtherUrls,
  tsv: withoutUrls,
  ndjson: withoutUrls,
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

/** A wait as the flags describe it, checked before anything is sent. */
interface WaitRequest {
  readonly options: WatchOptions;
  readonly setup: Setup;
  readonly query: Query | undefined;
  /** `--exec`; without it nothing runs. */
  readonly hook: Hook | undefined;
}

/** Waits for tasks; the outcome as exit code. What it writes to stdout is complete on every way out. */
export async function runWatch(words: readonly string[], given: WatchOptions, deps: CommandDeps): Promise<number> {
  const annotations = choice('auto', 'github', 'none')(given.annotations, '--annotations');
  const options = { ...given, annotations };
  const { timeoutMs, heartbeatMs } = parseWatchFlags(options);
  const hookOptions = parseHookOptions(options);
  const setup = await resolveSetup(options, deps, allowedForms(PRINTERS, options));
  const mode = displayMode(options, setup.values.output, deps);
  if (mode === 'none' && setup.values.output !== 'ndjson' && Number.isFinite(heartbeatMs)) {
    throw conflict('--heartbeat', options.quiet ? '--quiet' : '--progress none');
  }
  const query = await compileQuery(options.query);
  const readIds = () => readPlan(words, timeoutMs, options, deps);
  if (options.dryRun !== undefined) return printPlan(await readIds(), setup.values.output === 'json', deps);
  await checkReports(options, deps);
  // Before IDs are read, since it refuses bad values of flags.
  const session = await openSession(setup, options.simulate, deps);
  try {
    const plan = await readIds();
    const waiter = new Waiter(plan, {
      ...deps,
      poll: session.client.getTaskStatus,
      result: session.client.getTaskResult,
      keptOf: query ? undefined : KEPT[setup.values.output],
      renewConnections: session.renewConnections,
    });
    const writeEvent = eventWriter(waiter, setup, deps);
    const place = { endpoint: session.origin, region: setup.values.region, profile: setup.profile.name };
    writeEvent(versionEvent(deps.pid));
    writeEvent(startEvent(plan, place, deps.clock));
    const hook = hookOptions && new Hook(hookOptions, deps);
    const request = { options, setup, query, hook };
    const display = await openDisplay(mode, waiter, setup.values.color, deps);
    const end = await follow(waiter, writeEvent, display, request, deps).finally(() => display.stop());
    return await report(end, writeEvent, session, request, deps);
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
  // Before the time is taken: choosing a task is no part of the wait.
  const named = await nameTasks(words, deps);
  let pausedMs = 0;
  const onStop = (ms: number) => {
    pausedMs += ms;
  };
  const limits = { totalMs: timeoutMs, idleMs: Number.POSITIVE_INFINITY, name: `--timeout ${options.timeout}`, onStop };
  const start = clock.monotonic();
  const ids = await commandTaskIds(named, options, deps, limits);
  const readingMs = clock.monotonic() - start;
  // What starting takes is not worth an odd number in every sentence; what reading takes may be minutes.
  const spentMs = readingMs < 1000 ? 0 : clock.monotonic() - startedAt;
  const leftMs = Math.max(0, timeoutMs - spentMs);
  const isCut = pausedMs > 0 || leftMs === 0;
  return { ...waiterOptions(ids, options), timeoutMs: leftMs, ...(isCut && { pausedMs }) };
}

type WriteEvent = ReturnType<typeof eventStamp>;

/** Puts an event into its envelope, and writes it where events are the output. */
function eventWriter(waiter: Waiter, { values }: Setup, { clock, stdout }: CommandDeps): WriteEvent {
  const stamp = eventStamp(waiter, clock);
  return (unstamped) => {
    const event = stamp(unstamped);
    if (values.output === 'ndjson') stdout.write(`${jsonText(event)}\n`);
    return event;
  };
}

/** Reads the events of the wait to its end: for the display, as ndjson, for the user's command. */
async function follow(
  waiter: Waiter,
  writeEvent: WriteEvent,
  display: Display,
  { options, setup, hook }: WaitRequest,
  deps: CommandDeps,
): Promise<EndEvent> {
  // Events are built only for those who read them: a tenth of a poll.
  const isRead = setup.values.output === 'ndjson' || options.exec !== undefined;
  const warning = createStatusWarning(deps);
  for await (const event of waiter.events()) {
    if (event.type === 'end') {
      // Interrupted perhaps after the last poll: the document agrees with how the process ends.
      return deps.signal.aborted ? { ...event, why: 'interrupted', exitCode: abortCode(deps.signal) } : event;
    }
    debugPoll(event, deps);
    const unstamped = isRead ? watchEvent(event, deps.messages) : undefined;
    const written = unstamped && writeEvent(unstamped);
    if (written && deps.stdout.isBehind) await waiter.holdFor(deps.stdout.drained());
    display.show(event);
    if (event.type === 'result' && written) hook?.ended(event, written);
    const text = event.type === 'state' && !options.quiet ? warning(event.id, event.status) : '';
    if (text) deps.stderr.write(text);
  }
  throw new Error('a wait without an end');
}

/** The answer on stdout, reports, recent ids, the verdict; the exit code. */
async function report(
  end: EndEvent,
  writeEvent: WriteEvent,
  session: Session,
  { options, setup, query, hook }: WaitRequest,
  deps: CommandDeps,
): Promise<number> {
  const { messages, stderr, platform } = deps;
  const flags = (succeeded: number, left: number) => [
    ...resumeFlags(options, succeeded, left),
    ...repeatedFlags(options),
  ];
  const document = watchDocument(end, session.client.clockOffsetMs(), flags, messages);
  let queryError: MmaiError | undefined;
  if (setup.values.output === 'ndjson') writeEvent({ type: 'summary', ...document.summary });
  else
    queryError = await printAnswer({ document }, PRINTERS, query, setup.values, deps).then(() => undefined, expected);
  // The reports agree with how the process ends: by then a stdout that is closed or full is known.
  if (!deps.stdout.isBehind) await deps.stdout.drained();
  const exitCode = endCode(queryError?.exitCode ?? end.exitCode, deps.signal);
  await writeReports({ ...document, summary: { ...document.summary, exitCode } }, options, deps);
  if (options.notify) notify(document, deps);
  const known = end.tasks.filter((task) => task.state !== null);
  await rememberTasks(known, options, deps);
  // Nobody reads on when stdout is closed.
  const isRead = !end.error && !options.quiet && end.exitCode !== ExitCode.closedPipe;
  if (isRead) {
    const style = await deps.style(stderr, setup.values.color);
    stderr.write(paintLabels(verdict(end, document, style, messages, platform), style, messages));
  }
  // Last, since it may take a while: everything is printed by now.
  await hook?.settled();
  if (end.error ?? queryError) throw end.error ?? queryError;
  return end.exitCode;
}

/** The error of a query that does not fit the document: thrown last, so that it does not cost the reports and the verdict. */
function expected(error: unknown): MmaiError {
  if (error instanceof MmaiError) return error;
  throw error;
}

/** Says for `--debug` why a task is polled again when it is. */
function debugPoll(event: ProgressEvent, { debug }: CommandDeps): void {
  if (event.type === 'state') {
    const next = event.nextPollMs === null ? 'not polled again' : `polled again in ${event.nextPollMs} ms`;
    debug(`task ${event.id}: ${event.state} after ${event.polls} polls, ${next}`);
  } else if (event.type === 'retry') {
    const left = event.budgetLeftMs === null ? 'no budget used' : `${event.budgetLeftMs} ms of the budget left`;
    debug(`task ${event.id}: ${event.failure.code}, attempt ${event.attempt}, again in ${event.delayMs} ms, ${left}`);
  } else if (event.type === 'wake') {
    debug(`asleep or stopped for ${event.pausedMs} ms: every task is polled, over new connections`);
  }
}
