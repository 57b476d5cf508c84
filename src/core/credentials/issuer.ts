import type { Text } from '../../errors.ts';
import { type Fields, parseRecord, textOf } from '../record.ts';
import { backoffMs } from '../rpc/backoff.ts';
import { type Failure, failureOf, networkFailure } from '../rpc/response.ts';
import { ServiceClock, serverTime } from '../rpc/service-clock.ts';
import { type HttpRequest, type HttpResponse, NetworkError } from '../rpc/transport.ts';
import { type CredentialDeps, type Credentials, denied, keyIn } from './provider.ts';

/** What asks a service for credentials, and what an error names and advises. */
export interface IssuerQuestion {
  readonly source: Text;
  readonly hint: Text;
  /** When to give up, on the monotonic clock. */
  readonly until: number;
  /** Makes one attempt's request; `now` is the server's clock in ms as far as it is known. */
  request(now: number): Omit<HttpRequest, 'timeoutMs' | 'signal'>;
  /** The part of the answer that holds the credentials. */
  pick(document: Fields): unknown;
}

const KEY = ['AccessKeyId', 'AccessKeySecret', 'SecurityToken'] as const;
/** The longest one attempt may take, in ms: half of the limit, so that a lost connection leaves time for another. */
const ATTEMPT_MS = 5000;

/** Credentials of a service that issues them. A passing failure is tried again while time lasts, a wrong clock once. Throws exit 3. */
export async function askIssuer(deps: CredentialDeps, what: IssuerQuestion): Promise<Credentials> {
  const { clock, debug, random, signal } = deps;
  const serviceClock = new ServiceClock(clock, (line) => debug(`credentials: ${line}`));
  let isClockLearned = false;
  for (let attempt = 1; ; attempt++) {
    const request = what.request(serviceClock.now());
    const timeoutMs = Math.min(ATTEMPT_MS, what.until - clock.monotonic());
    const response = await send(deps, { ...request, timeoutMs });
    if (!isFailure(response) && response.status === 200) return issuedCredentials(response, what, deps);
    const failure = isFailure(response) ? response : await failureOf(response, clock.now());
    if (failure.class === 'skew' && !isClockLearned && serviceClock.learn(failure.serverTime)) {
      isClockLearned = true;
      continue;
    }
    const delay = backoffMs(attempt, random, failure.serverDelayMs);
    const hasTime = clock.monotonic() + delay < what.until && !signal.aborted;
    if (!isPassing(failure) || !hasTime) throw refusal(failure, what);
    debug(`credentials: ${codeOf(failure)}, asking again in ${delay} ms`);
    await clock.sleep(delay, signal);
  }
}

/** One request; a failure where no answer came. */
export async function send(
  deps: CredentialDeps,
  request: Omit<HttpRequest, 'signal'>,
): Promise<HttpResponse | Failure> {
  try {
    return await deps.transport.send({ ...request, signal: deps.signal });
  } catch (error) {
    if (error instanceof NetworkError) return networkFailure(error);
    throw error;
  }
}

export function isFailure(answer: HttpResponse | Failure): answer is Failure {
  return 'class' in answer;
}

/** The credentials of an answer. Throws exit 3 where it holds none. */
export function issuedCredentials(
  response: HttpResponse,
  { source, hint, pick }: Pick<IssuerQuestion, 'source' | 'hint' | 'pick'>,
  deps: CredentialDeps,
): Credentials {
  const document = parseRecord(new TextDecoder().decode(response.body));
  const fields = document && pick(document);
  const isWhole = KEY.every((name) => textOf(Object(fields), name));
  if (!isWhole) throw denied((m) => m.credentials.badAnswer(source(m), response.status), hint);
  const end = Date.parse(textOf(fields as Fields, 'Expiration') ?? '');
  const key = keyIn(fields as Fields, KEY, source);
  return Number.isNaN(end) ? key : { ...key, validForMs: end - serverNow(response, deps) };
}

/** Exit 3 for a failure: its code and request id; never the server's words, which may quote what was sent. */
export function refusal(failure: Failure, { source, hint }: Pick<IssuerQuestion, 'source' | 'hint'>) {
  const code = codeOf(failure);
  const isId = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i.test(failure.requestId ?? '');
  return denied((m) => {
    if (failure.http === null) return m.credentials.noAnswer(source(m), code);
    const refused = m.credentials.refused(source(m), code);
    return isId ? `${refused} (${m.requestId} ${failure.requestId})` : refused;
  }, hint);
}

// --- internal ---

/** The code, if it is worded as codes are (anything else might be anything), and the status. */
function codeOf({ code, http }: Failure): string {
  const isCode = /^[A-Z][A-Za-z]{2,40}(?:\.[A-Z][A-Za-z]{1,40}){0,3}$/.test(code) && code !== 'Network.Unreadable';
  if (http === null) return code;
  return isCode ? `${code} (HTTP ${http})` : `HTTP ${http}`;
}

/** A 4xx without a code of the service's own is final; of anything else the catalogue knows whether it passes. */
function isPassing({ code, http, retry }: Failure): boolean {
  return retry === 'backoff' && !(code.startsWith('Network.') && http !== null && http < 500);
}

/** Lifetimes count on the issuer's clock, for ours may be off; an absurd one is not that clock. */
function serverNow({ headers }: HttpResponse, { clock }: CredentialDeps): number {
  const serviceClock = new ServiceClock(clock, () => {});
  serviceClock.learn(serverTime(headers));
  return serviceClock.now();
}
