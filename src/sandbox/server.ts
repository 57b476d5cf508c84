import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { isLoopback } from '../core/origin.ts';
import { usageError } from '../errors.ts';
import { type Answer, type Format, refusalAnswer, stepAnswer } from './answers.ts';
import { Refusal } from './refusal.ts';
import { createResultFiles, isResultPath, type ResultFiles, resultTask } from './result-files.ts';
import { DEFAULT_SCRIPT, type Fault, Player, parseScript, type Step } from './script.ts';
import { type ArrivedRequest, readRequest, type SandboxKey, Verifier } from './verify.ts';

export interface SandboxOptions {
  /** 0, the default, takes a free one. */
  readonly port?: number;
  readonly script?: string | undefined;
  /** Names of the sandbox besides those of loopback, for tests that come through a proxy. */
  readonly hosts?: readonly string[];
  readonly accessKeys: readonly SandboxKey[];
  /** The service's clock, in ms since the epoch. */
  readonly now: () => number;
  /** What the spans of a script count on, in ms that only grow; the service's clock if not given, which may be set meanwhile. */
  readonly monotonic?: () => number;
  /** A fresh request id at each call. */
  readonly nextId: () => string;
  /** Called once a request is checked, before its response. */
  readonly onRequest?: ((record: RequestRecord) => void) | undefined;
  /** How long every answer waits, in ms. */
  readonly latencyMs?: number;
  /** This share of polls, 0 to 1, gets a random transient fault instead of its step. */
  readonly faults?: { readonly rate: number; readonly random: () => number };
}

/** One request, as it came: the texts are whatever the client sent. */
export interface RequestRecord {
  readonly action: string | undefined;
  readonly taskId: string | undefined;
  /** The status, the error's code, the name of a fault that has neither, or OK for the file of a result. */
  readonly answer: number | string;
}

export interface Sandbox {
  readonly url: string;
  /** Requests that arrived so far. */
  requestCount(): number;
  /** Lets the process end while the sandbox listens. */
  unref(): void;
  /** Ends every connection, hanging ones too. */
  close(): Promise<void>;
}

const MAX_BODY = 1024 * 1024;
/** The faults that a client comes through by retrying; a hanging or slow poll would only cost it time. */
const TRANSIENT: readonly Fault[] = ['500', 'throttle', 'reset', 'garbage', 'html', 'expired'];

/** The service's double on 127.0.0.1. Throws a usage error for a bad script; and where it cannot listen. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const service: Service = {
    player: new Player(parseScript(options.script ?? DEFAULT_SCRIPT)),
    verifier: new Verifier(options.accessKeys),
    files: createResultFiles(options.accessKeys[0]!),
    origin: () => url,
  };
  let requests = 0;
  let url = '';
  const server = createServer(async (incoming, outgoing) => {
    requests += 1;
    const body = await readBody(incoming).catch(() => undefined);
    if (body === undefined) return;
    // No timer keeps the process alive: with the server closed there is no client left.
    if (options.latencyMs) await sleep(options.latencyMs, undefined, { ref: false });
    const request = readRequest(incoming.method ?? '', incoming.url ?? '', incoming.headers, body);
    await respond(request, outgoing, service, options);
  });
  await new Promise<void>((listening, failed) => {
    const { port = 0 } = options;
    const refuse = ({ code = '' }: NodeJS.ErrnoException) =>
      failed(usageError((m) => m.sandbox.cannotListen(port, code)));
    server.once('error', refuse).listen(port, '127.0.0.1', listening);
  });
  const { port } = server.address() as AddressInfo;
  // Not asked of the server later: one that was closed while a response waits has no address.
  url = `http://127.0.0.1:${port}`;
  return {
    url,
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

/** What requests are answered with. */
interface Service {
  readonly verifier: Verifier;
  readonly player: Player;
  readonly files: ResultFiles;
  readonly origin: () => string;
}

async function respond(
  request: ArrivedRequest,
  outgoing: ServerResponse,
  service: Service,
  options: SandboxOptions,
): Promise<void> {
  const { answer, step } = answerTo(request, service, options);
  const { path, parameters, headers } = request;
  const record = isResultPath(path)
    ? { action: 'processResult', taskId: resultTask(path) }
    : { action: parameters.get('Action') ?? headers.get('x-acs-action'), taskId: parameters.get('TaskId') };
  options.onRequest?.({ ...record, answer: answer?.says ?? step!.kind });
  if (step?.kind === 'reset') outgoing.socket?.resetAndDestroy();
  if (step?.kind === 'slow') await sleep(step.forMs ?? 1000, undefined, { ref: false });
  if (answer) write(answer, outgoing, options.now());
}

/** The answer to a request, and the step of the script that it came to, if any. */
function answerTo(
  request: ArrivedRequest,
  { verifier, player, files, origin }: Service,
  options: SandboxOptions,
): { readonly answer: Answer | undefined; readonly step?: Step } {
  const format = formatOf(request);
  const requestId = options.nextId();
  const now = options.now();
  try {
    checkForm(request, options);
    const file = files.answer(request, now);
    if (file) return { answer: file };
    const requested = verifier.verify(request, now);
    const step = mixedIn(options) ?? player.next(requested.taskId, options.monotonic?.() ?? now);
    const resultUrl = origin() + files.signedPath(requested.taskId, now);
    return { step, answer: stepAnswer(step, requested, { format, requestId, resultUrl }) };
  } catch (error) {
    if (error instanceof Refusal) return { answer: refusalAnswer(error, { format, requestId }) };
    throw error;
  }
}

function checkForm({ headers, body }: ArrivedRequest, { hosts }: SandboxOptions): void {
  if (!isOurs(headers.get('host'), hosts)) {
    const message = 'The sandbox answers requests for loopback names and addresses only.';
    throw new Refusal(421, 'MisdirectedRequest', message);
  }
  if (body.byteLength > MAX_BODY) {
    throw new Refusal(413, 'RequestEntityTooLarge', 'The request body is larger than 1 MiB.');
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
  return { kind: TRANSIENT[Math.floor(faults.random() * TRANSIENT.length)]! };
}

/** The format requested; the service's default is XML. An ACS3 client requests it by Accept. */
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
