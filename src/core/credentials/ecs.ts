import type { Text } from '../../errors.ts';
import type { Failure } from '../rpc/response.ts';
import type { HttpResponse } from '../rpc/transport.ts';
import { isFailure, issuedCredentials, refusal, send } from './issuer.ts';
import { type CredentialDeps, type Credentials, denied, isOn, LIMIT_MS, type Provider } from './provider.ts';

/** Link-local to every ECS instance, plain http by design. */
const METADATA = 'http://100.100.100.200';
const ROLES = '/latest/meta-data/ram/security-credentials/';
/** Long enough for a service on the same host; short enough that a laptop is not kept waiting. As the official client, in ms. */
const DETECT_MS = 1000;
/** What the official client asks for: the longest a metadata token may live, in s. */
const TOKEN_TTL_S = '21600';

const hint: Text = (m) => m.credentials.metadataHint();

/** The role of the ECS instance, if this is one and has a role; the last link of the chain. */
export function ecsProvider(deps: CredentialDeps): Provider {
  const { clock, env } = deps;
  const isOff = isOn(env.ALIBABA_CLOUD_ECS_METADATA_DISABLED);
  const role = env.ALIBABA_CLOUD_ECS_METADATA?.trim() || undefined;
  const plain: Text = (m) => m.credentials.fromEcs();
  const source: Text = isOff ? (m) => m.credentials.off(plain(m), 'ALIBABA_CLOUD_ECS_METADATA_DISABLED') : plain;
  return {
    source,
    async find() {
      if (isOff) return undefined;
      return askMetadata(deps, { role, isWanted: role !== undefined, source, until: clock.monotonic() + LIMIT_MS });
    },
  };
}

export interface MetadataQuestion {
  /** The role's name; asked for where it is not known. */
  readonly role: string | undefined;
  /** True when the user named this source: no metadata service is an error then, not an absence. */
  readonly isWanted: boolean;
  readonly source: Text;
  readonly until: number;
}

/**
 * Asks the metadata service: IMDSv2 with its token, v1 where the service has no tokens and ALIBABA_CLOUD_IMDSV1_DISABLED does
 * not forbid it. Never through a proxy: the address means another machine there. Throws exit 3; undefined where there is none.
 */
export async function askMetadata(deps: CredentialDeps, question: MetadataQuestion): Promise<Credentials | undefined> {
  const { source, isWanted } = question;
  if (isOn(deps.env.ALIBABA_CLOUD_ECS_METADATA_DISABLED)) {
    throw denied((m) => m.credentials.forbidden(source(m), 'ALIBABA_CLOUD_ECS_METADATA_DISABLED'));
  }
  const ask = (path: string, headers: Record<string, string>, method: 'GET' | 'PUT' = 'GET') =>
    request(deps, question, path, headers, method);
  const token = await ask('/latest/api/token', { 'x-aliyun-ecs-metadata-token-ttl-seconds': TOKEN_TTL_S }, 'PUT');
  if (isFailure(token)) {
    if (isWanted) throw refusal(token, { source, hint });
    return undefined;
  }
  const headers = tokenHeaders(token, deps, source);
  const role = question.role ?? roleOf(await ask(ROLES, headers), question);
  if (role === undefined) return undefined;
  const answer = await ask(`${ROLES}${encodeURIComponent(role)}`, headers);
  if (isFailure(answer)) throw refusal(answer, { source, hint });
  if (answer.status === 404) throw denied((m) => m.credentials.noRole(source(m)), hint);
  if (answer.status !== 200) throw denied((m) => m.credentials.badAnswer(source(m), answer.status), hint);
  const pick = (document: { Code?: unknown }) => (document.Code === 'Success' ? document : undefined);
  return issuedCredentials(answer, { source, hint, pick }, deps);
}

// --- internal ---

/** The first request finds out whether anybody is there; on an instance with much to do the others may take longer. */
function request(
  deps: CredentialDeps,
  { isWanted, until }: MetadataQuestion,
  path: string,
  headers: Record<string, string>,
  method: 'GET' | 'PUT',
): Promise<HttpResponse | Failure> {
  const most = method === 'PUT' && !isWanted ? DETECT_MS : 3 * DETECT_MS;
  const timeoutMs = Math.max(1, Math.min(most, until - deps.clock.monotonic()));
  return send(deps, { method, url: `${METADATA}${path}`, headers, timeoutMs, direct: true });
}

/** The header of IMDSv2, or none where the service does not know tokens and v1 is allowed. */
function tokenHeaders(answer: HttpResponse, { env, debug }: CredentialDeps, source: Text): Record<string, string> {
  const token = new TextDecoder().decode(answer.body).trim();
  if (answer.status === 200 && /^[\x21-\x7e]{1,1024}$/.test(token)) return { 'x-aliyun-ecs-metadata-token': token };
  const isUnknown = [403, 404, 405].includes(answer.status);
  if (!isUnknown) throw denied((m) => m.credentials.badAnswer(source(m), answer.status), hint);
  if (isOn(env.ALIBABA_CLOUD_IMDSV1_DISABLED)) {
    throw denied((m) => m.credentials.noImdsV2(source(m), 'ALIBABA_CLOUD_IMDSV1_DISABLED'));
  }
  debug(`credentials: metadata without a token (HTTP ${answer.status}), IMDSv1`);
  return {};
}

/** The role's name; undefined where the instance has none and nobody said it should. */
function roleOf(answer: HttpResponse | Failure, { source, isWanted }: MetadataQuestion): string | undefined {
  if (isFailure(answer)) throw refusal(answer, { source, hint });
  if (answer.status === 404) {
    if (isWanted) throw denied((m) => m.credentials.noRole(source(m)), hint);
    return undefined;
  }
  const name = new TextDecoder().decode(answer.body).trim();
  const isName = answer.status === 200 && /^[\w.@-]{1,64}$/.test(name);
  if (!isName) throw denied((m) => m.credentials.badAnswer(source(m), answer.status), hint);
  return name;
}
