import { isIP } from 'node:net';
import { addressOf } from '../../core/origin.ts';
import type { Topic } from '../../core/rpc/error-codes.ts';
import type { Failure } from '../../core/rpc/response.ts';
import { serverTime } from '../../core/rpc/service-clock.ts';
import type { NetworkEvent, NetworkStep, Transport } from '../../core/rpc/transport.ts';
import type { CommandDeps } from '../../deps.ts';

/** Codes of these topics come from the service itself, behind the check of signature and permission. */
const ACCEPTED: ReadonlySet<Topic | undefined> = new Set<Topic>([
  'invalidParameter',
  'parameterTooLong',
  'parameterExists',
  'templateInUse',
  'faceImageLimit',
  'applicationLimit',
  'uploadLimit',
  'fileContent',
]);

/** What the transport reported during the request. */
export class Observed {
  readonly events: NetworkEvent[] = [];
  readonly deps: CommandDeps;
  /** The service's clock against ours at the last response, in ms. */
  offsetMs: number | null = null;

  constructor(deps: CommandDeps) {
    const observe = (event: NetworkEvent) => void this.events.push(event);
    const transport: CommandDeps['transport'] = async (settings) =>
      this.#clocked(await deps.transport(settings, observe), deps);
    this.deps = { ...deps, transport };
  }

  /** The last event of a step: that of the connection which the response came over. */
  last(step: NetworkStep): NetworkEvent | undefined {
    return this.events.findLast((event) => event.step === step);
  }

  #clocked(transport: Transport, { clock }: CommandDeps): Transport {
    return {
      ...transport,
      send: async (request) => {
        const start = clock.now();
        const response = await transport.send(request);
        const time = serverTime(response.headers);
        // A whole second stands for its middle.
        this.offsetMs = time === undefined ? null : Math.round(time + 500 - (start + clock.now()) / 2);
        return response;
      },
    };
  }
}

/** The steps of this route to the host, in order. */
export function networkSteps(seen: Observed, origin: string): NetworkStep[] {
  const isTunnelled = seen.last('proxy')?.proxy !== undefined && origin.startsWith('https:');
  return ['proxy', 'dns', 'tcp', ...(isTunnelled ? (['proxyTls', 'tunnel'] as const) : []), 'tls', 'answer'];
}

/** The step at which no response, or none of the service's, came; undefined if the service itself responded. */
export function brokenStep(
  { code, class: kind, topic }: Failure,
  seen: Observed,
  origin: string,
): NetworkStep | undefined {
  const isService = !code.startsWith('Network.') && (kind !== 'request' || ACCEPTED.has(topic));
  if (isService) return kind === 'transient' || kind === 'throttle' ? 'answer' : undefined;
  const { host, isSecure } = addressOf(new URL(origin));
  const isNamed = isIP(host) === 0 && seen.last('proxy')?.proxy === undefined;
  if (code === 'Network.Dns' || (code === 'Network.Timeout' && isNamed && !seen.last('dns'))) return 'dns';
  const needed = networkSteps(seen, origin).filter((step) => !['dns', 'proxyTls'].includes(step));
  const isMissing = (step: NetworkStep) => !seen.last(step) && !(step === 'tls' && !isSecure);
  return needed.find(isMissing) ?? 'answer';
}
