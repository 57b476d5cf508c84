import type { Clock } from '../clock.ts';
import type { TaskId } from '../task.ts';
import { backoffMs } from './backoff.ts';
import { type ApiCall, createSigner } from './request.ts';
import { type Failure, networkFailure, parseResponse, type Reply } from './response.ts';
import { ServiceClock } from './service-clock.ts';
import { type AccessKey, isSameKey } from './signature.ts';
import { NetworkError, type Transport } from './transport.ts';

/** What a client asks with, and whom. */
export interface ClientOptions extends Pick<ApiCall, 'origin' | 'method' | 'format' | 'signature'> {
  readonly region: string;
  readonly transport: Transport;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** A fresh unique string at each call. */
  readonly nonce: () => string;
  /** The key to sign with; `renew` asks to look again, past any memory. */
  readonly accessKey: (renew: boolean) => Promise<AccessKey>;
  readonly requestTimeoutMs: number;
  /** Tells of a decision, for `--debug`. Never gets a secret. */
  readonly debug: (line: string) => void;
  /** Called once, when our clock is found to be more than five minutes off; `offsetMs` is what has to be added to it. */
  readonly onClockOff?: (offsetMs: number) => void;
}

/** Limits of one question. */
export interface AskOptions {
  /** The span a request may take, in ms, if shorter than the client's own. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** What a run did to the service, for its summary. */
export interface Traffic {
  requests: number;
  retries: number;
  throttles: number;
  bytes: number;
}

/** Asks the service, one question at a time or with retries; counts what it sends. */
export interface Client {
  readonly traffic: Traffic;
  /** How far the service's clock is ahead of ours, in ms, as learned. */
  clockOffsetMs(): number;
  /** Asks once; and once more where the failure is one that another nonce, clock offset or key can put right. */
  ask(taskId: TaskId, options?: AskOptions): Promise<Reply>;
  /** Asks, and again up to `retries` times while the failure is transient, with full jitter in between. */
  askPatiently(taskId: TaskId, retries: number, signal?: AbortSignal): Promise<Reply>;
}

/** A clock further off than this is worth a warning, in ms. */
const WARNED_OFFSET_MS = 5 * 60_000;
/** A server that asks `status` to wait longer than this gets no retry: somebody is looking at the terminal. In ms. */
const MAX_SERVER_DELAY_MS = 60_000;

/** A client of GetTaskStatus. Sends nothing until asked; its questions reject with what `accessKey` throws, and with a bad proxy variable. */
export function createClient(options: ClientOptions): Client {
  const { clock, debug } = options;
  const sign = createSigner(getTaskStatus(options), ['TaskId']);
  const traffic: Traffic = { requests: 0, retries: 0, throttles: 0, bytes: 0 };
  const serviceClock = new ServiceClock(clock, debug);
  let isWarned = false;

  async function attempt(taskId: TaskId, key: AccessKey, { timeoutMs: limitMs, signal }: AskOptions): Promise<Reply> {
    const stamp = { now: serviceClock.now(), nonce: options.nonce() };
    const { method, url, headers, body, signedTexts } = sign(key, stamp, { TaskId: taskId });
    const timeoutMs = Math.min(options.requestTimeoutMs, limitMs ?? Number.POSITIVE_INFINITY);
    traffic.requests += 1;
    const label = `task ${taskId}: request ${traffic.requests}`;
    const start = clock.monotonic();
    debug(`${label}: ${method} ${options.origin}, ${options.signature}, clock offset ${serviceClock.offsetMs} ms`);
    try {
      const response = await options.transport.send({ method, url, headers, body, timeoutMs, signal });
      traffic.bytes += response.body.byteLength;
      const reply = await parseResponse(response, clock.now());
      debug(`${label}: ${summaryOf(reply)}, ${Math.round(clock.monotonic() - start)} ms`);
      return reply.ok ? reply : { ok: false, failure: judgeSignature(placed(reply.failure, url), signedTexts) };
    } catch (error) {
      if (!(error instanceof NetworkError)) throw error;
      debug(`${label}: Network.${error.kind}: ${error.message}, ${Math.round(clock.monotonic() - start)} ms`);
      return { ok: false, failure: networkFailure(error) };
    }
  }

  /** Puts right what the failure complains of; the key to ask with once more, or undefined if nothing changed. */
  async function corrected(failure: Failure, key: AccessKey): Promise<AccessKey | undefined> {
    if (failure.class === 'skew' && failure.retry === 'once') return learnOffset(failure) ? key : undefined;
    if (failure.class === 'auth') {
      const renewed = await options.accessKey(true);
      const isSame = isSameKey(renewed, key);
      debug(`credentials resolved again: ${isSame ? 'the same key, not asked again' : 'another key'}`);
      return isSame ? undefined : renewed;
    }
    return failure.retry === 'once' ? key : undefined;
  }

  /** A clock that is far off is told once. */
  function learnOffset({ serverTime }: Failure): boolean {
    if (!serviceClock.learn(serverTime)) return false;
    if (Math.abs(serviceClock.offsetMs) > WARNED_OFFSET_MS && !isWarned) {
      isWarned = true;
      options.onClockOff?.(serviceClock.offsetMs);
    }
    return true;
  }

  async function ask(taskId: TaskId, askOptions: AskOptions = {}): Promise<Reply> {
    const key = await options.accessKey(false);
    const first = await attempt(taskId, key, askOptions);
    if (first.ok) return first;
    const again = await corrected(first.failure, key);
    if (again) debug(`task ${taskId}: ${first.failure.code}, asking once more at once`);
    const reply = again ? await attempt(taskId, again, askOptions) : first;
    if (again) traffic.retries += 1;
    if (!reply.ok && reply.failure.class === 'throttle') traffic.throttles += 1;
    return reply;
  }

  async function askPatiently(taskId: TaskId, retries: number, signal?: AbortSignal): Promise<Reply> {
    for (let retry = 1; ; retry++) {
      const reply = await ask(taskId, signal && { signal });
      if (reply.ok || reply.failure.retry !== 'backoff' || retry > retries || signal?.aborted) return reply;
      const serverDelay = reply.failure.serverDelayMs ?? 0;
      if (serverDelay > MAX_SERVER_DELAY_MS) return reply;
      const delay = backoffMs(retry, options.random, serverDelay);
      const why = serverDelay >= delay && serverDelay > 0 ? 'as the server asks' : 'by jittered backoff';
      debug(`task ${taskId}: ${reply.failure.code}, retry ${retry} of ${retries} in ${Math.round(delay)} ms, ${why}`);
      traffic.retries += 1;
      await clock.sleep(delay, signal);
      if (signal?.aborted) return reply;
    }
  }

  return { traffic, clockOffsetMs: () => serviceClock.offsetMs, ask, askPatiently };
}

/** The one operation mmai is about; without the id, what is the same for all tasks. */
export function getTaskStatus(
  options: Pick<ClientOptions, 'origin' | 'method' | 'format' | 'signature' | 'region'>,
  taskId?: TaskId,
): ApiCall {
  const { origin, method, format, signature, region } = options;
  return {
    ...{ origin, method, format, signature },
    action: 'GetTaskStatus',
    version: '2019-08-10',
    parameters: { RegionId: region, ...(taskId && { TaskId: taskId }) },
  };
}

function summaryOf(reply: Reply): string {
  const { http, requestId } = reply.ok ? reply.answer : reply.failure;
  const what = reply.ok ? `status ${reply.answer.status}` : reply.failure.code;
  return `HTTP ${http}, ${what}, request id ${requestId ?? '-'}`;
}

/** A SignatureDoesNotMatch quotes what the server signed: if we signed the same, the secret is wrong, else our canonicalization. */
function judgeSignature(failure: Failure, signedTexts: readonly string[]): Failure {
  if (failure.serverTexts.length === 0) return failure;
  const isSame = failure.serverTexts.some((text) => signedTexts.includes(text));
  return { ...failure, topic: isSame ? 'wrongSecret' : 'wrongCanonicalization', serverTexts: [] };
}

/** An answer that is not one of the service says nothing of its own: whom mmai had asked may be what is wrong. */
function placed(failure: Failure, url: string): Failure {
  if (failure.message !== '' || !failure.code.startsWith('Network.')) return failure;
  return { ...failure, message: `request to ${new URL(url).host}` };
}
