import type { MmaiError, Text } from '../../errors.ts';
import { textOf } from '../record.ts';
import type { Failure } from '../rpc/response.ts';
import { textField } from '../rpc/response-fields.ts';
import { percentEncode } from '../rpc/signature.ts';
import type { HttpResponse } from '../rpc/transport.ts';
import { credentialsIn, isFailure, issuerError, type PickKey, send } from './issuer.ts';
import { type CredentialDeps, type Credentials, denied, isOn, type Provider } from './provider.ts';

/** Link-local to every ECS instance, plain http by design. */
const METADATA = 'http://100.100.100.200';
const ROLES = '/latest/meta-data/ram/security-credentials/';
/** Long enough for a service on the same host; short enough that a laptop is not kept waiting. As the official client, in ms. */
const DETECT_MS = 1000;
/** As the official client: the longest a metadata token may live, in s. */
const TOKEN_TTL_S = '21600';
const ROLE_VARIABLE = 'ALIBABA_CLOUD_ECS_METADATA';
const OFF_VARIABLE = 'ALIBABA_CLOUD_ECS_METADATA_DISABLED';
const V1_OFF_VARIABLE = 'ALIBABA_CLOUD_IMDSV1_DISABLED';

const hint: Text = (m) => m.credentials.metadataHint;

/** The role of the ECS instance, if this is one and has a role; the last link of the chain. Offered only where a variable names the role. */
export function ecsProvider(deps: CredentialDeps): Provider {
  const { env } = deps;
  const isOff = isOn(env[OFF_VARIABLE]);
  const role = textOf(env, ROLE_VARIABLE);
  const plain: Text = (m) => m.credentials.fromEcs;
  const source: Text = isOff ? (m) => m.credentials.off(plain(m), OFF_VARIABLE) : plain;
  // One that has responded is there: where it cannot be reached later, that is a fault of the network.
  let isThere = !isOff && role !== undefined;
  return {
    source,
    origin: { from: 'environment', name: ROLE_VARIABLE },
    offer: async () => (isThere ? { source, obtain: () => metadataCredentials(deps, { role, source }) } : undefined),
    async find() {
      if (isOff) return undefined;
      if (isThere) return metadataCredentials(deps, { role, source });
      const found = await lookUp(deps, { role, source }, DETECT_MS);
      // Stopped, it is not known whether there are any.
      if ('absent' in found && deps.signal.aborted) throw found.absent;
      if ('absent' in found) return undefined;
      isThere = true;
      return found;
    },
  };
}

interface MetadataQuery {
  /** The role's name; looked up where it is not known. */
  readonly role: string | undefined;
  readonly source: Text;
}

/**
 * The credentials of an instance's role from the metadata service: IMDSv2 with its token, and v1 wherever that fails, as the
 * official clients do, unless ALIBABA_CLOUD_IMDSV1_DISABLED. Never through a proxy: the address means another machine there.
 * Throws exit 3, also where there is no such service.
 */
export async function metadataCredentials(deps: CredentialDeps, query: MetadataQuery): Promise<Credentials> {
  const { source } = query;
  if (isOn(deps.env[OFF_VARIABLE])) throw denied((m) => m.credentials.forbidden(source(m), OFF_VARIABLE));
  const found = await lookUp(deps, query, 3 * DETECT_MS);
  if ('absent' in found) throw found.absent;
  return found;
}

// --- internal ---

type Received = HttpResponse | Failure;

/** No metadata service, or no role; the error is for those who count on one. */
interface Absence {
  readonly absent: MmaiError;
}

async function lookUp(deps: CredentialDeps, query: MetadataQuery, timeoutMs: number): Promise<Credentials | Absence> {
  const { source } = query;
  const noRole: Text = (m) => m.credentials.noRole(source(m));
  const metadata = await openMetadata(deps, query, timeoutMs);
  if ('absent' in metadata) return metadata;
  let name = query.role;
  if (name === undefined) {
    const list = await metadata.get(ROLES);
    // Neither the token nor the list: a host that swallows requests, such as a firewall before a laptop.
    if (isFailure(list) && metadata.failure) return { absent: issuerError(metadata.failure, { source, hint }) };
    if (!isFailure(list) && list.status === 404) return { absent: denied(noRole, hint) };
    name = await roleIn(list, source, deps);
  }
  const response = await metadata.get(`${ROLES}${percentEncode(name)}`);
  if (isFailure(response)) throw issuerError(response, { source, hint });
  if (response.status === 404) throw denied(noRole, hint);
  const pick: PickKey = (fields) => (textField(fields, 'code') === 'Success' ? fields : undefined);
  return credentialsIn(response, METADATA, pick, { source, hint }, deps);
}

interface Metadata {
  get(path: string): Promise<Received>;
  /** Why there was no response to the request for a token. */
  readonly failure: Failure | undefined;
}

/** Gets a token. Without one, or where it is refused, `get` falls back to IMDSv1. */
async function openMetadata(
  deps: CredentialDeps,
  { source }: MetadataQuery,
  timeoutMs: number,
): Promise<Metadata | Absence> {
  const { debug, env } = deps;
  const request = (method: 'GET' | 'PUT', path: string, headers: Record<string, string>): Promise<Received> =>
    send(deps, { method, url: `${METADATA}${path}`, headers, timeoutMs, direct: true });
  const response = await request('PUT', '/latest/api/token', {
    'x-aliyun-ecs-metadata-token-ttl-seconds': TOKEN_TTL_S,
  });
  const failure = isFailure(response) ? response : undefined;
  const token = tokenIn(response);
  deps.redactor.addTemporary(token);
  const isV1Off = isOn(env[V1_OFF_VARIABLE]);
  if (token === undefined) {
    if (failure && (isV1Off || NOBODY.has(failure.code))) return { absent: issuerError(failure, { source, hint }) };
    if (isV1Off) throw denied((m) => m.credentials.noImdsV2(source(m), V1_OFF_VARIABLE));
    debug(`credentials: metadata without a token (${statusOf(response)}), IMDSv1`);
    return { failure, get: (path) => request('GET', path, {}) };
  }
  const get = async (path: string): Promise<Received> => {
    const withToken = await request('GET', path, { 'x-aliyun-ecs-metadata-token': token });
    if (isV1Off || isOk(withToken)) return withToken;
    debug(`credentials: metadata refuses its token (${statusOf(withToken)}), IMDSv1`);
    const without = await request('GET', path, {});
    return isOk(without) ? without : withToken;
  };
  return { failure, get };
}

/** Failures that mean that there is no metadata service; after any other the service may still respond without a token. */
const NOBODY: ReadonlySet<string> = new Set(['Network.ConnectionRefused', 'Network.Unreachable', 'Network.Aborted']);

function isOk(response: Received): boolean {
  return !isFailure(response) && response.status === 200;
}

function tokenIn(response: Received): string | undefined {
  if (isFailure(response) || response.status !== 200) return undefined;
  const token = new TextDecoder().decode(response.body).trim();
  return /^[\x21-\x7e]{1,1024}$/.test(token) ? token : undefined;
}

async function roleIn(response: Received, source: Text, deps: CredentialDeps): Promise<string> {
  if (isFailure(response)) throw issuerError(response, { source, hint });
  // Throws: an error is the same here as in place of the credentials, and one of the server may be transient.
  if (response.status !== 200) await credentialsIn(response, METADATA, () => undefined, { source, hint }, deps);
  const name = new TextDecoder().decode(response.body).trim();
  if (!/^[\w.@-]{1,64}$/.test(name)) throw denied((m) => m.credentials.badAnswer(source(m), response.status), hint);
  return name;
}

function statusOf(response: Received): string {
  return isFailure(response) ? response.code : `HTTP ${response.status}`;
}
