import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { formatDuration, parseDuration } from '../core/duration.ts';
import type { EndEvent, WaiterEvent } from '../core/events.ts';
import { gapMs } from '../core/pace.ts';
import { wholeNumber } from '../core/settings.ts';
import type { TaskId } from '../core/task.ts';
import { Waiter, type WaiterOptions } from '../core/waiter.ts';
import { ExitCode, MmaiError, usageError } from '../errors.ts';
import { progressLine } from '../output/progress.ts';
import { compileQuery, formatQueried } from '../output/query.ts';
import { statusTable, statusTsv } from '../output/table.ts';
import { eventObject, type WatchDocument, watchDocument } from '../output/watch-document.ts';
import { version } from '../version.ts';
import { addServiceOptions, type ServiceOptions } from './options.ts';
import { openSession, resolveSetup, type Session, type Setup } from './session.ts';
import { readTaskIds } from './status.ts';

interface WatchOptions extends ServiceOptions {
  readonly timeout: string;
  readonly interval: string;
  readonly maxInterval: string;
  readonly any?: true;
  readonly count?: string;
  readonly failFast?: true;
  readonly errorBudget: string;
  readonly notFoundGrace: string;
  readonly queueTimeout: string;
  readonly stallTimeout: string;
  readonly maxRps: string;
  readonly timeoutExitCode: string;
  readonly heartbeat: string;
  readonly progress: string;
}

export function addWatchCommand(program: Command, context: Context, done: (exitCode: number) => void): void {
  const { help } = context.messages;
  const { flags } = help;
  const command = program
    .command('watch')
    .alias('wait')
    .description(help.commands.watch)
    .argument('[taskId...]', help.arguments.taskId)
    .option('--timeout <duration>', flags.timeout, '30m')
    .option('-i, --interval <duration|auto>', flags.interval, 'auto')
    .option('--max-interval <duration>', flags.maxInterval, '30s')
    .option('--any', flags.any)
    .option('--count <n>', flags.count)
    .option('--fail-fast', flags.failFast)
    .option('--error-budget <duration>', flags.errorBudget, '5m')
    .option('--not-found-grace <duration>', flags.notFoundGrace, '10s')
    .option('--queue-timeout <duration>', flags.queueTimeout, 'none')
    .option('--stall-timeout <duration>', flags.stallTimeout, 'none')
    .option('--max-rps <n|none>', flags.maxRps, '10')
    .option('--timeout-exit-code <n>', flags.timeoutExitCode, '124')
    .option('--heartbeat <duration|auto|none>', flags.heartbeat, 'auto')
    .option('--progress <auto|plain|none>', flags.progress, 'auto');
  addServiceOptions(command, context.messages).action(async (words: string[], options: WatchOptions) =>
    done(await runWatch(words, options, context)),
  );
}

/** Waits for tasks; the outcome as exit code. What it writes to stdout is complete on every way out. */
export async function runWatch(words: readonly string[], options: WatchOptions, context: Context): Promise<number> {
  const ids = await readTaskIds(words, context);
  const plan = waiterOptions(ids, options);
  if (!['auto', 'plain', 'none'].includes(options.progress)) {
    throw usageError((m) => m.usage.badChoice('--progress', options.progress, 'auto, plain, none'));
  }
  const setup = await resolveSetup(options, context);
  if (setup.values.output === 'raw') {
    throw usageError((m) => m.usage.badChoice(setup.origins.output.name, 'raw', 'text, json, ndjson, tsv'));
  }
  const query = options.query === undefined ? undefined : await compileQuery(options.query);
  if (options.dryRun !== undefined) return printPlan(plan, context);
  const session = await openSession(setup, options.simulate, context);
  try {
    return await waitAndTell(plan, query, options, setup, session, context);
  } finally {
    await session.close();
  }
}

// --- internal ---

/** Flags as the waiter knows them. Throws a usage error for values and pairs that make no sense. */
function waiterOptions(ids: readonly TaskId[], options: WatchOptions): WaiterOptions {
  const span = (text: string, flag: string) => parseDuration(text, flag);
  if (options.any && options.count !== undefined) throw usageError((m) => m.watch.conflict('--any', '--count'));
  const count = options.count === undefined ? ids.length : wholeNumber(1, ids.length)(options.count, '--count');
  const timeoutMs = span(options.timeout, '--timeout');
  const intervalMs = options.interval === 'auto' ? 'auto' : span(options.interval, '--interval');
  if (intervalMs !== 'auto' && intervalMs > timeoutMs) throw usageError((m) => m.watch.intervalAboveTimeout());
  return {
    ids,
    need: options.any ? 1 : count,
    failFast: options.failFast === true,
    timeoutMs,
    intervalMs,
    maxIntervalMs: span(options.maxInterval, '--max-interval'),
    errorBudgetMs: span(options.errorBudget, '--error-budget'),
    notFoundGraceMs: span(options.notFoundGrace, '--not-found-grace'),
    queueTimeoutMs: span(options.queueTimeout, '--queue-timeout'),
    stallTimeoutMs: span(options.stallTimeout, '--stall-timeout'),
    maxRps: options.maxRps === 'none' ? Number.POSITIVE_INFINITY : wholeNumber(1, 100_000)(options.maxRps, '--max-rps'),
    heartbeatMs: options.heartbeat === 'auto' ? 'auto' : span(options.heartbeat, '--heartbeat'),
    timeoutExitCode: wholeNumber(0, 124)(options.timeoutExitCode, '--timeout-exit-code'),
  };
}

async function waitAndTell(
  plan: WaiterOptions,
  query: ((document: object) => unknown) | undefined,
  options: WatchOptions,
  setup: Setup,
  { client }: Session,
  context: Context,
): Promise<number> {
  const { clock, random, signal, messages, stdout, stderr } = context;
  const waiter = new Waiter(plan, { clock, random, signal, ask: client.ask });
  const tellEvent = setup.values.output === 'ndjson' ? ndjsonWriter(waiter, context) : undefined;
  tellEvent?.({ type: 'version', cli: version, schema: '1.0' });
  tellEvent?.({
    type: 'start',
    ids: plan.ids,
    need: plan.need,
    region: setup.values.region,
    profile: setup.profile.name,
  });
  // One task has a spinner that tells its state, so its changes need no lines of their own.
  const draws = plan.ids.length === 1 && options.progress === 'auto' && !options.quiet;
  const spinner = draws ? await context.spinner(() => spinnerText(waiter, context)) : undefined;
  const tell = (event: WaiterEvent) => {
    if (event.type === 'retry') client.traffic.retries += 1;
    const object = event.type === 'end' ? undefined : eventObject(event, messages);
    if (object) tellEvent?.(object);
    const line =
      options.quiet || options.progress === 'none' || spinner
        ? undefined
        : progressLine(event, waiter.elapsedMs(), messages);
    if (line) stderr.write(line);
  };
  const { end, error } = await lastEvent(waiter, tell).finally(() => spinner?.stop());
  const document = watchDocument(end, client, resumeFlags(options), messages);
  if (tellEvent) tellEvent({ type: 'summary', ...document.summary });
  else if (query) stdout.write(formatQueried(query(document), setup.values.output));
  else if (setup.values.output === 'json') stdout.write(`${JSON.stringify(document, null, 2)}\n`);
  else if (setup.values.output === 'tsv') stdout.write(statusTsv(document.tasks));
  else stdout.write(statusTable(document.tasks, await context.style(stdout, setup.values.color), messages));
  if (error) throw error;
  if (!options.quiet) stderr.write(verdict(end, document, context));
  return end.exitCode;
}

/** Reads the events to the end. Credentials that fail on the way end it too: told like every other end, then thrown. */
async function lastEvent(
  waiter: Waiter,
  tell: (event: WaiterEvent) => void,
): Promise<{ end: EndEvent; error?: MmaiError }> {
  try {
    for await (const event of waiter.events()) {
      tell(event);
      if (event.type === 'end') return { end: event };
    }
  } catch (error) {
    if (!(error instanceof MmaiError)) throw error;
    return { end: { type: 'end', why: 'denied', exitCode: error.exitCode, ...waiter.view() }, error };
  }
  throw new Error('a wait without an end');
}

/** `123 running 1m32s · next check 7s`, for the one task there is. */
function spinnerText(waiter: Waiter, { messages }: Context): string {
  const { tasks, nextPollMs, elapsedMs } = waiter.view();
  const [task] = tasks as [EndEvent['tasks'][number]];
  const trouble = task.failure ? ` · ${task.failure.code}` : '';
  const state = task.state ? messages.states[task.state] : '…';
  return `${task.id} ${state} ${formatDuration(elapsedMs)}${trouble} · ${messages.watch.nextCheck(formatDuration(nextPollMs))}`;
}

/** The envelope of every event: schema version, time, number, time since the start. */
function ndjsonWriter(waiter: Waiter, { clock, stdout }: Context): (object: object) => void {
  let seq = 0;
  return ({ type, ...rest }: { type?: string }) => {
    seq += 1;
    const envelope = { v: '1.0', type, ts: new Date(clock.now()).toISOString(), seq, elapsedMs: waiter.elapsedMs() };
    stdout.write(`${JSON.stringify({ ...envelope, ...rest })}\n`);
  };
}

/** How it ended; with tasks still running, that they go on, and how to resume the wait. */
function verdict(end: EndEvent, { summary }: WatchDocument, { messages }: Context): string {
  const { watch, hint, codes } = messages;
  const counts = Object.entries(watch.counts).map(([name, word]) => ({
    word,
    n: summary.counts[name as keyof typeof watch.counts],
  }));
  const told = counts.filter(({ n }) => n > 0).map(({ n, word }) => `${n} ${word}`);
  const lines = [watch.verdict(watch.whys[end.why], formatDuration(end.elapsedMs), told.join(', '))];
  const topic = end.failure?.topic ?? end.tasks.find((task) => task.failure?.topic)?.failure?.topic;
  if (topic) lines.push(codes[topic].meaning, `${hint}: ${codes[topic].hint}`);
  if (summary.resume && summary.exitCode !== ExitCode.ok) lines.push(watch.resume(summary.resume.join(' ')));
  return lines.map((line) => `${line}\n`).join('');
}

function resumeFlags({ profile, region, endpoint, timeout }: WatchOptions): string[] {
  const given = { profile, region, endpoint, timeout };
  return Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, value]));
}

/** When a task would be asked about, had it no change of state; nothing is sent. */
function printPlan(plan: WaiterOptions, { messages, stdout }: Context): number {
  const horizonMs = Math.min(plan.timeoutMs, 24 * 3_600_000);
  const times = [0];
  let worst = 0;
  for (let at = 0, gap = 0; ; at += gap) {
    gap = gapMs(at, plan, () => 0.5);
    if (at + gap >= horizonMs) break;
    times.push(at + gap);
    worst = Math.max(worst, gap);
  }
  for (const at of times) stdout.write(`+${formatDuration(at)}\n`);
  stdout.write(
    `${messages.watch.plan(times.length, plan.ids.length, formatDuration(horizonMs), formatDuration(worst))}\n`,
  );
  return ExitCode.ok;
}
