import { failureExitCode } from '../../core/outcome.ts';
import type { Failure } from '../../core/rpc/response.ts';
import { MmaiError } from '../../errors.ts';
import type { Messages } from '../../locales/en/messages.ts';
import type { CheckName, CheckStep } from '../../output/check-table.ts';
import { failureText } from '../../output/failures.ts';
import { visible } from '../../text/safe-text.ts';

export class CheckReport {
  readonly steps: CheckStep[] = [];
  /** What has to be added to our clock, in ms; null where no response said it. */
  clockOffsetMs: number | null = null;
  readonly messages: Messages;

  constructor(messages: Messages) {
    this.messages = messages;
  }

  ok(step: CheckName, detail: string, ms: number | null = null): void {
    this.#add({ step, state: 'ok', detail, ms });
  }

  /** Looked at, and nothing there. */
  absent(step: CheckName, detail: string): void {
    this.#add({ step, state: 'absent', detail });
  }

  warn(step: CheckName, detail: string, hint: string | null): void {
    this.#add({ step, state: 'warning', detail, hint });
  }

  fail(step: CheckName, failure: Failure): void {
    const { topic, recommend, requestId } = failure;
    const { messages } = this;
    const explanation = topic && messages.codes[topic];
    // The service ends its sentence with a period.
    const quoted = failureText(failure, messages).replace(/\.$/, '');
    const detail = messages.joined([
      quoted,
      ...(explanation ? [explanation.meaning] : []),
      ...(requestId === null ? [] : [messages.requestId + requestId]),
    ]);
    const hint = explanation?.hint ?? recommend;
    this.#add({ step, state: 'failed', detail, hint, exitCode: failureExitCode(failure.class) });
  }

  skip(...names: CheckName[]): void {
    for (const step of names) this.#add({ step, state: 'skipped' });
  }

  /** The result of the work; undefined if it threw, which the step then reports. */
  async runStep<T>(
    step: CheckName | ((exitCode: number) => CheckName),
    work: () => Promise<T>,
  ): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof MmaiError)) throw error;
      const { messages } = this;
      const { exitCode } = error;
      const failedStep = typeof step === 'string' ? step : step(exitCode);
      const hint = error.hint?.(messages).split('\n')[0] ?? null;
      this.#add({ step: failedStep, state: 'failed', detail: error.text(messages), hint, exitCode });
      return undefined;
    }
  }

  #add({ detail = '', hint, ...step }: Pick<CheckStep, 'step' | 'state'> & Partial<CheckStep>): void {
    // This is the check that some hints recommend at their end.
    const advice = hint ? visible(hint.replace(/[;；] ?"mmai config check"[^;；]*$/, '')) : null;
    this.steps.push({ ms: null, ...step, hint: advice, detail: visible(detail) });
  }
}
