import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { isLoopback } from '../core/config/settings.ts';
import { type Answer, type Format, Refusal, refusalAnswer, stepAnswer } from './answers.ts';
import { DEFAULT_SCRIPT, FAULTS, type Fault, Player, parseScript, type Step } from './script.ts';
import { type ArrivedRequest, readRequest, type SandboxKey, Verifier } from './verify.ts';

export interface SandboxOptions {
  /** 0, the default, takes a free one. */
  readonly port?: number;
  readonly script?: string;
  /** Names of the sandbox besides those of loopback, for tests that come through a proxy. */
  readonly hosts?: readonly string[];
  readonly accessKeys: readonly SandboxKey[];
  /** The service's clock, in ms since the epoch. */
  readonly now: () => number;
  /** A fresh request id at each call. */
  readonly nextId: () => string;
  /** Called once a request is judged, before it is answered. */
  readonly onRequest?: (record: RequestRecord) => void;
  /** How long every answer waits, in ms. */
  readonly latencyMs?: number;
  /** This share of polls, 0 to 1, gets a random fault (one of `kinds`, by default those that pass) instead of its step. */
  readonly faults?: { readonly rate: number; readonly random: () => number; readonly kinds?: readonly Fault[] };
}

/** One request, as it came: the texts are whatever the client sent. */
export interface RequestRecord {
  readonly action: string | undefined;
  readonly taskId: string | undefined;
  /** The status, the error's code, or the name of a fault that has neither. */
  readonly answer: number | string;
}

export interface Sandbox {
  readonly url: string;
  readonly port: number;
  /** Requests that arrived so far. */
  requestCount(): number;
  /** Lets the process end while the sandbox listens. */
  unref(): void;
  /** Ends every connection, hanging ones too. */
  close(): Promise<void>;
}

const MAX_BODY = 1024 * 1024;
/** What a client that retries comes through; a hanging or slow poll would only cost it time. */
const PASSING: readonly Fault[] = FAULTS.filter((kind) => !['404', 'forbidden', 'hang', 'slow'].includes(kind));

/** The service's double on 127.0.0.1. Throws a usage error for a bad script; rejects when the port is taken. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const player = new Player(parseScript(options.script ?? DEFAULT_SCRIPT));
  const verifier = new Verifier(options.accessKeys);
  let requests = 0;
  const server = createServer(async (incoming, outgoing) => {
    requests += 1;
    const body = await readBody(incoming).catch(() => undefined);
    if (body === undefined) return;
    // No timer keeps the process alive: with the server closed there is nobody left to answer.
    if (options.latencyMs) await sleep(options.latencyMs, undefined, { ref: false });
    const request = readRequest(incoming.method ?? '', incoming.url ?? '', incoming.headers, body);
    await respond(request, outgoing, verifier, player, options);
  });
  await new Promise<void>((listening, failed) => {
    server.once('error', failed).listen(options.port ?? 0, '127.0.0.1', listening);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    requestCount: () => requests,
    unref: () => void server.on('connection', (socket) => socket.unref()).unref(),
    close: () =>
      new Promise<void>((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

// --- internal ---

async function respond(
  request: ArrivedRequest,
  outgoing: ServerResponse,
  verifier: Verifier,
  player: Player,
  options: SandboxOptions,
): Promise<void> {
  const step = judged(request, verifier, player, options);
  const [format, requestId] = [formatOf(request), options.nextId()];
  const answer = step instanceof Refusal ? refusalAnswer(step, format, requestId) : stepAnswer(step, format, requestId);
  options.onRequest?.({
    action: request.parameters.get('Action') ?? request.headers.get('x-acs-action'),
    taskId: request.parameters.get('TaskId'),
    answer: answer?.says ?? (step as Step).kind,
  });
  if (!(step instanceof Refusal)) {
    if (step.kind === 'reset') outgoing.socket?.resetAndDestroy();
    if (step.kind === 'slow') await sleep(step.forMs ?? 1000, undefined, { ref: false });
  }
  if (answer) write(answer, outgoing, options.now());
}

function judged(request: ArrivedRequest, verifier: Verifier, player: Player, options: SandboxOptions): Step | Refusal {
  if (!isOurs(request.headers.get('host'), options.hosts)) {
    return new Refusal(
      421,
      'MisdirectedRequest',
      'The sandbox answers requests for loopback names and addresses only.',
    );
  }
  if (request.body.byteLength > MAX_BODY) {
    return new Refusal(413, 'RequestEntityTooLarge', 'The request body is larger than 1 MiB.');
  }
  try {
    const taskId = verifier.verify(request, options.now());
    return mixedIn(options) ?? player.next(taskId, options.now());
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}

/** A web page's script reaches 127.0.0.1 through a name of its own that resolves to it; its requests say that name. */
function isOurs(host: string | undefined, others: readonly string[] = []): boolean {
  if (host === undefined || !URL.canParse(`http://${host}`)) return false;
  const { hostname } = new URL(`http://${host}`);
  return isLoopback(hostname) || others.includes(hostname);
}

function mixedIn({ faults }: SandboxOptions): Step | undefined {
  if (!faults || faults.random() >= faults.rate) return undefined;
  const kinds = faults.kinds ?? PASSING;
  const kind = kinds[Math.floor(faults.random() * kinds.length)];
  return kind && { kind };
}

/** As asked for; the service's default is XML. An ACS3 client asks by Accept. */
function formatOf({ parameters, headers }: ArrivedRequest): Format {
  return /json/i.test(parameters.get('Format') ?? headers.get('accept') ?? '') ? 'json' : 'xml';
}

function write({ http, headers, body }: Answer, outgoing: ServerResponse, now: number): void {
  outgoing.writeHead(http, { date: new Date(now).toUTCString(), ...headers }).end(body);
}

/** The whole body, or as much as shows that it is too large: the rest is read and dropped, so that the client gets to read the 413. */
async function readBody(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming) {
    if (size <= MAX_BODY) chunks.push(chunk);
    size += chunk.length;
  }
  return Buffer.concat(chunks);
}
