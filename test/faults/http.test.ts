import type { Socket } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { matrix } from '../support/matrix.ts';
import { ok, reply } from '../support/raw-server.ts';

const BODY = '{"Status":2,"RequestId":"r"}';
const JSON_TYPE = 'Content-Type: application/json';
const CHUNKED = 'Transfer-Encoding: chunked';
const MIB = 1024 * 1024;
const broken = ['Network.ConnectionReset', 'transient'] as const;
const protocol = ['Network.Protocol', 'transient'] as const;
const tooLarge = ['Network.BodyTooLarge', 'transient'] as const;
const unreadable = ['Network.Unreadable', 'transient'] as const;
const htmlPage = ['Network.HtmlPage', 'transient'] as const;
const redirect = ['Network.Redirect', 'request'] as const;
/** The connection stays open, as a server's does that means it. */
const keep = (bytes: string | Uint8Array) => (socket: Socket) => void socket.write(bytes);

matrix('an HTTP answer with', [
  {
    name: 'a Content-Length too small',
    play: keep(reply('200 OK', BODY, ['Content-Length: 5'])),
    expected: unreadable,
  },
  { name: 'a Content-Length too large', play: reply('200 OK', BODY, ['Content-Length: 999']), expected: broken },
  { name: 'a Content-Length of letters', play: reply('200 OK', BODY, ['Content-Length: abc']), expected: protocol },
  { name: 'a negative Content-Length', play: reply('200 OK', BODY, ['Content-Length: -1']), expected: protocol },
  {
    name: 'two lengths that differ',
    play: reply('200 OK', BODY, ['Content-Length: 28', 'Content-Length: 5']),
    expected: protocol,
  },
  {
    name: 'a length and chunks',
    play: reply('200 OK', `1c\r\n${BODY}\r\n0\r\n\r\n`, ['Content-Length: 5', CHUNKED]),
    expected: protocol,
  },
  { name: 'a bad chunk size', play: reply('200 OK', `zz\r\n${BODY}\r\n`, [CHUNKED]), expected: protocol },
  { name: 'chunks cut short', play: reply('200 OK', `1c\r\n${BODY.slice(0, 9)}`, [CHUNKED]), expected: broken },
  {
    name: 'chunks',
    play: reply('200 OK', `a\r\n${BODY.slice(0, 10)}\r\n12\r\n${BODY.slice(10)}\r\n0\r\n\r\n`, [CHUNKED]),
    expected: 2,
  },
  { name: 'a gzip that is none', play: ok(BODY.slice(3), ['Content-Encoding: gzip']), expected: unreadable },
  { name: 'the type text/html', play: ok(BODY, ['Content-Type: text/html']), expected: 2 },
  { name: 'XML of type JSON', play: ok('<R><Status>2</Status></R>', [JSON_TYPE]), expected: 2 },
  { name: 'no type', play: ok(BODY), expected: 2 },
  { name: 'an empty body', play: ok('', [JSON_TYPE]), expected: unreadable },
  { name: 'status 304', play: 'HTTP/1.1 304 Not Modified\r\n\r\n', expected: unreadable },
  { name: 'status 204', play: 'HTTP/1.1 204 No Content\r\n\r\n', expected: unreadable },
  { name: "a proxy's page and status 200", play: ok('<html><title>Sign in</title></html>'), expected: htmlPage },
  {
    name: "a proxy's page and status 502",
    play: reply('502 Bad Gateway', '<!doctype html><html>'),
    expected: htmlPage,
  },
  { name: 'a body of 1 MiB and a byte', play: ok(`${' '.repeat(MIB)}{`), expected: tooLarge },
  { name: 'a body of 1 MiB', play: ok(' '.repeat(MIB - BODY.length) + BODY), expected: 2 },
  { name: 'a body without end', play: endless, expected: tooLarge, isSpawned: true },
  ...['301 Moved', '302 Found', '303 See Other', '307 Temporary', '308 Permanent'].map((status) => ({
    name: `a redirect ${status.slice(0, 3)} to a usable answer`,
    play: reply(status, BODY, ['Location: /usable', JSON_TYPE]),
    expected: redirect,
  })),
  {
    name: '100-continue in front, which nobody asked for',
    play: `HTTP/1.1 100 Continue\r\n\r\n${reply('200 OK', BODY)}`,
    expected: 2,
  },
  {
    name: '100-continue behind early hints',
    play: `HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n${reply('200 OK', BODY)}`,
    expected: 2,
  },
  {
    name: '100-continue twice in front, in pieces',
    play: inPieces(`${'HTTP/1.1 100 Continue\r\n\r\n'.repeat(2)}${reply('200 OK', BODY)}`, 33),
    expected: 2,
  },
  { name: 'a body packed by gzip, which nobody asked for', play: packed(BODY), expected: 2 },
  { name: 'a body packed by deflate', play: ok(deflateSync(BODY), ['Content-Encoding: deflate']), expected: 2 },
  { name: 'a body packed by brotli', play: ok(brotliCompressSync(BODY), ['Content-Encoding: br']), expected: 2 },
  { name: 'a brotli that is none', play: ok(BODY.slice(3), ['Content-Encoding: br']), expected: unreadable },
  { name: 'a gzip of more than 1 MiB', play: packed(' '.repeat(MIB + 1)), expected: tooLarge },
  { name: 'a gzip of 1 GiB in 1 MiB', play: packed(bomb()), expected: tooLarge },
  { name: 'early hints in front', play: `HTTP/1.1 103 Early Hints\r\n\r\n${reply('200 OK', BODY)}`, expected: 2 },
  { name: 'HTTP/1.0, ended by closing', play: `HTTP/1.0 200 OK\r\nConnection: close\r\n\r\n${BODY}`, expected: 2 },
  {
    name: 'every header twice',
    play: ok(BODY, [JSON_TYPE, JSON_TYPE, 'Date: x', 'Date: y', 'X-Acs-Request-Id: a', 'X-Acs-Request-Id: b']),
    expected: 2,
  },
  { name: 'a second answer behind it', play: keep(reply('200 OK', BODY) + reply('200 OK', BODY)), expected: 2 },
  { name: 'status 999', play: reply('999 What', '{}'), expected: ['Network.Unreadable', 'transient'] },
  { name: 'status 501 and nothing else', play: reply('501 Not Implemented', ''), expected: unreadable },
  {
    name: 'status 404 and nothing else',
    play: reply('404 Not Found', ''),
    expected: ['Network.Unreadable', 'transient'],
  },
]);

/** Bytes as fast as they are taken, until nobody takes them: one chunk a turn, so that the closing is noticed. */
function endless(socket: Socket): void {
  socket.write(`HTTP/1.1 200 OK\r\n${CHUNKED}\r\n\r\n`);
  const chunk = `10000\r\n${' '.repeat(0x10000)}\r\n`;
  const pour = () => void (socket.destroyed || socket.write(chunk, () => setImmediate(pour)));
  pour();
}

function packed(body: string | Uint8Array): Uint8Array {
  return ok(typeof body === 'string' ? gzipSync(body) : body, ['Content-Encoding: gzip']);
}

/** Many members of a megabyte of zeros each. */
function bomb(): Uint8Array {
  const member = gzipSync(Buffer.alloc(MIB));
  return Buffer.concat(Array.from({ length: 900 }, () => member));
}

/** A piece a turn, so that each comes as a chunk of its own. */
function inPieces(text: string, size: number) {
  return (socket: Socket) => {
    socket.setNoDelay();
    const pieces = text.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? [];
    const next = () => void socket.write(pieces.shift() ?? '', () => pieces.length > 0 && setImmediate(next));
    next();
  };
}
