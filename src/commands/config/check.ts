import type { TaskReply } from '../../core/client.ts';
import { earlyColor } from '../../core/config/settings.ts';
import { isExposed } from '../../core/origin.ts';
import { WARNED_OFFSET_MS } from '../../core/rpc/service-clock.ts';
import type { AccessKey } from '../../core/rpc/signature.ts';
import { parseTaskId, taskState } from '../../core/task.ts';
import type { CommandDeps } from '../../deps.ts';
import { ExitCode, endCode } from '../../errors.ts';
import { checkDocument, checkExitCode, checkTable } from '../../output/check-table.ts';
import { formatDuration, wholeSeconds } from '../../text/duration.ts';
import { jsonDocument, masked } from '../../text/safe-text.ts';
import type { ServiceOptions } from '../shared/options.ts';
import { withProgress } from '../shared/progress.ts';
import { type KeySearch, openSession, resolveSetup, type Setup } from '../shared/session.ts';
import { brokenStep, networkSteps, Observed } from './check-network.ts';
import { CheckReport } from './check-report.ts';

/** The task of the request: whether it exists does not matter, the kind of the response does. */
const TASK = parseTaskId('1');
/** `Date` has whole seconds, and a request takes time: a smaller difference says nothing. In ms. */
const CLOCK_SLACK_MS = 2000;

/** Says step by step what works, up to the first step that does not. The exit code is that of the failed step. */
export async function runConfigCheck(options: ServiceOptions, deps: CommandDeps): Promise<number> {
  const check = new CheckReport(deps.messages);
  const setup = await check.runStep('profile', () => resolveSetup(options, deps, ['text', 'json']));
  if (setup) {
    const start = deps.clock.monotonic();
    const line = () => deps.messages.checking(0, 1, wholeSeconds(deps.clock.monotonic() - start), 0);
    await withProgress(
      examine(check, setup, options.simulate, deps),
      line,
      { color: setup.values.color, quiet: setup.quiet },
      deps,
    );
  }
  const { steps, clockOffsetMs } = check;
  const exitCode = endCode(checkExitCode(steps), deps.signal);
  if (options.json || setup?.values.output === 'json') {
    deps.stdout.write(jsonDocument(checkDocument(steps, clockOffsetMs, exitCode)));
  } else {
    const style = await deps.style(
      deps.stdout,
      setup?.values.color ?? (await earlyColor(options.color, options.profile, deps)),
    );
    deps.stdout.write(checkTable(steps, style, deps.messages));
  }
  return exitCode;
}

// --- internal ---

async function examine(
  check: CheckReport,
  setup: Setup,
  simulate: string | undefined,
  deps: CommandDeps,
): Promise<void> {
  const { check: words } = deps.messages;
  const isSimulated = simulate !== undefined;
  check.ok('profile', isSimulated ? words.noProfile : await profileDetail(setup, deps));
  const seen = new Observed(deps);
  // The steps say what is wrong with the endpoint and the clock.
  const session = await check.runStep('endpoint', () => openSession(setup, simulate, seen.deps, () => {}));
  if (!session) return;
  try {
    // The places that were passed are reported before the step that fails.
    const findKey = () => session.accessKey(false).finally(() => reportPlaces(check, session.keySearch()));
    const key = await check.runStep('credentials', findKey);
    if (!key) return;
    // A role's credentials came over the network too, but by another route.
    seen.events.length = 0;
    reportKey(check, key, session.keySearch());
    reportEndpoint(check, setup, session.origin, isSimulated);
    // What it throws concerns a proxy variable, or credentials that could not be had again.
    const failedStep = (exitCode: number) => (exitCode === ExitCode.usage ? 'proxy' : 'credentials');
    const reply = await check.runStep(failedStep, () => session.client.getTaskStatus(TASK, { signal: deps.signal }));
    if (reply) reportReply(check, reply, seen, session.origin);
  } finally {
    await session.close();
  }
}

async function profileDetail({ profile: { name } }: Setup, deps: CommandDeps): Promise<string> {
  const { check: words } = deps.messages;
  const store = await deps.store();
  return Object.hasOwn(store.read(() => {}).profiles, name)
    ? words.profile(name, store.path)
    : words.noSuchProfile(name, store.path);
}

function reportPlaces(check: CheckReport, { passed }: KeySearch): void {
  for (const source of passed) check.absent('place', source(check.messages));
}

function reportKey(check: CheckReport, key: AccessKey, { source, ms }: KeySearch): void {
  const { check: words } = check.messages;
  const from = source?.(check.messages) ?? words.fromSimulation;
  check.ok('credentials', words.credentials(masked(key.accessKeyId), Boolean(key.securityToken), from), ms ?? null);
}

function reportEndpoint(check: CheckReport, setup: Setup, origin: string, isSimulated: boolean): void {
  const { messages } = check;
  const { check: words } = messages;
  const { values, origins } = setup;
  check.ok('region', words.origin(values.region, messages.config.origin(origins.region)));
  const from = values.endpoint === undefined ? words.ofRegion : messages.config.origin(origins.endpoint);
  const detail = words.origin(origin, isSimulated ? '--simulate' : from);
  if (isExposed(new URL(origin))) check.warn('endpoint', detail, messages.plainHttp(origin));
  else check.ok('endpoint', detail);
}

function reportReply(check: CheckReport, reply: TaskReply, seen: Observed, origin: string): void {
  const broken = reply.ok ? undefined : brokenStep(reply.failure, seen, origin);
  for (const step of networkSteps(seen, origin)) {
    const event = seen.last(step);
    if (step === broken && !reply.ok) {
      check.fail(step, reply.failure);
      return check.skip('clock', 'signature', 'permission');
    }
    if (event) check.ok(step, event.detail(check.messages), step === 'proxy' ? null : event.ms);
    else if (step === 'tls') check.ok('tls', check.messages.check.noTls);
  }
  reportClock(check, reply, seen);
  reportSignature(check, reply);
}

function reportClock(check: CheckReport, reply: TaskReply, { offsetMs }: Observed): void {
  if (!reply.ok && reply.failure.class === 'skew') return check.fail('clock', reply.failure);
  const { check: words } = check.messages;
  check.clockOffsetMs = offsetMs;
  if (offsetMs === null) return check.warn('clock', words.clockUnknown, null);
  const size = Math.abs(offsetMs);
  if (size <= CLOCK_SLACK_MS) return check.ok('clock', words.clockRight);
  const detail = words.clockOff(formatDuration(size), offsetMs < 0);
  if (size <= WARNED_OFFSET_MS) check.ok('clock', detail);
  else check.warn('clock', detail, words.clockHint);
}

function reportSignature(check: CheckReport, reply: TaskReply): void {
  const { messages } = check;
  const { check: words } = messages;
  const kind = reply.ok ? undefined : reply.failure.class;
  if (kind === 'skew') return check.skip('signature', 'permission');
  if (!reply.ok && kind === 'auth') {
    check.fail('signature', reply.failure);
    return check.skip('permission');
  }
  const { requestId } = reply.ok ? reply.result : reply.failure;
  check.ok('signature', words.signatureAccepted(requestId ?? '-'));
  const answered = reply.ok ? messages.states[taskState(reply.result.status)] : reply.failure.code;
  if (!reply.ok && (kind === 'permission' || kind === 'account')) check.fail('permission', reply.failure);
  else check.ok('permission', words.permitted(answered));
}
