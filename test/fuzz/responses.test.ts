import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import fc from 'fast-check';
import { NetworkError } from '../../src/core/rpc/transport.ts';
import { createTransport } from '../../src/io/net/transport.ts';
import { property } from '../support/fuzz.ts';
import { rawServer } from '../support/raw-server.ts';

const BODY = '{"Status":2}';
const STATUS_LINES = [
  '000 x',
  '099 x',
  '100 Continue',
  '101 x',
  '103 x',
  '199 x',
  '200 OK',
  '204 x',
  '304 x',
  '407 x',
  '999 x',
];
const HEADERS = [
  ...[
    'Content-Length: 12',
    'Content-Length: 0',
    'Content-Length: 99',
    'Content-Length: 1, 1',
    'Transfer-Encoding: chunked',
  ],
  ...[
    'Transfer-Encoding: gzip, chunked',
    'Connection: Upgrade',
    'Upgrade: h2c',
    'Connection: close',
    'Keep-Alive: timeout=0',
  ],
  ...['Content-Encoding: gzip', 'Trailer: X', ': z', 'X: \0', ' folded'],
];
const BODIES = [BODY, '', `c\r\n${BODY}\r\n0\r\n\r\n`, 'zz\r\n', '0\r\nContent-Length: 9\r\n\r\n', 'x'.repeat(100)];

const message = fc
  .tuple(
    fc.constantFrom(...STATUS_LINES),
    fc.array(fc.constantFrom(...HEADERS), { maxLength: 4 }),
    fc.constantFrom(...BODIES),
  )
  .map(([status, headers, body]) => `${[`HTTP/1.1 ${status}`, ...headers].join('\r\n')}\r\n\r\n${body}`);
/** Messages behind each other, one character changed, in two pieces. */
const bytes = fc
  .tuple(fc.array(message, { minLength: 1, maxLength: 3 }), fc.nat(), fc.constantFrom('', '\0', '\n', '9'), fc.nat())
  .map(([messages, at, changed, cut]) => {
    const whole = messages.join('');
    const position = at % (whole.length * 2);
    const text = position < whole.length ? whole.slice(0, position) + changed + whole.slice(position + 1) : whole;
    return [text.slice(0, cut % (text.length + 1)), text.slice(cut % (text.length + 1))] as const;
  });

let pieces: readonly [string, string] = ['', ''];
const { url } = await rawServer((socket: Socket) => {
  const [first, second] = pieces;
  socket.write(first);
  setImmediate(() => socket.end(second));
});
const transport = await createTransport({ caFile: undefined, env: {}, now: () => performance.now() });

property(
  'whatever a server sends is a response or a network error in words, and reaches no assertion',
  bytes,
  async (sent) => {
    pieces = sent;
    const request = { method: 'GET', url: `${url}/?TaskId=1&`, headers: {}, timeoutMs: 5000 } as const;
    const response = await transport.send(request).catch((error: unknown) => error);
    if (!(response instanceof Error)) return;
    assert.ok(response instanceof NetworkError, String(response));
    assert.doesNotMatch(response.message, /===|falsy|assert/i);
    assert.notEqual((response.cause as NodeJS.ErrnoException | undefined)?.code, 'ERR_ASSERTION');
    assert.notEqual(response.kind, 'Timeout');
  },
  { share: 1 },
);
