import { failureExitCode } from '../../core/outcome.ts';
import type { Failure } from '../../core/rpc/response.ts';
import type { CommandDeps } from '../../deps.ts';
import { MmaiError } from '../../errors.ts';
import type { CheckName, CheckStep } from '../../output/check-table.ts';
import { failureText } from '../../output/failures.ts';
import { visible } from '../../text/safe-text.ts';

/** The steps so far. */
export class CheckReport {
  readonly steps: CheckStep[] = [];
  /** What has to be added to our clock, in ms; null where no response said it. */
  clockOffsetMs: number | null = null;
  readonly #deps: CommandDeps;

  constructor(deps: CommandDeps) {
    this.#deps = deps;
  }

  ok(step: CheckName, detail: string, ms: number | null = null): void {
    this.steps.push({ step, state: 'ok', detail: visible(detail), ms, hint: null });
  }

  /** Looked at, and nothing there. */
  absent(step: CheckName, detail: string): void {
    this.steps.push({ step, state: 'absent', detail: visible(detail), ms: null, hint: null });
  }

  warn(step: CheckName, detail: string, hint: string | null): void {
    this.steps.push({ step, state: 'warning', detail: visible(detail), ms: null, hint });
  }

  fail(step: CheckName, failure: Failure): void {
    const { topic, recommend } = failure;
    const { messages } = this.#deps;
    const explanation = topic && messages.codes[topic];
    // The service ends its sentence with a period.
    const quoted = failureText(failure, messages).replace(/\.$/, '');
    const detail = visible(messages.joined([quoted, ...(explanation ? [explanation.meaning] : [])]));
    const hint = explanation?.hint ?? recommend;
    this.steps.push({ step, state: 'failed', detail, ms: null, hint, exitCode: failureExitCode(failure.class) });
  }

  skip(...names: CheckName[]): void {
    for (const step of names) this.steps.push({ step, state: 'skipped', detail: '', ms: null, hint: null });
  }

  /** The result of the work; undefined if it threw, which the step then reports. `afterwards` runs in both cases, before that. */
  async runStep<T>(
    step: CheckName | ((exitCode: number) => CheckName),
    work: () => Promise<T>,
    afterwards: () => void = () => {},
  ): Promise<T | undefined> {
    try {
      const result = await work();
      afterwards();
      return result;
    } catch (error) {
      afterwards();
      if (!(error instanceof MmaiError)) throw error;
      const { messages } = this.#deps;
      const hint = error.hint?.(messages).split('\n')[0] ?? null;
      const { exitCode } = error;
      const failedStep = typeof step === 'string' ? step : step(exitCode);
      const detail = visible(error.text(messages));
      this.steps.push({ step: failedStep, state: 'failed', detail, ms: null, hint, exitCode });
      return undefined;
    }
  }
}
