import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { run } from '../../src/cli.ts';
import type { Clock } from '../../src/core/clock.ts';
import type { Deps } from '../../src/deps.ts';
import { createTransport } from '../../src/io/net/transport.ts';
import { createStore } from '../../src/io/store.ts';
import { createRedactor, type Redactor } from '../../src/text/redactor.ts';
import { fakeDeps, piped } from './deps.ts';
import type { Ended, SpawnOptions } from './mmai.ts';

/** What makes mmai speak Chinese. */
export const chinese = { env: { LANG: 'zh_CN.UTF-8' } };

/** Time as it is, for tests whose other end is a real socket. */
export const realClock: Clock = {
  now: Date.now,
  monotonic: () => performance.now(),
  sinceBoot: () => performance.now(),
  sleep: (ms, signal) => delay(ms, undefined, signal && { signal }).catch(() => {}),
};

/** Sockets as they are, with the proxy variables of `env`. */
export function realTransport(env: Record<string, string>, redactor?: Redactor): Deps['transport'] {
  return ({ caFile, caFileFrom }, observe) =>
    createTransport({ caFile, caFileFrom, env, now: realClock.monotonic, observe, redactor });
}

/**
 * The whole program but for its process: real sockets and real time, no delay before a retry. A hundred times as fast as
 * {@link mmai}, which has to show what only a process can: that it ends, and how.
 */
export async function mmaiInProcess(
  args: readonly string[],
  { env = {}, input = '' }: SpawnOptions = {},
): Promise<Ended> {
  const redactor = createRedactor();
  const world = fakeDeps({
    env,
    stdin: piped(input),
    clock: realClock,
    startedAt: realClock.monotonic(),
    random: () => 0,
    ...(env.MMAI_CONFIG_DIR && { store: async () => createStore({ directory: env.MMAI_CONFIG_DIR! }) }),
    nonce: randomUUID,
    redactor,
    transport: realTransport(env, redactor),
  });
  const code = await run(args, world);
  return { code, signal: null, stdout: world.stdout.text(), stderr: world.stderr.text() };
}
