import { isIP } from 'node:net';
import type { TaskReply } from '../../core/client.ts';
import { isExposed, serviceOrigin } from '../../core/config/settings.ts';
import { failureExitCode } from '../../core/outcome.ts';
import type { Topic } from '../../core/rpc/error-codes.ts';
import type { Failure } from '../../core/rpc/response.ts';
import { serverTime } from '../../core/rpc/service-clock.ts';
import type { AccessKey } from '../../core/rpc/signature.ts';
import type { NetworkEvent, NetworkStep, Transport } from '../../core/rpc/transport.ts';
import { parseTaskId } from '../../core/task.ts';
import type { CommandDeps } from '../../deps.ts';
import { ExitCode, MmaiError } from '../../errors.ts';
import { type CheckName, type CheckStep, checkDocument, checkExitCode, checkTable } from '../../output/check-table.ts';
import { failureText } from '../../output/failures.ts';
import { formatDuration } from '../../text/duration.ts';
import { jsonDocument, masked, visible } from '../../text/safe-text.ts';
import type { ServiceOptions } from '../shared/options.ts';
import { type KeySearch, openSession, resolveSetup, type Setup } from '../shared/session.ts';

/** The task asked for: whether it exists does not matter, the kind of the answer does. */
const TASK = parseTaskId('1');
/** `Date` has whole seconds, and the way takes time: a smaller difference says nothing. In ms. */
const CLOCK_SLACK_MS = 2000;
const CLOCK_WARNING_MS = 5 * 60_000;
/** Codes of these topics come from the service itself, behind the check of signature and permission. */
const ACCEPTED: ReadonlySet<Topic | undefined> = new Set<Topic>([
  ...(['invalidParameter', 'parameterTooLong', 'parameterExists', 'templateInUse'] as const),
  ...(['faceImageLimit', 'applicationLimit', 'uploadLimit', 'fileContent'] as const),
]);

/** Says step by step what works, up to the first step that does not. The exit code is that of the failed step. */
export async function runConfigCheck(options: ServiceOptions, deps: CommandDeps): Promise<number> {
  const check = new Check(deps);
  const setup = await check.settle('profile', () => resolveSetup(options, deps));
  if (setup) await examine(check, setup, options.simulate, deps);
  const { steps, clockOffsetMs } = check;
  if (options.json || setup?.values.output === 'json') {
    deps.stdout.write(jsonDocument(checkDocument(steps, clockOffsetMs)));
  } else {
    const style = await deps.style(deps.stdout, setup?.values.color ?? 'auto');
    deps.stdout.write(checkTable(steps, style, deps.messages));
  }
  return checkExitCode(steps);
}

// --- internal ---

/** The steps so far. */
class Check {
  readonly steps: CheckStep[] = [];
  /** What has to be added to our clock, in ms; null where no answer told. */
  clockOffsetMs: number | null = null;
  readonly #deps: CommandDeps;

  constructor(deps: CommandDeps) {
    this.#deps = deps;
  }

  ok(step: CheckName, detail: string, ms: number | null = null): void {
    this.steps.push({ step, state: 'ok', detail: visible(detail), ms, hint: null });
  }

  /** Looked at, and nothing there. */
  absent(step: CheckName, detail: string): void {
    this.steps.push({ step, state: 'absent', detail: visible(detail), ms: null, hint: null });
  }

  warn(step: CheckName, detail: string, hint: string | null): void {
    this.steps.push({ step, state: 'warning', detail: visible(detail), ms: null, hint });
  }

  fail(step: CheckName, failure: Failure): void {
    const { topic, recommend } = failure;
    const { messages } = this.#deps;
    const explanation = topic && messages.codes[topic];
    const detail = visible(
      messages.joined([failureText(failure, messages), ...(explanation ? [explanation.meaning] : [])]),
    );
    const hint = explanation?.hint ?? recommend;
    this.steps.push({ step, state: 'failed', detail, ms: null, hint, exitCode: failureExitCode(failure.class) });
  }

  skip(...names: CheckName[]): void {
    for (const step of names) this.steps.push({ step, state: 'skipped', detail: '', ms: null, hint: null });
  }

  /** What the work gives, after `meanwhile` told what it met; undefined if it ended in an error, which the step then tells. */
  async settle<T>(
    step: CheckName | ((exitCode: number) => CheckName),
    work: () => Promise<T>,
    meanwhile: () => void = () => {},
  ): Promise<T | undefined> {
    try {
      const result = await work();
      meanwhile();
      return result;
    } catch (error) {
      meanwhile();
      if (!(error instanceof MmaiError)) throw error;
      const { messages } = this.#deps;
      const hint = error.hint?.(messages).split('\n')[0] ?? null;
      const { exitCode } = error;
      const blamed = typeof step === 'string' ? step : step(exitCode);
      const detail = visible(error.text(messages));
      this.steps.push({ step: blamed, state: 'failed', detail, ms: null, hint, exitCode });
      return undefined;
    }
  }
}

async function examine(check: Check, setup: Setup, simulate: string | undefined, deps: CommandDeps): Promise<void> {
  const { check: words } = deps.messages;
  const isSimulated = simulate !== undefined;
  check.ok('profile', isSimulated ? words.noProfile() : await profileDetail(setup, deps));
  const seen = new Observed(deps);
  const quiet = { ...setup, quiet: true };
  const session = await check.settle('endpoint', () => openSession(quiet, simulate, seen.deps));
  if (!session) return;
  try {
    const key = await check.settle(
      'credentials',
      () => session.accessKey(false),
      () => tellPlaces(check, session.keySearch(), deps),
    );
    if (!key) return;
    // A role's credentials came over the network too, but that is not the way in question.
    seen.events.length = 0;
    tellKey(check, key, session.keySearch(), deps);
    tellPlace(check, setup, session.origin, isSimulated, deps);
    const asked = { signal: deps.signal };
    // What it throws concerns a proxy variable, or credentials that could not be had again.
    const blamed = (exitCode: number) => (exitCode === ExitCode.usage ? 'proxy' : 'credentials');
    const reply = await check.settle(blamed, () => session.client.getTaskStatus(TASK, asked));
    if (reply) judge(check, reply, seen, session.origin, deps);
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

function tellPlaces(check: Check, { passed }: KeySearch, { messages }: CommandDeps): void {
  for (const source of passed) check.absent('place', source(messages));
}

function tellKey(check: Check, key: AccessKey, { source, ms }: KeySearch, { messages }: CommandDeps): void {
  const { check: words } = messages;
  const from = source?.(messages) ?? words.fromSimulation();
  check.ok('credentials', words.credentials(masked(key.accessKeyId), Boolean(key.securityToken), from), ms ?? null);
}

function tellPlace(check: Check, setup: Setup, origin: string, isSimulated: boolean, { messages }: CommandDeps): void {
  const { check: words } = messages;
  const { values, origins } = setup;
  check.ok('region', words.origin(values.region, messages.config.origin(origins.region)));
  const from = values.endpoint === undefined ? words.ofRegion() : messages.config.origin(origins.endpoint);
  const detail = words.origin(origin, isSimulated ? '--simulate' : from);
  if (isExposed(new URL(origin))) check.warn('endpoint', detail, messages.plainHttp(serviceOrigin(values)));
  else check.ok('endpoint', detail);
}

/** What the network told while the question was under way. */
class Observed {
  readonly events: NetworkEvent[] = [];
  readonly deps: CommandDeps;
  /** The service's clock against ours at the last answer, in ms. */
  offsetMs: number | null = null;

  constructor(deps: CommandDeps) {
    const observe = (event: NetworkEvent) => void this.events.push(event);
    const transport: CommandDeps['transport'] = async (settings) =>
      this.#clocked(await deps.transport(settings, observe), deps);
    this.deps = { ...deps, transport };
  }

  /** The last time a step was told: the connection that the answer came over. */
  last(step: NetworkStep): NetworkEvent | undefined {
    return this.events.findLast((event) => event.step === step);
  }

  #clocked(transport: Transport, { clock }: CommandDeps): Transport {
    return {
      ...transport,
      send: async (request) => {
        const start = clock.now();
        const response = await transport.send(request);
        const time = serverTime(response.headers);
        // A whole second stands for its middle.
        this.offsetMs = time === undefined ? null : Math.round(time + 500 - (start + clock.now()) / 2);
        return response;
      },
    };
  }
}

function judge(check: Check, reply: TaskReply, seen: Observed, origin: string, deps: CommandDeps): void {
  const broken = reply.ok ? undefined : brokenStep(reply.failure, seen, origin);
  for (const step of networkSteps(seen, origin)) {
    const event = seen.last(step);
    if (step === broken && !reply.ok) {
      check.fail(step, reply.failure);
      return check.skip('clock', 'signature', 'permission');
    }
    if (event) check.ok(step, event.detail(deps.messages), step === 'proxy' ? null : event.ms);
    else if (step === 'tls') check.ok('tls', deps.messages.check.noTls());
  }
  judgeClock(check, reply, seen, deps);
  judgeSignature(check, reply, deps);
}

/** The steps of this way to the host, in order. */
function networkSteps(seen: Observed, origin: string): NetworkStep[] {
  const isTunnelled = seen.last('proxy')?.proxy !== undefined && origin.startsWith('https:');
  return ['proxy', 'dns', 'tcp', ...(isTunnelled ? (['proxyTls', 'tunnel'] as const) : []), 'tls', 'answer'];
}

/** The step at which no answer, or none of the service's, came; undefined if the service itself answered. */
function brokenStep({ code, class: kind, topic }: Failure, seen: Observed, origin: string): NetworkStep | undefined {
  const isService = !code.startsWith('Network.') && (kind !== 'request' || ACCEPTED.has(topic));
  if (isService) return kind === 'transient' || kind === 'throttle' ? 'answer' : undefined;
  const { protocol, hostname } = new URL(origin);
  const isNamed = isIP(hostname.replace(/^\[|\]$/g, '')) === 0 && seen.last('proxy')?.proxy === undefined;
  if (code === 'Network.Dns' || (code === 'Network.Timeout' && isNamed && !seen.last('dns'))) return 'dns';
  const needed = networkSteps(seen, origin).filter((step) => !['dns', 'proxyTls'].includes(step));
  const isMissing = (step: NetworkStep) => !seen.last(step) && !(step === 'tls' && protocol === 'http:');
  return needed.find(isMissing) ?? 'answer';
}

function judgeClock(check: Check, reply: TaskReply, { offsetMs }: Observed, { messages }: CommandDeps): void {
  if (!reply.ok && reply.failure.class === 'skew') return check.fail('clock', reply.failure);
  const { check: words } = messages;
  check.clockOffsetMs = offsetMs;
  if (offsetMs === null) return check.warn('clock', words.clockUnknown(), null);
  const size = Math.abs(offsetMs);
  if (size <= CLOCK_SLACK_MS) return check.ok('clock', words.clockRight());
  const detail = words.clockOff(formatDuration(size), offsetMs < 0);
  if (size <= CLOCK_WARNING_MS) check.ok('clock', detail);
  else check.warn('clock', detail, words.clockHint());
}

function judgeSignature(check: Check, reply: TaskReply, { messages }: CommandDeps): void {
  const { check: words } = messages;
  const kind = reply.ok ? undefined : reply.failure.class;
  if (kind === 'skew') return check.skip('signature', 'permission');
  if (!reply.ok && kind === 'auth') {
    check.fail('signature', reply.failure);
    return check.skip('permission');
  }
  const { requestId } = reply.ok ? reply.answer : reply.failure;
  check.ok('signature', words.signatureAccepted(requestId ?? '-'));
  if (!reply.ok && (kind === 'permission' || kind === 'account')) check.fail('permission', reply.failure);
  else check.ok('permission', words.permitted(reply.ok ? words.taskStatus(reply.answer.status) : reply.failure.code));
}
