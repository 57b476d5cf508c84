import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DEFAULT_SCRIPT, FAULTS, Player, parseScript, type Step } from './script.ts';
import { type ArrivedRequest, expired, invalid, Refusal, type SandboxKey, Verifier } from './verify.ts';

export interface SandboxOptions {
  /** 0, the default, takes a free one. */
  readonly port?: number;
  readonly script?: string;
  readonly accessKeys: readonly SandboxKey[];
  /** The service's clock, in ms since the epoch. */
  readonly now: () => number;
  /** A fresh request id at each call. */
  readonly nextId: () => string;
  /** Every answer waits so long, in ms. */
  readonly latencyMs?: number;
  /** This share of polls, 0 to 1, gets a random fault instead of its step. */
  readonly faults?: { readonly rate: number; readonly random: () => number };
}

export interface Sandbox {
  readonly url: string;
  /** Requests that arrived so far. */
  requestCount(): number;
  /** Ends every connection, hanging ones too. */
  close(): Promise<void>;
}

interface Reply {
  readonly http: number;
  readonly fields: Readonly<Record<string, string | number>>;
  readonly headers?: Readonly<Record<string, string>>;
}

const MAX_BODY = 1024 * 1024;
const MAX_TASK_ID = 2n ** 63n - 1n;

/** The service's double on 127.0.0.1. Throws a usage error for a bad script; rejects when the port is taken. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const player = new Player(parseScript(options.script ?? DEFAULT_SCRIPT));
  const verifier = new Verifier(options.accessKeys);
  let requests = 0;
  const server = createServer(async (incoming, outgoing) => {
    requests += 1;
    const body = await readBody(incoming).catch(() => undefined);
    if (body === undefined) return outgoing.destroy();
    if (options.latencyMs) await new Promise((done) => setTimeout(done, options.latencyMs));
    respond(arrived(incoming, body), outgoing, verifier, player, options);
    return undefined;
  });
  await new Promise<void>((listening, failed) => {
    server.once('error', failed).listen(options.port ?? 0, '127.0.0.1', listening);
  });
  const { port } = server.address() as AddressInfo;
  const close = () =>
    new Promise<void>((closed) => {
      server.close(() => closed());
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${port}`, requestCount: () => requests, close };
}

// --- internal ---

function respond(
  request: ArrivedRequest,
  outgoing: ServerResponse,
  verifier: Verifier,
  player: Player,
  options: SandboxOptions,
): void {
  const requestId = options.nextId();
  const write = (reply: Reply) => writeReply(reply, requestId, request, outgoing, options);
  try {
    const { action, version, parameters } = verifier.verify(request, options.now());
    if (version !== '2019-08-10') throw new Refusal(400, 'InvalidVersion', 'The specified version is invalid.');
    if (action !== 'GetTaskStatus') {
      const message = 'The specified API operation does not exist. Please check the URL and method.';
      throw new Refusal(404, 'InvalidApiNotFound', message);
    }
    const step = mixedIn(options) ?? player.next(taskIdOf(parameters.get('TaskId')), options.now());
    play(step, outgoing, write);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    write(refused(error));
  }
}

function taskIdOf(text: string | undefined): string {
  if (!text) throw new Refusal(400, 'MissingTaskId', 'TaskId is mandatory for this action.');
  if (!/^\d{1,19}$/.test(text) || BigInt(text) > MAX_TASK_ID || BigInt(text) === 0n) throw invalid('TaskId');
  return text;
}

function mixedIn({ faults }: SandboxOptions): Step | undefined {
  if (!faults || faults.random() >= faults.rate) return undefined;
  const kinds = FAULTS.filter((kind) => !['404', 'forbidden', 'hang', 'slow'].includes(kind));
  return { kind: kinds[Math.floor(faults.random() * kinds.length)]! };
}

/** Answers a poll as its step says. */
function play(step: Step, outgoing: ServerResponse, write: (reply: Reply) => void): void {
  switch (step.kind) {
    case 'status':
      return write({ http: 200, fields: { Status: step.status } });
    case 'slow':
      return void setTimeout(() => write({ http: 200, fields: { Status: 1 } }), step.forMs ?? 1000).unref();
    case 'hang':
      return;
    case 'reset':
      return void outgoing.socket?.resetAndDestroy();
    case 'garbage':
      return void outgoing.writeHead(200, { 'content-type': 'application/json' }).end('{"Status":');
    case 'html':
      return void outgoing.writeHead(502, { 'content-type': 'text/html' }).end('<html><body>Bad Gateway</body></html>');
    case '500':
      return write(refused(new Refusal(500, 'InternalError', 'An error occurred while processing your request.')));
    case '404':
      return write(
        refused(
          new Refusal(
            404,
            'ResourceNotFound',
            'The requested resource does not exist. Please check the parameter TaskId.',
          ),
        ),
      );
    case 'expired':
      return write(refused(expired()));
    case 'forbidden':
      return write(
        refused(new Refusal(403, 'Forbidden.RAM', 'User not authorized to operate on the specified resource.')),
      );
    case 'throttle': {
      const reply = refused(new Refusal(400, 'Throttling.User', 'Request was denied due to user flow control.'));
      return write({ ...reply, ...(step.forMs && { headers: { 'x-acs-retry-after': String(step.forMs) } }) });
    }
  }
}

function refused({ http, code, message }: Refusal): Reply {
  const recommend = `https://error-center.aliyun.com/status/search?Keyword=${code}&source=PopGw`;
  return {
    http,
    fields: { HostId: 'multimediaai.cn-beijing.aliyuncs.com', Code: code, Message: message, Recommend: recommend },
  };
}

/** JSON or XML as asked for; the service's default is XML. */
function writeReply(
  reply: Reply,
  requestId: string,
  request: ArrivedRequest,
  outgoing: ServerResponse,
  options: SandboxOptions,
): void {
  const asked = /[?&]format=(\w+)/i.exec(`?${request.body}&${request.target}`)?.[1];
  const isJson = (asked ?? request.headers.accept ?? '').toLowerCase().includes('json');
  const fields = { ...reply.fields, RequestId: requestId };
  const root = reply.http === 200 ? 'GetTaskStatusResponse' : 'Error';
  outgoing.writeHead(reply.http, {
    date: new Date(options.now()).toUTCString(),
    'content-type': isJson ? 'application/json;charset=utf-8' : 'text/xml;charset=utf-8',
    'x-acs-request-id': requestId,
    ...reply.headers,
  });
  outgoing.end(isJson ? JSON.stringify(fields) : xml(root, fields));
}

function xml(root: string, fields: Readonly<Record<string, string | number>>): string {
  const escaped = (value: string | number) => String(value).replace(/[<>&"']/g, (c) => `&#${c.charCodeAt(0)};`);
  const children = Object.entries(fields).map(([name, value]) => `<${name}>${escaped(value)}</${name}>`);
  return `<?xml version="1.0" encoding="UTF-8"?><${root}>${children.join('')}</${root}>`;
}

function arrived(incoming: IncomingMessage, body: string): ArrivedRequest {
  const headers = Object.entries(incoming.headers).map(([name, value]) => [name, [value].flat().join(', ')]);
  return { method: incoming.method ?? '', target: incoming.url ?? '', headers: Object.fromEntries(headers), body };
}

async function readBody(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming) {
    size += chunk.length;
    if (size > MAX_BODY) throw new Error('too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
