import { MAX_TIMER_MS } from '../../text/duration.ts';
import type { Redactor } from '../../text/redactor.ts';
import { masked } from '../../text/safe-text.ts';
import type { Clock } from '../clock.ts';
import { originOf } from '../origin.ts';
import { backoffMs } from './backoff.ts';
import { CallError } from './call-error.ts';
import type { FailureClass } from './error-codes.ts';
import type { ApiCall, SignedRequest, Stamp } from './request.ts';
import {
  type Failed,
  type Failure,
  networkFailure,
  type Parse,
  type Reply,
  type ResponseInfo,
  readResponse,
} from './response.ts';
import type { ServiceClock } from './service-clock.ts';
import { type AccessKey, isSameKey } from './signature.ts';
import { abortedError, NetworkError, type Transport } from './transport.ts';
import type { Turns } from './turns.ts';

/** What calls are made with. */
export interface RpcDeps {
  readonly transport: Transport;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** A fresh unique string at each call. */
  readonly nonce: () => string;
  /** Gets every secret of this run, and takes them out of texts from outside. */
  readonly redactor: Redactor;
  /** Writes a decision for `--debug`; never a secret. */
  readonly debug: (line: string) => void;
}

/** What the calls of one service share. */
export interface RpcService extends RpcDeps {
  readonly serviceClock: ServiceClock;
  readonly turns: Turns;
}

/** One call of an operation. */
export interface RpcCall<Result extends ResponseInfo> {
  readonly service: RpcService;
  /** What debug lines begin with. */
  readonly label: string;
  /** How it is signed, for debug lines. */
  readonly signature: ApiCall['signature'] | 'not signed';
  /** One attempt's request. `key` is undefined where the caller has no credentials. */
  readonly sign: (stamp: Stamp, key: AccessKey | undefined) => SignedRequest;
  readonly parse: Parse<Result>;
  /** The result in a few words, for debug lines. */
  readonly summary: (result: Result) => string;
  /** What a failure means to this operation, if not what the catalogue says. */
  readonly refine?: (failure: Failure) => Failure;
}

/**
 * Finds the key to sign with, for a call that ends by `until`, on the monotonic clock, or with `signal`; `renew` asks to look again,
 * past any cache. Rejects with what concerns no single call, or a {@link CallError}.
 */
export type FindKey = (renew: boolean, until?: number, signal?: AbortSignal) => Promise<AccessKey>;

/** Limits of one call, retries included. */
interface CallPolicy {
  /** How often a transient failure is tried again. */
  readonly retries: number;
  /** The longest one attempt may take, in ms. */
  readonly attemptMs: number;
  /** When the call has to be over, on the monotonic clock; Infinity for never. */
  readonly deadline: number;
  readonly signal?: AbortSignal | undefined;
  readonly traffic: Traffic;
  readonly keepsBody?: boolean | undefined;
  readonly onSend?: (() => void) | undefined;
}

/** What was sent to the service, and what came back, for a summary. */
export interface Traffic {
  requests: number;
  retries: number;
  throttles: number;
  /** Of response bodies. */
  bytes: number;
}

export function noTraffic(): Traffic {
  return { requests: 0, retries: 0, throttles: 0, bytes: 0 };
}

/** A server that asks to wait longer than this gets no retry: a person may be waiting at the terminal. In ms. */
export const MAX_SERVER_DELAY_MS = 60_000;

/**
 * Calls an operation. Each attempt is signed anew; a nonce used before, a wrong clock and a refused key are corrected, each once and
 * without delay; transient failures are tried again after a delay that doubles, or that the server asks for. A failure is a value
 * too: its `retry` says whether a later call may succeed, and is never `once`.
 */
export async function callRpc<Result extends ResponseInfo>(
  call: RpcCall<Result>,
  credentials: FindKey | undefined,
  policy: CallPolicy,
): Promise<Reply<Result>> {
  const { turns, clock } = call.service;
  const corrected: FailureClass[] = [];
  let isUnsent = true;
  try {
    let key = await credentials?.(false, policy.deadline, policy.signal);
    for (let retry = 1; ; ) {
      const reply = (await turns.run(() => attempt(call, key, policy), clock, policy)) ?? noTurn(policy, isUnsent);
      isUnsent = false;
      if (reply.ok) return reply;
      const { failure } = reply;
      if (failure.class === 'throttle') policy.traffic.throttles += 1;
      const again = credentials && (() => credentials(true, policy.deadline, policy.signal));
      const correction = corrected.includes(failure.class) ? undefined : await correct(failure, key, call, again);
      if (correction) {
        corrected.push(failure.class);
        key = correction.key;
        call.service.debug(`${call.label}: ${failure.code}, retrying at once`);
      } else {
        const final = { ok: false, failure: withoutCorrection(failure) } as const;
        if (!(await backOff(final.failure, retry, call, policy))) return final;
        retry += 1;
      }
      policy.traffic.retries += 1;
    }
  } catch (error) {
    if (error instanceof CallError) return { ok: false, failure: error.failure };
    throw error;
  }
}

// --- internal ---

async function attempt<Result extends ResponseInfo>(
  call: RpcCall<Result>,
  key: AccessKey | undefined,
  policy: CallPolicy,
): Promise<Reply<Result>> {
  const { service, label, parse, refine } = call;
  const { clock, serviceClock, redactor, debug } = service;
  const { traffic, signal, keepsBody = false } = policy;
  const stamp = { now: serviceClock.now(), nonce: service.nonce() };
  const { method, url, headers, body, direct, secrets, signedTexts } = call.sign(stamp, key);
  const start = clock.monotonic();
  const timeoutMs = attemptLimit(policy, start);
  const redact = (text: string) => {
    // Here, since other calls may have had many keys since this one was sent.
    if (key) protect(key, redactor);
    return redactor.redact(text, secrets);
  };
  traffic.requests += 1;
  policy.onSend?.();
  const name = `${label}: request ${traffic.requests}`;
  debug(`${name}: ${method} ${originOf(url)}, ${call.signature}, clock offset ${serviceClock.offsetMs} ms`);
  let reply: Reply<Result>;
  try {
    const response = await service.transport.send({ method, url, headers, body, direct, timeoutMs, signal });
    traffic.bytes += response.body.byteLength;
    reply = await readResponse(response, parse, { url, signedTexts, now: clock.now(), redact, keepsBody });
  } catch (error) {
    if (!(error instanceof NetworkError)) throw error;
    reply = { ok: false, failure: networkFailure(error, redact) };
  }
  if (!reply.ok && refine) reply = { ok: false, failure: refine(reply.failure) };
  debug(`${name}: ${summaryOf(reply, call)}, ${Math.round(clock.monotonic() - start)} ms`);
  return reply;
}

/** The failure of an attempt that was never sent; `isUnsent` if it is the first. It has no topic: what helps against an unanswered request does not help here. */
function noTurn({ signal }: CallPolicy, isUnsent: boolean): Failed {
  const error = signal?.aborted ? abortedError() : new NetworkError('Timeout', (m) => m.network.noTurn);
  return { ok: false, failure: { ...networkFailure(error, String), topic: undefined, ...(isUnsent && { isUnsent }) } };
}

/**
 * How long an attempt from `start` may take, in ms: what a timer can hold, or Infinity. A key may have taken longer than the
 * deadline allows.
 */
function attemptLimit({ attemptMs, deadline }: CallPolicy, start: number): number {
  const limit = Math.min(attemptMs, deadline - start);
  return limit === Number.POSITIVE_INFINITY ? limit : Math.min(Math.max(0, limit), MAX_TIMER_MS);
}

/** Makes the key known as secret. Of its id the end is shown, by which its owner recognizes it. */
function protect(key: AccessKey, redactor: Redactor): void {
  const { accessKeyId, accessKeySecret, securityToken } = key;
  redactor.addTemporary(accessKeyId, masked(accessKeyId));
  redactor.addTemporary(accessKeySecret);
  redactor.addTemporary(securityToken);
}

/** Puts right what the failure complains of; the key for the next attempt, or undefined where nothing has changed. */
async function correct<Result extends ResponseInfo>(
  failure: Failure,
  key: AccessKey | undefined,
  { service }: RpcCall<Result>,
  again: (() => Promise<AccessKey>) | undefined,
): Promise<{ readonly key: AccessKey | undefined } | undefined> {
  if (failure.class === 'auth' && key && again) {
    const renewed = await again();
    const isSame = isSameKey(renewed, key);
    service.debug(`credentials resolved again: ${isSame ? 'the same key, no retry' : 'another key'}`);
    return isSame ? undefined : { key: renewed };
  }
  if (failure.retry !== 'once') return undefined;
  return failure.class === 'skew' && !service.serviceClock.learn(failure.serverTime) ? undefined : { key };
}

/** What was corrected once already, a clock or a nonce, and failed again, is like any transient failure; a refused key is refused. */
function withoutCorrection(failure: Failure): Failure {
  if (failure.retry !== 'once') return failure;
  return { ...failure, retry: failure.class === 'auth' ? 'never' : 'backoff' };
}

/** Waits before the next attempt; false if there is to be none. */
async function backOff<Result extends ResponseInfo>(
  { code, retry: rule, serverDelayMs = 0 }: Failure,
  retry: number,
  { service, label }: RpcCall<Result>,
  { retries, deadline, signal }: CallPolicy,
): Promise<boolean> {
  const { clock, debug } = service;
  if (rule !== 'backoff' || retry > retries || serverDelayMs > MAX_SERVER_DELAY_MS || signal?.aborted) return false;
  const delayMs = backoffMs(retry, service.random, serverDelayMs);
  if (clock.monotonic() + delayMs >= deadline) return false;
  const why = serverDelayMs > 0 && serverDelayMs >= delayMs ? 'as the server asks' : 'by jittered backoff';
  const count = retries === Number.POSITIVE_INFINITY ? '' : ` of ${retries}`;
  debug(`${label}: ${code}, retry ${retry}${count} in ${Math.round(delayMs)} ms, ${why}`);
  await clock.sleep(delayMs, signal);
  return !signal?.aborted;
}

function summaryOf<Result extends ResponseInfo>(reply: Reply<Result>, { summary }: RpcCall<Result>): string {
  const { http, requestId } = reply.ok ? reply.result : reply.failure;
  if (http === null && !reply.ok) return `${reply.failure.code}: ${reply.failure.message}`;
  return `HTTP ${http}, ${reply.ok ? summary(reply.result) : reply.failure.code}, request ID ${requestId ?? '-'}`;
}
