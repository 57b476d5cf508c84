import { MmaiError, type Text } from '../../errors.ts';
import { visible } from '../../text/safe-text.ts';
import { failureExitCode } from '../outcome.ts';
import { type Failure, networkFailure } from './response.ts';
import { NetworkError, type NetworkFailure } from './transport.ts';

/**
 * A failed call as an error, for callers that cannot go on without its result. A call that needed the result as its credentials fails
 * with the same failure.
 */
export class CallError extends MmaiError {
  readonly failure: Failure;

  /** `text` says what the call was needed for, too. */
  constructor(failure: Failure, text: Text, hint: Text | undefined) {
    super(failureExitCode(failure.class), text, { hint });
    // It names a place, whose path may hold anything.
    this.failure = { ...failure, message: visible(this.message), text: (m) => visible(text(m)) };
  }
}

/** The same where no response came; `text` quotes nothing from outside. */
export function networkCallError(kind: NetworkFailure, text: Text): CallError {
  return new CallError(networkFailure(new NetworkError(kind, text), String), text, undefined);
}
