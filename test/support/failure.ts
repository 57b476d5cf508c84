import { classify } from '../../src/core/rpc/error-codes.ts';
import type { Failure } from '../../src/core/rpc/response.ts';

/** A failure as the client would report it for this code. */
export function classifyFailure(code: string, serverDelayMs?: number): Failure {
  return {
    ...{
      code,
      http: code.startsWith('Network.') ? null : 500,
      message: '',
      requestId: null,
      recommend: null,
      serverTime: undefined,
    },
    ...{ serverDelayMs, serverTexts: [], body: new Uint8Array() },
    ...classify(code, 500),
  };
}
