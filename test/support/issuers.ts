import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after } from 'node:test';

/** What arrived at one of the issuers. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  /** Query and form together, without the signature. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly headers: IncomingHttpHeaders;
}

export interface IssuersOptions {
  readonly now?: () => number;
  /** The secret of each AccessKey that may assume a role; the issued ones may too. */
  readonly secrets?: Record<string, string>;
  readonly lifetimeMs?: number;
  /** What a request gets instead of its right answer. */
  readonly instead?: (asked: Asked) => { status: number; body?: string; headers?: Record<string, string> } | undefined;
}

export const ROLE = 'TheRole';
export const ROLE_ARN = 'acs:ram::1234567890123456:role/the-role';
export const PROVIDER_ARN = 'acs:ram::1234567890123456:oidc-provider/ours';
const WINDOW_MS = 15 * 60_000;

/** The key the issuers give out as their nth. */
export function issuedKey(n: number) {
  return { accessKeyId: `STS.issued-${n}`, accessKeySecret: `secret-${n}`, securityToken: `CAIS/to+ken==${n}` };
}

/**
 * STS (`/`), the ECS metadata service (`/latest/…`) and a credentials URI (`/uri`) on one loopback port, from their documents:
 * they know nothing of mmai's code. STS recomputes the signature of AssumeRole; the metadata service insists on its token.
 */
export async function issuers(options: IssuersOptions = {}) {
  const { now = Date.now, secrets = {}, lifetimeMs = 3_600_000 } = options;
  const requests: Asked[] = [];
  let issued = 0;
  const issue = () => {
    issued += 1;
    const { accessKeyId, accessKeySecret, securityToken } = issuedKey(issued);
    secrets[accessKeyId] = accessKeySecret;
    const Expiration = `${new Date(now() + lifetimeMs).toISOString().slice(0, 19)}Z`;
    return { AccessKeyId: accessKeyId, AccessKeySecret: accessKeySecret, SecurityToken: securityToken, Expiration };
  };
  const server = createServer(async (incoming, outgoing) => {
    let body = '';
    for await (const chunk of incoming) body += chunk;
    const url = new URL(incoming.url ?? '', 'http://localhost');
    const all = { ...Object.fromEntries(url.searchParams), ...Object.fromEntries(new URLSearchParams(body)) };
    const { Signature, ...parameters } = all as Record<string, string>;
    const asked = { method: incoming.method ?? '', path: url.pathname, parameters, headers: incoming.headers };
    requests.push(asked);
    const given = options.instead?.(asked) ?? answer(asked, Signature, { now, secrets, issue });
    const headers = { date: new Date(now()).toUTCString(), 'content-type': 'application/json', ...given.headers };
    outgoing.writeHead(given.status, headers).end(given.body);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  after(() => {
    server.close();
    server.closeAllConnections();
  });
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { host, url: `http://${host}`, requests };
}

// --- internal ---

interface World {
  readonly now: () => number;
  readonly secrets: Record<string, string>;
  readonly issue: () => object;
}

function answer(
  asked: Asked,
  signature: string | undefined,
  world: World,
): { status: number; body: string; headers?: Record<string, string> } {
  if (asked.path === '/uri') return { status: 200, body: JSON.stringify({ Code: 'Success', ...world.issue() }) };
  return asked.path.startsWith('/latest/') ? metadata(asked, world) : sts(asked, signature, world);
}

function metadata({ method, path, headers }: Asked, { issue }: World) {
  if (path === '/latest/api/token') {
    const isRight = method === 'PUT' && Number(headers['x-aliyun-ecs-metadata-token-ttl-seconds']) > 0;
    return isRight ? { status: 200, body: 'metadata-token' } : { status: 400, body: '' };
  }
  if (headers['x-aliyun-ecs-metadata-token'] !== 'metadata-token') return { status: 403, body: 'no token' };
  if (path === '/latest/meta-data/ram/security-credentials/') return { status: 200, body: ROLE };
  const isRole = path === `/latest/meta-data/ram/security-credentials/${ROLE}`;
  return isRole
    ? { status: 200, body: JSON.stringify({ Code: 'Success', LastUpdated: '2023-03-13T08:34:30Z', ...issue() }) }
    : { status: 404, body: '' };
}

function sts({ method, parameters }: Asked, signature: string | undefined, { now, secrets, issue }: World) {
  const refuse = (status: number, Code: string) => ({
    status,
    body: JSON.stringify({ Code, Message: 'told by STS', RequestId: '8BA10F75-A5BF-478F-A34C-CF939FF3460E' }),
  });
  if (method !== 'POST' || parameters.Version !== '2015-04-01') return refuse(400, 'InvalidVersion');
  if (Math.abs(Date.parse(parameters.Timestamp ?? '') - now()) > WINDOW_MS)
    return refuse(400, 'InvalidTimeStamp.Expired');
  if (!/^[\w.@-]{2,64}$/.test(parameters.RoleSessionName ?? '')) return refuse(400, 'InvalidParameter.RoleSessionName');
  if (Number(parameters.DurationSeconds) < 900) return refuse(400, 'InvalidParameter.DurationSeconds');
  if (parameters.RoleArn !== ROLE_ARN) return refuse(404, 'EntityNotExist.Role');
  if (parameters.Action === 'AssumeRoleWithOIDC') {
    const isRight = parameters.OIDCProviderArn === PROVIDER_ARN && parameters.OIDCToken === 'oidc-token';
    if (!isRight) return refuse(400, 'AuthenticationFail.OIDCToken.Invalid');
  } else {
    if (parameters.Action !== 'AssumeRole') return refuse(404, 'InvalidAction.NotFound');
    const secret = secrets[parameters.AccessKeyId ?? ''];
    if (secret === undefined) return refuse(404, 'InvalidAccessKeyId.NotFound');
    if (sign(parameters, secret) !== signature) return refuse(400, 'SignatureDoesNotMatch');
  }
  return { status: 200, body: JSON.stringify({ RequestId: 'R', AssumedRoleUser: {}, Credentials: issue() }) };
}

/** V1, once more from its document and apart from mmai's own. */
function sign(parameters: Readonly<Record<string, string>>, secret: string): string {
  const encode = (text: string) =>
    [...Buffer.from(text)]
      .map((byte) => {
        const c = String.fromCharCode(byte);
        return /[\w.~-]/.test(c) ? c : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
      })
      .join('');
  const pairs = Object.keys(parameters)
    .sort()
    .map((name) => `${encode(name)}=${encode(parameters[name]!)}`);
  return createHmac('sha1', `${secret}&`)
    .update(`POST&%2F&${encode(pairs.join('&'))}`)
    .digest('base64');
}
