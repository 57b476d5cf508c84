import type { MmaiError, Text } from '../../errors.ts';
import { isUuid } from '../../text/redactor.ts';
import type { Clock } from '../clock.ts';
import { type IssuedKey, issuedKey } from '../operations/assume-role.ts';
import { callRpc, noTraffic, type RpcCall, type RpcService } from '../rpc/call.ts';
import { CallError } from '../rpc/call-error.ts';
import type { Topic } from '../rpc/error-codes.ts';
import { type Failure, networkFailure, type Parse, readResponse } from '../rpc/response.ts';
import type { ResponseFields } from '../rpc/response-fields.ts';
import { createServiceClock } from '../rpc/service-clock.ts';
import type { AccessKey } from '../rpc/signature.ts';
import { type HttpRequest, type HttpResponse, NetworkError } from '../rpc/transport.ts';
import { Turns } from '../rpc/turns.ts';
import { type CredentialDeps, type Credentials, denied, keyIn } from './provider.ts';

/** Where credentials are requested, as an error names it, and the hint of a refusal. */
interface Issuer {
  readonly source: Text;
  readonly hint: Text;
}

/** The longest that a call may take, retries included, in ms. */
const LIMIT_MS = 10_000;
/** The longest one attempt may take, in ms: half of the limit, so that a lost connection leaves time for another. */
const ATTEMPT_MS = 5000;
/** A request that overruns its limit by more than this was stopped with the process, in ms. */
const STOPPED_MS = 1000;
const UNREADABLE = 'Network.Unreadable';
/** Topics whose hint is about the service, its host or its quota, none of which are the issuer's. */
const OF_SERVICE: ReadonlySet<Topic | undefined> = new Set([
  'bodyTooLarge',
  'certificateName',
  'connectionRefused',
  'dns',
  'htmlPage',
  'internalError',
  'protocol',
  'throttled',
  'unreadable',
]);
const KEY = ['accessKeyId', 'accessKeySecret', 'securityToken'] as const;

/** A service that issues credentials; its clock is not known yet. */
export function issuingService(deps: CredentialDeps): RpcService {
  const serviceClock = createServiceClock(deps.clock, (line) => deps.debug(`credentials: ${line}`));
  return { ...deps, serviceClock, turns: new Turns(1) };
}

/**
 * The credentials that a call gets, signed by `key` if it has to be. Transient failures are tried again within {@link LIMIT_MS}.
 * Throws exit 3 for a refusal, and a {@link CallError} where the network or an overloaded service is to blame.
 */
export async function issuedCredentials(
  call: RpcCall<IssuedKey>,
  key: AccessKey | undefined,
  issuer: Issuer,
  { clock, signal }: CredentialDeps,
): Promise<Credentials> {
  const refine = (failure: Failure) => final(call.refine?.(failure) ?? failure);
  const limits = { retries: Number.POSITIVE_INFINITY, attemptMs: ATTEMPT_MS, signal };
  const send = () => {
    const policy = { ...limits, deadline: clock.monotonic() + LIMIT_MS, traffic: noTraffic() };
    return callRpc({ ...call, refine }, key && (async () => key), policy);
  };
  const reply = await despiteStop(clock, LIMIT_MS, send, ({ ok }) => !ok);
  if (!reply.ok) throw issuerError(reply.failure, issuer);
  return credentialsOf(reply.result, issuer.source, clock);
}

/** The part of a document that holds a key; undefined where it says that it has none. */
export type PickKey = (fields: ResponseFields) => ResponseFields | undefined;

/** A call of plain HTTP, not signed. */
export function plainCall(
  deps: CredentialDeps,
  request: Pick<HttpRequest, 'method' | 'url' | 'headers' | 'body' | 'direct'>,
  pick: PickKey,
): RpcCall<IssuedKey> {
  return {
    service: issuingService(deps),
    label: 'credentials',
    signature: 'not signed',
    summary: () => 'an AccessKey',
    sign: () => ({ ...request, secrets: [], signedTexts: [] }),
    parse: plainKey(pick),
  };
}

/** The credentials in a response of plain HTTP, got by {@link send}. Throws as {@link issuedCredentials}. */
export async function credentialsIn(
  response: HttpResponse,
  url: string,
  pick: PickKey,
  issuer: Issuer,
  { clock, redactor }: CredentialDeps,
): Promise<Credentials> {
  const reading = { url, signedTexts: [], now: clock.now(), redact: redactor.redact, keepsBody: false };
  const reply = await readResponse(response, plainKey(pick), reading);
  if (!reply.ok) throw issuerError(final(reply.failure), issuer);
  return credentialsOf(reply.result, issuer.source, clock);
}

/** One request of plain HTTP; a failure where no response came. */
export async function send(
  { transport, signal, redactor, clock }: CredentialDeps,
  request: Omit<HttpRequest, 'signal'>,
): Promise<HttpResponse | Failure> {
  const attempt = async () => {
    try {
      return await transport.send({ ...request, signal });
    } catch (error) {
      if (error instanceof NetworkError) return networkFailure(error, redactor.redact);
      throw error;
    }
  };
  return despiteStop(clock, request.timeoutMs, attempt, isFailure);
}

export function isFailure(response: HttpResponse | Failure): response is Failure {
  return 'class' in response;
}

/**
 * Exit 4 for a failure of the network, with its own hint; else exit 3, with its code and request id: never the server's words, which
 * may quote what was sent.
 */
export function issuerError(failure: Failure, { source, hint }: Issuer): MmaiError {
  const { http, retry, topic } = failure;
  const code = codeOf(failure);
  const text: Text = (m) => {
    if (http === null) return m.labelled(source(m), failure.text?.(m) || code);
    if (http === 200) return m.credentials.badAnswer(source(m), http);
    const refused = m.credentials.refused(source(m), code);
    return failure.requestId === null ? refused : refused + m.aside(m.requestId + failure.requestId);
  };
  if (http !== null && retry !== 'backoff') return denied(text, hint);
  if (OF_SERVICE.has(topic)) return new CallError({ ...failure, topic: undefined }, text, undefined);
  return new CallError(failure, text, topic && ((m) => m.codes[topic].hint));
}

// --- internal ---

/** What `work` gives within `limitMs`; where it failed and a stop of this process took the time, what it gives the second time. */
async function despiteStop<T>(
  clock: Clock,
  limitMs: number,
  work: () => Promise<T>,
  hasFailed: (given: T) => boolean,
): Promise<T> {
  const start = clock.monotonic();
  const given = await work();
  const wasStopped = clock.monotonic() - start > limitMs + STOPPED_MS;
  return wasStopped && hasFailed(given) ? work() : given;
}

function plainKey(pick: PickKey): Parse<IssuedKey> {
  return (fields, info, headers) => issuedKey(pick(fields), info, headers);
}

function credentialsOf({ expiresAt, issuedAt, ...issued }: IssuedKey, source: Text, clock: Clock): Credentials {
  const found = keyIn({ ...issued }, KEY, source);
  if (expiresAt === undefined) return found;
  // A lifetime counts on the issuer's clock, for ours may be off; an absurd one is not that clock.
  const issuerClock = createServiceClock(clock, () => {});
  issuerClock.learn(issuedAt);
  return { ...found, validForMs: expiresAt - issuerClock.now() };
}

/**
 * The failure as it may be shown, with a code that is worded as codes are and a request ID of the usual form: anything else might be
 * the key itself. A page or a document of another kind, but for a server's own error, comes from something else than was meant: no
 * use to try again.
 */
function final(failure: Failure): Failure {
  const isStrange = failure.code === UNREADABLE || failure.code === 'Network.HtmlPage';
  const isCode = /^[A-Z][A-Za-z]{2,40}(?:\.[A-Z][A-Za-z]{1,40}){0,3}$/.test(failure.code);
  return {
    ...failure,
    code: isCode ? failure.code : UNREADABLE,
    requestId: isUuid(failure.requestId ?? '') ? failure.requestId : null,
    ...(isStrange && (failure.http ?? 500) < 500 && { retry: 'never' }),
  };
}

/** The code, if there is one, and the status. */
function codeOf({ code, http }: Failure): string {
  if (http === null) return code;
  return code === UNREADABLE ? `HTTP ${http}` : `${code} (HTTP ${http})`;
}
