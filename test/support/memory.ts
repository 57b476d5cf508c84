import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { run } from '../../src/cli.ts';
import type { HttpResponse } from '../../src/core/rpc/transport.ts';
import { fakeDeps } from './deps.ts';

setFlagsFromString('--expose-gc');
export const collectGarbage: () => void = runInNewContext('gc');

const MIB = 2 ** 20;
let size = MIB;
const long = (n: number) => `${n}-`.padEnd(size - 1000, 'x\u00e9y');
const fitting = (n: number) => `http://h/${n}/`.padEnd(16_000, 'u');
const response = (status: number, body: string, type = 'application/json'): HttpResponse => ({
  status,
  headers: { 'content-type': type },
  body: Buffer.from(body),
});

/** Responses of about the size asked for, each another one. */
export const LARGE = {
  'error pages': (n: number) => response(502, `<html><body>${long(n)}</body></html>`, 'text/html'),
  'request ids': (n: number) => response(200, JSON.stringify({ Status: 1, RequestId: long(n) })),
  'request ids in XML': (n: number) =>
    response(200, `<R><Status>1</Status><RequestId>${long(n)}</RequestId></R>`, 'text/xml'),
  'short request ids in long XML': (n: number) =>
    response(200, `<R><Status>1</Status><RequestId>request-id-${n}</RequestId><X>${long(n)}</X></R>`, 'text/xml'),
  codes: (n: number) => response(500, JSON.stringify({ Code: long(n) })),
  messages: (n: number) => response(500, JSON.stringify({ Code: 'InternalError', Message: `message of ${long(n)}` })),
  'messages with a quoted string to sign': (n: number) =>
    response(400, JSON.stringify({ Code: 'Odd', Message: `no match of ${n}: server string to sign is:${long(n)}` })),
  recommendations: (n: number) => response(500, JSON.stringify({ Code: 'Odd', Recommend: `https://${long(n)}` })),
  'reasons and URLs': (n: number) =>
    response(
      200,
      JSON.stringify({ Status: 3, Result: { ErrorName: long(n), ProcessResultUrl: `http://h/${long(n)}` } }),
    ),
  'a reason and URLs that fit': (n: number) =>
    response(
      200,
      JSON.stringify({ Status: 3, Result: { ErrorName: 'E', ProcessResultUrl: fitting(n), VideoUrl: fitting(n) } }),
    ),
  'short reasons in long XML': (n: number) =>
    response(
      200,
      `<R><Status>3</Status><Result><ErrorName>the reason of ${n}</ErrorName><X>${long(n)}</X></Result></R>`,
      'text/xml',
    ),
} satisfies Record<string, (n: number) => HttpResponse>;

export type Large = keyof typeof LARGE;

/** Heap and buffers in use, in MiB. */
export function usedMiB(): number {
  // The second waits for buffers that the first one has found to be garbage.
  collectGarbage();
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / MIB;
}

type Command = 'status' | 'watch' | 'result' | 'status --raw' | 'watch -o tsv' | 'watch -o text' | 'result -o tsv';

/** How much of so many responses of `bytes` each is still held when the last task is asked about: heap and buffers, in MiB. */
export async function heldMiB(command: Command, tasks: number, bytes: number, kind: Large): Promise<number> {
  size = bytes;
  const controller = new AbortController();
  let requests = 0;
  let [first, last] = [0, 0];
  const send = async () => {
    requests += 1;
    if (requests === 20) first = usedMiB();
    if (requests === tasks) last = usedMiB();
    if (requests > tasks) controller.abort(130);
    return LARGE[kind](requests);
  };
  const { stdout, ...deps } = fakeDeps({
    transport: async () => ({ send, renew() {}, close() {} }),
    signal: controller.signal,
    env: KEY,
  });
  const ids = Array.from({ length: tasks }, (_, index) => String(index + 1));
  const flags = !command.startsWith('watch') ? ['--retries', '0'] : ['--max-rps', 'none', '--progress', 'none'];
  const form = command.includes('-') ? [] : ['-o', 'json'];
  await run([...command.split(' '), ...ids, ...flags, '-q', ...form], { ...deps, stdout: { ...stdout, write() {} } });
  return last - first;
}

const KEY = { ALIBABA_CLOUD_ACCESS_KEY_ID: 'key-id', ALIBABA_CLOUD_ACCESS_KEY_SECRET: 'key-secret' };
